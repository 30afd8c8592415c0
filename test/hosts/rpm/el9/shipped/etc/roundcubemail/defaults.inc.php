<?php
$config = [];
$config['db_dsnw'] = 'mysql://roundcube:@localhost/roundcubemail';
$config['log_driver'] = 'file';
$config['log_dir'] = '/var/log/roundcubemail/';
$config['log_logins'] = false;
$config['per_user_logging'] = false;
$config['temp_dir'] = '/var/lib/roundcubemail/';
$config['default_host'] = 'localhost';
$config['default_port'] = 143;
$config['smtp_server'] = 'localhost';
$config['smtp_port'] = 587;
$config['smtp_user'] = '%u';
$config['smtp_pass'] = '%p';
$config['plugins'] = [];
