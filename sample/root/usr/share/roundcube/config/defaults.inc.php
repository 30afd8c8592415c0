<?php

$config = [];
$config['db_dsnw'] = 'sqlite:////var/lib/roundcube/roundcube.db';
$config['imap_host'] = 'localhost:143';
$config['smtp_host'] = 'localhost:587';
$config['log_driver'] = 'file';
$config['log_logins'] = false;
$config['smtp_log'] = true;
$config['log_dir'] = RCUBE_INSTALL_PATH . 'logs/';
$config['plugins'] = [];
