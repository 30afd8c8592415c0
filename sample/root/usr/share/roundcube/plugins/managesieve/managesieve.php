<?php

class managesieve extends rcube_plugin
{
    public function init()
    {
    }
}
