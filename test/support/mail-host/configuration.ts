/** Ports of loopback on which the mail host of a test listens, and those that it calls. */
export interface Ports {
  readonly smtp: number;
  readonly submission: number;
  readonly imap: number;
  readonly imaps: number;
  readonly pop3: number;
  readonly sieve: number;
  readonly lmtp: number;
  /** Where mail for `remote.test` goes. */
  readonly remote: number;
  /** Where exported events are posted. */
  readonly events: number;
}

/** Nobody who is anybody on the machine. */
export const mailOwner = 65_534;

const exported = [
  'auth_request_finished',
  'mail_opened',
  'mail_expunged',
  'imap_command_finished',
  'managesieve_command_finished',
  'sieve_script_activated',
  'sieve_action_finished',
  'smtp_server_transaction_rcpt_finished',
] as const;

const metrics = (name: string, exporter: string): string => `metric ${exporter}_${name} {
  filter = event=${name}
  exporter = ${exporter}
  exporter_include = name hostname timestamps categories fields
}`;

const listener = (name: string, port: number, options = ''): string =>
  `inet_listener ${name} {\n    port = ${port}\n    ${options}\n  }`;

/**
 * Dovecot 2.3, that logs as Postern's remedies would have it: `mail_log`, master users named, and events
 * exported both into its log and to a collector of their own.
 */
export const dovecotConf = (root: string, ports: Ports): string => `
base_dir = ${root}/run
state_dir = ${root}/state
log_path = ${root}/dovecot.log
protocols = imap pop3 lmtp sieve
listen = 127.0.0.1
ssl = yes
ssl_cert = <${root}/etc/dovecot/cert.pem
ssl_key = <${root}/etc/dovecot/key.pem
disable_plaintext_auth = no
auth_verbose = yes
auth_mechanisms = plain login
auth_failure_delay = 0
auth_master_user_separator = *
mail_location = maildir:${root}/mail/%n
first_valid_uid = 1
mail_plugins = notify mail_log
login_log_format_elements = user=<%u> method=%m rip=%r lip=%l mpid=%e %c session=<%{session}> auth_user=<%{auth_user}>
hostname = mx.example.test
postmaster_address = postmaster@example.test
submission_host = 127.0.0.1:${ports.smtp}
service imap-login {
  ${listener('imap', ports.imap)}
  ${listener('imaps', ports.imaps, 'ssl = yes')}
}
service pop3-login {
  ${listener('pop3', ports.pop3)}
  ${listener('pop3s', 0)}
}
service managesieve-login {
  ${listener('sieve', ports.sieve)}
}
service lmtp {
  ${listener('lmtp', ports.lmtp)}
}
service auth {
  unix_listener ${root}/auth {
    mode = 0666
  }
}
passdb {
  driver = passwd-file
  args = ${root}/etc/dovecot/master
  master = yes
}
passdb {
  driver = passwd-file
  args = ${root}/etc/dovecot/users
}
userdb {
  driver = static
  args = uid=${mailOwner} gid=${mailOwner} home=${root}/mail/%n allow_all_users=yes
}
protocol lmtp {
  mail_plugins = $mail_plugins sieve
}
plugin {
  mail_log_events = save delete undelete expunge copy flag_change mailbox_create mailbox_delete mailbox_rename
  mail_log_fields = uid box msgid size from subject flags
  sieve = file:~/sieve;active=~/.dovecot.sieve
}
event_exporter collector {
  format = json
  format_args = time-rfc3339
  transport = http-post
  transport_args = http://127.0.0.1:${ports.events}/
  transport_timeout = 20 secs
}
event_exporter inlog {
  format = json
  format_args = time-rfc3339
  transport = log
}
${exported.flatMap(name => [metrics(name, 'collector'), metrics(name, 'inlog')]).join('\n')}
`;

/** Postfix that hands local mail to Dovecot over LMTP and lets nobody but those who log in hand in. */
export const mainCf = (root: string, ports: Ports, users: readonly string[]): string => `
compatibility_level = 3.6
queue_directory = ${root}/spool
data_directory = ${root}/data
maillog_file_prefixes = ${root}
maillog_file = ${root}/mail.log
myhostname = mx.example.test
mydestination =
mynetworks = 127.0.0.1/32
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = example.test
virtual_mailbox_maps = inline:{ ${users.map(user => `{ ${user} = there }`).join(' ')} }
virtual_transport = lmtp:inet:127.0.0.1:${ports.lmtp}
transport_maps = inline:{ { remote.test = smtp:[127.0.0.1]:${ports.remote} } }
smtp_bind_address = 127.0.0.1
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${root}/auth
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
disable_dns_lookups = yes
smtp_host_lookup = native
`;

export const masterCf = (ports: Ports): string => `127.0.0.1:${ports.smtp} inet n - n - - smtpd
127.0.0.1:${ports.submission} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
