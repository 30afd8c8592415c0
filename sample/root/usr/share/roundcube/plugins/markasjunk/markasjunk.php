<?php

class markasjunk extends rcube_plugin
{
    public function init()
    {
    }
}
