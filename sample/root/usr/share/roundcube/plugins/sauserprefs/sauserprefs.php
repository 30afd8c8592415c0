<?php
/**
 * @version 1.20.1
 */
class sauserprefs extends rcube_plugin
{
}
