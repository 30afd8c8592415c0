import type { PackageRef } from '../../core/packages.ts';
import type { VersionScheme } from '../version-scheme.ts';
import { versionSchemes } from '../versions.generated.ts';

const schemes: readonly VersionScheme[] = versionSchemes;

/** Whether the update that is waiting holds the version that mends the flaw; what does not compare does not. */
export const holdsFix = (owner: PackageRef, waiting: string, fixedIn: string): boolean => {
  const order = schemes.find(({ id }) => id === owner.ecosystem)?.compare(waiting, fixedIn);
  return order === 0 || order === 1;
};
