# Run inside the host's root: what the provider's administrators did after installing.

# Nobody has updated the webmail since the last point release.
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
older() { apt-cache madison "$1" | awk -F'|' -v suite="$release/main" 'index($3, " " suite " ") {gsub(/ /, "", $2); print $2; exit}'; }
webmail=$(older roundcube-core)
DEBIAN_FRONTEND=noninteractive apt-get install -y --allow-downgrades --no-install-recommends \
  "roundcube-core=$webmail" "roundcube-sqlite3=$webmail" "roundcube-plugins=$webmail"

# --- Postfix
postconf -e \
  'myhostname = mail01.example.jp' \
  'smtpd_milters = unix:/opendkim/opendkim.sock, inet:127.0.0.1:8893 inet:[::1]:11332' \
  'non_smtpd_milters = $smtpd_milters' \
  'content_filter = smtp-amavis:[127.0.0.1]:10024' \
  'virtual_mailbox_domains = proxy:mysql:/etc/postfix/sql/domains.cf' \
  'virtual_mailbox_maps = proxy:mysql:/etc/postfix/sql/mailboxes.cf' \
  'virtual_alias_maps = proxy:mysql:/etc/postfix/sql/aliases.cf, proxy:ldap:/etc/postfix/ldap-aliases.cf' \
  'virtual_transport = lmtp:unix:private/dovecot-lmtp' \
  'transport_maps = hash:/var/lib/mailman3/data/postfix_lmtp' \
  'header_checks = pcre:/etc/postfix/header_checks' \
  'recipient_bcc_maps = hash:/etc/postfix/recipient_bcc' \
  'relayhost = [smtp.upstream.test]:587' \
  'smtp_sasl_auth_enable = yes' \
  'smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd' \
  'smtpd_sasl_type = dovecot' \
  'smtpd_sasl_path = private/auth' \
  'smtpd_recipient_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination, check_policy_service inet:127.0.0.1:10023, check_policy_service unix:private/policyd-spf'
postconf -M 'submission/inet=submission inet n - y - - smtpd'
postconf -P 'submission/inet/syslog_name=postfix/submission' \
  'submission/inet/smtpd_tls_security_level=encrypt' \
  'submission/inet/smtpd_sasl_auth_enable=yes' \
  'submission/inet/content_filter=' \
  'submission/inet/smtpd_milters=unix:/opendkim/opendkim.sock,unix:/clamav/clamav-milter.ctl'
postconf -M 'smtp-amavis/unix=smtp-amavis unix - - y - 2 smtp' \
  '127.0.0.1:10025/inet=127.0.0.1:10025 inet n - y - - smtpd' \
  'policyd-spf/unix=policyd-spf unix - n n - 0 spawn user=policyd-spf argv=/usr/bin/policyd-spf' \
  'archive/unix=archive unix - n n - 4 pipe flags=R user=nobody argv=/usr/local/bin/archive-copy ${sender} ${recipient}'
postconf -P '127.0.0.1:10025/inet/content_filter=' '127.0.0.1:10025/inet/smtpd_milters='
mkdir -p /etc/postfix/sql
for each in domains mailboxes aliases; do
  printf 'hosts = 192.0.2.21\nuser = postfix\npassword = not-a-secret\ndbname = mail\nquery = SELECT target FROM %s WHERE source = '\''%%s'\''\n' "$each" >"/etc/postfix/sql/$each.cf"
