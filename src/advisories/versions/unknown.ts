import { type VersionScheme, versionLengthMax } from '../version-scheme.ts';

/** Where nobody says how versions compare: only the same text is the same version. */
export const unknown: VersionScheme = {
  id: 'unknown',
  valid: () => false,
  compare: (a, b) =>
    a === b && a.trim() !== '' && a.length <= versionLengthMax ? 0 : 'incomparable',
};
