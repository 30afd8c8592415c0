<?php
class Imp_Application extends Horde_Registry_Application
{
    public $version = 'H5 (6.2.27)';
}
