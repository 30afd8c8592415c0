<?php
class Turba_Application extends Horde_Registry_Application
{
    public $version = 'H5 (4.2.29)';
}
