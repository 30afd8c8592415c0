import type { FileView } from '../../core/files.ts';
import { dirOf } from '../../core/paths.ts';
import { reaches } from '../joining/endpoint.ts';
import type { Endpoint } from '../platform.ts';
import type { Served, WebPass } from '../syntax/served.ts';
import { mailmanWebServer } from './mailman-web.ts';

/** How much of a reading shows in the URL that a browser asks for. */
type UrlTells = 'message' | 'message and user' | 'position' | 'encoded' | 'nothing';

/** Mail software with a face on the web, and how it is known to be there. */
export interface MailSoftware {
  readonly name: string;
  /** A file that only this software has, below its folder: for copies unpacked anywhere. */
  readonly marker?: string;
  /** Where packages put it. */
  readonly folders: readonly string[];
  /** Programs that a web server runs for it, in folders which hold others' too. */
  readonly programs?: readonly string[];
  /** What a proxy target looks like that can be nothing else. */
  readonly passes?: RegExp;
  /** A default port of its own, believed only when one of these files is on the host. */
  readonly port?: { readonly port: number; readonly when: readonly string[] };
  /** Where its own settings say that it listens. */
  readonly listens?: (files: FileView) => readonly Endpoint[];
  /** Its pages are PHP: whatever serves its folder runs it. Else only a target or a CGI does. */
  readonly php?: true;
  readonly urlTells: UrlTells;
  /** What passes through the page, in words, for the reach of whatever serves it. */
  readonly mail?: string;
  /** Cookie that names the session. */
  readonly cookie?: string;
}

export const mailSoftware: readonly MailSoftware[] = [
  {
    name: 'Roundcube',
    marker: 'program/include/iniset.php',
    folders: [
      '/usr/share/roundcube',
      '/var/lib/roundcube',
      '/usr/share/roundcubemail',
      '/usr/share/webapps/roundcube',
      '/usr/local/www/roundcube',
    ],
    php: true,
    urlTells: 'message',
    mail: 'every message that its users open or send',
    cookie: 'roundcube_sessid',
  },
  {
    name: 'SnappyMail',
    marker: 'snappymail/v',
    folders: ['/usr/share/snappymail', '/var/www/snappymail'],
    php: true,
    urlTells: 'encoded',
    mail: 'every message that its users open or send',
    cookie: 'smaccount',
  },
  {
    name: 'RainLoop',
    marker: 'rainloop/v',
    folders: ['/usr/share/rainloop', '/var/www/rainloop'],
    php: true,
    urlTells: 'encoded',
    mail: 'every message that its users open or send',
    cookie: 'rlsession',
  },
  {
    name: 'Horde',
    marker: 'imp/lib/Imap.php',
    folders: ['/usr/share/horde', '/usr/share/horde3'],
    php: true,
    urlTells: 'nothing',
    mail: 'every message that its users open or send',
    cookie: 'Horde',
  },
  {
    name: 'SquirrelMail',
    marker: 'functions/imap_general.php',
    folders: ['/usr/share/squirrelmail'],
    php: true,
    urlTells: 'message',
    mail: 'every message that its users open or send',
    cookie: 'SQMSESSID',
  },
  {
    name: 'SqWebMail',
    folders: [],
    programs: [
      '/usr/lib/cgi-bin/sqwebmail',
      '/var/www/cgi-bin/sqwebmail',
      '/usr/local/apache2/cgi-bin/sqwebmail',
      '/usr/lib/courier/libexec/courier/webmail/webmail',
    ],
    // `/cgi-bin/sqwebmail/login/user@domain/…?folder=INBOX&form=readmsg&pos=0`
    urlTells: 'position',
    mail: 'every message that its users open or send',
  },
  {
    name: 'SOGo',
    folders: [
      '/usr/lib/GNUstep/SOGo',
      '/usr/share/GNUstep/SOGo',
      '/usr/lib64/GNUstep/SOGo',
      '/usr/local/lib/GNUstep/SOGo',
    ],
    passes: /\/SOGo(?:\/|$)/,
    port: {
      port: 20_000,
      when: ['/usr/sbin/sogod', '/usr/local/sbin/sogod', '/etc/sogo/sogo.conf'],
    },
    urlTells: 'message and user',
    mail: 'every message, calendar and address book that its users open',
  },
  {
    name: 'Mailman 3',
    folders: ['/var/lib/mailman3/web', '/opt/mailman/web'],
    passes: /mailman3?-web|\/run\/mailman|\/(?:mailman3|postorius|hyperkitty)(?:\/|$)/,
    listens: files => mailmanWebServer(files).listens.map(({ endpoint }) => endpoint),
    urlTells: 'message',
    mail: 'every list archive that its users open',
    cookie: 'sessionid',
  },
  {
    name: 'Mailman 2',
    folders: [
      '/usr/lib/cgi-bin/mailman',
      '/usr/lib/mailman/cgi-bin',
      '/usr/local/mailman/cgi-bin',
      '/var/lib/mailman/archives',
    ],
    urlTells: 'message',
    mail: 'every list archive that its users open',
  },
  {
    name: 'Sympa',
    folders: [
      '/usr/lib/cgi-bin/sympa',
      '/usr/share/sympa',
      '/var/lib/sympa/css',
      '/usr/libexec/sympa',
      '/home/sympa/bin',
    ],
    passes: /wwsympa|sympasoap/,
    urlTells: 'message',
    mail: 'every list archive that its users open',
    cookie: 'sympa_session',
  },
  {
    name: 'Rspamd',
    folders: ['/usr/share/rspamd/www'],
    passes: /rspamd/i,
    port: { port: 11_334, when: ['/usr/bin/rspamd', '/usr/local/bin/rspamd'] },
    urlTells: 'nothing',
  },
  {
    name: 'PostfixAdmin',
    marker: 'model/PFAHandler.php',
    folders: ['/usr/share/postfixadmin', '/opt/postfixadmin', '/srv/postfixadmin'],
    php: true,
    urlTells: 'nothing',
  },
  {
    name: 'ISPConfig',
    folders: ['/usr/local/ispconfig/interface/web'],
    php: true,
    urlTells: 'nothing',
  },
  {
    name: 'iRedAdmin',
    folders: [],
    port: {
      port: 7_791,
      when: ['/opt/www/iredadmin/settings.py', '/var/www/iredadmin/settings.py'],
    },
    urlTells: 'nothing',
  },
  {
    name: 'Modoboa',
    folders: [],
    passes: /modoboa/i,
    urlTells: 'nothing',
  },
  {
    name: 'Mail-in-a-Box management',
    folders: [],
    port: { port: 10_222, when: ['/usr/local/lib/mailinabox/start'] },
    urlTells: 'nothing',
  },
  {
    name: 'Z-Push',
    marker: 'lib/core/zpush.php',
    folders: ['/usr/share/z-push'],
    php: true,
    urlTells: 'nothing',
    mail: 'every message that a phone synchronises',
  },
  {
    name: 'Zimbra',
    folders: ['/opt/zimbra'],
    passes: /\/(?:zimbra|zimbraAdmin|service\/soap)(?:\/|$)/,
    urlTells: 'nothing',
    mail: 'every message that its users open or send',
  },
];

