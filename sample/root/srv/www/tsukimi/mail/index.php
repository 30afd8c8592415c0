<?php

define('APP_VERSION', '2.36.4');

if (file_exists(__DIR__ . '/snappymail/v/'.APP_VERSION.'/include.php')) {
    include __DIR__ . '/snappymail/v/'.APP_VERSION.'/include.php';
}
