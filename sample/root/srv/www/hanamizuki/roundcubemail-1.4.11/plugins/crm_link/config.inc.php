<?php
$config['crm_dsn'] = 'mysql://crm:invented@192.0.2.40/crm';
