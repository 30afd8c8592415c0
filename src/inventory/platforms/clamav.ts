import { type Component, componentId, type Place } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { readUnit, unitValues } from '../../core/formats/systemd.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { type Daemon, findDaemon, optionOf, programPaths } from '../daemon.ts';
import { daemonComponent, type Listening } from '../daemon-component.ts';
import { parseHostPort, parseMilterSocket } from '../endpoint.ts';
import type { Endpoint, Link, Listener, Platform } from '../platform.ts';
import { type MilterSetting, milterSetting, readMilterConfig } from '../syntax/milter-config.ts';
import { clamdLog, milterLog } from './clamav/logs.ts';
import { signatureSources } from './clamav/signatures.ts';

const clamdPaths = [
  '/etc/clamav/clamd.conf',
  '/etc/clamd.d/scan.conf',
  '/etc/clamd.conf',
  '/usr/local/etc/clamd.conf',
] as const;
const freshclamPaths = [
  '/etc/clamav/freshclam.conf',
  '/etc/freshclam.conf',
  '/usr/local/etc/freshclam.conf',
] as const;
const milterPaths = [
  '/etc/clamav/clamav-milter.conf',
  '/etc/mail/clamav-milter.conf',
  '/etc/clamav-milter.conf',
  '/usr/local/etc/clamav-milter.conf',
] as const;

const clamdNames = {
  programs: ['clamd'],
  packages: ['clamav-daemon', 'clamd', 'clamav-server', 'clamav-scanner-systemd'],
  units: ['clamav-daemon', 'clamd@scan', 'clamd@amavisd', 'clamd'],
};
const freshclamNames = {
  programs: ['freshclam'],
  packages: ['clamav-freshclam', 'clamav-update'],
  units: ['clamav-freshclam', 'freshclam'],
};
const milterNames = {
  programs: ['clamav-milter'],
  packages: ['clamav-milter', 'clamav-milter-systemd'],
  units: ['clamav-milter'],
};
const supplier = 'Cisco Talos';

/** A sample configuration says `Example`, and the programs refuse to start with it. */
const isSample = (settings: readonly MilterSetting[]): boolean =>
  milterSetting(settings, 'Example') !== undefined;

const readAt = (
  files: FileView,
  daemon: Daemon,
  candidates: readonly string[],
): { readonly path: string; readonly settings: readonly MilterSetting[] } | undefined => {
  const asked = optionOf(daemon.words, '--config-file')?.text ?? optionOf(daemon.words, '-c')?.text;
  const path = [...(asked?.startsWith('/') === true ? [asked] : []), ...candidates].find(
    each => files.stat(each)?.kind === 'file',
  );
  return path === undefined ? undefined : { path, settings: readMilterConfig(files, path) };
};

/** systemd hands Debian's clamd its socket, whatever clamd.conf says. */
const unitSockets = (files: FileView): readonly Listening[] => {
  const unit = readUnit(files, 'clamav-daemon.socket');
  if (unit === undefined) return [];
  return unitValues(unit, 'Socket', 'ListenStream').flatMap(({ value, because }) => {
    const endpoint: Endpoint | undefined = value.startsWith('/')
      ? { net: 'unix', path: value }
      : parseHostPort(value);
    return endpoint === undefined ? [] : [{ endpoint, because }];
  });
};

/** clamd.conf(5): without TCPAddr it listens on every address. */
const clamdSockets = (settings: readonly MilterSetting[]): readonly Listening[] => {
  const local = milterSetting(settings, 'LocalSocket');
  const port = milterSetting(settings, 'TCPSocket');
  const addresses = settings.filter(({ name }) => name.toLowerCase() === 'tcpaddr');
  const out: Listening[] = [];
  if (local !== undefined && local.value.startsWith('/')) {
    out.push({ endpoint: { net: 'unix', path: local.value }, because: local.because });
  }
  if (port !== undefined && /^\d{1,5}$/.test(port.value)) {
    const hosts = addresses.length === 0 ? [{ value: '*', because: port.because }] : addresses;
    for (const { value, because } of hosts.slice(0, 20)) {
      out.push({ endpoint: { net: 'tcp', host: value, port: Number(port.value) }, because });
    }
  }
  return out;
};

