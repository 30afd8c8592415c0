<?php
class managesieve extends rcube_plugin { }
