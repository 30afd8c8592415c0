import type { Other } from './other.ts';

/** Suites and appliances that bring mail servers, filters and pages of their own. */
export const suites: readonly Other[] = [
  {
    id: 'carbonio',
    name: 'Carbonio',
    kind: 'mta',
    supplier: 'Zextras',
    packages: ['carbonio-core'],
    marks: ['/opt/zextras/conf/localconfig.xml'],
  },
  {
    id: 'smartermail',
    name: 'SmarterMail',
    kind: 'mta',
    supplier: 'SmarterTools',
    origin: 'vendor',
    packages: ['smartermail'],
    units: ['smartermail'],
    marks: ['/opt/smartermail/MailService'],
  },
  {
    id: 'proxmox-mail-gateway',
    name: 'Proxmox Mail Gateway',
    kind: 'content-filter',
    supplier: 'Proxmox Server Solutions',
    packages: ['proxmox-mailgateway', 'proxmox-mailgateway-container', 'pmg-api'],
    units: ['pmgproxy', 'pmg-smtp-filter'],
    configs: ['/etc/pmg/pmg.conf'],
  },
  {
    id: 'mailcleaner',
    name: 'MailCleaner',
    kind: 'content-filter',
    supplier: 'MailCleaner project',
    marks: ['/usr/mailcleaner/etc/mailcleaner.conf'],
  },
  {
    id: 'postal',
    name: 'Postal',
    kind: 'mta',
    supplier: 'Postal project',
    marks: ['/opt/postal/config/postal.yml'],
  },
  {
    id: 'listmonk',
    name: 'listmonk',
    kind: 'list-manager',
    supplier: 'listmonk project',
    programs: ['listmonk'],
    units: ['listmonk'],
    marks: ['/opt/listmonk/listmonk'],
    configs: ['/etc/listmonk/config.toml', '/opt/listmonk/config.toml'],
  },
];

/** Pages on which people read their mail. */
export const webmails: readonly Other[] = [
  {
    id: 'squirrelmail',
    name: 'SquirrelMail',
    markDepth: 2,
    kind: 'webmail',
    supplier: 'SquirrelMail project',
    packages: ['squirrelmail'],
    marks: ['/usr/share/squirrelmail/functions/imap_general.php', '**/functions/imap_general.php'],
    version: {
      paths: ['/usr/share/squirrelmail/functions/strings.php'],
      pattern: /^\$version\s*=\s*'(\d[\w.]{0,30})/m,
    },
  },
  {
    id: 'cypht',
    name: 'Cypht',
    markDepth: 3,
    kind: 'webmail',
    supplier: 'Cypht project',
    packages: ['cypht'],
    marks: ['**/modules/imap/hm-imap.php'],
  },
  {
    id: 'egroupware',
    name: 'EGroupware',
    markDepth: 3,
    kind: 'webmail',
    supplier: 'EGroupware GmbH',
    packages: ['egroupware', 'egroupware-epl'],
    marks: ['**/mail/inc/class.mail_ui.inc.php'],
  },
  {
    id: 'tine',
    name: 'tine Groupware',
    markDepth: 3,
    kind: 'webmail',
    supplier: 'Metaways Infosystems',
    packages: ['tine20'],
    marks: ['**/Felamimail/Controller/Message.php'],
  },
];
