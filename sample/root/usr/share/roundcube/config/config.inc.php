<?php
// Debian has a link here; a package cannot carry one.
include '/etc/roundcube/config.inc.php';
