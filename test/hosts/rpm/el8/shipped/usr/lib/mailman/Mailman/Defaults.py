MAILMAN_SITE_LIST = 'mailman'
MTA = 'Manual'
ARCHIVE_TO_MBOX = 2
DEFAULT_ARCHIVE_PRIVATE = 0
PREFIX = '/usr/lib/mailman'
VAR_PREFIX = '/var/lib/mailman'
LIST_DATA_DIR = os.path.join(VAR_PREFIX, 'lists')
LOG_DIR = '/var/log/mailman'
