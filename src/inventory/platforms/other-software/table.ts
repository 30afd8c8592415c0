import type { ComponentKind } from '../../../core/component.ts';

/** Mail software of which Postern reads no configuration, by what shows that it is installed. */
export interface Other {
  readonly id: string;
  readonly name: string;
  readonly kind: ComponentKind;
  readonly supplier: string;
  /** Who hands it out where no package of a distribution does. */
  readonly origin?: 'vendor';
  readonly programs?: readonly string[];
  readonly packages?: readonly string[];
  readonly units?: readonly string[];
  /** Files of a copy unpacked by hand, which stand for it as a program does. */
  readonly marks?: readonly string[];
  readonly configs?: readonly string[];
  /** Files that state its version, and how. */
  readonly version?: { readonly paths: readonly string[]; readonly pattern: RegExp };
  /** Where it listens unless its settings say otherwise: those that call it are then told apart. */
  readonly listens?: string;
  /** A `sendmail` of the host: it runs for whoever calls it, and hands all on. */
  readonly relay?: { readonly host: RegExp; readonly port: RegExp; readonly secret: RegExp };
  /** What it keeps in its own database that nothing outside shows. */
  readonly inDatabase?: string;
}

const packageJson = { pattern: /"version"\s*:\s*"(\d[\w.+-]{0,40})"/ } as const;
const plain = /^\s*v?(\d[\w.+-]{0,40})/;

const npm = (id: string, name: string): Pick<Other, 'marks' | 'version'> => {
  const paths = [
    `/usr/lib/node_modules/${name}/package.json`,
    `/usr/local/lib/node_modules/${name}/package.json`,
    `/opt/${id}/package.json`,
  ];
  return { marks: paths, version: { paths, ...packageJson } };
};

const mailServers: readonly Other[] = [
  {
    id: 'stalwart',
    name: 'Stalwart',
    kind: 'mta',
    supplier: 'Stalwart Labs',
    programs: ['stalwart', 'stalwart-mail'],
    units: ['stalwart', 'stalwart-mail'],
    marks: ['/opt/stalwart/bin/stalwart', '/opt/stalwart-mail/bin/stalwart-mail'],
    configs: [
      '/opt/stalwart/etc/config.toml',
      '/opt/stalwart-mail/etc/config.toml',
      '/etc/stalwart/config.toml',
    ],
  },
  {
    id: 'maddy',
    name: 'maddy',
    kind: 'mta',
    supplier: 'maddy project',
    programs: ['maddy'],
    packages: ['maddy'],
    units: ['maddy'],
    configs: ['/etc/maddy/maddy.conf'],
  },
  {
    id: 'chasquid',
    name: 'chasquid',
    kind: 'mta',
    supplier: 'chasquid project',
    programs: ['chasquid'],
    packages: ['chasquid'],
    units: ['chasquid'],
    configs: ['/etc/chasquid/chasquid.conf', '/etc/chasquid/hooks/post-data'],
  },
  {
    id: 'mox',
    name: 'mox',
    kind: 'mta',
    supplier: 'mox project',
    units: ['mox'],
    marks: ['/home/mox/mox'],
    configs: ['/home/mox/config/mox.conf'],
  },
  {
    id: 'haraka',
    name: 'Haraka',
    kind: 'mta',
    supplier: 'Haraka project',
    programs: ['haraka'],
    units: ['haraka'],
    ...npm('haraka', 'Haraka'),
    configs: ['/etc/haraka/config/plugins', '/opt/haraka/config/plugins'],
  },
  {
    id: 'zone-mta',
    name: 'ZoneMTA',
    kind: 'mta',
    supplier: 'Zone Media',
    units: ['zone-mta', 'zonemta'],
    ...npm('zone-mta', 'zone-mta'),
    configs: ['/etc/zone-mta/zonemta.toml'],
  },
  {
    id: 'wildduck',
    name: 'WildDuck',
    kind: 'imap',
    supplier: 'WildDuck project',
    units: ['wildduck'],
    ...npm('wildduck', 'wildduck'),
    configs: ['/etc/wildduck/wildduck.toml', '/etc/wildduck/default.toml'],
  },
  {
    id: 'james',
    name: 'Apache James',
    kind: 'mta',
    supplier: 'The Apache Software Foundation',
    packages: ['james'],
    units: ['james'],
    marks: ['/opt/james/conf/mailetcontainer.xml', '/etc/james/conf/mailetcontainer.xml'],
    configs: ['/opt/james/conf/mailetcontainer.xml', '/etc/james/conf/mailetcontainer.xml'],
  },
  {
    id: 'qmail',
    name: 'qmail',
    kind: 'mta',
    supplier: 'qmail',
    packages: ['qmail', 'netqmail', 'notqmail'],
    units: ['qmail', 'qmail-send'],
    marks: ['/var/qmail/bin/qmail-send'],
    configs: ['/var/qmail/control/me'],
  },
  ...(
    [
      ['axigen', 'Axigen', 'Axigen', '/opt/axigen/bin/axigen'],
      ['communigate', 'CommuniGate Pro', 'CommuniGate Systems', '/opt/CommuniGate/CGServer'],
      ['kerio-connect', 'Kerio Connect', 'GFI Software', '/opt/kerio/mailserver/mailserver'],
      ['icewarp', 'IceWarp', 'IceWarp', '/opt/icewarp/icewarpd.sh'],
    ] as const
  ).map(
    ([id, name, supplier, mark]): Other => ({
      id,
      name,
      kind: 'mta',
      supplier,
      origin: 'vendor',
      units: [id],
      marks: [mark],
    }),
  ),
];

