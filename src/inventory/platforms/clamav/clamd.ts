import { type Component, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { readUnit, unitValues } from '../../../core/formats/systemd.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { type Daemon, findDaemon, optionOf } from '../../daemons/daemon.ts';
import { daemonComponent, type Listening } from '../../daemons/daemon-component.ts';
import { parseHostPort } from '../../joining/endpoint.ts';
import type { Endpoint, Listener } from '../../platform.ts';
import { type MilterSetting, milterSetting, readMilterConfig } from '../../syntax/milter-config.ts';
import { clamdLog } from './logs.ts';

/** What one program of ClamAV's comes to. */
export interface Part {
  readonly components: readonly Component[];
  readonly listeners: readonly Listener[];
}

export const supplier = 'Cisco Talos';

const alonePaths = [
  '/etc/clamav/clamd.conf',
  '/etc/clamd.conf',
  '/usr/local/etc/clamd.conf',
] as const;
/** EPEL's clamd runs once for each file: `clamd@NAME.service` reads `/etc/clamd.d/NAME.conf`. */
const instancePattern = '/etc/clamd.d/*.conf';
const instancesMax = 20;

export const clamdReads: readonly string[] = [...alonePaths, instancePattern];

const names = {
  programs: ['clamd'],
  packages: ['clamav-daemon', 'clamd', 'clamav-server', 'clamav-scanner-systemd'],
  configuration: clamdReads,
};
const aloneUnits = ['clamav-daemon', 'clamd'];

/** A sample configuration says `Example`, and the programs refuse to start with it. */
export const isSample = (settings: readonly MilterSetting[]): boolean =>
  milterSetting(settings, 'Example') !== undefined;

export const userOf = (
  settings: readonly MilterSetting[],
  name = 'User',
): { readonly user?: { readonly user: string; readonly because: Place } } => {
  const setting = milterSetting(settings, name);
  return setting === undefined ? {} : { user: { user: setting.value, because: setting.because } };
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
  if (isSample(settings)) return [];
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

/** Programs that clamd runs when it finds something. */
const eventOf = (of: string, settings: readonly MilterSetting[]): readonly Component[] => {
  const event = milterSetting(settings, 'VirusEvent');
  const program = event?.value.split(/\s+/)[0] ?? '';
  if (event === undefined || program === '') return [];
  return [
    {
      id: componentId(`${of}/VirusEvent`),
      name: baseOf(program) || program,
      kind: 'add-on',
      platform: 'clamav',
      partOf: componentId(of),
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

/** One clamd: the file that it reads, and what starts it. */
interface Instance {
  readonly path: string;
  readonly settings: readonly MilterSetting[];
  readonly daemon: Daemon;
}

const instanceAt = (
  files: FileView,
  packages: PackageIndex,
  path: string | undefined,
  units: readonly string[],
): Instance | undefined => {
  const daemon = findDaemon(files, packages, { ...names, units });
  if (daemon === undefined) return undefined;
  const asked = optionOf(daemon.words, '--config-file')?.text ?? optionOf(daemon.words, '-c')?.text;
  const found = [asked, path].find(
    each => each?.startsWith('/') === true && files.stat(each)?.kind === 'file',
  );
  return found === undefined
    ? undefined
    : { path: found, settings: readMilterConfig(files, found), daemon };
};

/** Every clamd that has a file of its own, those that the host starts first. */
const instancesOf = (files: FileView, packages: PackageIndex): readonly Instance[] => {
  const alone = instanceAt(
    files,
    packages,
    alonePaths.find(each => files.stat(each)?.kind === 'file'),
    aloneUnits,
  );
  const templated = files
    .glob(instancePattern)
    .slice(0, instancesMax)
    .flatMap(path => {
      const unit = `clamd@${baseOf(path).replace(/\.conf$/, '')}`;
      const found = instanceAt(files, packages, path, [unit]);
      return found === undefined ? [] : [found];
    });
  const seen = new Set<string>();
  const each = [...(alone === undefined ? [] : [alone]), ...templated].filter(({ path }) => {
    const isNew = !seen.has(path);
    seen.add(path);
    return isNew;
  });
  const rank = ({ settings, daemon }: Instance): number =>
    isSample(settings) ? 2 : daemon.startsAtBoot === true ? 0 : 1;
  const isUsual = ({ path }: Instance): number => (path.endsWith('/scan.conf') ? 0 : 1);
  return each.toSorted((a, b) => rank(a) - rank(b) || isUsual(a) - isUsual(b));
};

const partOf = (
  packages: PackageIndex,
  id: string,
  { path, settings, daemon }: Instance,
  listening: readonly Listening[],
): Part => {
  const { component, listeners } = daemonComponent(packages, {
    id,
    name: 'clamav',
    platform: 'clamav',
    kind: 'antivirus',
    daemon,
    packages: names.packages,
    supplier,
    foundAt: [{ path }],
    listening: withoutRepeats(listening),
    ...userOf(settings),
    ...(daemon.unit === undefined ? {} : { userOtherwise: 'root' }),
    // What it scans is granted by whoever calls it: see `Link`.
    reach: [],
    logs: [clamdLog(path, settings)],
    ...(isSample(settings) ? { enabled: false } : {}),
  });
  return { components: [component, ...eventOf(id, settings)], listeners };
};

/**
 * Reads every clamd. Files that nothing starts are settings of one clamd that might be, not parts of
 * their own: whoever calls a socket of theirs calls the first.
 */
export const readClamd = (files: FileView, packages: PackageIndex): readonly Part[] => {
  const [main, ...others] = instancesOf(files, packages);
  if (main === undefined) {
    const daemon = findDaemon(files, packages, { ...names, units: aloneUnits });
    return daemon?.binary === undefined
      ? []
      : [
          partOf(
            packages,
            'clamav',
            { path: daemon.binary, settings: [], daemon },
            unitSockets(files),
          ),
        ];
  }
  const started = others.filter(
    ({ settings, daemon }) => daemon.startsAtBoot === true && !isSample(settings),
  );
  const idle = others.filter(each => !started.includes(each));
  return [
    partOf(packages, 'clamav', main, [
      ...(isSample(main.settings) ? [] : unitSockets(files)),
      ...clamdSockets(main.settings),
      ...idle.flatMap(({ settings }) => clamdSockets(settings)),
    ]),
    ...started.map(each =>
      partOf(packages, `clamav@${each.path}`, each, clamdSockets(each.settings)),
    ),
  ];
};
