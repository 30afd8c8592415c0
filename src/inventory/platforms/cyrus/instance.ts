import { type Component, type ComponentKind, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { readUnit, unitNames, unitValue } from '../../../core/formats/systemd.ts';
import { type PackageIndex, tellsInstalled } from '../../../core/packages.ts';
import { baseOf, dirOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { type Daemon, findDaemon, optionOf, type Word } from '../../daemons/daemon.ts';
import { type Claim, identify } from '../../identify.ts';
import { distinctPlaces, distinctReach } from '../../joining/distinct.ts';
import type { Link, Listener } from '../../platform.ts';
import { type CyrusOptions, readCyrusOptions } from '../../syntax/cyrus-imapd.ts';
import { type CyrusMaster, parseCyrusMaster } from '../../syntax/cyrus-master.ts';
import { assigned, readAssignments, shellWords } from '../../syntax/shell-defaults.ts';

/** One master(8) of a host with the two files that it is started with. */
export interface Instance {
  /** `cyrus`, or `cyrus@<folder>` for a second one. */
  readonly id: string;
  readonly files: FileView;
  readonly packages: PackageIndex;
  /** The program master; absent when only configuration was collected. */
  readonly binary?: string;
  readonly unit?: string;
  /** Folders with its programs, the one that master starts them from first. */
  readonly folders: readonly string[];
  readonly config: CyrusOptions;
  readonly master: CyrusMaster;
  readonly hasConfig: boolean;
  readonly hasMaster: boolean;
  /** `3.6.1`; absent when neither a program nor a package says. */
  readonly version?: string;
  readonly byHand: boolean;
  /** A second pair of files for a program that is listed already: what is installed is listed there. */
  readonly shares: boolean;
  /** The configuration that an alternative `-C` in a cmd names. */
  readonly configAt: (path: string) => CyrusOptions;
}

/** What one side of Cyrus gives. */
export interface Found {
  readonly components: readonly Component[];
  readonly links?: readonly Link[];
  readonly listeners?: readonly Listener[];
}

export const supplier = 'Cyrus IMAP project';
const packageNames = [
  'cyrus-common',
  'cyrus-imapd',
  'cyrus-common-2.4',
  'cyrus-imapd-2.4',
] as const;
const programNames = ['cyrmaster', 'cyrus-master', 'master'];
const unitGuess = ['cyrus-imapd', 'cyrus-imap', 'cyrus', 'cyrus-master'];
const configPath = '/etc/imapd.conf';
const masterPath = '/etc/cyrus.conf';

/** Where builds put `master`: Debian, rpm-based, SUSE, by hand (2.x in bin, 3.x in libexec). */
const masters = [
  '/usr/lib/cyrus/bin/master',
  '/usr/lib/cyrus-imapd/bin/master',
  '/usr/lib/cyrus-imapd/cyrus-master',
  '/usr/lib64/cyrus-imapd/cyrus-master',
  '/usr/lib/cyrus-imapd/master',
  '/usr/libexec/cyrus-imapd/cyrus-master',
  '/usr/libexec/cyrus-imapd/master',
  '/usr/lib/cyrus/libexec/master',
  '/usr/cyrus/bin/master',
  '/usr/cyrus/libexec/master',
  '/usr/local/cyrus/bin/master',
  '/usr/local/cyrus/libexec/master',
  '/usr/local/libexec/master',
  '/usr/local/libexec/cyrus-imapd/master',
  '/opt/cyrus/bin/master',
  '/opt/cyrus/libexec/master',
  '/opt/cyrus-imapd/libexec/master',
] as const;

/** The tool that every build has, wherever it was unpacked. */
const anywhere = '**/ctl_cyrusdb';

export const instanceReads: readonly string[] = [
  configPath,
  masterPath,
  ...masters,
  '/usr/sbin/cyrmaster',
  anywhere,
];

const isFile = (files: FileView, path: string): boolean => files.stat(path)?.kind === 'file';

/** Postfix has a program of that name too: one of Cyrus has its services beside it. */
const isMaster = (files: FileView, path: string): boolean => {
  if (!isFile(files, path)) return false;
  const real = dirOf(files.real(path) ?? path);
  return ['imapd', 'lmtpd', 'timsieved', 'pop3d'].some(name => isFile(files, `${real}/${name}`));
};

const unique = (files: FileView, paths: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return paths.filter(path => {
    if (!isMaster(files, path)) return false;
    // A build may keep its master under two names, beside the same services.
    const folder = dirOf(files.real(path) ?? path);
    return !seen.has(folder) && seen.add(folder);
  });
};

/**
 * Programs in the places that builds use. Elsewhere lie backups and containers as well: what is found
 * there counts only where this host has the configuration, and nothing else that it could be for.
 */
const foundMasters = (files: FileView): readonly string[] => {
  const known = unique(files, masters);
  if (known.length > 0 || !isFile(files, masterPath) || !isFile(files, configPath)) return known;
  const walked = files
    .glob(anywhere)
    .slice(0, 50)
    .flatMap(path => {
      const prefix = dirOf(dirOf(path));
      return [
        `${dirOf(path)}/master`,
        `${prefix}/libexec/master`,
        `${prefix}/libexec/cyrus-imapd/master`,
      ];
    });
  return unique(files, walked).slice(0, 1);
};

/** Where its services and tools lie: beside master, and in the sbin and bin of the same prefix. */
const foldersOf = (files: FileView, binary: string | undefined): readonly string[] => {
  if (binary === undefined) return [];
  const own = dirOf(files.real(binary) ?? binary);
  const prefix = dirOf(own);
  return own.endsWith('/libexec') ? [own, `${prefix}/sbin`, `${prefix}/bin`] : [own];
};

/** CYRUS_VERSION stands by itself in libcyrus_min or in a static program: `3.8.2`, `3.6.1-Debian-…`. */
const versionIn = (files: FileView, binary: string): string | undefined => {
  const prefix = dirOf(dirOf(files.real(binary) ?? binary));
  const library = /^libcyrus_min\.so/;
  const candidates = [`${prefix}/lib`, `${prefix}/lib64`].flatMap(folder =>
    files
      .list(folder)
      .filter(({ name }) => library.test(name))
      .slice(0, 4)
      .map(({ name }) => `${folder}/${name}`),
  );
  for (const path of [...candidates, binary]) {
    let tail = '';
    for (const piece of files.chunks(path, 16 << 20)) {
      const text = tail + Buffer.from(piece).toString('latin1');
      const found = /\0v?([23]\.\d{1,2}\.\d{1,3}(?:-[A-Za-z]\w{0,20})?)(?:-[\w.+~-]{1,60})?\0/.exec(
        text,
      );
      if (found !== null) return found[1]?.replace(/-Debian$/, '');
      tail = text.slice(-100);
    }
  }
  return undefined;
};

const upstreamOf = (version: string): string | undefined =>
  /^(?:\d+:)?(\d+\.\d+(?:\.\d+)*)/.exec(version)?.[1];

interface Start {
  readonly binary?: string;
  readonly unit?: string;
  readonly words: readonly Word[];
}

const makeInstance = (
  files: FileView,
  packages: PackageIndex,
  start: Start,
  at: {
    readonly id: string;
    readonly config: string;
    readonly master: string;
    readonly shares: boolean;
  },
): Instance => {
  const { binary, unit } = start;
  const owner = binary === undefined ? undefined : packages.ownerOf(files.real(binary) ?? binary);
  const packaged = owner ?? packageNames.map(name => packages.named(name)).find(Boolean);
  const byHand = binary !== undefined && owner === undefined;
  const own = byHand ? versionIn(files, binary) : undefined;
  const version =
    own ?? (byHand || packaged === undefined ? undefined : upstreamOf(packaged.version));
  const hasMaster = isFile(files, at.master);
  const read = new Map<string, CyrusOptions>();
  const configAt = (path: string): CyrusOptions => {
    const known = read.get(path) ?? readCyrusOptions(files, path);
    read.set(path, known);
    return known;
  };
  return {
    id: at.id,
    files,
    packages,
    ...(binary === undefined ? {} : { binary }),
    ...(unit === undefined ? {} : { unit }),
    folders: foldersOf(files, binary),
    config: configAt(at.config),
    hasConfig: isFile(files, at.config),
    hasMaster,
    master: parseCyrusMaster(hasMaster ? (files.text(at.master) ?? '') : '', at.master),
    ...(version === undefined ? {} : { version }),
    byHand,
    shares: at.shares,
    configAt,
  };
};

/** Files named on the command line; Debian's script has them in its defaults. */
const pathsOf = (
  files: FileView,
  start: Start,
): { readonly config: string; readonly master: string } => {
  const defaults = ['/etc/default/cyrus-imapd', '/etc/default/cyrus', '/etc/sysconfig/cyrus-imapd'];
  const all =
    start.unit === undefined ? defaults.flatMap(path => readAssignments(files, path)) : [];
  const options = shellWords(assigned(all, 'CYRUSOPTIONS')?.value ?? '');
  const words =
    start.words.length > 0 ? start.words : options.map(text => ({ text, because: { path: '' } }));
  const path = (option: string, variable: string, preset: string): string => {
    const found = optionOf(words, option)?.text ?? assigned(all, variable)?.value ?? '';
    return found.startsWith('/') ? found : preset;
  };
  return { config: path('-C', 'CONF', configPath), master: path('-M', 'MASTERCONF', masterPath) };
};

const startsOf = (files: FileView, packages: PackageIndex): readonly Start[] => {
  const programs = foundMasters(files);
  const out: Start[] = [];
  for (const name of unitNames(files, '.service')) {
    if (name.includes('@.') || out.length >= 30) continue;
    const unit = readUnit(files, name);
    const command = unit === undefined ? undefined : unitValue(unit, 'Service', 'ExecStart');
    const program = shellWords(command?.value.replace(/^[-@:+!]+/, '') ?? '')[0] ?? '';
    if (!programNames.includes(baseOf(program))) continue;
    const there = isMaster(files, program);
    if (!there && (isFile(files, program) || !/cyr/i.test(program + name))) continue;
    const daemon: Daemon | undefined = findDaemon(files, packages, {
      programs: programNames,
      packages: packageNames,
      units: [name.replace(/\.service$/, '')],
      configuration: [],
    });
    if (daemon === undefined) continue;
    const binary = there ? program : programs[0];
    out.push({
      ...(binary === undefined ? {} : { binary }),
      unit: name.replace(/\.service$/, ''),
      words: daemon.words,
    });
  }
  const started = new Set(out.map(({ binary = '' }) => files.real(binary) ?? binary));
  for (const binary of programs) {
    if (!started.has(files.real(binary) ?? binary)) out.push({ binary, words: [] });
  }
  if (out.length > 0) return out;
  const packaged = packageNames.some(name => packages.named(name) !== undefined);
  const knowsPackages = tellsInstalled(packages);
  const collected = !knowsPackages && isFile(files, masterPath) && isFile(files, configPath);
  return packaged || collected ? [{ words: [] }] : [];
};

/** Every Cyrus of the host. None where only what a removed package left is there. */
export const findInstances = (files: FileView, packages: PackageIndex): readonly Instance[] => {
  const out: Instance[] = [];
  const isPackaged = ({ binary, unit }: Start): boolean =>
    (unit !== undefined && unitGuess.includes(unit)) ||
    (binary !== undefined && packages.ownerOf(files.real(binary) ?? binary) !== undefined);
  const starts = [...startsOf(files, packages)].sort(
    (a, b) => Number(isPackaged(b)) - Number(isPackaged(a)),
  );
  for (const start of starts) {
    const paths = pathsOf(files, start);
    const same = (each: Instance): boolean =>
      each.config.path === paths.config && each.master.path === paths.master;
    // A program without a unit that would read the same files is a copy beside the first.
    const copy = out.some(same);
    if (copy && start.unit !== undefined) continue;
    const folder = copy && start.binary !== undefined ? dirOf(start.binary) : dirOf(paths.master);
    const named = out.some(each => each.id === `cyrus@${folder}`) || folder === '/etc';
    const id = out.length === 0 ? 'cyrus' : `cyrus@${named ? paths.master : folder}`;
    if (out.some(each => each.id === id)) continue;
    const shares = out.some(each => each.binary === start.binary);
    out.push(makeInstance(files, packages, start, { id, shares, ...paths }));
  }
  return out;
};

/** What makes master and everything that comes with it, for `identify`. */
export const claimOf = ({ binary, files, byHand, version, packages }: Instance): Claim => ({
  files: binary === undefined ? [] : [files.real(binary) ?? binary],
  names: packageNames.filter(name => packages.named(name) !== undefined),
  ...(byHand && version !== undefined ? { ownVersion: { value: version } } : {}),
  otherwise: { origin: 'upstream', supplier },
});

/** A part of Cyrus, before its make is settled. */
export interface Part {
  readonly part: string;
  readonly name: string;
  readonly kind: ComponentKind;
  readonly enabled: boolean | null;
  readonly claim: Claim | { readonly unknown: string };
  readonly foundAt: readonly Place[];
  readonly reach?: Component['reach'];
  readonly exposure?: Component['exposure'];
  readonly runsAs?: Component['runsAs'];
  readonly partOf?: string;
  readonly logs?: Component['logs'];
}

export const makePart = (instance: Instance, part: Part): Component => ({
  id: componentId(`${instance.id}/${part.part.slice(0, 500)}`),
  name: (part.name === '' ? part.part : part.name).slice(0, 500),
  kind: part.kind,
  platform: 'cyrus',
  partOf: componentId(part.partOf === undefined ? instance.id : `${instance.id}/${part.partOf}`),
  enabled: part.enabled,
  ...('unknown' in part.claim
    ? { version: { unknown: part.claim.unknown }, origin: 'unknown' as const, thirdParty: true }
    : identify(instance.packages, part.claim)),
  foundAt: distinctPlaces(part.foundAt).slice(0, 50),
  ...(part.exposure === undefined ? {} : { exposure: part.exposure }),
  ...(part.runsAs === undefined ? {} : { runsAs: part.runsAs }),
  reach: part.reach ?? [],
  logs: part.logs ?? [],
});

/** The same thing found twice. */
const joined = (a: Component, b: Component): Component => ({
  ...a,
  enabled: a.enabled === true || b.enabled === true ? true : a.enabled,
  foundAt: distinctPlaces([...a.foundAt, ...b.foundAt]).slice(0, 50),
  reach: distinctReach([...a.reach, ...b.reach]),
});

export const joinAll = (components: readonly Component[]): readonly Component[] => {
  const byId = new Map<string, Component>();
  for (const component of components) {
    const known = byId.get(component.id);
    byId.set(component.id, known === undefined ? component : joined(known, component));
  }
  return [...byId.values()];
};
