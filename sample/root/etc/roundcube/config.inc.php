<?php
$config = [];
include '/etc/roundcube/debian-db-roundcube.php';
$config['imap_host'] = 'ssl://localhost:993';
$config['smtp_host'] = 'tls://localhost:587';
$config['smtp_user'] = '%u';
$config['smtp_pass'] = '%p';
$config['log_dir'] = '/var/log/roundcube/';
$config['des_key'] = 'invented-24-characters--';
$config['plugins'] = array_merge(
    ['archive', 'zipdownload', 'managesieve', 'password'],
    array('contextmenu', /* 'enigma', */ 'carddav')
);
$config['plugins'][] = 'twofactor_gauthenticator'; // asked for by tenant Hanamizuki
