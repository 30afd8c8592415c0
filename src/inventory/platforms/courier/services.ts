import { type Component, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import {
  configPath,
  findProgram,
  identityOf,
  isStartedBy,
  loggerOf,
  passwordsLogged,
  placeOf,
  programs,
  settingsOf,
} from '../../courier-suite/layout.ts';
import { rootReach } from '../../daemons/daemon.ts';
import { assigned } from '../../syntax/shell-defaults.ts';
import { exposureOfServed, servedAt } from '../../syntax/web-server.ts';
import { readAuthFile } from './auth-file.ts';

const cgiFolders = ['/usr/lib/cgi-bin', '/var/www/cgi-bin', '/usr/local/www/cgi-bin'] as const;

export const serviceReads: readonly string[] = cgiFolders.map(
  folder => `${folder}/{sqwebmail,webmail,courierwebadmin,webadmin}`,
);

/** The program that a web server runs for it, where an administrator or the package put one. */
const cgiOf = (files: FileView, names: readonly string[]): string | undefined =>
  cgiFolders
    .flatMap(folder => names.map(name => `${folder}/${name}`))
    .find(path => files.stat(path)?.kind === 'file');

const exposureOfCgi = (
  files: FileView,
  packages: PackageIndex,
  cgi: string | undefined,
): Component['exposure'] =>
  cgi === undefined
    ? undefined
    : exposureOfServed(servedAt(files, packages, cgi.slice(0, cgi.lastIndexOf('/'))));

/** SqWebMail: it opens the mailboxes itself, without IMAP (webmaild(8)). */
const webmail = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const found = findProgram(files, packages, programs.webmail, 'sqwebmaild');
  if (found === undefined) return [];
  const place = placeOf(found, '/etc/courier/sqwebmaild');
  const settings = settingsOf(files, [found.config]);
  const sink = loggerOf(assigned(settings, 'LOGGEROPTS'), 'sqwebmaild');
  const exposure = exposureOfCgi(files, packages, cgiOf(files, ['sqwebmail', 'webmail']));
  const runsAs = { user: 'root', because: place };
  return [
    {
      id: componentId('courier/sqwebmail'),
      name: 'sqwebmail',
      kind: 'webmail',
      platform: 'courier',
      enabled: isStartedBy(files, 'sqwebmail', ['courier-webmail', 'courier']),
      ...identityOf(packages, found, programs.webmail),
      foundAt: [place],
      runsAs,
      ...(exposure === undefined ? {} : { exposure }),
      reach: [
        {
          resource: 'stored-mail',
          mode: 'write',
          extent: 'every mailbox, whose files it opens itself',
          because: assigned(settings, 'MAILDIRPATH')?.because ?? place,
        },
        {
          resource: 'mail-in-transit',
          mode: 'send',
          extent: 'mail of everybody who logs in',
          because: place,
        },
        {
          resource: 'credentials',
          mode: 'write',
          extent: 'the password of everybody who logs in, which it can change',
          because: place,
        },
        ...passwordsLogged(settings),
        ...rootReach(runsAs),
      ],
      logs: [
        {
          question: 'who logged in',
          emitted: 'on',
          why: 'a line for each login and each refused one, with user and address',
          because: assigned(settings, 'LOGGEROPTS')?.because ?? place,
          sink,
        },
        {
          question: 'who read what',
          emitted: 'off',
          why: 'sqwebmaild writes no line for a message that is opened',
          because: place,
          remedy:
            '# no setting of sqwebmail does: keep the access log of the web server in front of it,\n# whose URLs name the user, the folder and the position of the message',
        },
      ],
    },
  ];
};

/** Courier's web administration: a program that the web server runs as root (setuid). */
const webadmin = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const found = findProgram(files, packages, programs.webadmin, undefined);
  if (found === undefined) return [];
  const cgi = cgiOf(files, ['courierwebadmin', 'webadmin']);
  const place: Place = { path: cgi ?? found.binary ?? '/usr/share/courier/webadmin' };
  const stat = cgi === undefined ? undefined : files.stat(cgi);
  const isRoot = stat !== undefined && stat.uid === 0 && (stat.mode & 0o4000) !== 0;
  const exposure = exposureOfCgi(files, packages, cgi);
  const password = configPath(files, 'webadmin/password');
  return [
    {
      id: componentId('courier/webadmin'),
      name: 'courier-webadmin',
      kind: 'add-on',
      platform: 'courier',
      // The package copies its program among those that a web server runs only when asked to.
      enabled: cgi !== undefined,
      ...identityOf(packages, found, programs.webadmin),
      foundAt: [place],
      ...(isRoot ? { runsAs: { user: 'root', because: place } } : {}),
      ...(exposure === undefined ? {} : { exposure }),
      reach:
        cgi === undefined
          ? []
          : [
              {
                resource: 'host',
                mode: 'admin',
                extent: `the whole configuration of Courier, passwords of its databases among it${isRoot ? ', as root' : ''}`,
                because: place,
              },
              ...(password === undefined
                ? []
                : [
                    {
                      resource: 'credentials',
                      mode: 'read',
                      extent: `the administrator’s password, in ${password}`,
                      because: { path: password },
                    } as const,
                  ]),
            ],
      logs:
        cgi === undefined
          ? []
          : [
              {
                question: 'what was changed',
                emitted: 'off',
                why: 'webadmin writes down neither logins nor changes',
                because: place,
                remedy:
                  '# no setting of webadmin does: keep the access log of the web server in front of it',
              },
            ],
    },
  ];
};

