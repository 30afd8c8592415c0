import type { ComponentKind, Reach } from '../../../core/component.ts';

/** Software that Zimbra brings along, below /opt/zimbra. */
export interface Bundled {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly supplier: string;
  /** Below /opt/zimbra. */
  readonly programs: readonly string[];
  readonly packages: readonly string[];
  readonly reach: readonly Omit<Reach, 'because'>[];
}

const transit = (mode: Reach['mode'], extent: string): Omit<Reach, 'because'> => ({
  resource: 'mail-in-transit',
  mode,
  extent,
});

export const bundled: readonly Bundled[] = [
  {
    name: 'postfix',
    kind: 'mta',
    supplier: 'Wietse Venema',
    programs: ['common/sbin/postfix', 'postfix/sbin/postfix'],
    packages: ['zimbra-postfix'],
    reach: [transit('write', 'every message that enters or leaves')],
  },
  {
    name: 'amavisd',
    kind: 'content-filter',
    supplier: 'The Amavis project',
    programs: ['common/sbin/amavisd', 'amavisd/sbin/amavisd'],
    packages: ['zimbra-amavisd'],
    reach: [transit('write', 'every message that Postfix hands to it')],
  },
  {
    name: 'clamav',
    kind: 'antivirus',
    supplier: 'Cisco Systems',
    programs: ['common/sbin/clamd', 'clamav/sbin/clamd'],
    packages: ['zimbra-clamav'],
    reach: [transit('read', 'every message that amavisd hands to it')],
  },
  {
    name: 'spamassassin',
    kind: 'spam-filter',
    supplier: 'The Apache Software Foundation',
    programs: ['common/bin/spamassassin'],
    packages: ['zimbra-spamassassin', 'zimbra-perl-mail-spamassassin'],
    reach: [transit('read', 'every message that amavisd hands to it')],
  },
  {
    name: 'opendkim',
    kind: 'milter',
    supplier: 'The Trusted Domain Project',
    programs: ['common/sbin/opendkim', 'opendkim/sbin/opendkim'],
    packages: ['zimbra-opendkim'],
    reach: [transit('write', 'every message that Postfix hands to it')],
  },
  {
    name: 'cbpolicyd',
    kind: 'policy-service',
    supplier: 'PolicyD project',
    programs: ['common/bin/cbpolicyd', 'cbpolicyd/bin/cbpolicyd'],
    packages: ['zimbra-cbpolicyd'],
    reach: [transit('read', 'sender, recipient and address of every message')],
  },
  {
    name: 'nginx',
    kind: 'web-front',
    supplier: 'F5, Inc.',
    programs: ['common/sbin/nginx', 'nginx/sbin/nginx'],
    packages: ['zimbra-nginx'],
    reach: [
      {
        resource: 'credentials',
        mode: 'read',
        extent: 'names and passwords of everybody who logs in by web, IMAP or POP3',
      },
      { resource: 'stored-mail', mode: 'read', extent: 'every message that is opened through it' },
    ],
  },
  {
    name: 'openldap',
    kind: 'auth-backend',
    supplier: 'The OpenLDAP Foundation',
    programs: ['common/libexec/slapd', 'openldap/libexec/slapd'],
    packages: ['zimbra-openldap-server'],
    reach: [
      { resource: 'directory', mode: 'write', extent: 'every account, with its password hash' },
    ],
  },
  {
    name: 'mariadb',
    kind: 'database-link',
    supplier: 'MariaDB Foundation',
    programs: [
      'common/sbin/mysqld',
      'common/sbin/mariadbd',
      'mysql/bin/mysqld',
      'mariadb/bin/mysqld',
    ],
    packages: ['zimbra-mariadb'],
    reach: [
      {
        resource: 'stored-mail',
        mode: 'write',
        extent: 'senders, subjects and folders of every message',
      },
    ],
  },
  {
    name: 'memcached',
    kind: 'connector',
    supplier: 'Memcached project',
    programs: ['common/bin/memcached', 'memcached/bin/memcached'],
    packages: ['zimbra-memcached'],
    reach: [
      { resource: 'customer-records', mode: 'read', extent: 'on which server every account lies' },
    ],
  },
];

/** Java extensions that Zimbra ships itself, below /opt/zimbra/lib/ext. */
export const ownExtensions: ReadonlySet<string> = new Set([
  'adminversioncheck',
  'backup',
  'cisco',
  'clamscanner',
  'com_zimbra_bulkprovision',
  'com_zimbra_cert_manager',
  'com_zimbra_clientuploader',
  'com_zimbra_license',
  'com_zimbra_ssdb_ephemeral_store',
  'com_zimbra_xmbxsearch',
  'convertd',
  'ews',
  'freebusy',
  'graphql',
  'jitsi-video-conferencing-zimlet',
  'mitel',
  'network',
  'nginx-lookup',
  'oauthsocial',
  'openidconsumer',
  'saml',
  'samlextn',
  'smime',
  'syncservice',
  'twofactorauth',
  'versioncheck',
  'voice',
  'zimbra-archive',
  'zimbra-freebusy',
  'zimbra-license',
  'zimbraadminversioncheck',
  'zimbracmbsearch',
  'zimbraews',
  'zimbrahsm',
  'zimbrasync',
  'zm-clam-scanner',
  'zm-gql',
  'zm-oauth-social',
]);