done
cat >/etc/postfix/ldap-aliases.cf <<'LDAP'
server_host = ldaps://directory.example.jp
search_base = ou=people,dc=example,dc=jp
query_filter = (mailAlias=%s)
result_attribute = mail
bind = yes
bind_dn = cn=postfix,dc=example,dc=jp
bind_pw = not-a-secret
LDAP
chmod 640 /etc/postfix/sql/*.cf /etc/postfix/ldap-aliases.cf
echo '/^X-Archive:/ FILTER archive:dummy' >/etc/postfix/header_checks
echo 'sales@example.jp archive@archive.example.jp' >/etc/postfix/recipient_bcc
echo '[smtp.upstream.test]:587 relay:not-a-secret' >/etc/postfix/sasl_passwd
mkdir -p /var/lib/mailman3/data
: >/var/lib/mailman3/data/postfix_lmtp
postmap /etc/postfix/recipient_bcc /etc/postfix/sasl_passwd /var/lib/mailman3/data/postfix_lmtp
printf '#!/bin/sh\nexec cat >>/srv/archive/copies\n' >/usr/local/bin/archive-copy
chmod 755 /usr/local/bin/archive-copy

# --- Dovecot
cat >/etc/dovecot/local.conf <<'DOVECOT'
protocols = imap pop3 lmtp sieve
mail_location = maildir:/srv/vmail/%d/%n
mail_plugins = $mail_plugins quota notify mail_log fts fts_solr
auth_master_user_separator = *
passdb {
  driver = passwd-file
  args = /etc/dovecot/master-users
  master = yes
}
passdb {
  driver = sql
  args = /etc/dovecot/dovecot-sql.conf.ext
}
userdb {
  driver = ldap
  args = /etc/dovecot/dovecot-ldap.conf.ext
}
auth_policy_server_url = http://127.0.0.1:4001/
auth_policy_hash_nonce = not-a-secret
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
service lmtp {
  unix_listener /var/spool/postfix/private/dovecot-lmtp {
    mode = 0600
    user = postfix
  }
}
service doveadm {
  inet_listener http {
    address = 127.0.0.1
    port = 8080
  }
}
doveadm_api_key = not-a-secret
protocol imap {
  mail_plugins = $mail_plugins imap_quota imap_sieve
}
protocol lmtp {
  mail_plugins = $mail_plugins sieve
}
plugin {
  quota = maildir:User quota
  fts = solr
  fts_solr = url=http://192.0.2.31:8983/solr/dovecot/
  mail_log_events = delete expunge save copy
  mail_log_fields = uid box msgid size
  sieve_plugins = sieve_extprograms
  sieve_global_extensions = +vnd.dovecot.pipe
  sieve_pipe_bin_dir = /etc/dovecot/sieve-pipe
}
DOVECOT
cat >/etc/dovecot/dovecot-sql.conf.ext <<'SQL'
driver = mysql
connect = host=192.0.2.21 dbname=mail user=dovecot password=not-a-secret
password_query = SELECT username, domain, password FROM mailbox WHERE username = '%n' AND domain = '%d'
SQL
cat >/etc/dovecot/dovecot-ldap.conf.ext <<'LDAP'
uris = ldaps://directory.example.jp
dn = cn=dovecot,dc=example,dc=jp
dnpass = not-a-secret
base = ou=people,dc=example,dc=jp
user_attrs = homeDirectory=home,uidNumber=uid,gidNumber=gid
user_filter = (&(objectClass=posixAccount)(mail=%u))
LDAP
echo 'backupadmin:{SHA256-CRYPT}$5$invented' >/etc/dovecot/master-users
mkdir -p /etc/dovecot/sieve-pipe
printf '#!/bin/sh\nexec rspamc learn_spam\n' >/etc/dovecot/sieve-pipe/learn-spam
chmod 755 /etc/dovecot/sieve-pipe/learn-spam

# --- Filters
cat >>/etc/opendkim.conf <<'DKIM'
KeyTable refile:/etc/dkimkeys/keytable
SigningTable refile:/etc/dkimkeys/signingtable
Socket local:/var/spool/postfix/opendkim/opendkim.sock
SyslogSuccess yes
DKIM
sed -i '/^Socket[[:space:]]*local:\/run/d' /etc/opendkim.conf
echo 'main example.jp:main:/etc/dkimkeys/example.jp.private' >/etc/dkimkeys/keytable
echo '*@example.jp main' >/etc/dkimkeys/signingtable
sed -i 's|^Socket .*|Socket inet:8893@localhost|' /etc/opendmarc.conf
mkdir -p /etc/rspamd/local.d
cat >/etc/rspamd/local.d/worker-proxy.inc <<'RSPAMD'
milter = yes;
bind_socket = "localhost:11332";
upstream "local" {
  default = yes;
  self_scan = yes;
}
RSPAMD
echo 'servers = "127.0.0.1:6379";' >/etc/rspamd/local.d/redis.conf
printf 'clamav {\n  type = "clamav";\n  servers = "/run/clamav/clamd.ctl";\n}\n' >/etc/rspamd/local.d/antivirus.conf
echo 'enabled = false;' >/etc/rspamd/local.d/phishing.conf
printf 'rules {\n  OPENAI { }\n}\nenabled = false;\n' >/etc/rspamd/local.d/gpt.conf
echo 'loadplugin Mail::SpamAssassin::Plugin::Razor2' >/etc/spamassassin/local-plugins.pre
sed -i 's/^# *loadplugin Mail::SpamAssassin::Plugin::DCC/loadplugin Mail::SpamAssassin::Plugin::DCC/' /etc/spamassassin/v310.pre
sed -i 's|^MilterSocket .*|MilterSocket /var/spool/postfix/clamav/clamav-milter.ctl|' /etc/clamav/clamav-milter.conf

# --- Webmail: the packaged one, and a copy that somebody unpacked years ago
cat >>/etc/roundcube/config.inc.php <<'PHP'
$config['imap_host'] = 'ssl://localhost:993';
$config['smtp_host'] = 'tls://mail01.example.jp:587';
$config['plugins'] = array_merge(['archive', 'zipdownload'], array('managesieve', 'password'));
$config['plugins'][] = 'contextmenu'; // from roundcube-plugins-extra
PHP
cat >/etc/roundcube/plugins/password/config.inc.php <<'PHP'
<?php
$config['password_driver'] = 'sql';
$config['password_db_dsn'] = 'mysql://roundcube:not-a-secret@192.0.2.21/mail';
PHP
cp -a /usr/share/roundcube /var/www/old-webmail
rm -rf /var/www/old-webmail/plugins/[b-y]* /var/www/old-webmail/config
mkdir -p /var/www/old-webmail/config /var/www/old-webmail/plugins/crm_link
cat >/var/www/old-webmail/config/config.inc.php <<'PHP'
<?php
/* unpacked by hand, forgotten since */
$config = array();
$config['db_dsnw'] = 'mysql://webmail:not-a-secret@192.0.2.21/oldmail';
$config['default_host'] = 'imap.example.jp';
$config['plugins'] = array(
    'archive',
    # 'acl',
    "crm_link",
);
PHP
cat >/var/www/old-webmail/plugins/crm_link/crm_link.php <<'PHP'
<?php
/**
 * Looks senders up in the customer database
 *
 * @version 0.4.2
 */
