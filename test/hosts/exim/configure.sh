# Run inside the host's root: a company's Exim in Debian's split configuration.
cat >/etc/exim4/update-exim4.conf.conf <<'EXIM'
dc_eximconfig_configtype='smarthost'
dc_other_hostnames='example.jp'
dc_local_interfaces='0.0.0.0'
dc_readhost='example.jp'
dc_relay_domains=''
dc_minimaldns='false'
dc_relay_nets='192.0.2.0/24'
dc_smarthost='smtp.upstream.test::587'
CFILEMODE='644'
dc_use_split_config='true'
dc_hide_mailname='true'
dc_mailname_in_oh='true'
dc_localdelivery='maildir_home'
EXIM
cat >/etc/exim4/conf.d/main/00_local <<'EXIM'
CHECK_DATA_LOCAL_ACL_FILE = /etc/exim4/check_data
MAIN_LOG_SELECTOR = +smtp_protocol_error +tls_peerdn
SYSTEM_ALIASES_PIPE_TRANSPORT = address_pipe
SYSTEM_ALIASES_USER = nobody
av_scanner = clamd:/run/clamav/clamd.ctl
spamd_address = 127.0.0.1 783
hide mysql_servers = 192.0.2.21/mail/exim/not-a-secret
EXIM
cat >/etc/exim4/check_data <<'EXIM'
deny
  message = This message contains malware ($malware_name)
  malware = *
warn
  spam = Debian-exim:true
  add_header = X-Spam-Score: $spam_score
EXIM
cat >/etc/exim4/conf.d/router/250_local_crm <<'EXIM'
crm_copy:
  debug_print = "R: crm_copy for $local_part@$domain"
  driver = accept
  domains = crm.example.jp
  transport = crm_pipe
EXIM
cat >/etc/exim4/conf.d/transport/40_local_crm <<'EXIM'
crm_pipe:
  driver = pipe
  command = /usr/local/bin/crm-import --from $sender_address
  user = nobody
  return_output
EXIM
cat >/etc/exim4/conf.d/router/260_local_sql <<'EXIM'
sql_aliases:
  driver = redirect
  domains = +local_domains
  data = ${lookup mysql{SELECT target FROM alias WHERE source='${quote_mysql:$local_part@$domain}'}}
EXIM
for program in crm-import ticket-mail; do
  printf '#!/bin/sh\nexec cat >/dev/null\n' >"/usr/local/bin/$program"
  chmod 755 "/usr/local/bin/$program"
done
printf 'sales: "|/usr/local/bin/ticket-mail"\npostmaster: root\n' >>/etc/aliases
echo 'smtp.upstream.test:relay:not-a-secret' >>/etc/exim4/passwd.client
update-exim4.conf

# Courier over the same mailboxes, accounts in MySQL.
sed -i 's/^authmodulelist=.*/authmodulelist="authmysql"/' /etc/courier/authdaemonrc
sed -i 's/^MYSQL_SERVER.*/MYSQL_SERVER 192.0.2.21/; s/^MYSQL_DATABASE.*/MYSQL_DATABASE mail/; s/^MYSQL_USER_TABLE.*/MYSQL_USER_TABLE mailbox/; s/^MYSQL_PASSWORD.*/MYSQL_PASSWORD not-a-secret/' /etc/courier/authmysqlrc

# SOGo asks LDAP who people are.
cat >/etc/sogo/sogo.conf <<'SOGO'
{
  SOGoProfileURL = "mysql://sogo:not-a-secret@192.0.2.21:3306/sogo/sogo_user_profile";
  OCSFolderInfoURL = "mysql://sogo:not-a-secret@192.0.2.21:3306/sogo/sogo_folder_info";
  SOGoIMAPServer = "imap://localhost:143";
  SOGoSMTPServer = "smtp://localhost:25";
  SOGoUserSources = (
    {
      type = ldap;
      CNFieldName = cn;
      UIDFieldName = uid;
      IDFieldName = uid;
      baseDN = "ou=people,dc=example,dc=jp";
      hostname = "ldaps://directory.example.jp";
      id = directory;
      isAddressBook = YES;
    }
  );
}
SOGO