const groupware: readonly Other[] = [
  {
    id: 'open-xchange',
    name: 'Open-Xchange App Suite',
    kind: 'webmail',
    supplier: 'Open-Xchange',
    packages: ['open-xchange-core'],
    units: ['open-xchange'],
    marks: ['/opt/open-xchange/sbin/open-xchange'],
    configs: ['/opt/open-xchange/etc/mail.properties'],
  },
  {
    id: 'kopano',
    name: 'Kopano',
    kind: 'imap',
    supplier: 'Kopano',
    programs: ['kopano-server'],
    packages: ['kopano-server'],
    units: ['kopano-server'],
    configs: ['/etc/kopano/server.cfg'],
  },
  {
    id: 'grommunio',
    name: 'grommunio',
    kind: 'imap',
    supplier: 'grommunio',
    packages: ['gromox'],
    units: ['gromox-http', 'gromox-imap'],
    marks: ['/usr/libexec/gromox/http'],
    configs: ['/etc/gromox/http.cfg'],
  },
  {
    id: 'citadel',
    name: 'Citadel',
    kind: 'imap',
    supplier: 'Citadel project',
    packages: ['citadel-server'],
    units: ['citadel'],
    marks: ['/usr/local/citadel/citserver'],
  },
  {
    id: 'davmail',
    name: 'DavMail',
    kind: 'gateway',
    supplier: 'DavMail project',
    programs: ['davmail'],
    packages: ['davmail', 'davmail-server'],
    units: ['davmail'],
    configs: ['/etc/davmail.properties', '/etc/davmail/davmail.properties'],
  },
];

const filters: readonly Other[] = [
  {
    id: 'policyd',
    name: 'policyd (cluebringer)',
    kind: 'policy-service',
    supplier: 'policyd project',
    programs: ['cbpolicyd'],
    packages: ['postfix-cluebringer', 'cluebringer', 'policyd'],
    units: ['cbpolicyd', 'postfix-cluebringer'],
    configs: [
      '/etc/cluebringer/cluebringer.conf',
      '/etc/policyd/cluebringer.conf',
      '/etc/policyd/policyd.conf',
    ],
    listens: '*:10031',
  },
  {
    id: 'mtpolicyd',
    name: 'mtpolicyd',
    kind: 'policy-service',
    supplier: 'mtpolicyd project',
    programs: ['mtpolicyd'],
    packages: ['mtpolicyd'],
    units: ['mtpolicyd'],
    configs: ['/etc/mtpolicyd/mtpolicyd.conf'],
    listens: '127.0.0.1:12345',
  },
  {
    id: 'gross',
    name: 'gross',
    kind: 'policy-service',
    supplier: 'gross project',
    programs: ['grossd'],
    packages: ['gross'],
    units: ['gross', 'grossd'],
    configs: ['/etc/gross/grossd.conf', '/etc/grossd.conf'],
    listens: '127.0.0.1:5525',
  },
  {
    id: 'dspam',
    name: 'DSPAM',
    kind: 'spam-filter',
    supplier: 'DSPAM project',
    programs: ['dspam'],
    packages: ['dspam'],
    units: ['dspam'],
    configs: ['/etc/dspam/dspam.conf', '/etc/dspam.conf'],
  },
  {
    id: 'bogofilter',
    name: 'bogofilter',
    kind: 'spam-filter',
    supplier: 'bogofilter project',
    programs: ['bogofilter'],
    packages: ['bogofilter-bdb', 'bogofilter-sqlite', 'bogofilter'],
    configs: ['/etc/bogofilter.cf'],
  },
  {
    id: 'authentication-milter',
    name: 'Authentication Milter',
    kind: 'milter',
    supplier: 'Fastmail',
    programs: ['authentication_milter'],
    units: ['authentication_milter', 'authentication-milter'],
    configs: ['/etc/authentication_milter.json'],
  },
  {
    id: 'piler',
    name: 'mailpiler',
    kind: 'connector',
    supplier: 'piler project',
    programs: ['piler', 'piler-smtp'],
    packages: ['piler'],
    units: ['piler', 'piler-smtp'],
    configs: ['/etc/piler/piler.conf', '/usr/local/etc/piler/piler.conf'],
  },
];

