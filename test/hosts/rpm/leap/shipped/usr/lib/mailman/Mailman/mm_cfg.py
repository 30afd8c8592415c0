from Defaults import *
