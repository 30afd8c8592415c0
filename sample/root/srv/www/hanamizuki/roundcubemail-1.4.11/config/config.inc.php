<?php
/* unpacked by hand in 2021 */
$config = array();
$config['db_dsnw'] = 'mysql://oldmail:invented@192.0.2.21/oldmail';
$config['default_host'] = 'ssl://imap.kaede.example.jp';
$config['plugins'] = array(
    'archive',
    # 'acl',
    "managesieve",
    "crm_link",
);
