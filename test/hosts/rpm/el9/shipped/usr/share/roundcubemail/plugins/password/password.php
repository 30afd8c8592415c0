<?php
class password extends rcube_plugin { }
