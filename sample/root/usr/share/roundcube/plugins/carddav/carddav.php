<?php

class carddav extends rcube_plugin
{
    public function init()
    {
    }
}
