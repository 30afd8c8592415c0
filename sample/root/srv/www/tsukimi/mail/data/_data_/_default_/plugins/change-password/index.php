<?php

class ChangePasswordPlugin extends \RainLoop\Plugins\AbstractPlugin
{
    const
        NAME = 'Change Password',
        AUTHOR = 'SnappyMail',
        VERSION = '2.33';
}
