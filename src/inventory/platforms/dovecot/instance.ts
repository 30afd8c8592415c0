import { type Component, type ComponentKind, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { dirOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import {
  type Daemon,
  findDaemon,
  optionOf,
  programPaths,
  unitsThatStart,
} from '../../daemons/daemon.ts';
import { type Claim, identify } from '../../identify.ts';
import { distinctPlaces } from '../../joining/distinct.ts';
import type { Link, Listener } from '../../platform.ts';
import { type DovecotConfig, readDovecotConfig } from '../../syntax/dovecot.ts';
import { type DovecotItem, effectiveDovecotList } from '../../syntax/dovecot-lookup.ts';

/** One Dovecot of a host: a program and the configuration that it is started with. */
export interface Instance {
  /** `dovecot`, or `dovecot@<folder>` for a second copy or a second configuration. */
  readonly id: string;
  readonly files: FileView;
  readonly packages: PackageIndex;
  readonly daemon: Daemon;
  readonly config: DovecotConfig;
  readonly hasConfig: boolean;
  /** Version of the program: `2.3.19.1`; absent when neither it nor a package says. */
  readonly version?: string;
  /** Nobody's package: built or unpacked by hand. */
  readonly byHand: boolean;
  readonly protocols: readonly DovecotItem[];
}

/** What one side of Dovecot's configuration gives. */
export interface Found {
  readonly components: readonly Component[];
  readonly links?: readonly Link[];
  readonly listeners?: readonly Listener[];
}

export const packageNames = [
  'dovecot-core',
  'dovecot',
  'dovecot-ee-core',
  'dovecot-common',
] as const;
const defaultPaths = ['/etc/dovecot/dovecot.conf', '/etc/dovecot.conf'] as const;
const byHandPaths = [
  '/usr/local/etc/dovecot/dovecot.conf',
  '/opt/dovecot/etc/dovecot/dovecot.conf',
];
const names = {
  programs: ['dovecot'],
  packages: packageNames,
  units: ['dovecot'],
  configuration: [...defaultPaths, ...byHandPaths],
};

export const instanceReads: readonly string[] = [
  ...defaultPaths,
  ...byHandPaths,
  ...programPaths(names.programs),
  '/opt/dovecot/sbin/dovecot',
];

const supplier = 'Dovecot (Open-Xchange)';

/** A program states its version with the commit it was built from: `2.3.19.1 (9b53102964)`. */
const versionIn = (files: FileView, binary: string): string | undefined => {
  let tail = '';
  for (const piece of files.chunks(binary, 4 << 20)) {
    const text = tail + Buffer.from(piece).toString('latin1');
    const match = /(\d\.\d{1,2}\.\d{1,3}(?:\.\d{1,3})?(?:-\d{1,2})?) \([0-9a-f]{7,12}\)/.exec(text);
    if (match !== null) return match[1];
    tail = text.slice(-100);
  }
  return undefined;
};

const upstreamOf = (version: string): string | undefined =>
  /^(?:\d+:)?(\d+\.\d+(?:\.\d+)*)/.exec(version)?.[1];

/** The package's own protocols.d files switch protocols on; Debian has none by default. */
const presetProtocols = (packages: PackageIndex, syntax: '2.3' | '2.4'): string =>
  syntax === '2.4' || packages.named('dovecot-core')?.ecosystem === 'deb' ? '' : 'imap pop3 lmtp';

const obsolete: Readonly<Record<string, string>> = {
  imaps: 'imap',
  pop3s: 'pop3',
  managesieve: 'sieve',
};

const protocolsOf = (
  config: DovecotConfig,
  hasConfig: boolean,
  preset: string,
): readonly DovecotItem[] => {
  if (!hasConfig) return [];
  const otherwise = preset.split(' ').filter(Boolean);
  const seen = new Set<string>();
  return effectiveDovecotList(config, 'protocols', undefined, otherwise)
    .map(item => ({ ...item, name: obsolete[item.name] ?? item.name }))
    .filter(({ name }) => name !== 'none' && !seen.has(name) && seen.add(name));
};

const makeInstance = (
  files: FileView,
  packages: PackageIndex,
  daemon: Daemon,
  path: string,
  id: string,
): Instance => {
  const owner = daemon.binary === undefined ? undefined : packages.ownerOf(daemon.binary);
  const packaged = owner ?? packageNames.map(name => packages.named(name)).find(Boolean);
  const own =
    daemon.binary === undefined || owner !== undefined
      ? undefined
      : versionIn(files, daemon.binary);
  const version = own ?? (packaged === undefined ? undefined : upstreamOf(packaged.version));
  const syntax = version === undefined || /^2\.[0-3]\./.test(version) ? '2.3' : '2.4';
  const hasConfig = files.stat(path)?.kind === 'file';
  const preset = presetProtocols(packages, syntax);
  const config: DovecotConfig = hasConfig
    ? readDovecotConfig(files, path, syntax, preset)
    : {
        path,
        syntax,
        root: { key: '', name: '', place: { path }, settings: [], blocks: [] },
        files: [],
        problems: [],
      };
  return {
    id,
    files,
    packages,
    daemon,
    config,
    hasConfig,
    ...(version === undefined ? {} : { version }),
    byHand: daemon.binary !== undefined && owner === undefined,
    protocols: protocolsOf(config, hasConfig, preset),
  };
};

interface OtherUnit {
  readonly unit: string;
  readonly binary: string;
  /** The configuration that `-c` names. */
  readonly path: string | undefined;
}

/** Units by other names that start a Dovecot, a second configuration (`-c`) or a copy elsewhere. */
const otherUnits = (files: FileView): readonly OtherUnit[] =>
  unitsThatStart(files, 'dovecot')
    .filter(({ unit }) => unit.name !== 'dovecot.service')
    .slice(0, 50)
    .map(({ unit, words }) => ({
      unit: unit.name.replace(/\.service$/, ''),
      binary: words[0]?.text ?? '',
      path: optionOf(words, '-c')?.text,
    }));

/** Where a program looks when no `-c` says so: below the place that it was built for. */
const configOf = (files: FileView, binary: string): string => {
  const prefix = dirOf(dirOf(binary));
  const own =
    prefix === '/usr' || prefix === '/'
      ? []
      : [`${prefix}/etc/dovecot/dovecot.conf`, `${prefix}/etc/dovecot.conf`];
  const paths = [...own, ...defaultPaths, ...byHandPaths];
  return paths.find(path => files.stat(path)?.kind === 'file') ?? defaultPaths[0];
};

/** Every Dovecot of the host. None when only leftover configuration is there. */
export const findInstances = (files: FileView, packages: PackageIndex): readonly Instance[] => {
  const programs = ['/usr/local/sbin/dovecot', '/opt/dovecot/sbin/dovecot'];
  const main = findDaemon(files, packages, names);
  const out: Instance[] = [];
  const add = (daemon: Daemon, path: string, id: string): void => {
    if (out.some(each => each.config.path === path)) return;
    out.push(makeInstance(files, packages, daemon, path, id));
  };
  const others = otherUnits(files);
  const startedBy = ({ unit, binary }: OtherUnit): Daemon | undefined => {
    const daemon = findDaemon(files, packages, { ...names, units: [unit] });
    return daemon === undefined ? undefined : { ...daemon, binary };
  };
  if (main !== undefined) {
    const asked = optionOf(main.words, '-c')?.text;
    const path = asked ?? configOf(files, main.binary ?? '/usr/sbin/dovecot');
    if (main.binary !== undefined || files.stat(path) !== undefined) add(main, path, 'dovecot');
  }
  for (const other of others) {
    const path = other.path ?? configOf(files, other.binary);
    const daemon = files.stat(path) === undefined ? undefined : startedBy(other);
    if (daemon === undefined) continue;
    add(daemon, path, out.length === 0 ? 'dovecot' : `dovecot@${dirOf(path)}`);
  }
  for (const binary of programs) {
    if (binary === main?.binary || files.stat(binary)?.kind !== 'file') continue;
    const path = binary.startsWith('/opt/') ? byHandPaths[1] : byHandPaths[0];
    if (path === undefined) continue;
    const id = out.length === 0 ? 'dovecot' : `dovecot@${dirOf(path)}`;
    add({ binary, words: [], startsAtBoot: null }, path, id);
  }
  return out;
};

/** What makes the program, for `identify`. */
export const claimOf = ({ daemon, files, packages, byHand }: Instance): Claim => {
  const own = byHand && daemon.binary !== undefined ? versionIn(files, daemon.binary) : undefined;
  return {
    files: daemon.binary === undefined ? [] : [daemon.binary],
    names: packageNames.filter(name => packages.named(name) !== undefined),
    ...(own === undefined ? {} : { ownVersion: { value: own } }),
    otherwise: { origin: 'upstream', supplier },
  };
};

/** A part of Dovecot, before its make is settled. */
export interface Part {
  /** Behind the instance's id. */
  readonly part: string;
  readonly name: string;
  readonly kind: ComponentKind;
  readonly enabled: boolean | null;
  readonly claim: Claim | { readonly unknown: string };
  readonly foundAt: readonly Place[];
  readonly reach?: Component['reach'];
  readonly exposure?: Component['exposure'];
  readonly runsAs?: Component['runsAs'];
  readonly logs?: Component['logs'];
  /** Part that it is plugged into, when not Dovecot itself. */
  readonly partOf?: string;
}

const placesMax = 50;

export const makePart = (instance: Instance, part: Part): Component => ({
  id: componentId(`${instance.id}/${part.part.slice(0, 500)}`),
  // A path that ends in a slash has no last part.
  name: (part.name === '' ? part.part : part.name).slice(0, 500),
  kind: part.kind,
  platform: 'dovecot',
  partOf: componentId(part.partOf === undefined ? instance.id : `${instance.id}/${part.partOf}`),
  enabled: part.enabled,
  ...('unknown' in part.claim
    ? { version: { unknown: part.claim.unknown }, origin: 'unknown' as const, thirdParty: true }
    : identify(instance.packages, part.claim)),
  foundAt: distinctPlaces(part.foundAt).slice(0, placesMax),
  ...(part.exposure === undefined ? {} : { exposure: part.exposure }),
  ...(part.runsAs === undefined ? {} : { runsAs: part.runsAs }),
  reach: part.reach ?? [],
  logs: part.logs ?? [],
});

export const speaks = ({ protocols }: Instance, name: string): boolean =>
  protocols.some(each => each.name === name);

/** Whether the installed version is that one or newer; undefined when it is not known. */
export const isFrom = (
  { version }: Instance,
  ...wanted: readonly number[]
): boolean | undefined => {
  if (version === undefined) return undefined;
  const have = version.split(/[.-]/).map(Number);
  for (const [i, number] of wanted.entries()) {
    const own = have[i] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
};
