import type { Origin } from './origin.ts';

const ecosystems = ['deb', 'rpm', 'apk', 'composer', 'pypi'] as const;
export type Ecosystem = (typeof ecosystems)[number];

/** A package as its package manager names it. */
export interface PackageRef {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  /** Full version: `1.6.5+dfsg-1+deb12u13`, `1:2.3.16-11.el9`. */
  readonly version: string;
  /** Source package and its version, where they differ from the binary's. */
  readonly source?: { readonly name: string; readonly version: string };
  readonly arch?: string;
}

/** A package that is installed: configured or unpacked, never merely known or removed. */
export interface InstalledPackage extends PackageRef {
  readonly supplier?: string;
  /** Who made this build, with what shows it. */
  readonly origin: Origin;
  readonly originWhy: string;
  readonly purl: string;
  readonly description?: string;
  /** Folder that it was found in, for Composer and Python packages. */
  readonly folder?: string;
  /** When this build was installed and when it was made, where the database says so. RFC 3339. */
  readonly installed?: string;
  readonly built?: string;
}

/** All package databases of a host, joined. */
export interface PackageIndex {
  /** Every installed package, system package managers first. */
  readonly all: readonly InstalledPackage[];
  /** The system package of that exact name (dpkg, rpm, apk), if installed. */
  named(name: string): InstalledPackage | undefined;
  /** The system package that owns this path (after resolving links as the package manager would). */
  ownerOf(path: string): InstalledPackage | undefined;
  /** Absolute paths of the files that a system package installed; empty when it is not installed. */
  filesOf(name: string): readonly string[];
  /** Why a file that no package is known to own may have one all the same: a database is damaged. */
  readonly doubt?: string;
  /** The distribution: ids as in `os-release` (`debian`, `12`, `bookworm`). */
  readonly distribution: Distribution;
}

/**
 * Whether a system's database says beyond doubt what is installed: then what it does not list is not,
 * and configuration without a program was left behind.
 */
export const tellsInstalled = ({ all, doubt }: PackageIndex): boolean =>
  doubt === undefined && all.some(({ folder }) => folder === undefined);

/** What `/etc/os-release` says. Empty strings where it says nothing. */
export interface Distribution {
  readonly id: string;
  readonly idLike: readonly string[];
  readonly versionId: string;
  readonly codename: string;
  readonly prettyName: string;
  /** Last day of support as the release itself states it, `yyyy-mm-dd`: Fedora, AlmaLinux, Rocky. */
  readonly supportEnd?: string;
}
