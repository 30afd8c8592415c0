<?php
/**
 * Shows the customer's record beside the message
 *
 * @version 0.4.2
 */
class crm_link extends rcube_plugin
{
    public $task = 'mail';

    function init()
    {
        $this->load_config();
    }
}
