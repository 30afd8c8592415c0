<?php

$config = array();
$config['default_host'] = 'localhost';
$config['log_driver'] = 'file';
$config['log_logins'] = false;
$config['log_dir'] = RCUBE_INSTALL_PATH . 'logs/';
$config['plugins'] = array();
