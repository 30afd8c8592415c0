<?php

class twofactor_gauthenticator extends rcube_plugin
{
    public function init()
    {
    }
}
