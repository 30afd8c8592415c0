<?php
$config['password_driver'] = 'sql';
$config['password_db_dsn'] = 'mysql://webmail:invented@192.0.2.21/customers';
$config['password_query'] = 'UPDATE mailbox SET password = %P WHERE address = %u';