/** The list manager; each list lies in a folder of its own, which is not looked for. */
const lists = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const found = findProgram(files, packages, programs.lists, undefined);
  if (found === undefined) return [];
  const config = configPath(files, 'webmlmrc');
  const place: Place = { path: config ?? found.binary ?? '/usr/bin/couriermlm' };
  return [
    {
      id: componentId('courier/mlm'),
      name: 'courier-mlm',
      kind: 'list-manager',
      platform: 'courier',
      enabled: isStartedBy(files, 'courier-mlm', ['courier']),
      ...identityOf(packages, found, programs.lists),
      foundAt: [place],
      reach: [
        {
          resource: 'customer-records',
          mode: 'write',
          extent: 'addresses of the subscribers, and the archive, of each of its lists',
          because: place,
        },
        {
          resource: 'mail-in-transit',
          mode: 'send',
          extent: 'mail to the subscribers of its lists',
          because: place,
        },
      ],
      logs: [],
    },
  ];
};

/** courierldapaliasd: looks recipients up in a directory, when LDAP_ALIAS is 1. */
const ldapAliases = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const found = findProgram(files, packages, programs.ldapAliases, 'ldapaliasrc');
  if (found === undefined) return [];
  const place = placeOf(found, '/etc/courier/ldapaliasrc');
  const file = found.config === undefined ? undefined : readAuthFile(files, found.config, false);
  const setting = (name: string) => file?.settings.get(name);
  const flag = setting('LDAP_ALIAS');
  const isOn = flag !== undefined && flag.value !== '' && flag.value !== '0';
  const base = setting('LDAP_BASEDN');
  const uri = setting('LDAP_URI') ?? setting('LDAP_SERVER');
  const password = setting('LDAP_BINDPW');
  return [
    {
      id: componentId('courier/ldapaliasd'),
      name: 'courier-ldap',
      kind: 'database-link',
      platform: 'courier',
      partOf: componentId('courier'),
      enabled: isOn ? isStartedBy(files, 'courier-ldap', ['courier']) : false,
      ...identityOf(packages, found, programs.ldapAliases),
      foundAt: [flag?.because ?? place],
      reach: !isOn
        ? []
        : [
            {
              resource: 'directory',
              mode: 'read',
              extent: `aliases and mail addresses below ${(base?.value ?? 'the whole directory').slice(0, 200)} at ${(uri?.value ?? 'the local directory').slice(0, 200)}`,
              because: base?.because ?? place,
            },
            ...(password === undefined || password.value === ''
              ? []
              : [
                  {
                    resource: 'credentials',
                    mode: 'read',
                    extent: `the password of its directory account, in ${place.path}`,
                    because: password.because,
                  } as const,
                ]),
          ],
      logs: [],
    },
  ];
};

const calendar = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const found = findProgram(files, packages, programs.calendar, undefined);
  if (found === undefined) return [];
  const mode = configPath(files, 'calendarmode');
  const lines = mode === undefined ? '' : (files.text(mode) ?? '').trim();
  const isOn = /^(?:local|net)$/.test(lines);
  const place: Place = { path: mode ?? found.binary ?? '/etc/courier/calendarmode' };
  return [
    {
      id: componentId('courier/pcpd'),
      name: 'courier-pcp',
      kind: 'add-on',
      platform: 'courier',
      partOf: componentId('courier/sqwebmail'),
      enabled: isOn,
      ...identityOf(packages, found, programs.calendar),
      foundAt: [place],
      reach: isOn
        ? [
            {
              resource: 'customer-records',
              mode: 'write',
              extent: 'the calendar of everybody who uses the webmail',
              because: place,
            },
          ]
        : [],
      logs: [],
    },
  ];
};

const fax = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const found = findProgram(files, packages, programs.fax, 'faxrc');
  if (found === undefined) return [];
  const place = placeOf(found, '/etc/courier/faxrc');
  return [
    {
      id: componentId('courier/faxmail'),
      name: 'courier-faxmail',
      kind: 'gateway',
      platform: 'courier',
      partOf: componentId('courier'),
      // It is there for every sender once it is installed; whether a modem is, cannot be told.
      enabled: null,
      ...identityOf(packages, found, programs.fax),
      foundAt: [place],
      reach: [
        {
          resource: 'mail-in-transit',
          mode: 'read',
          extent: 'every message that is sent to a fax number',
          because: place,
        },
      ],
      logs: [],
    },
  ];
};

/** What else of the suite is installed. */
export const readServices = (files: FileView, packages: PackageIndex): readonly Component[] =>
  [webmail, webadmin, lists, ldapAliases, calendar, fax].flatMap(read => read(files, packages));
