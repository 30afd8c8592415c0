import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { dirOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { type Daemon, findDaemon, programPaths } from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Listener, Platform, PlatformReading } from '../platform.ts';
import { programParts } from '../programs/piped-programs.ts';
import { spamcLinks } from '../programs/spamc.ts';
import { settingNamed } from '../syntax/exim.ts';
import { authLinks, authParts, authReach } from './exim/auth.ts';
import { blockLists } from './exim/block-lists.ts';
import { companions } from './exim/companions.ts';
import { type Exim, isDynamic, makeExim, valueOf } from './exim/context.ts';
import { generatedPath, localMacrosPath, settingsPath, templatePath } from './exim/debian.ts';
import { deliveryLinks } from './exim/delivery.ts';
import { embeddedParts } from './exim/embedded.ts';
import { eximExposure, listeningOf } from './exim/listening.ts';
import { eximLogs } from './exim/logs.ts';
import { databaseLinks } from './exim/lookups.ts';
import { readProgram } from './exim/program.ts';
import { programUses } from './exim/programs.ts';
import { antivirusOf, localScanOf, socketLinks, spamLinks } from './exim/scanners.ts';
import { defaultsPath, type EximSetup, knownConfigs, readSetup } from './exim/setup.ts';

const names = {
  programs: ['exim4', 'exim'],
  packages: ['exim4-daemon-heavy', 'exim4-daemon-light', 'exim4-daemon-custom', 'exim'],
  units: ['exim4', 'exim'],
  configuration: knownConfigs,
};
/** Where Exim's own makefile installs it. */
const ownPaths = ['/usr/exim/bin/exim', '/usr/local/exim/bin/exim', '/opt/exim/bin/exim'] as const;

const supplier = 'Exim maintainers';

/** Signing keys of DKIM (spec 58.1), by path; a key in the text itself is only mentioned. */
const signingKeys = (exim: Exim): readonly Reach[] =>
  exim.transports.flatMap((transport): readonly Reach[] => {
    const key = valueOf(transport, 'dkim_private_key');
    if (key === undefined || /^(?:0|false|)$/.test(key.value)) return [];
    const literal = key.value.includes('-----BEGIN') || key.value.length > 400;
    const inline = !literal && !key.value.startsWith('/') && !isDynamic(key.value);
    const shown = literal || inline ? `in ${key.at.path}` : key.value;
    return [
      {
        resource: 'credentials',
        mode: 'read',
        extent: `DKIM signing keys: ${shown}`,
        because: key.at,
      },
    ];
  });

/** `tls_privatekey`; without it, the key lies in the file of `tls_certificate`. */
const keyReach = (exim: Exim): readonly Reach[] => {
  const { main } = exim.setup.config;
  const set = [settingNamed(main, 'tls_privatekey'), settingNamed(main, 'tls_certificate')];
  const key = set.find(each => each !== undefined && each.value.trim() !== '');
  return key === undefined
    ? []
    : [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `TLS private key ${key.value.trim().slice(0, 300)}`,
          because: key.at,
        },
      ];
};

const mainReach = (exim: Exim, place: Place): readonly Reach[] => {
  const { setup } = exim;
  const stores = exim.transports.filter(
    transport => valueOf(transport, 'driver')?.value === 'appendfile',
  );
  const keepsRoot = settingNamed(setup.config.main, 'deliver_drop_privilege')?.value !== 'true';
  return [
    {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: 'every message that passes this host',
      because: place,
    },
    ...stores.map((transport): Reach => {
      const where = valueOf(transport, 'file') ?? valueOf(transport, 'directory');
      return {
        resource: 'stored-mail',
        mode: 'write',
        extent: `mailboxes that transport ${transport.name} delivers to${where === undefined ? '' : `: ${where.value.slice(0, 200)}`}`,
        because: where?.at ?? transport.at,
      };
    }),
    ...blockLists(exim),
    ...signingKeys(exim),
    ...keyReach(exim),
    ...authReach(exim),
    ...(setup.program?.setuidRoot === true && keepsRoot
      ? [
          {
            resource: 'host',
            mode: 'admin',
            extent: 'everything on this host: the program is setuid root',
            because: { path: setup.program.path },
          } as const,
        ]
      : []),
  ];
};

/** `exim_user`, else what the package was built with. */
const runsAsOf = (exim: Exim): Component['runsAs'] => {
  const setting = settingNamed(exim.setup.config.main, 'exim_user');
  if (setting !== undefined && setting.value !== '') {
    return { user: setting.value, because: setting.at };
  }
  const { package: owner, origin } = exim.identity;
  if (origin !== 'distribution' || owner === undefined) return undefined;
  const because =
    exim.setup.program === undefined ? {} : { because: { path: exim.setup.program.path } };
  if (owner.ecosystem === 'deb') return { user: 'Debian-exim', ...because };
  return owner.ecosystem === 'rpm' ? { user: 'exim', ...because } : undefined;
};

