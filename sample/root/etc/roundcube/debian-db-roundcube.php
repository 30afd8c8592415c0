<?php
$dbuser='roundcube';
$dbpass='invented';
$basepath='';
$dbname='roundcube';
$dbserver='192.0.2.21';
$dbport='';
$dbtype='mysql';
$config['db_dsnw'] = "$dbtype://$dbuser:$dbpass@$dbserver/$dbname";
