<?php
$config['db_dsnw'] = 'mysql://roundcube:not-a-secret@localhost/roundcubemail';
$config['imap_host'] = 'localhost:143';
$config['smtp_host'] = 'localhost:587';
$config['des_key'] = 'not-a-secret';
$config['log_dir'] = '/var/log/roundcubemail/';
$config['plugins'] = ['archive', 'managesieve'];
