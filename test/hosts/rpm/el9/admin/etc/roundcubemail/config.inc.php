<?php
$config['db_dsnw'] = 'mysql://roundcube:not-a-secret@localhost/roundcubemail';
$config['default_host'] = 'localhost';
$config['smtp_server'] = 'tls://localhost';
$config['des_key'] = 'not-a-secret-not-a-secre';
$config['log_logins'] = true;
$config['plugins'] = ['archive', 'managesieve', 'password'];
