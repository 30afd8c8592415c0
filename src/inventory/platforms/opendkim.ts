import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { baseOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { withoutAccounts } from '../../core/url-text.ts';
import { type Daemon, findDaemon, optionOf, programPaths } from '../daemons/daemon.ts';
import { daemonComponent } from '../daemons/daemon-component.ts';
import { milterListening, milterUser } from '../daemons/milter-daemon.ts';
import { identify } from '../identify.ts';
import type { Platform } from '../platform.ts';
import { setEach, setIn } from '../remedy.ts';
import {
  isOn,
  type MilterSetting,
  milterSetting,
  readMilterConfig,
} from '../syntax/milter-config.ts';

const configPaths = [
  '/etc/opendkim.conf',
  '/etc/opendkim/opendkim.conf',
  '/usr/local/etc/opendkim.conf',
  '/usr/local/etc/mail/opendkim.conf',
] as const;
const defaultsPaths = ['/etc/default/opendkim', '/etc/sysconfig/opendkim'] as const;
const names = {
  programs: ['opendkim'],
  packages: ['opendkim'],
  units: ['opendkim'],
  configuration: [...configPaths, ...defaultsPaths],
};

/** Settings whose data sets may lie in a database (opendkim(8), DATA SETS). */
const dataSets = [
  'KeyTable',
  'SigningTable',
  'Domain',
  'InternalHosts',
  'ExternalIgnoreList',
  'PeerList',
  'ExemptDomains',
] as const;

/** A data set outside of files: `dsn:mysql://user:password@host/database/…`, `ldap://host/base`. */
const remoteSet = (
  value: string,
): { readonly kind: string; readonly where: string; readonly secret: boolean } | undefined => {
  const bare = withoutAccounts(value);
  const dsn = /^dsn:(\w+):\/\/([^/?]*)\/?(\w*)/i.exec(bare);
  if (dsn !== null) {
    return {
      kind: (dsn[1] ?? 'sql').toLowerCase(),
      where: `database ${dsn[3] ?? ''}${(dsn[2] ?? '') === '' ? '' : ` on ${(dsn[2] ?? '').replace(/^\d+\+/, '')}`}`,
      secret: bare !== value && /:\/\/[^/?]*:/.test(value),
    };
  }
  const ldap = /^(ldaps?|ldapi):\/\/([^/?]*)\/?([^?]*)/i.exec(bare);
  return ldap === null
    ? undefined
    : { kind: 'ldap', where: `${ldap[3] ?? ''} on ${ldap[2] ?? ''}`, secret: false };
};

const keyReaches = (settings: readonly MilterSetting[]): readonly Reach[] => {
  const table = milterSetting(settings, 'KeyTable');
  // A key table makes OpenDKIM ignore KeyFile.
  const setting = table ?? milterSetting(settings, 'KeyFile');
  if (setting === undefined || setting.value === '') return [];
  const remote = remoteSet(setting.value);
  const shown =
    remote === undefined
      ? setting.value.replace(/^(?:file|refile|db|lua|csl|mdb):/, '')
      : `${remote.kind} ${remote.where}`;
  return [
    {
      resource: 'credentials',
      mode: 'read',
      extent: `DKIM signing keys: ${shown.slice(0, 300)}`,
      because: setting.because,
    },
  ];
};

/** Databases and directories that its data sets lie in. */
const storesOf = (settings: readonly MilterSetting[]): readonly Component[] => {
  const found = new Map<string, Component>();
  for (const name of dataSets) {
    const setting = milterSetting(settings, name);
    const remote = setting === undefined ? undefined : remoteSet(setting.value);
    if (setting === undefined || remote === undefined) continue;
    const id = `${remote.kind}:${setting.because.path}`;
    const reach: Reach = {
      resource: remote.kind === 'ldap' ? 'directory' : 'customer-records',
      mode: 'read',
      extent: `${name}: ${remote.where}`,
      because: setting.because,
    };
    const known = found.get(id);
    found.set(id, {
      id: componentId(`opendkim/${id}`),
      name: id,
      kind: 'database-link',
      platform: 'opendkim',
      partOf: componentId('opendkim'),
      enabled: true,
      version: { unknown: 'it is a database that OpenDKIM talks to' },
      origin: 'unknown',
      thirdParty: true,
      foundAt: [...(known?.foundAt ?? []), setting.because],
      reach: [...(known?.reach ?? []), reach],
      logs: [],
    });
  }
  return [...found.values()];
};

/** Lua scripts that decide about each message (opendkim-lua(3)). */
const scriptsOf = (
  packages: PackageIndex,
  settings: readonly MilterSetting[],
): readonly Component[] =>
  [
    'SetupPolicyScript',
    'ScreenPolicyScript',
    'StatisticsPolicyScript',
    'FinalPolicyScript',
  ].flatMap((name): readonly Component[] => {
    const setting = milterSetting(settings, name);
    if (setting === undefined || !setting.value.startsWith('/')) return [];
    return [
      {
        id: componentId(`opendkim/${setting.value}`),
        name: baseOf(setting.value),
        kind: 'add-on',
        platform: 'opendkim',
        partOf: componentId('opendkim'),
        enabled: true,
        ...identify(packages, { files: [setting.value] }),
        foundAt: [setting.because],
        reach: [
          {
            resource: 'mail-in-transit',
            mode: 'write',
            extent: `every message that OpenDKIM handles (${name})`,
            because: setting.because,
          },
        ],
        logs: [],
      },
    ];
  });

const secretsOf = (settings: readonly MilterSetting[]): readonly Reach[] =>
  settings
    .filter(
      each =>
        each.name.toLowerCase() === 'ldapbindpassword' ||
        (dataSets.some(name => name.toLowerCase() === each.name.toLowerCase()) &&
          remoteSet(each.value)?.secret === true),
    )
    .slice(0, 20)
    .map(({ because }) => ({
      resource: 'credentials',
      mode: 'read',
      extent: `a database or directory password, in ${because.path}`,
      because,
    }));

/** OpenDKIM logs a line for each message only with SyslogSuccess (opendkim.conf(5)). */
const logOf = (path: string, settings: readonly MilterSetting[], daemon: Daemon): AccessLog => {
  const syslog = milterSetting(settings, 'Syslog');
  const success = milterSetting(settings, 'SyslogSuccess');
  const facility = (milterSetting(settings, 'SyslogFacility')?.value ?? 'mail').toLowerCase();
  const sink = { to: 'syslog', facility, program: 'opendkim' } as const;
  const forced = daemon.words.find(({ text }) => text === '-l');
  const place = (setting: MilterSetting | undefined): { because: Place } => ({
    because: setting?.because ?? forced?.because ?? { path },
  });
  if (!isOn(syslog, false) && forced === undefined) {
    return {
      question: 'what was changed',
      emitted: 'off',
      why: 'Syslog is off: OpenDKIM writes nothing down',
      ...place(syslog),
      remedy: setEach(path, [
        ['Syslog yes', syslog?.because],
        ['SyslogSuccess yes', success?.because],
      ]),
    };
  }
  if (!isOn(success, false)) {
    return {
      question: 'what was changed',
      emitted: 'partial',
      why: 'SyslogSuccess is off: failures are logged, the messages it signed or passed are not',
      ...place(success ?? syslog),
      remedy: `${setIn(path, success?.because)}\nSyslogSuccess yes`,
      sink,
    };
  }
  return {
    question: 'what was changed',
    emitted: 'on',
    why: 'a line for each message that it signed or verified; mail without a signature that it does not sign leaves none',
    ...place(success),
    sink,
  };
};

/** OpenDKIM: opendkim.conf(5), opendkim(8). */
export const opendkim: Platform = {
  id: 'opendkim',
  title: 'OpenDKIM',
  reads: [...configPaths, ...defaultsPaths, ...programPaths(names.programs)],
  read: (files, packages) => {
    const daemon = findDaemon(files, packages, names);
    if (daemon === undefined) return { components: [] };
    const asked = optionOf(daemon.words, '-x')?.text;
    const path = [...(asked === undefined ? [] : [asked]), ...configPaths].find(
      candidate => files.stat(candidate) !== undefined,
    );
    if (path === undefined && daemon.binary === undefined) return { components: [] };
    const settings = path === undefined ? [] : readMilterConfig(files, path);
    const place: Place = { path: path ?? daemon.binary ?? configPaths[0] };
    const user = milterUser(settings, daemon);
    const { component, listeners } = daemonComponent(packages, {
      id: 'opendkim',
      name: 'opendkim',
      platform: 'opendkim',
      kind: 'milter',
      daemon,
      packages: names.packages,
      supplier: 'The Trusted Domain Project',
      foundAt: [place],
      listening: milterListening(files, settings, daemon, defaultsPaths),
      ...(user === undefined ? {} : { user }),
      // Without UserID it keeps the user that started it, which is root for a unit without User=.
      ...(daemon.unit === undefined ? {} : { userOtherwise: 'root' }),
      // What passes through it is granted by the mail server that calls it: see `Link`.
      reach: [...keyReaches(settings), ...secretsOf(settings)],
      logs: [logOf(place.path, settings, daemon)],
    });
    return {
      components: [component, ...scriptsOf(packages, settings), ...storesOf(settings)],
      listeners,
    };
  },
};
