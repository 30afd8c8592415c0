# Run inside the host's root: Cyrus behind Sendmail.
# Cyrus refuses a file that sets an option twice.
sed -i '/^sasl_pwcheck_method:/d' /etc/imapd.conf
cat >>/etc/imapd.conf <<'IMAPD'
admins: cyrusadmin
proxyservers: webmail
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sql
sasl_sql_engine: mysql
sasl_sql_hostnames: 192.0.2.21
sasl_sql_database: mail
sasl_sql_user: cyrus
sasl_sql_passwd: not-a-secret
sasl_sql_select: SELECT password FROM mailbox WHERE username = '%u@%r'
IMAPD
sed -i 's/^\(\s*\)#\s*\(imaps\s.*"imapd -s.*\)/\1\2/' /etc/cyrus.conf
sed -i 's/^O DaemonPortOptions=.*/O DaemonPortOptions=Family=inet, Name=MTA-v4, Port=smtp/' /etc/mail/sendmail.cf
cat >>/etc/mail/sendmail.mc <<'MC'
INPUT_MAIL_FILTER(`opendkim', `S=local:/run/opendkim/opendkim.sock, F=, T=R:2m')dnl
dnl INPUT_MAIL_FILTER(`old-filter', `S=inet:9999@localhost')dnl
MC
cat >>/etc/mail/sendmail.cf <<'CF'
O InputMailFilters=opendkim
Xopendkim, S=local:/run/opendkim/opendkim.sock, F=, T=R:2m
CF
printf '#!/bin/sh\nexec cat >/dev/null\n' >/usr/local/bin/autoreply
chmod 755 /usr/local/bin/autoreply
ln -sf /usr/local/bin/autoreply /etc/mail/smrsh/autoreply
printf 'info: "|/usr/local/bin/autoreply info"\nstaff: :include:/etc/mail/staff\n' >>/etc/mail/aliases
cat >/etc/syslog-ng/conf.d/loghost.conf <<'SYSLOGNG'
destination d_loghost { network("loghost.example.jp" port(6514) transport("tls")); };
filter f_mail_all { facility(mail); };
log { source(s_src); filter(f_mail_all); destination(d_loghost); };
SYSLOGNG
