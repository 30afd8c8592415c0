import type { AccessLog } from '../../core/access-log.ts';
import { type Component, type ComponentId, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import {
  type Daemon,
  exposureOfAll,
  findDaemon,
  optionOf,
  programPaths,
  rootReach,
} from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Platform } from '../platform.ts';
import { programParts } from '../programs/piped-programs.ts';
import { spamcLinks } from '../programs/spamc.ts';
import { deliveryLinks, programUses, rspamdLinks } from './opensmtpd/delivery.ts';
import { behind, readSettings, type SmtpdSettings, tableName } from './opensmtpd/settings.ts';

const id: ComponentId = componentId('opensmtpd');

/** Debian; OpenBSD and Fedora; Alpine, Arch and Gentoo; FreeBSD. */
const configs: readonly string[] = [
  '/etc/smtpd.conf',
  '/etc/mail/smtpd.conf',
  '/etc/opensmtpd/smtpd.conf',
  '/etc/smtpd/smtpd.conf',
  '/usr/local/etc/mail/smtpd.conf',
];

const names = {
  programs: ['smtpd'],
  packages: ['opensmtpd'],
  units: ['opensmtpd', 'smtpd'],
  configuration: configs,
};

const reachOf = (
  { keys, tables, actions, used, listeners }: SmtpdSettings,
  place: Place,
): readonly Reach[] => {
  const login = listeners.find(({ asksLogin }) => asksLogin);
  const inUse = actions.filter(({ name }) => used.has(name));
  const all: readonly Reach[] = [
    {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: 'every message that passes this host',
      because: place,
    },
    ...inUse
      .filter(({ method }) => method === 'maildir' || method === 'mbox')
      .map(
        ({ name, method, because }): Reach => ({
          resource: 'stored-mail',
          mode: 'write',
          extent: `mailboxes that action ${name} delivers to (${method})`,
          because,
        }),
      ),
    ...inUse
      .filter(({ method }) => method === 'relay')
      .map(
        ({ name, words, because }): Reach => ({
          resource: 'mail-in-transit',
          mode: 'send',
          extent: `mail of action ${name}, ${behind(words, 'host') === undefined ? 'to any host' : 'through the host that it names'}`,
          because,
        }),
      ),
    ...(login === undefined
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: 'user name and password of everybody who logs in to send mail',
            because: login.because,
          } as const,
        ]),
    ...keys.map(
      ({ path, because }): Reach => ({
        resource: 'credentials',
        mode: 'read',
        extent: `TLS private key ${path.slice(0, 300)}`,
        because,
      }),
    ),
    ...inUse.flatMap(({ words, because }): readonly Reach[] => {
      const table = tables.get(tableName(behind(words, 'auth')) ?? '');
      return table === undefined
        ? []
        : [
            {
              resource: 'credentials',
              mode: 'read',
              extent: `names and passwords at other mail servers${table.path === '' ? '' : `, in ${table.path.slice(0, 300)}`}`,
              because,
            },
          ];
    }),
  ];
  return all.slice(0, 200);
};

const kept = new Set(['file', 'db', 'static', 'passwd']);

/** Tables that a program answers (table-mysql, table-ldap …) out of a database elsewhere. */
const databaseLinks = (
  files: FileView,
  packages: PackageIndex,
  settings: SmtpdSettings,
): readonly Component[] =>
  [...settings.tables.values()]
    .filter(({ type, path }) => !kept.has(type) && path !== '')
    .slice(0, 200)
    .map(({ name, type, path, because }): Component => {
      const program = `/usr/libexec/opensmtpd/table-${type}`;
      const isLogin = settings.listeners.some(({ authTable }) => authTable === name);
      const secret = (files.stat(path)?.kind === 'file' ? (files.text(path) ?? '') : '')
        .split('\n')
        .findIndex(line => /^\s*(?:password|bind_?pw)\b\s*[\s=]\S/i.test(line));
      return {
        id: componentId(`opensmtpd/${type}:${path.slice(0, 400)}`),
        name: `${type}:${path.slice(0, 400)}`,
        kind: 'database-link',
        platform: 'opensmtpd',
        partOf: id,
        enabled: true,
        ...identify(packages, { files: files.stat(program)?.kind === 'file' ? [program] : [] }),
        foundAt: [because],
        reach: [
          {
            resource: type === 'ldap' ? 'directory' : 'customer-records',
            mode: 'read',
            extent: `what its queries ask for table ${name}, in ${path.slice(0, 300)}`,
            because,
          },
          ...(isLogin
            ? [
                {
                  resource: 'credentials',
                  mode: 'read',
                  extent: `passwords of the accounts of table ${name}`,
                  because,
                } as const,
              ]
            : []),
          ...(secret < 0
            ? []
            : [
                {
                  resource: 'credentials',
                  mode: 'read',
                  extent: `a password of the database, in ${path.slice(0, 300)}`,
                  because: { path, line: secret + 1 },
                } as const,
              ]),
        ],
        logs: [],
      };
    });

