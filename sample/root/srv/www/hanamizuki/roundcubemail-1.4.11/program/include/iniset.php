<?php

define('RCMAIL_VERSION', '1.4.11');
