import type { FileView } from '../core/files.ts';
import type { Distribution, Ecosystem, InstalledPackage, PackageRef } from '../core/packages.ts';
import type { PatchFacts } from '../core/patch.ts';

/** A package asked about. What its database says beside name and version sharpens the answer. */
export type WantedPackage = PackageRef &
  Partial<Pick<InstalledPackage, 'origin' | 'supplier' | 'installed' | 'built'>>;

/** What one package manager left on the host about waiting and past updates. */
export interface LocalSource {
  readonly id: string;
  readonly title: string;
  readonly ecosystem: Ecosystem;
  readonly reads: readonly string[];
  /**
   * Facts for each package asked about, keyed by package name. One pass over the index, however many
   * packages are asked about. Pure but for `files`.
   */
  facts(
    files: FileView,
    wanted: readonly WantedPackage[],
    distribution: Distribution,
    now: Date,
  ): ReadonlyMap<string, PatchFacts>;
}
