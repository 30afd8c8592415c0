<?php

class debug_logger extends rcube_plugin
{
    public function init()
    {
    }
}
