import type { Tree } from './tree.ts';

/**
 * A host on which every setting that takes a password holds one of its own, `Sq…Zx`, in every way of
 * writing it down: no answer may hold any of them.
 */
let count = 0;
const plain = (): string => `Sq${(count++).toString().padStart(4, '0')}pwZx`;
/** What people choose: characters on which readers of addresses stumble. */
const odd = (): string => `a@${plain()}:b/${plain()}`;

/** Every secret of the host begins so. */
export const secretMark: RegExp = /Sq\d{4}pwZx/;

const packages =
  `postfix postfix-mysql postfix-ldap dovecot-core dovecot-imapd dovecot-mysql dovecot-ldap
 exim4-daemon-heavy sendmail-bin courier-authdaemon courier-authlib-mysql courier-imap cyrus-imapd sasl2-bin
 roundcube-core roundcube rspamd redis-server spamassassin spamd amavisd-new opendkim opendmarc mailman3 mailman3-web mailman
 sympa fetchmail getmail6 isync offlineimap3 imapsync rsyslog syslog-ng-core filebeat nginx apache2 sogo
 php-horde-imp clamav-daemon postgrey fail2ban logrotate maildrop`.split(/\s+/);

const status = packages
  .map(
    name => `Package: ${name}
Status: install ok installed
Maintainer: Debian <x@lists.debian.org>
Architecture: amd64
Version: 3.0-1
Description: x
`,
  )
  .join('\n');

const programs =
  `usr/sbin/postfix usr/sbin/postconf usr/lib/postfix/sbin/master usr/sbin/dovecot usr/sbin/exim4
 usr/sbin/sendmail-mta usr/sbin/authdaemond usr/lib/courier/courier-authlib/authdaemond usr/sbin/cyrmaster usr/lib/cyrus/bin/imapd
 usr/sbin/saslauthd usr/bin/rspamd usr/bin/spamassassin usr/sbin/spamd usr/sbin/amavisd-new usr/sbin/amavisd usr/sbin/opendkim
 usr/sbin/opendmarc usr/bin/mailman usr/lib/mailman/bin/mailman usr/lib/mailman/bin/mailmanctl usr/lib/sympa/bin/sympa_msg.pl
 usr/bin/fetchmail usr/bin/getmail usr/bin/mbsync usr/bin/offlineimap usr/bin/imapsync usr/sbin/rsyslogd usr/sbin/syslog-ng
 usr/share/filebeat/bin/filebeat usr/sbin/nginx usr/sbin/apache2 usr/sbin/sogod usr/sbin/clamd usr/bin/maildrop`.split(
    /\s+/,
  );

