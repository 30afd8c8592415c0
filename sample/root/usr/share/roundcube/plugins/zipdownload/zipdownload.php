<?php

class zipdownload extends rcube_plugin
{
    public function init()
    {
    }
}