class crm_link extends rcube_plugin
{
    public $task = 'mail';

    function init()
    {
        $this->load_config();
    }
}
PHP
cat >/etc/nginx/sites-available/webmail <<'NGINX'
server {
    listen 80;
    server_name webmail.example.jp;
    root /var/lib/roundcube/public_html;
    index index.php;
    access_log /var/log/nginx/webmail.log;
    location ~ \.php$ {
        include snippets/fastcgi-php.conf;
        fastcgi_pass unix:/run/php/php8.2-fpm.sock;
    }
    location /old/ {
        alias /var/www/old-webmail/;
        access_log off;
        location ~ \.php$ {
            include fastcgi.conf;
            fastcgi_param SCRIPT_FILENAME $request_filename;
            fastcgi_pass unix:/run/php/php8.2-fpm.sock;
        }
    }
}
NGINX
ln -sf /etc/nginx/sites-available/webmail /etc/nginx/sites-enabled/webmail

# --- Readers, logs
printf 'set syslog\npoll imap.partner.test protocol IMAP user "orders" password "not-a-secret" is "orders" here ssl\n' >/etc/fetchmailrc
chmod 600 /etc/fetchmailrc
echo '*/10 * * * * root /usr/bin/fetchmail -f /etc/fetchmailrc' >/etc/cron.d/fetch-orders
printf 'Nov 20 06:25:01 mail01 postfix/qmgr[811]: 4jXTMS3Gv2zL1gH: removed\n' | gzip >/var/log/mail.log.2.gz
printf '2026-11-22T06:25:03.125+00:00 mail01 postfix/qmgr[811]: 4jXTMS3Gv2zL1gJ: removed\n' >/var/log/mail.log.1
printf '2026-11-25T06:25:03.125+00:00 mail01 postfix/qmgr[811]: 4jXTMS3Gv2zL1gK: removed\n' >/var/log/mail.log
cat >/etc/rsyslog.d/60-loghost.conf <<'RSYSLOG'
auth,authpriv.* @@loghost.example.jp:6514
RSYSLOG