/** The host, each time with the same secrets. */
export const secretHost = (): Tree => {
  count = 0;
  const sql = (style: 'postfix' | 'dovecot'): string =>
    style === 'postfix'
      ? `hosts = db.example.jp\nuser = mail\npassword = ${odd()}\ndbname = mail\nquery = SELECT p FROM m WHERE u='%s' AND k='${plain()}'\n`
      : `driver = mysql\nconnect = host=db.example.jp dbname=mail user=mail password=${plain()}\ndefault_pass_scheme = PLAIN\npassword_query = SELECT password FROM users WHERE userid = '%u' AND k = '${plain()}'\n`;
  return {
    ...Object.fromEntries(programs.map(path => [`/${path}`, ''])),
    '/etc/os-release': 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
    '/var/lib/dpkg/status': status,
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n',
    '/etc/postfix/main.cf': `smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = static:relay:${odd()}, inline:{ example.jp=u:${plain()} }, hash:/etc/postfix/sasl_passwd
virtual_mailbox_maps = mysql:/etc/postfix/sql.cf, ldap:/etc/postfix/ldap.cf, ldap:inl
virtual_alias_maps = pgsql:inl2, memcache:/etc/postfix/mem.cf, socketmap:inet:h:9:n
inl_server_host = ldaps://ldap.example.jp
inl_search_base = dc=example
inl_bind_dn = cn=x
inl_bind_pw = ${odd()}
inl2_hosts = postgresql://mail:${odd()}@db.example.jp/mail?sslmode=require
inl2_password = ${plain()}
inl2_dbname = mail
lmtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd
relayhost = [relay.example.jp]:587
default_transport = smtp:[h]:25
smtpd_milters = inet:h:8891
content_filter = smtp-amavis:[127.0.0.1]:10024
header_checks = pcre:{{/^X-${plain()}/ REDIRECT a@b}}
mailbox_command = /usr/bin/procmail -a ${plain()} --password=${plain()}
`,
    '/etc/postfix/master.cf': `smtp inet n - y - - smtpd -o smtpd_sasl_local_domain=${plain()}
filter unix - n n - - pipe user=f argv=/opt/filter --password=${plain()} --url=https://u:${odd()}@h/ -p ${plain()}
`,
    '/etc/postfix/sasl_passwd': `[relay.example.jp]:587 user:${odd()}\n`,
    '/etc/postfix/sql.cf': sql('postfix'),
    '/etc/postfix/mem.cf': `memcache = inet:h:1\nbackup = mysql:/etc/postfix/sql.cf\nkey_format = ${plain()}%s\n`,
    '/etc/postfix/ldap.cf': `server_host = ldap://ldap.example.jp\nsearch_base = dc=x\nbind_pw = ${odd()}\n`,
    '/etc/aliases': `root: "|/usr/bin/x --token ${plain()} https://u:${odd()}@h"\nlist: :include:/etc/x\n`,
    '/etc/dovecot/dovecot.conf': `protocols = imap pop3 lmtp
passdb {
  driver = sql
  args = /etc/dovecot/dovecot-sql.conf.ext
}
passdb {
  driver = ldap
  args = /etc/dovecot/dovecot-ldap.conf.ext
}
passdb {
  driver = static
  args = password=${plain()} proxy=y host=h pass=${plain()} master=x
}
userdb {
  driver = static
  args = uid=1 gid=1 home=/x/%u pass=${plain()}
}
passdb {
  driver = checkpassword
  args = /opt/checkpw --secret=${plain()}
}
passdb {
  driver = lua
  args = file=/etc/dovecot/a.lua token=${plain()}
}
passdb {
  driver = imap
  args = host=h password=${plain()}
}
doveadm_password = ${odd()}
doveadm_api_key = ${odd()}
imapc_host = h
imapc_password = ${odd()}
imapc_master_user = m
pop3c_password = ${plain()}
mail_attribute_dict = redis:host=h:password=${plain()}:prefix=x
dict {
  quota = mysql:/etc/dovecot/dict.conf
  acl = redis:host=h:secret=${plain()}
  r = proxy:h:x
}
plugin {
  fts = solr
  fts_solr = url=https://u:${odd()}@solr.example.jp/solr/ token=${plain()}
  push_notification_driver = ox:url=https://u:${odd()}@ox.example.jp/x
  sieve_extprograms = ${plain()}
  quota_warning = storage=95%% quota-warning 95 %u ${plain()}
  mail_crypt_private_password = ${plain()}
}
auth_policy_server_url = https://u:${odd()}@policy.example.jp/
auth_policy_server_api_header = Authorization: Basic ${plain()}
auth_policy_hash_nonce = ${plain()}
ssl_key_password = ${plain()}
oauth2_introspection = https://u:${odd()}@idp.example.jp/?token=${plain()}
event_exporter x {
  transport = http-post
  transport_args = https://u:${odd()}@log.example.jp/in?key=${plain()}
  format = json
}
metric x {
  exporter = x
  filter = event=auth_request_finished
}
service x {
  executable = /opt/x --password ${plain()}
}
`,
    '/etc/dovecot/dovecot-sql.conf.ext': sql('dovecot'),
    '/etc/dovecot/dict.conf': `connect = host=h dbname=d user=u password=${plain()}\n`,
    '/etc/dovecot/dovecot-ldap.conf.ext': `uris = ldap://u:${odd()}@ldap.example.jp\ndn = cn=x\ndnpass = ${odd()}\nbase = dc=x\n`,
    '/etc/exim4/exim4.conf': `hide mysql_servers = db.example.jp/mail/u/${plain()} : h2/m/u/${plain()}
hide ldap_default_servers = ldap.example.jp
pgsql_servers = db/mail/u/${plain()}
redis_servers = 127.0.0.1/0/${plain()}
SECRET = ${plain()}
log_file_path = syslog
spamd_address = 127.0.0.1 783 pass=${plain()}
begin routers
r:
  driver = manualroute
  route_data = \${lookup mysql{SELECT h FROM r WHERE p='${plain()}'}}
  transport = t
begin transports
t:
  driver = smtp
  hosts = h
p:
  driver = pipe
  command = /opt/x --password=${plain()} https://u:${odd()}@h/
begin authenticators
a:
  driver = plaintext
  public_name = LOGIN
  client_send = : user : ${plain()}
b:
  driver = plaintext
  server_condition = \${lookup ldap{user="cn=x" pass=${plain()} ldap://u:${odd()}@h/?x}}
  server_prompts = ${plain()}
c:
  driver = cram_md5
  client_secret = ${plain()}
  server_secret = \${if eq{$1}{u}{${plain()}}fail}
`,
    '/etc/exim4/passwd.client': `*.example.jp:user:${plain()}\n`,
    '/etc/mail/sendmail.cf': `V10/Berkeley\nDSrelay\nKauthinfo hash -o /etc/mail/authinfo\nKldap ldap -h ldap.example.jp -d cn=x -P ${plain()} -M simple -k "(x=%0)"\nMx, P=/opt/x, A=x --password=${plain()} $u\n`,
    '/etc/mail/sendmail.mc': `FEATURE(\`authinfo', \`hash ${plain()}')dnl\nINPUT_MAIL_FILTER(\`x', \`S=inet:1@h')dnl\n`,
    '/etc/mail/authinfo': `AuthInfo:relay "U:u" "I:u" "P:${plain()}" "M:LOGIN"\n`,
    '/etc/mail/access': `AuthInfo:relay "U:u" "P:${plain()}"\n`,
    '/etc/courier/authdaemonrc': 'authmodulelist="authmysql authpgsql authldap"\n',
    '/etc/courier/authmysqlrc': `MYSQL_SERVER\tdb.example.jp\nMYSQL_USERNAME\tu\nMYSQL_PASSWORD\t${odd()}\nMYSQL_DATABASE\tm\nMYSQL_SELECT_CLAUSE SELECT '${plain()}'\n`,
    '/etc/courier/authpgsqlrc': `PGSQL_HOST h\nPGSQL_PASSWORD ${plain()}\nPGSQL_CONNECTION host=h password='${plain()}'\n`,
    '/etc/courier/authldaprc': `LDAP_URI ldap://u:${odd()}@ldap.example.jp\nLDAP_BINDPW ${plain()}\n`,
    '/etc/courier/esmtpauthclient': `relay,587 user ${plain()}\n`,
    '/etc/imapd.conf': `sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sql ldapdb
sasl_sql_engine: mysql
sasl_sql_hostnames: db.example.jp
sasl_sql_user: u
sasl_sql_passwd: ${odd()}
sasl_sql_select: SELECT p FROM u WHERE u='%u' AND '${plain()}'
sasl_ldapdb_uri: ldap://u:${odd()}@ldap.example.jp
sasl_ldapdb_pw: ${plain()}
ldap_password: ${plain()}
ldap_uri: ldap://u:${odd()}@ldap.example.jp
proxy_password: ${plain()}
mailproxyd_password: ${plain()}
sql_passwd: ${plain()}
sql_hostnames: h
sync_password: ${plain()}
httpmodules: caldav
`,
    '/etc/cyrus.conf': `START {\n x cmd="/opt/x --password ${plain()}"\n}\nSERVICES {\n imap cmd="imapd -U 30" listen="imap"\n}\n`,
    '/etc/saslauthd.conf': `ldap_servers: ldap://u:${odd()}@ldap.example.jp\nldap_bind_pw: ${odd()}\nldap_password: ${plain()}\n`,
    '/etc/default/saslauthd': `START=yes\nMECHANISMS="rimap"\nMECH_OPTIONS="imap.example.jp"\n`,
    '/usr/share/roundcube/program/include/iniset.php':
      "<?php\ndefine('RCMAIL_VERSION', '1.6.9');\n",
    '/usr/share/roundcube/index.php': '<?php\n',
    '/usr/share/roundcube/plugins/password/password.php':
      '<?php\nclass password extends rcube_plugin {}\n',
    '/usr/share/roundcube/plugins/password/config.inc.php': `<?php
$config['password_driver'] = 'sql';
$config['password_db_dsn'] = 'mysql://u:${odd()}@h/m';
$config['password_query'] = "SELECT '${plain()}'";
$config['password_ldap_adminPW'] = '${plain()}';
$config['password_ldap_host'] = ['ldap://u:${odd()}@h'];
$config['password_directadmin_pass'] = '${plain()}';
$config['password_cpanel_hash'] = '${plain()}';
$config['password_httpapi_url'] = 'https://u:${odd()}@h/?token=${plain()}';
`,
    '/usr/share/roundcube/config/config.inc.php': `<?php
$pw = '${plain()}';
define('PW', "${plain()}");
$config['db_dsnw'] = 'mysql://roundcube:${odd()}@localhost/roundcubemail';
$config['db_dsnr'] = "pgsql://u:" . $pw . "@h/x";
$config['db_dsns'] = ['phptype' => 'mysql', 'password' => '${plain()}', 'hostspec' => 'h'];
$config['des_key'] = '${plain()}';
$config['des_key'] = <<<EOT
${plain()}
EOT;
$config['imap_host'] = 'ssl://u:${odd()}@imap.example.jp:993';
$config['smtp_host'] = ['example.jp' => 'tls://u:${odd()}@smtp.example.jp:587'];
$config['smtp_pass'] = '${plain()}';
$config['smtp_user'] = '${plain()}';
$config['imap_auth_pw'] = PW;
$config['redis_hosts'] = ['localhost:6379:0:${plain()}'];
$config['memcache_hosts'] = ['h:11211'];
$config['session_storage'] = 'redis';
$config['ldap_public']['x'] = ['hosts' => ['ldap://u:${odd()}@h'], 'bind_pass' => '${plain()}', 'base_dn' => 'dc=x', 'bind_dn' => 'cn=x'];
$config['carddav'] = ['x' => ['url' => 'https://u:${odd()}@dav.example.jp', 'password' => '${plain()}']];
$config['plugins'] = ['password', 'managesieve'];
$config['oauth_client_secret'] = '${plain()}';
$config['oauth_token_uri'] = 'https://u:${odd()}@idp.example.jp/?client_secret=${plain()}';
$config['proxy'] = ['http' => 'http://u:${odd()}@proxy'];
$config['managesieve_auth_pw'] = '${plain()}';
$config['spellcheck_uri'] = 'https://u:${odd()}@spell/?key=${plain()}';
$config['log_driver'] = 'syslog';
`,
    '/var/www/snappymail/index.php': `<?php\ndefine('APP_VERSION', '2.36.0');\ninclude 'snappymail/v/2.36.0/include.php';\n`,
    '/var/www/snappymail/snappymail/v/2.36.0/include.php': '<?php\n',
    '/var/www/snappymail/data/_data_/_default_/configs/application.ini': `[security]
admin_login = "admin"
admin_password = "${plain()}"
[contacts]
type = "mysql"
pdo_dsn = "mysql:host=h;password=${plain()};dbname=x"
pdo_user = "u"
pdo_password = "${odd()}"
[cache]
server_uri = "redis://u:${odd()}@h:6379"
[logs]
enable = On
auth_logging = On
filename = "x-${plain()}.txt"
`,
    '/var/www/snappymail/data/_data_/_default_/domains/default.json': `{"IMAP":{"host":"imap.example.jp","port":993,"secret":"${plain()}"},"SMTP":{"host":"h","authPassword":"${plain()}"}}`,
    '/etc/horde/horde/conf.php': `<?php
$conf['sql']['password'] = '${plain()}';
$conf['sql']['username'] = 'u';
$conf['sql']['hostspec'] = 'h';
$conf['sql']['phptype'] = 'mysqli';
$conf['secret_key'] = '${plain()}';
$conf['ldap']['bindpw'] = '${plain()}';
$conf['auth']['params']['password'] = '${plain()}';
$conf['auth']['driver'] = 'imp';
$conf['cache']['default_params'] = 'redis://u:${odd()}@h';
`,
    '/usr/share/horde/lib/core.php': '<?php\n',
    '/usr/share/horde/rampage.php': '<?php\n',
    '/etc/sogo/sogo.conf': `{
  SOGoProfileURL = "mysql://sogo:${odd()}@localhost:3306/sogo/p";
  OCSFolderInfoURL = "postgresql://sogo:${plain()}@localhost/sogo/f";
  OCSSessionsFolderURL = "mysql://sogo:${plain()}@db/sogo/s";
  SOGoIMAPServer = "imaps://u:${odd()}@imap.example.jp/?tls=YES";
  SOGoSMTPServer = "smtp://u:${odd()}@smtp.example.jp";
  SOGoSieveServer = "sieve://u:${odd()}@s";
  SOGoMemcachedHost = "h";
  SOGoEncryptionKey = "${plain()}";
  SOGoUserSources = (
    { type = ldap; hostname = "ldap://u:${odd()}@ldap.example.jp"; bindDN = "cn=x"; bindPassword = "${plain()}"; baseDN = "dc=x"; id = public; },
    { type = sql; viewURL = "mysql://u:${odd()}@h/sogo/users"; userPasswordAlgorithm = crypt; id = d; }
  );
}
`,
    '/etc/rspamd/rspamd.conf': '.include "/etc/rspamd/common.conf"\n',
    '/etc/rspamd/common.conf': `worker "controller" { bind_socket = "*:11334"; password = "${plain()}"; enable_password = "$2$${plain()}"; }
redis { servers = "redis://u:${odd()}@h:6379"; password = "${odd()}"; username = "u"; }
antivirus { clam { type = "clamav"; servers = "h:3310"; } x { type = "kaspersky_se"; servers = "h"; apikey = "${plain()}"; } v { type = "virustotal"; apikey = "${plain()}"; } }
gpt { enabled = true; api_key = "${plain()}"; url = "https://u:${odd()}@api.example.jp/v1?key=${plain()}"; type = "openai"; }
metadata_exporter { enabled = true; rules { r { backend = "http"; url = "https://u:${odd()}@h/x?token=${plain()}"; user = "u"; password = "${plain()}"; selector = "default"; } m { backend = "send_mail"; smtp = "h"; mail_to = "a@b"; } } }
external_services { o { type = "oletools"; servers = "h:1"; token = "${plain()}"; } }
clickhouse { server = "h:8123"; password = "${plain()}"; user = "u"; }
elastic { server = "h:9200"; user = "u"; password = "${plain()}"; enabled = true; }
http_headers { x = "${plain()}"; }
reputation { rules { r { backend "redis" { servers = "h"; password = "${plain()}"; } } } }
dkim_signing { key = "${plain()}"; use_vault = true; vault_url = "https://u:${odd()}@vault"; vault_token = "${plain()}"; }
`,
    '/etc/spamassassin/local.cf': `bayes_sql_dsn DBI:mysql:sa:db.example.jp:3306;password=${plain()}
bayes_sql_username u
bayes_sql_password ${odd()}
user_scores_dsn ldap://u:${odd()}@ldap.example.jp/dc=x
user_scores_ldap_password ${plain()}
user_scores_sql_password ${plain()}
user_awl_dsn DBI:Pg:dbname=x;host=h;password=${plain()}
user_awl_sql_password ${plain()}
bayes_redis_server h
razor_config /x
bayes_sql_dsn server=h;password=${plain()};database=2
bayes_store_module Mail::SpamAssassin::BayesStore::Redis
`,
    '/etc/amavis/conf.d/50-user': `use strict;
my $pw = '${plain()}';
@lookup_sql_dsn = ( ['DBI:mysql:database=mail;host=h;password=${plain()}', 'user', '${odd()}'], ['DBI:Pg:x', 'u', $pw] );
@storage_sql_dsn = ( ["DBI:mysql:d:h", 'u', "${plain()}"] );
$enable_ldap = 1;
$default_ldap = { hostname => 'ldap://u:${odd()}@h', bind_dn => 'cn=x', bind_password => '${plain()}' };
@storage_redis_dsn = ( {server=>'h:6379', db_id=>1, password=>'${plain()}'} );
$forward_method = 'smtp:[127.0.0.1]:10025';
@av_scanners = ( ['x', '/opt/x', "--key ${plain()} {}", [0], [1], qr/(.*)/ ] );
1;
`,
    '/etc/opendkim.conf': `Mode sv
SigningTable dsn:mysql://u:${odd()}@3306+db.example.jp/mail/table=s?keycol=d?datacol=k
KeyTable ldap://u:${odd()}@ldap.example.jp/ou=x
LDAPBindPassword ${odd()}
LDAPBindUser cn=x
InternalHosts mdb:/x
Socket inet:8891@h
ReportAddress ${plain()}@x
SMTPURI smtp://u:${odd()}@h
OmitHeaders ${plain()}
`,
    '/etc/opendmarc.conf': `HistoryFile /x\nReportCommand /opt/x --password=${plain()} --url https://u:${odd()}@h\nFailureReports true\n`,
    '/etc/default/opendkim': `RUNDIR=/run\nDAEMON_OPTS="--x ${plain()}"\n`,
    '/etc/mailman3/mailman.cfg': `[mailman]
site_owner: x@example.jp
[database]
class: mailman.database.mysql.MySQLDatabase
url: mysql+pymysql://mailman:${odd()}@db.example.jp/mailman?charset=utf8
[webservice]
admin_user: restadmin
admin_pass: ${odd()}
hostname: localhost
[archiver.hyperkitty]
class: mailman_hyperkitty.Archiver
enable: yes
configuration: /etc/mailman3/mailman-hyperkitty.cfg
[mta]
smtp_user: u
smtp_pass: ${odd()}
smtp_host: h
[logging.smtp]
path: smtp.log
`,
    '/etc/mailman3/mailman-hyperkitty.cfg': `[general]\nbase_url: https://u:${odd()}@h/hyperkitty/?key=${plain()}\napi_key: ${plain()}\n`,
    '/etc/mailman3/mailman-web.py': `SECRET_KEY = '${plain()}'
MAILMAN_REST_API_URL = 'http://u:${odd()}@localhost:8001'
MAILMAN_REST_API_PASS = '${plain()}'
MAILMAN_ARCHIVER_KEY = '${plain()}'
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': 'w', 'USER': 'u', 'PASSWORD': '${plain()}', 'HOST': 'h'}}
EMAIL_HOST_PASSWORD = '${plain()}'
HAYSTACK_CONNECTIONS = {'default': {'ENGINE': 'x', 'URL': 'https://u:${odd()}@solr'}}
SOCIALACCOUNT_PROVIDERS = {'x': {'APP': {'secret': '${plain()}'}}}
`,
    '/etc/mailman/mm_cfg.py': `SMTP_PASS = '${plain()}'\nMTA = 'Postfix'\nDEFAULT_URL_HOST = 'h'\nLIST_PASSWORD = '${plain()}'\n`,
    '/etc/sympa/sympa/sympa.conf': `domain lists.example.jp
db_type MySQL
db_host h
db_name sympa
db_user sympa
db_passwd ${odd()}
cookie ${plain()}
soap_url https://u:${odd()}@h
wwsympa_url https://u:${odd()}@h/wws
remind_return_path x
key_passwd ${plain()}
`,
    '/etc/sympa/auth.conf': `ldap
 host ldap.example.jp
 bind_dn cn=x
 bind_password ${odd()}
 suffix dc=x
generic_sso
 service_name ${plain()}
cas
 base_url https://u:${odd()}@cas
`,
    '/opt/zimbra/bin/zmcontrol': '',
    '/opt/zimbra/conf/localconfig.xml': `<localconfig>
<key name="zimbra_ldap_password"><value>${plain()}</value></key>
<key name="zimbra_mysql_password"><value>${plain()}</value></key>
<key name="ldap_root_password"><value>${plain()}</value></key>
<key name="ldap_url"><value>ldap://u:${odd()}@ldap.example.jp:389</value></key>
<key name="postfix_setgid_group"><value>x</value></key>
<key name="zimbra_server_hostname"><value>h</value></key>
</localconfig>
`,
    '/home/alice/.fetchmailrc': `set postmaster x
poll mail.example.jp proto imap user "u" password "${odd()}" is alice here mda "/usr/bin/procmail -a ${plain()}"
poll p2 plugin "ssh -p ${plain()} %h" user u with pass ${plain()}
skip p3 user u password '${plain()}' preconnect "x --password=${plain()}"
`,
    '/home/alice/.getmail/getmailrc': `[retriever]\ntype = SimpleIMAPRetriever\nserver = h\nusername = u\npassword = ${odd()}\npassword_command = ("/usr/bin/pass", "${plain()}")\n[destination]\ntype = MDA_external\npath = /opt/x\narguments = ("--token", "${plain()}")\n`,
    '/home/alice/.mbsyncrc': `IMAPAccount x\nHost h\nUser u\nPass ${odd()}\nPassCmd "echo ${plain()}"\nTunnel "ssh h"\n\nIMAPStore r\nAccount x\n`,
    '/home/alice/.offlineimaprc': `[general]\naccounts = A\n[Account A]\nlocalrepository = L\nremoterepository = R\n[Repository R]\ntype = IMAP\nremotehost = h\nremoteuser = u\nremotepass = ${odd()}\nremotepasseval = get("${plain()}")\n`,
    '/etc/cron.d/sync': `1 * * * * root imapsync --host1 a --user1 u --password1 '${odd()}' --host2 b --user2 v --password2=${plain()} --authuser1 x --oauthaccesstoken1 ${plain()}
2 * * * * root fetchmail -f /dev/null --password ${plain()} imap.example.jp
3 * * * * root curl -u u:${plain()} https://u:${odd()}@h | sendmail x
4 * * * * root PGPASSWORD=${plain()} /opt/x; offlineimap -k Account_A:pass=${plain()}
`,
    '/etc/systemd/system/sync.service': `[Service]\nEnvironment=PW=${plain()}\nExecStart=/usr/bin/imapsync --host1 a --password1 ${plain()} --user1 u --host2 b --password2 ${plain()}\n[Install]\nWantedBy=multi-user.target\n`,
    '/etc/systemd/system/multi-user.target.wants/sync.service': {
      link: '/etc/systemd/system/sync.service',
    },
    '/etc/rsyslog.conf': `mail.* /var/log/mail.log
mail.* action(type="omelasticsearch" server="https://u:${odd()}@es.example.jp" uid="u" pwd="${plain()}" template="x")
mail.* action(type="omhttp" server="h" restpath="x?token=${plain()}" uid="u" pwd="${plain()}" httpheaders=["Authorization: Bearer ${plain()}"])
mail.* action(type="ommysql" server="h" db="d" uid="u" pwd="${plain()}")
mail.* :ommysql:h,db,user,${plain()}
mail.* action(type="omkafka" broker="h" topic="t" confParam=["sasl.password=${plain()}"])
mail.* action(type="ompgsql" conninfo="postgresql://u:${odd()}@h/d")
mail.* ^/opt/x --password ${plain()}
mail.* action(type="omprog" binary="/opt/x --token ${plain()}")
mail.* @@h:514
`,
    '/etc/syslog-ng/syslog-ng.conf': `@version: 4.3
source s { system(); internal(); };
destination d1 { elasticsearch-http(url("https://u:${odd()}@es") user("u") password("${plain()}") index("i") type("")); };
destination d2 { http(url("https://u:${odd()}@h/in?key=${plain()}") headers("Authorization: ${plain()}") user("u") password("${plain()}")); };
destination d3 { sql(type(mysql) host("h") username("u") password("${plain()}") database("d") table("t")); };
destination d4 { program("/opt/x --token ${plain()}"); };
destination d5 { network("h" port(514)); };
destination d6 { redis(host("h") auth("${plain()}")); mongodb(uri("mongodb://u:${odd()}@h/db")); };
log { source(s); destination(d1); destination(d2); destination(d3); destination(d4); destination(d5); destination(d6); };
`,
    '/etc/filebeat/filebeat.yml': `filebeat.inputs:
- type: filestream
  paths: [/var/log/mail.log]
output.elasticsearch:
  hosts: ["https://u:${odd()}@es.example.jp:9200"]
  password: "${plain()}"
  api_key: "${plain()}"
output.redis:
  hosts: ["redis://:${odd()}@r"]
  password: ${plain()}
cloud.auth: "u:${plain()}"
`,
    '/etc/vector/vector.toml': `[sources.a]\ntype = "file"\ninclude = ["/var/log/mail.log"]\n[sinks.b]\ntype = "http"\ninputs = ["a"]\nuri = "https://u:${odd()}@h/?token=${plain()}"\nauth.password = "${plain()}"\n`,
    '/etc/fluent-bit/fluent-bit.conf': `[INPUT]\n    Name tail\n    Path /var/log/mail.log\n[OUTPUT]\n    Name es\n    Host h\n    HTTP_Passwd ${plain()}\n    HTTP_User u\n`,
    '/etc/fluent/fluent.conf': `<source>\n  @type tail\n  path /var/log/mail.log\n</source>\n<match **>\n  @type elasticsearch\n  hosts https://u:${odd()}@h\n  password ${plain()}\n</match>\n`,
    '/etc/promtail/config.yml': `clients:\n - url: https://u:${odd()}@loki/push?token=${plain()}\n   basic_auth:\n     password: ${plain()}\nscrape_configs:\n - job_name: x\n   static_configs:\n    - labels:\n       __path__: /var/log/mail.log\n`,
    '/etc/systemd/journal-upload.conf': `[Upload]\nURL=https://u:${odd()}@log.example.jp\n`,
    '/etc/systemd/system/multi-user.target.wants/systemd-journal-upload.service': 'x',
    '/var/ossec/etc/ossec.conf': `<ossec_config><client><server><address>h</address></server></client><localfile><location>/var/log/mail.log</location></localfile></ossec_config>`,
    '/etc/fail2ban/jail.local': `[postfix]\nenabled = true\naction = sendmail[name=x, dest=a@b, password=${plain()}]\n destemail = h\nlogpath = /var/log/mail.log\n`,
    '/etc/nginx/nginx.conf': `http {
 server { listen 80; server_name mail.example.jp; root /usr/share/roundcube;
  location /sogo/ { proxy_pass http://u:${odd()}@127.0.0.1:20000/sogo/; proxy_set_header Authorization "Basic ${plain()}"; }
  location /x/ { proxy_pass https://h/?token=${plain()}; }
  location / { fastcgi_pass unix:/run/php.sock; fastcgi_param PASSWORD ${plain()}; }
  access_log syslog:server=h;
  set $secret "${plain()}";
 }
}
mail { auth_http http://u:${odd()}@127.0.0.1/auth?key=${plain()}; auth_http_header X-Key ${plain()}; server { listen 143; protocol imap; } }
`,
    '/etc/apache2/apache2.conf': `Define PW ${plain()}
<VirtualHost *:80>
 ServerName mail.example.jp
 DocumentRoot /usr/share/roundcube
 ProxyPass /SOGo http://u:${odd()}@127.0.0.1:20000/SOGo
 ProxyPass /x https://u:\${PW}@h/?token=${plain()}
 RewriteRule ^/r https://u:${odd()}@h/$1 [P]
 SetEnv DB_PASSWORD ${plain()}
 AuthLDAPBindPassword "${plain()}"
 AuthLDAPURL "ldap://u:${odd()}@h/dc=x"
 CustomLog "|/opt/x --password=${plain()}" combined
 RequestHeader set Authorization "Basic ${plain()}"
</VirtualHost>
`,
    '/etc/clamav/clamd.conf': `LocalSocket /run/clamd.ctl\nVirusEvent /opt/x --token ${plain()}\n`,
    '/etc/clamav/freshclam.conf': `HTTPProxyServer h\nHTTPProxyUsername u\nHTTPProxyPassword ${plain()}\nDatabaseMirror h\nPrivateMirror https://u:${odd()}@mirror\n`,
    '/etc/maildroprc': `to "|/opt/x --password ${plain()}"\nxfilter "/opt/y https://u:${odd()}@h"\n`,
    '/etc/default/spamd': `ENABLED=1\nOPTIONS="-q --username x --ldap-config --sql-config -r ${plain()}"\n`,
    '/etc/logrotate.d/mail': `/var/log/mail.log {\n weekly\n rotate 4\n postrotate\n  curl -u u:${plain()} https://u:${odd()}@h\n endscript\n}\n`,
    '/etc/apt/sources.list': `deb https://u:${odd()}@apt.example.jp/debian bookworm main\n`,
    '/etc/apt/auth.conf': `machine apt.example.jp login u password ${plain()}\n`,
    '/etc/apt/apt.conf.d/proxy': `Acquire::http::Proxy "http://u:${odd()}@proxy:3128";\n`,
    '/etc/yum.repos.d/x.repo': `[x]\nname=x\nbaseurl=https://u:${odd()}@repo/x?token=${plain()}\nenabled=1\npassword=${plain()}\n`,
  };
};