const read = (exim: Exim): PlatformReading => {
  const { files, setup } = exim;
  const place: Place = {
    path: files.stat(setup.path) === undefined && setup.fromDebian ? settingsPath : setup.path,
  };
  const user = runsAsOf(exim);
  const listening = listeningOf(exim);
  const exposure = eximExposure(exim, listening);
  const scan = localScanOf(exim);
  const antivirus = antivirusOf(exim);
  const programs = programUses(exim);
  const beside = companions(exim, scan);
  const main: Component = {
    id: exim.id,
    name: 'exim',
    kind: 'mta',
    platform: 'exim',
    enabled: setup.daemon.startsAtBoot,
    ...exim.identity,
    foundAt: [place],
    ...(user === undefined ? {} : { runsAs: user }),
    ...(exposure === undefined ? {} : { exposure }),
    reach: mainReach(exim, place),
    logs: eximLogs(exim),
  };
  return {
    components: [
      main,
      ...programParts(exim, [...antivirus.uses, ...programs]),
      ...embeddedParts(exim, scan),
      ...databaseLinks(exim),
      ...authParts(exim),
      ...beside.components,
    ],
    listeners: [
      ...listening.map(
        ({ endpoint, because }): Listener => ({ component: exim.id, endpoint, because }),
      ),
      ...beside.listeners,
    ],
    links: [
      ...antivirus.links,
      ...spamLinks(exim),
      ...(scan?.links ?? []),
      ...socketLinks(exim),
      ...spamcLinks(exim.id, programs),
      ...authLinks(exim),
      ...deliveryLinks(exim),
    ],
  };
};

interface Copy {
  readonly id: string;
  readonly daemon: Daemon;
}

/** The Exim that the distribution's names find, and those unpacked by hand beside it. */
const copiesOf = (files: FileView, packages: PackageIndex): readonly Copy[] => {
  const found = findDaemon(files, packages, names);
  const beside = ownPaths
    .filter(path => files.stat(path)?.kind === 'file' && found?.binary !== path)
    .map((binary): Daemon => ({ binary, words: [], startsAtBoot: null }));
  const [first, ...others] = [
    ...(found === undefined || (found.binary === undefined && beside.length > 0) ? [] : [found]),
    ...beside,
  ];
  return first === undefined
    ? []
    : [
        { id: 'exim', daemon: first },
        ...others.map(daemon => ({ id: `exim@${dirOf(daemon.binary ?? '/')}`, daemon })),
      ];
};

/** A program without any configuration: it is there, and that is all that can be told. */
const bare = ({ id, daemon }: Copy, identity: Exim['identity']): readonly Component[] =>
  daemon.binary === undefined
    ? []
    : [
        {
          id: componentId(id),
          name: 'exim',
          kind: 'mta',
          platform: 'exim',
          enabled: daemon.startsAtBoot,
          ...identity,
          foundAt: [{ path: daemon.binary }],
          reach: [],
          logs: [],
        },
      ];

const readCopy = (files: FileView, packages: PackageIndex, copy: Copy): PlatformReading => {
  const { binary } = copy.daemon;
  const program = binary === undefined ? undefined : readProgram(files, binary);
  const setup: EximSetup | undefined = readSetup(files, copy.daemon, program);
  const identity = identify(packages, {
    files: binary === undefined ? [] : [binary],
    names: names.packages,
    otherwise: { origin: 'upstream', supplier },
  });
  const whole: Exim['identity'] =
    identity.package === undefined && program?.version !== undefined
      ? { ...identity, version: { value: program.version } }
      : identity;
  if (setup !== undefined) {
    return read(makeExim(files, packages, componentId(copy.id), setup, whole));
  }
  if (binary !== undefined) {
    files.note({
      what: binary,
      why: 'is an Exim whose configuration was not found: what is plugged into it cannot be told',
      how: 'Ask it with: exim -bV (Configuration file is …)',
    });
  }
  return { components: bare(copy, whole) };
};

/** Exim 4: its specification (spec.txt), and Debian's update-exim4.conf(8). */
export const exim: Platform = {
  id: 'exim',
  title: 'Exim',
  reads: [
    ...programPaths(names.programs),
    ...ownPaths,
    ...knownConfigs,
    settingsPath,
    templatePath,
    localMacrosPath,
    generatedPath,
    '/etc/exim4/conf.d/*/*',
    '/etc/exim4/sa-exim.conf',
    '/etc/exim4/passwd.client',
    '/usr/sbin/greylistd',
    '/etc/greylistd/config',
    '/usr/lib/exim4/local_scan/sa-exim.so',
    '/etc/aliases',
    '/root/.forward',
    '/home/*/.forward',
    defaultsPath,
  ],
  read: (files, packages) => {
    const readings = copiesOf(files, packages).map(copy => readCopy(files, packages, copy));
    return {
      components: readings.flatMap(({ components }) => [...components]),
      listeners: readings.flatMap(({ listeners = [] }) => [...listeners]),
      links: readings.flatMap(({ links = [] }) => [...links]),
    };
  },
};