const withoutRepeats = (listening: readonly Listening[]): readonly Listening[] => {
  const seen = new Set<string>();
  return listening.filter(({ endpoint }) => {
    const key =
      endpoint.net === 'unix'
        ? endpoint.path.replace(/^\/var\/run\//, '/run/')
        : `${endpoint.host}:${endpoint.port}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

interface Part {
  readonly component: Component;
  readonly listeners: readonly Listener[];
}

const userOf = (
  settings: readonly MilterSetting[],
  name = 'User',
): { readonly user?: { readonly user: string; readonly because: Place } } => {
  const setting = milterSetting(settings, name);
  return setting === undefined ? {} : { user: { user: setting.value, because: setting.because } };
};

/** Programs that clamd runs when it finds something. */
const eventOf = (settings: readonly MilterSetting[]): readonly Component[] => {
  const event = milterSetting(settings, 'VirusEvent');
  const program = event?.value.split(/\s+/)[0] ?? '';
  if (event === undefined || program === '') return [];
  return [
    {
      id: componentId('clamav/VirusEvent'),
      name: program.slice(program.lastIndexOf('/') + 1),
      kind: 'add-on',
      platform: 'clamav',
      partOf: componentId('clamav'),
      enabled: true,
      version: { unknown: 'it is a command that clamd runs' },
      origin: 'unknown',
      thirdParty: true,
      foundAt: [event.because],
      reach: [
        {
          resource: 'mail-in-transit',
          mode: 'read',
          extent: 'names of files and viruses that clamd found (VirusEvent)',
          because: event.because,
        },
      ],
      logs: [],
    },
  ];
};

const readClamd = (files: FileView, packages: PackageIndex): Part | undefined => {
  const daemon = findDaemon(files, packages, clamdNames);
  if (daemon === undefined) return undefined;
  const config = readAt(files, daemon, clamdPaths);
  if (config === undefined && daemon.binary === undefined) return undefined;
  const { path, settings } = config ?? { path: daemon.binary ?? clamdPaths[0], settings: [] };
  const others = files
    .glob('/etc/clamd.d/*.conf')
    .filter(each => each !== path)
    .slice(0, 20)
    .flatMap(each => clamdSockets(readMilterConfig(files, each)));
  return daemonComponent(packages, {
    id: 'clamav',
    name: 'clamav',
    platform: 'clamav',
    kind: 'antivirus',
    daemon,
    packages: clamdNames.packages,
    supplier,
    foundAt: [{ path }],
    listening: isSample(settings)
      ? []
      : withoutRepeats([...unitSockets(files), ...clamdSockets(settings), ...others]),
    ...userOf(settings),
    ...(daemon.unit === undefined ? {} : { userOtherwise: 'root' }),
    // What it scans is granted by whoever calls it: see `Link`.
    reach: [],
    logs: [clamdLog(path, settings)],
    ...(isSample(settings) ? { enabled: false } : {}),
  });
};

/** clamscan alone: Amavis and scripts may run it, nothing listens. */
const readScanner = (files: FileView, packages: PackageIndex): Part | undefined => {
  const daemon = findDaemon(files, packages, {
    programs: ['clamscan'],
    packages: ['clamav'],
    units: [],
  });
  if (daemon?.binary === undefined) return undefined;
  return daemonComponent(packages, {
    id: 'clamav',
    name: 'clamav',
    platform: 'clamav',
    kind: 'antivirus',
    daemon,
    packages: ['clamav'],
    supplier,
    foundAt: [{ path: daemon.binary }],
    listening: [],
    reach: [],
    logs: [],
    enabled: null,
  });
};

const readFreshclam = (
  files: FileView,
  packages: PackageIndex,
  partOf: string | undefined,
): readonly Component[] => {
  const daemon = findDaemon(files, packages, freshclamNames);
  if (daemon?.binary === undefined) return [];
  const config = readAt(files, daemon, freshclamPaths);
  const { path, settings } = config ?? { path: daemon.binary, settings: [] };
  const place: Place = { path };
  const { component } = daemonComponent(packages, {
    id: 'clamav/freshclam',
    name: 'freshclam',
    platform: 'clamav',
    kind: 'connector',
    ...(partOf === undefined ? {} : { partOf }),
    daemon,
    packages: freshclamNames.packages,
    supplier,
    foundAt: [place],
    listening: [],
    ...userOf(settings, 'DatabaseOwner'),
    reach: [
      {
        resource: 'mail-in-transit',
        mode: 'write',
        extent: 'the signatures that it fetches decide which messages count as infected',
        because: place,
      },
    ],
    logs: [],
  });
  return [component, ...signatureSources(settings)];
};

const readMilter = (
  files: FileView,
  packages: PackageIndex,
): (Part & { readonly links: readonly Link[] }) | undefined => {
  const daemon = findDaemon(files, packages, milterNames);
  if (daemon === undefined) return undefined;
  const config = readAt(files, daemon, milterPaths);
  if (config === undefined && daemon.binary === undefined) return undefined;
  const { path, settings } = config ?? { path: daemon.binary ?? milterPaths[0], settings: [] };
  const socket = milterSetting(settings, 'MilterSocket');
  const endpoint = socket === undefined ? undefined : parseMilterSocket(socket.value);
  const part = daemonComponent(packages, {
    id: 'clamav/clamav-milter',
    name: 'clamav-milter',
    platform: 'clamav',
    kind: 'milter',
    daemon,
    packages: milterNames.packages,
    supplier,
    foundAt: [{ path }],
    listening:
      socket === undefined || endpoint === undefined || isSample(settings)
        ? []
        : [{ endpoint, because: socket.because }],
    ...userOf(settings),
    ...(daemon.unit === undefined ? {} : { userOtherwise: 'root' }),
    reach: [],
    logs: [milterLog(path, settings)],
    ...(isSample(settings) ? { enabled: false } : {}),
  });
  const links = settings
    .filter(({ name }) => name.toLowerCase() === 'clamdsocket')
    .slice(0, 20)
    .flatMap(({ value, because }): readonly Link[] => {
      const to = /^tcp:/i.test(value)
        ? parseHostPort(value.slice(4))
        : parseMilterSocket(value.replace(/^tcp:/i, 'inet:'));
      return to === undefined
        ? []
        : [
            {
              from: part.component.id,
              to,
              as: 'antivirus',
              reach: [
                {
                  resource: 'mail-in-transit',
                  mode: 'read',
                  extent: 'every message that clamav-milter is handed',
                  because,
                },
              ],
              because,
            },
          ];
    });
  return { ...part, links };
};

/** ClamAV: clamd.conf(5), freshclam.conf(5), clamav-milter.conf(5). */
export const clamav: Platform = {
  id: 'clamav',
  title: 'ClamAV',
  reads: [
    ...clamdPaths,
    '/etc/clamd.d/*.conf',
    ...freshclamPaths,
    ...milterPaths,
    ...programPaths(['clamd', 'clamscan', 'freshclam', 'clamav-milter']),
  ],
  read: (files, packages) => {
    const clamd = readClamd(files, packages) ?? readScanner(files, packages);
    const milter = readMilter(files, packages);
    const main = clamd === undefined ? undefined : 'clamav';
    const fresh = readFreshclam(files, packages, main);
    const settings = clamd === undefined ? [] : eventOf(settingsOfClamd(files, packages));
    return {
      components: [
        ...(clamd === undefined ? [] : [clamd.component]),
        ...settings,
        ...(milter === undefined ? [] : [milter.component]),
        ...fresh,
      ],
      listeners: [...(clamd?.listeners ?? []), ...(milter?.listeners ?? [])],
      links: milter?.links ?? [],
    };
  },
};

const settingsOfClamd = (files: FileView, packages: PackageIndex): readonly MilterSetting[] => {
  const daemon = findDaemon(files, packages, clamdNames);
  return daemon === undefined ? [] : (readAt(files, daemon, clamdPaths)?.settings ?? []);
};
