import type { Component, Version } from '../core/component.ts';
import type { Origin } from '../core/origin.ts';
import type { InstalledPackage, PackageIndex, PackageRef } from '../core/packages.ts';

/** What is known of a component's make before the package databases are asked. */
export interface Claim {
  /** Files of the component: whichever package owns one of them made it. */
  readonly files?: readonly string[];
  /** Names that a distribution gives its package, most likely first; used when no file answers. */
  readonly names?: readonly string[];
  /** The version that its own source states, which differs from a package's for bundled plug-ins. */
  readonly ownVersion?: Version;
  /** What it is when no package owns it: code of a known project, unpacked by hand, is `upstream`. */
  readonly otherwise?: {
    readonly origin: Origin;
    readonly supplier?: string;
    readonly purl?: string;
  };
}

type Identity = Pick<
  Component,
  'version' | 'supplier' | 'purl' | 'origin' | 'thirdParty' | 'package'
>;

const packageRef = (found: InstalledPackage): PackageRef => ({
  ecosystem: found.ecosystem,
  name: found.name,
  version: found.version,
  ...(found.source === undefined ? {} : { source: found.source }),
  ...(found.arch === undefined ? {} : { arch: found.arch }),
});

const fromPackage = (found: InstalledPackage, ownVersion: Version | undefined): Identity => ({
  version:
    ownVersion !== undefined && 'value' in ownVersion ? ownVersion : { value: found.version },
  origin: found.origin,
  thirdParty: found.origin !== 'in-house',
  purl: found.purl,
  package: packageRef(found),
  ...(found.supplier === undefined ? {} : { supplier: found.supplier }),
});

/**
 * Settles version, origin and supplier: the package that owns the files, else the package of that
 * name, else what the claim says. Never a guess: what stays open is unknown, with the reason.
 */
export const identify = (packages: PackageIndex, claim: Claim): Identity => {
  for (const file of claim.files ?? []) {
    const owner = packages.ownerOf(file);
    if (owner !== undefined) return fromPackage(owner, claim.ownVersion);
  }
  // Files that nobody owns were put there by hand, whatever package of that name there is beside.
  if ((claim.files ?? []).length === 0) {
    for (const name of claim.names ?? []) {
      const found = packages.named(name);
      if (found !== undefined) return fromPackage(found, claim.ownVersion);
    }
  }
  // Without the whole database, what looks unpacked by hand may well be a package's.
  if (packages.doubt !== undefined) {
    const known = claim.ownVersion !== undefined && 'value' in claim.ownVersion;
    const inHouse = claim.otherwise?.origin === 'in-house';
    return {
      version:
        known && claim.ownVersion !== undefined
          ? claim.ownVersion
          : { unknown: `which package owns it, if any, cannot be told: ${packages.doubt}` },
      origin: inHouse ? 'in-house' : 'unknown',
      thirdParty: !inHouse,
    };
  }
  const otherwise = claim.otherwise;
  const origin = otherwise?.origin ?? 'unknown';
  return {
    version: claim.ownVersion ?? {
      unknown: 'no package owns it and its files state no version',
    },
    origin,
    thirdParty: origin !== 'in-house',
    ...(otherwise?.supplier === undefined ? {} : { supplier: otherwise.supplier }),
    ...(otherwise?.purl === undefined ? {} : { purl: otherwise.purl }),
  };
};
