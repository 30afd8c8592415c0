<?php
class Horde_Application extends Horde_Registry_Application
{
    public $version = 'H5 (5.2.23)';
}
