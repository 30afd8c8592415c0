<?php
define('RCMAIL_VERSION', '1.5.10');
