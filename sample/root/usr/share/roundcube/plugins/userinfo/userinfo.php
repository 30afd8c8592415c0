<?php

class userinfo extends rcube_plugin
{
    public function init()
    {
    }
}
