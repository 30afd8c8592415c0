<?php
class zipdownload extends rcube_plugin { }
