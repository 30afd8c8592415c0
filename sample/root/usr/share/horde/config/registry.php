<?php
$this->applications = array(
    'horde' => array('name' => _("Horde"), 'provides' => 'horde'),
    'imp' => array('name' => _("Mail")),
    'ingo' => array('name' => _("Filters")),
    'turba' => array('name' => _("Address Book"), 'status' => 'inactive'),
);