/** smtpd has no setting that silences these lines. */
const logsOf = ({ listeners }: SmtpdSettings, place: Place): readonly AccessLog[] => {
  const login = listeners.find(({ asksLogin }) => asksLogin);
  const sink = { to: 'syslog', facility: 'mail', program: 'smtpd' } as const;
  return [
    ...(login === undefined
      ? []
      : [
          {
            question: 'who logged in',
            emitted: 'on',
            why: 'each login is logged with its user, and with the client’s address in the line of the same session',
            because: login.because,
            sink,
          } as const,
        ]),
    {
      question: 'what was sent',
      emitted: 'on',
      why: 'sender and recipients of each message, and each delivery with its result; subjects are never logged',
      because: place,
      sink,
    },
  ];
};

const configOf = (files: FileView, daemon: Daemon): string | undefined =>
  [optionOf(daemon.words, '-f')?.text ?? '', ...configs].find(
    path => path.startsWith('/') && files.stat(path)?.kind === 'file',
  );

/** OpenSMTPD 6.4 and newer: smtpd.conf(5), smtpd(8), table(5). */
export const opensmtpd: Platform = {
  id: 'opensmtpd',
  title: 'OpenSMTPD',
  reads: [...configs, ...programPaths(names.programs), '/etc/aliases', '/home/*/.forward'],
  read: (files, packages) => {
    const daemon = findDaemon(files, packages, names);
    if (daemon === undefined) return { components: [] };
    // Other software has a program of that name, and no such configuration.
    const path = configOf(files, daemon);
    const packaged = packages.named('opensmtpd');
    if (packaged === undefined && path === undefined) return { components: [] };
    if (path === undefined) {
      files.note({
        what: '/etc/smtpd.conf',
        why: 'is not there, though OpenSMTPD is installed: what is plugged into it is not known',
        how: 'Collect its configuration too, or remove OpenSMTPD.',
      });
    }
    const place: Place = { path: path ?? daemon.binary ?? '/usr/sbin/smtpd' };
    const settings = readSettings(files, path ?? '');
    const unit = daemon.unit === undefined ? {} : { because: { path: daemon.unit.path } };
    // Its parent process stays root, to deliver as others do (smtpd(8)).
    const runsAs = { user: 'root', ...unit };
    const exposure = exposureOfAll(settings.listeners);
    const uses = programUses(files, settings);
    const main: Component = {
      id,
      name: 'opensmtpd',
      kind: 'mta',
      platform: 'opensmtpd',
      enabled: daemon.startsAtBoot,
      ...identify(packages, {
        files: daemon.binary === undefined ? [] : [daemon.binary],
        names: names.packages,
        otherwise: { origin: 'upstream', supplier: 'OpenSMTPD project' },
      }),
      foundAt: [place],
      runsAs,
      ...(exposure === undefined ? {} : { exposure }),
      reach: [...reachOf(settings, place), ...rootReach(runsAs)],
      logs: logsOf(settings, place),
    };
    return {
      components: [
        main,
        ...programParts({ files, packages, id, platform: 'opensmtpd' }, uses),
        ...databaseLinks(files, packages, settings),
      ],
      listeners: settings.listeners.map(({ endpoint, because }) => ({
        component: id,
        endpoint,
        because,
      })),
      links: [...deliveryLinks(id, settings), ...rspamdLinks(id, uses), ...spamcLinks(id, uses)],
    };
  },
};
