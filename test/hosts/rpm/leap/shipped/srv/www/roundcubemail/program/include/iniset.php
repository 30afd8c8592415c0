<?php
define('RCMAIL_VERSION', '1.6.11');
