from Defaults import *
fqdn = 'lists.example.jp'
DEFAULT_URL_HOST   = fqdn
DEFAULT_EMAIL_HOST = 'example.jp'
add_virtualhost(DEFAULT_URL_HOST, DEFAULT_EMAIL_HOST)
MTA = None
