<?php
$servers['imap'] = array('disabled' => false, 'name' => 'IMAP', 'hostspec' => 'localhost', 'protocol' => 'imap', 'port' => 143);
