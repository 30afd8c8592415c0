<?php
/**
 * @version 3.3.1
 */
class contextmenu extends rcube_plugin
{
}
