<?php
class archive extends rcube_plugin { }