/** Markers that the discovery walk looks for: unpacked anywhere, under any name. */
export const walkMarkers: readonly string[] = mailSoftware
  .map(({ marker }) => marker)
  .filter(marker => marker !== undefined)
  .map(marker => `**/${marker}`);

/** A copy of mail software on this host. */
export interface SoftwareCopy {
  readonly software: MailSoftware;
  readonly folder: string;
}

/** The folders of every copy, packaged or unpacked by hand. */
export const copiesOf = (files: FileView): readonly SoftwareCopy[] =>
  mailSoftware.flatMap(software => {
    const { marker, folders, programs = [] } = software;
    const walked =
      marker === undefined
        ? []
        : files.glob(`**/${marker}`).map(path => path.slice(0, -marker.length - 1) || '/');
    const packaged = folders.filter(folder => files.stat(folder)?.kind === 'folder');
    const beside = programs.filter(path => files.stat(path)?.kind === 'file').map(dirOf);
    return [...new Set([...packaged, ...beside, ...walked])].map(folder => ({ software, folder }));
  });

const portFits = (files: FileView, { port }: MailSoftware, pass: WebPass): boolean =>
  port !== undefined &&
  pass.endpoint?.net === 'tcp' &&
  pass.endpoint.port === port.port &&
  port.when.some(path => files.stat(path) !== undefined);

const isAt = (files: FileView, { listens }: MailSoftware, pass: WebPass): boolean => {
  const { endpoint } = pass;
  return (
    listens !== undefined &&
    endpoint !== undefined &&
    listens(files).some(at => reaches(endpoint, at))
  );
};

/**
 * Mail software behind a proxy target: by the target's own words, by the address that its settings
 * name, or by its port where it is at home.
 */
export const softwareBehind = (files: FileView, route: Served): MailSoftware | undefined =>
  mailSoftware.find(software =>
    route.to.some(
      pass =>
        (software.passes !== undefined && software.passes.test(pass.as)) ||
        portFits(files, software, pass) ||
        isAt(files, software, pass),
    ),
  ) ??
  // `location /SOGo { proxy_pass http://127.0.0.1:20000; }`: the URL is what the target is asked for.
  mailSoftware.find(
    software =>
      software.name === 'SOGo' &&
      // ActiveSync is spoken by Z-Push too: what a web server runs itself there is not SOGo.
      route.to.some(({ protocol }) => protocol === 'http' || protocol === 'https') &&
      (/^[~^*\s]*\/SOGo(?:[/.)]|$)/.test(route.url) ||
        (/^[~^*\s]*\/Microsoft-Server-ActiveSync(?:[/.)]|$)/.test(route.url) &&
          route.to.some(({ endpoint }) => endpoint?.net === 'tcp' && endpoint.port === 20_000))),
  );
