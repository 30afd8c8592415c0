<?php

class password extends rcube_plugin
{
    public function init()
    {
    }
}
