<?php
$conf['sql']['username'] = 'horde';
$conf['sql']['password'] = 'invented';
$conf['sql']['hostspec'] = '192.0.2.21';
$conf['sql']['database'] = 'horde';
$conf['sql']['phptype'] = 'mysqli';
$conf['auth']['admins'] = array('operator@kaede.example.jp');
$conf['auth']['driver'] = 'application';
$conf['auth']['params']['app'] = 'imp';
$conf['log']['priority'] = 'NOTICE';
$conf['log']['ident'] = 'HORDE';
$conf['log']['name'] = LOG_USER;
$conf['log']['type'] = 'syslog';
$conf['log']['enabled'] = true;
$conf['activesync']['enabled'] = true;
