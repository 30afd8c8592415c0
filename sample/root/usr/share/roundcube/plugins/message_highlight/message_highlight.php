<?php
/**
 * @version 4.4
 */
class message_highlight extends rcube_plugin
{
}
