# Run inside the host's root: the next release, with Dovecot 2.4 and the journal alone.
postconf -e \
  'myhostname = mx.example.jp' \
  'smtpd_milters = inet:localhost:11332' \
  'virtual_mailbox_domains = example.jp' \
  'virtual_mailbox_maps = pgsql:/etc/postfix/mailboxes.cf' \
  'virtual_transport = lmtp:unix:private/dovecot-lmtp' \
  'smtpd_sasl_type = dovecot' \
  'smtpd_sasl_path = private/auth'
printf 'hosts = 192.0.2.22\nuser = postfix\npassword = not-a-secret\ndbname = mail\ntable = mailbox\nselect_field = maildir\nwhere_field = username\n' >/etc/postfix/mailboxes.cf
cat >/etc/dovecot/local.conf <<'DOVECOT'
mail_driver = maildir
mail_path = /srv/vmail/%{user|domain}/%{user|username}
sql_driver = pgsql
pgsql 192.0.2.22 {
  parameters {
    user = dovecot
    password = not-a-secret
    dbname = mail
  }
}
passdb sql {
  query = SELECT username, password FROM mailbox WHERE username = '%{user}'
}
userdb sql {
  query = SELECT home, uid, gid FROM mailbox WHERE username = '%{user}'
}
passdb passwd-file {
  master = yes
  passwd_file_path = /etc/dovecot/master-users
}
auth_master_user_separator = *
mail_plugins {
  fts = yes
  fts_flatcurve = yes
  notify = yes
  mail_log = yes
}
fts flatcurve {
}
protocol lmtp {
  mail_plugins {
    sieve = yes
  }
}
event_exporter reads {
  driver = file
  file_path = /var/log/dovecot-events.json
  format = json
}
metric mail_reads {
  exporter = reads
  filter = event=mail_opened
}
DOVECOT
echo 'backupadmin:{SHA256-CRYPT}$5$invented' >/etc/dovecot/master-users
cat >/etc/rspamd/local.d/worker-proxy.inc <<'RSPAMD'
bind_socket = "localhost:11332";
milter = yes;
upstream "local" { default = yes; self_scan = yes; }
RSPAMD
echo 'servers = "127.0.0.1:6379";' >/etc/rspamd/local.d/redis.conf
cat >>/etc/roundcube/config.inc.php <<'PHP'
$config['log_logins'] = true;
$config['plugins'] = ['archive', 'newmail_notifier', 'enigma'];
PHP
