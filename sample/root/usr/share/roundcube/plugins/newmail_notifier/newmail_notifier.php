<?php

class newmail_notifier extends rcube_plugin
{
    public function init()
    {
    }
}
