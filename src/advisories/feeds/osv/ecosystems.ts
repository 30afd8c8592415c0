import type { SchemeId } from '../../../core/advisory.ts';
import { suseServerOf } from '../../distro-release.ts';

/** What the reader must know of an ecosystem, as a record writes it. */
export interface Ecosystem {
  readonly scheme: SchemeId;
  /** Release of the distribution; absent for ecosystems that have none, or where the record names none. */
  readonly release?: string;
}

/** By the ecosystem's name without its release, in lower case. Source: ecosystem table of the OSV schema. */
const schemes: Readonly<Record<string, SchemeId>> = {
  debian: 'deb',
  ubuntu: 'deb',
  echo: 'deb',
  almalinux: 'rpm',
  'rocky linux': 'rpm',
  'red hat': 'rpm',
  suse: 'rpm',
  opensuse: 'rpm',
  openeuler: 'rpm',
  mageia: 'rpm',
  'photon os': 'rpm',
  'azure linux': 'rpm',
  alpine: 'apk',
  alpaquita: 'apk',
  'bellsoft hardened containers': 'apk',
  chainguard: 'apk',
  wolfi: 'apk',
  minimos: 'apk',
  packagist: 'composer',
  pypi: 'pep440',
  npm: 'semver',
  'crates.io': 'semver',
  go: 'semver',
  hex: 'semver',
  pub: 'semver',
  swifturl: 'semver',
  bitnami: 'semver',
  julia: 'semver',
  maven: 'maven',
};

/** Those whose suffix is a release; elsewhere it is the address of a repository. */
const distributions: ReadonlySet<SchemeId> = new Set(['deb', 'rpm', 'apk']);

/**
 * Ubuntu's long-term releases carry `:LTS`; what comes before the number (`Pro`, `Pro:FIPS`) or behind
 * `LTS` (`for:NVIDIA:BlueField`) is another line of updates, which an ordinary host does not get.
 */
const ubuntuRelease = (suffix: string): string => {
  const match = /^((?:[^:]+:){0,5})(\d\d\.\d\d)(?::LTS)?(?::(.+))?$/i.exec(suffix);
  if (match === null) return suffix;
  const [, before = '', number = '', behind] = match;
  return behind === undefined ? `${before}${number}` : `${behind}:${before}${number}`;
};

/**
 * Red Hat writes a CPE: the repositories of a release (`enterprise_linux:9::appstream`) are one release, and
 * so is what it gets when its maintenance has ended (`rhel_els:7`). Extended support of a minor release
 * (`rhel_eus:9.4`) and other products stay what they are.
 */
const redHatRelease = (suffix: string): string =>
  /^(?:enterprise_linux|rhel_els):(\d{1,3})(?:\.\d{1,3})?(?:::.*)?$/i.exec(suffix)?.[1] ?? suffix;

const understood = (ecosystem: string): Ecosystem => {
  const colon = ecosystem.indexOf(':');
  const base = (colon < 0 ? ecosystem : ecosystem.slice(0, colon)).trim().toLowerCase();
  const scheme = Object.hasOwn(schemes, base) ? (schemes[base] ?? 'unknown') : 'unknown';
  const suffix = colon < 0 ? '' : ecosystem.slice(colon + 1).trim();
  if (suffix === '' || !distributions.has(scheme)) return { scheme };
  switch (base) {
    case 'ubuntu':
      return { scheme, release: ubuntuRelease(suffix) };
    case 'red hat':
      return { scheme, release: redHatRelease(suffix) };
    case 'suse':
      return { scheme, release: suseServerOf(suffix) ?? suffix };
    default:
      return { scheme, release: suffix };
  }
};

/** There are few; a hostile archive must not fill the memory with more. */
const rememberedMax = 2_000;
const remembered = new Map<string, Ecosystem>();

export const ecosystemOf = (ecosystem: string): Ecosystem => {
  const known = remembered.get(ecosystem);
  if (known !== undefined) return known;
  const fresh = understood(ecosystem);
  if (remembered.size < rememberedMax) remembered.set(ecosystem, fresh);
  return fresh;
};
