<?php

class archive extends rcube_plugin
{
    public function init()
    {
    }
}
