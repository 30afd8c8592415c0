import type { AccessLog } from '../../../core/access-log.ts';
import {
  type Component,
  type ComponentKind,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { readUnit, startsAtBoot } from '../../../core/formats/systemd.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { exposureOfAll, rootReach } from '../../daemons/daemon.ts';
import { identify } from '../../identify.ts';
import type { Endpoint } from '../../platform.ts';
import { setIn } from '../../remedy.ts';

/** A panel that runs the whole host, mailboxes among the rest, described by data. */
interface HostPanel {
  readonly id: string;
  readonly name: string;
  readonly supplier: string;
  readonly kind: ComponentKind;
  /** Files of its own, the first of which is there stands for it. */
  readonly marks: readonly string[];
  readonly version: { readonly path: string; readonly pattern: RegExp };
  readonly packages: readonly string[];
  readonly units: readonly string[];
  /** Its own web server's settings, `name=value` a line. */
  readonly settings?: string;
  /** Where it listens as it ships. */
  readonly ships: string;
  /** A log of its requests that it writes unless `log=0`. */
  readonly logfile?: string;
  readonly origin: 'vendor' | 'upstream';
  readonly reach: readonly Reach[];
}

const setsPasswords: Reach = {
  resource: 'credentials',
  mode: 'write',
  extent: 'the password of every mailbox: it can set a new one',
};

const plainVersion = /^\s*(\d[\w.+-]{0,40})/;

const panels: readonly HostPanel[] = [
  {
    id: 'cpanel',
    name: 'cPanel',
    supplier: 'cPanel, L.L.C.',
    origin: 'vendor',
    kind: 'connector',
    marks: ['/usr/local/cpanel/cpsrvd', '/usr/local/cpanel/version'],
    version: { path: '/usr/local/cpanel/version', pattern: plainVersion },
    packages: [],
    units: ['cpanel'],
    ships: 'ports 2082 to 2096 of every address',
    reach: [setsPasswords],
  },
  {
    id: 'plesk',
    name: 'Plesk',
    supplier: 'WebPros',
    origin: 'vendor',
    kind: 'connector',
    marks: ['/opt/psa/version', '/usr/local/psa/version'],
    version: { path: '', pattern: plainVersion },
    packages: ['psa', 'plesk-core'],
    units: ['sw-engine', 'psa'],
    ships: 'ports 8443 and 8880 of every address',
    reach: [setsPasswords],
  },
  {
    id: 'directadmin',
    name: 'DirectAdmin',
    supplier: 'JBMC Software',
    origin: 'vendor',
    kind: 'connector',
    marks: ['/usr/local/directadmin/directadmin'],
    version: {
      path: '/usr/local/directadmin/conf/directadmin.conf',
      pattern: /^version=(\d[\w.]{0,30})/m,
    },
    packages: ['directadmin'],
    units: ['directadmin'],
    settings: '/usr/local/directadmin/conf/directadmin.conf',
    ships: 'port 2222 of every address',
    reach: [setsPasswords],
  },
  {
    id: 'hestia',
    name: 'HestiaCP',
    supplier: 'Hestia Control Panel project',
    origin: 'upstream',
    kind: 'connector',
    marks: ['/usr/local/hestia/conf/hestia.conf'],
    version: { path: '/usr/local/hestia/conf/hestia.conf', pattern: /^VERSION='(\d[\w.]{0,30})'/m },
    packages: ['hestia'],
    units: ['hestia'],
    ships: 'port 8083 of every address',
    reach: [setsPasswords],
  },
  {
    id: 'vesta',
    name: 'VestaCP',
    supplier: 'VestaCP project',
    origin: 'upstream',
    kind: 'connector',
    marks: ['/usr/local/vesta/conf/vesta.conf'],
    version: { path: '/usr/local/vesta/conf/vesta.conf', pattern: /^VERSION='(\d[\w.]{0,30})'/m },
    packages: ['vesta'],
    units: ['vesta'],
    ships: 'port 8083 of every address',
    reach: [setsPasswords],
  },
  {
    id: 'cyberpanel',
    name: 'CyberPanel',
    supplier: 'CyberPanel project',
    origin: 'upstream',
    kind: 'connector',
    marks: ['/usr/local/CyberCP/CyberCP/settings.py'],
    version: {
      path: '/usr/local/CyberCP/version.txt',
      pattern: /"version"\s*:\s*"(\d[\w.]{0,30})"/,
    },
    packages: [],
    units: ['lscpd'],
    ships: 'port 8090 of every address',
    reach: [setsPasswords],
  },
  {
    id: 'webmin',
    name: 'Webmin',
    supplier: 'Webmin project',
    origin: 'upstream',
    kind: 'connector',
    marks: ['/etc/webmin/miniserv.conf'],
    version: { path: '/etc/webmin/version', pattern: plainVersion },
    packages: ['webmin'],
    units: ['webmin'],
    settings: '/etc/webmin/miniserv.conf',
    ships: 'port 10000 of every address',
    logfile: '/var/webmin/miniserv.log',
    reach: [],
  },
  {
    id: 'usermin',
    name: 'Usermin',
    supplier: 'Webmin project',
    origin: 'upstream',
    kind: 'webmail',
    marks: ['/etc/usermin/miniserv.conf'],
    version: { path: '/etc/usermin/version', pattern: plainVersion },
    packages: ['usermin'],
    units: ['usermin'],
    settings: '/etc/usermin/miniserv.conf',
    ships: 'port 20000 of every address',
    logfile: '/var/usermin/miniserv.log',
    reach: [
      {
        resource: 'stored-mail',
        mode: 'write',
        extent: 'the mailbox of everybody who logs in (module mailbox)',
      },
      {
        resource: 'credentials',
        mode: 'read',
        extent: 'the name and password of everybody who logs in',
      },
    ],
  },
];

const virtualmin = [
  '/usr/share/webmin/virtual-server/module.info',
  '/usr/libexec/webmin/virtual-server/module.info',
];

export const hostPanelReads: readonly string[] = [
  ...panels.flatMap(({ marks, settings }) => [
    ...marks,
    ...(settings === undefined || marks.includes(settings) ? [] : [settings]),
  ]),
  ...virtualmin,
];

const textOf = (files: FileView, path: string): string =>
  path !== '' && files.stat(path)?.kind === 'file' ? (files.text(path) ?? '') : '';

interface Setting {
  readonly value: string;
  readonly because: Place;
}

const settingsOf = (files: FileView, path: string | undefined): ReadonlyMap<string, Setting> =>
  new Map(
    textOf(files, path ?? '')
      .split('\n')
      .slice(0, 5_000)
      .flatMap((line, i): readonly (readonly [string, Setting])[] => {
        const match = /^([\w-]{1,100})=(.*)$/.exec(line.trim());
        return match === null
          ? []
          : [
              [
                match[1] ?? '',
                { value: match[2] ?? '', because: { path: path ?? '', line: i + 1 } },
              ] as const,
            ];
      }),
  );

const listeningOf = (
  settings: ReadonlyMap<string, Setting>,
): readonly { readonly endpoint: Endpoint; readonly because: Place }[] => {
  const port = settings.get('port');
  const number = Number(port?.value);
  if (port === undefined || !(number > 0 && number < 65_536)) return [];
  const host = settings.get('bind')?.value || '*';
  return [{ endpoint: { net: 'tcp', host, port: number }, because: port.because }];
};

const logsOf = (
  panel: HostPanel,
  settings: ReadonlyMap<string, Setting>,
  place: Place,
): readonly AccessLog[] => {
  const question = 'who logged in' as const;
  if (panel.logfile === undefined) {
    return [
      {
        question,
        emitted: 'unknown',
        why: `what its release writes of logins to ${panel.name} is not known`,
        because: place,
      },
    ];
  }
  const log = settings.get('log');
  const path = settings.get('logfile')?.value || panel.logfile;
  return [
    !/^[1-9]/.test(log?.value ?? '')
      ? {
          question,
          emitted: 'off',
          why: 'log is not 1: its web server writes no requests down',
          because: log?.because ?? { path: panel.settings ?? place.path },
          remedy: `${setIn(panel.settings ?? place.path, log?.because)}\nlog=1`,
        }
      : {
          question,
          emitted: 'partial',
          why: 'each request with its address, and its user once logged in; a login that failed is a request to session_login.cgi like any other',
          because: log?.because ?? place,
          sink: { to: 'file', path },
        },
  ];
};

const panelOf = (
  files: FileView,
  packages: PackageIndex,
  panel: HostPanel,
): Component | undefined => {
  const mark = panel.marks.find(path => files.stat(path)?.kind === 'file');
  if (mark === undefined) return undefined;
  const place: Place = { path: mark };
  const settings = settingsOf(files, panel.settings);
  const stated = panel.version.pattern.exec(textOf(files, panel.version.path || mark))?.[1];
  const unit = panel.units
    .map(name => readUnit(files, `${name}.service`))
    .find(each => each !== undefined);
  const runsAs = { user: 'root', because: { path: unit?.path ?? mark } };
  const exposure = exposureOfAll(listeningOf(settings));
  return {
    id: componentId(panel.id),
    name: panel.name,
    kind: panel.kind,
    platform: 'mail-admin',
    enabled: startsAtBoot(files, panel.units),
    ...identify(packages, {
      files: [`${settings.get('root')?.value ?? ''}/miniserv.pl`, ...panel.marks].filter(
        path => files.stat(path)?.kind === 'file',
      ),
      ...(stated === undefined ? {} : { ownVersion: { value: stated } }),
      otherwise: { origin: panel.origin, supplier: panel.supplier },
    }),
    foundAt: [place],
    runsAs,
    exposure: exposure ?? {
      internet: 'unknown',
      why: `no setting that was read says where it listens; it ships listening on ${panel.ships}`,
    },
    reach: [
      ...panel.reach.map(each => ({ ...each, because: each.because ?? place })),
      ...rootReach(runsAs),
    ],
    logs: logsOf(panel, settings, place),
  };
};

const virtualminOf = (
  files: FileView,
  packages: PackageIndex,
  webmin: Component,
): readonly Component[] => {
  const path = virtualmin.find(each => files.stat(each)?.kind === 'file');
  if (path === undefined) return [];
  const version = /^version=(\d[\w.]{0,30})/m.exec(textOf(files, path))?.[1];
  return [
    {
      id: componentId('webmin/virtual-server'),
      name: 'Virtualmin',
      kind: 'add-on',
      platform: 'mail-admin',
      partOf: webmin.id,
      enabled: webmin.enabled,
      ...identify(packages, {
        files: [path],
        ...(version === undefined ? {} : { ownVersion: { value: version } }),
        otherwise: { origin: 'vendor', supplier: 'Virtualmin, Inc.' },
      }),
      foundAt: [{ path }],
      reach: [{ ...setsPasswords, because: { path } }],
      logs: [],
    },
  ];
};

/** Panels that run a whole host: cPanel, Plesk, DirectAdmin, HestiaCP, Webmin with Virtualmin, Usermin. */
export const hostPanels = (files: FileView, packages: PackageIndex): readonly Component[] =>
  panels.flatMap((panel): readonly Component[] => {
    const found = isLeftBehind(files, packages, panel)
      ? undefined
      : panelOf(files, packages, panel);
    if (found === undefined) return [];
    return panel.id === 'webmin' ? [found, ...virtualminOf(files, packages, found)] : [found];
  });

/** Webmin's settings stay when its package goes: its programs say whether it is there. */
const isLeftBehind = (
  files: FileView,
  packages: PackageIndex,
  { packages: names, settings, logfile }: HostPanel,
): boolean => {
  if (logfile === undefined) return false;
  if (names.some(name => packages.named(name) !== undefined)) return false;
  const root = settingsOf(files, settings).get('root')?.value ?? '';
  return !root.startsWith('/') || files.stat(`${root}/miniserv.pl`)?.kind !== 'file';
};
