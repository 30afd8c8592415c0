<?php

class RecaptchaPlugin extends \RainLoop\Plugins\AbstractPlugin
{
    const
        NAME = 'reCaptcha',
        AUTHOR = 'SnappyMail',
        VERSION = '2.15.3';
}
