<?php
class Ingo_Application extends Horde_Registry_Application
{
    public $version = 'H5 (3.2.16)';
}