const relays: readonly Other[] = [
  {
    id: 'nullmailer',
    name: 'nullmailer',
    kind: 'mta',
    supplier: 'nullmailer project',
    programs: ['nullmailer-send'],
    packages: ['nullmailer'],
    units: ['nullmailer'],
    configs: ['/etc/nullmailer/remotes'],
    relay: {
      host: /^\s*([\w.-]{1,255})(?:\s+smtp)?(?:\s|$)/,
      port: /--port=(\d{1,5})/,
      secret: /--pass=\S/,
    },
  },
  {
    id: 'msmtp',
    name: 'msmtp',
    kind: 'mta',
    supplier: 'msmtp project',
    programs: ['msmtp'],
    packages: ['msmtp-mta', 'msmtp'],
    configs: ['/etc/msmtprc'],
    relay: {
      host: /^\s*host\s+([\w.-]{1,255})/,
      port: /^\s*port\s+(\d{1,5})/,
      secret: /^\s*password\s+\S/,
    },
  },
  {
    id: 'ssmtp',
    name: 'sSMTP',
    kind: 'mta',
    supplier: 'sSMTP project',
    programs: ['ssmtp'],
    packages: ['ssmtp'],
    configs: ['/etc/ssmtp/ssmtp.conf'],
    relay: {
      host: /^\s*mailhub\s*=\s*([\w.-]{1,255})/i,
      port: /^\s*mailhub\s*=\s*[\w.-]{1,255}:(\d{1,5})/i,
      secret: /^\s*AuthPass\s*=\s*\S/i,
    },
  },
  {
    id: 'dma',
    name: 'DragonFly Mail Agent',
    kind: 'mta',
    supplier: 'DragonFly BSD project',
    programs: ['dma'],
    packages: ['dma'],
    configs: ['/etc/dma/dma.conf', '/etc/dma/auth.conf'],
    relay: {
      host: /^\s*SMARTHOST\s+([\w.-]{1,255})/,
      port: /^\s*PORT\s+(\d{1,5})/,
      secret: /^\s*[^#\s|]{1,200}\|[^:\s]{1,200}:\S/,
    },
  },
  {
    id: 'esmtp',
    name: 'ESMTP',
    kind: 'mta',
    supplier: 'ESMTP project',
    programs: ['esmtp'],
    packages: ['esmtp', 'esmtp-run'],
    configs: ['/etc/esmtprc'],
    relay: {
      host: /^\s*hostname\s*=?\s*"?([\w.-]{1,255})/,
      port: /^\s*hostname\s*=?\s*"?[\w.-]{1,255}:(\d{1,5})/,
      secret: /^\s*password\s*=?\s*\S/,
    },
  },
];

const polls =
  'whether it empties mailboxes, and the passwords that it does it with, stand in its database';

const desks: readonly Other[] = [
  {
    id: 'request-tracker',
    name: 'Request Tracker',
    kind: 'connector',
    supplier: 'Best Practical Solutions',
    packages: ['request-tracker5', 'request-tracker4'],
    marks: ['/opt/rt5/etc/RT_SiteConfig.pm', '/opt/rt4/etc/RT_SiteConfig.pm'],
  },
  {
    id: 'otrs',
    name: 'OTRS or Znuny',
    kind: 'mail-reader',
    supplier: 'OTRS',
    packages: ['otrs2', 'znuny'],
    marks: ['/opt/otrs/Kernel/Config.pm', '/opt/znuny/Kernel/Config.pm'],
    version: {
      paths: ['/opt/otrs/RELEASE', '/opt/znuny/RELEASE'],
      pattern: /^VERSION\s*=\s*(\d[\w.]{0,30})/m,
    },
    inDatabase: polls,
  },
  {
    id: 'zammad',
    name: 'Zammad',
    kind: 'mail-reader',
    supplier: 'Zammad Foundation',
    packages: ['zammad'],
    units: ['zammad'],
    marks: ['/opt/zammad/VERSION'],
    version: { paths: ['/opt/zammad/VERSION'], pattern: plain },
    inDatabase: polls,
  },
  {
    id: 'osticket',
    name: 'osTicket',
    kind: 'mail-reader',
    supplier: 'Enhancesoft',
    marks: ['**/include/ost-config.php'],
    inDatabase: polls,
  },
  {
    id: 'glpi',
    name: 'GLPI',
    kind: 'mail-reader',
    supplier: "Teclib'",
    packages: ['glpi'],
    marks: ['**/inc/mailcollector.class.php', '**/src/MailCollector.php'],
    inDatabase: polls,
  },
];

export const others: readonly Other[] = [
  ...mailServers,
  ...groupware,
  ...filters,
  ...relays,
  ...desks,
];
