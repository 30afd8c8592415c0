<?php

class acl extends rcube_plugin
{
    public function init()
    {
    }
}
