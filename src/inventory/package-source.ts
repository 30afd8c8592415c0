import type { FileView } from '../core/files.ts';
import type { Distribution, InstalledPackage } from '../core/packages.ts';

/** One package manager's database, read from disk without running the package manager. */
export interface PackageSource {
  readonly id: string;
  readonly title: string;
  /** `system` databases own files; `language` ones (Composer, Python) describe folders. */
  readonly scope: 'system' | 'language';
  readonly reads: readonly string[];
  read(files: FileView, distribution: Distribution): PackageReading;
}

export interface PackageReading {
  readonly packages: readonly InstalledPackage[];
  /** Why packages may be missing from the list: the database is damaged, or in a strange form. */
  readonly doubt?: string;
  /** Name of the package that installed this path; called lazily, so it may read more files. */
  readonly ownerOf?: (path: string) => string | undefined;
  /** Paths that the package installed; called lazily. */
  readonly filesOf?: (name: string) => readonly string[];
}
