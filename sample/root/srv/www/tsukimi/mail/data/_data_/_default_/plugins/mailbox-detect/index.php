<?php

class MailboxDetectPlugin extends \RainLoop\Plugins\AbstractPlugin
{
    const
        NAME = 'MailboxDetect',
        AUTHOR = 'SnappyMail',
        VERSION = '2.10';
}
