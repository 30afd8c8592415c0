<?php
$config['password_driver'] = 'sql';
$config['password_db_dsn'] = 'mysql://pwchange:not-a-secret@localhost/mail';
$config['password_query'] = 'UPDATE mailbox SET password=%P WHERE username=%u';
