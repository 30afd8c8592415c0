<?php

class enigma extends rcube_plugin
{
    public function init()
    {
    }
}
