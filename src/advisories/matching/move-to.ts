import type { Component } from '../../core/component.ts';
import type { MoveTo } from '../../core/finding.ts';
import type { VersionScheme } from '../version-scheme.ts';
import { versionSchemes } from '../versions.generated.ts';
import type { Statement } from './statements.ts';

const schemeOf = (id: string): VersionScheme | undefined =>
  versionSchemes.find(scheme => scheme.id === id);

/**
 * The highest of the versions that mend something: it mends all. Of versions that do not compare (two
 * branches, two writings) none is named, because one of them would leave a flaw open.
 */
export const moveTo = (
  component: Component,
  deciding: readonly (Statement | undefined)[],
): MoveTo | undefined => {
  const mending = deciding.filter(
    (each): each is Statement & { fixedIn: string } => each?.fixedIn !== undefined,
  );
  let best = mending[0];
  for (const each of mending.slice(1)) {
    if (best === undefined) break;
    const order = schemeOf(best.scheme ?? 'unknown')?.compare(each.fixedIn, best.fixedIn);
    if (order === 1) best = each;
    else if (order === 'incomparable' || order === undefined) return undefined;
  }
  return best === undefined
    ? undefined
    : {
        software: best.voice.as ?? component.package?.source?.name ?? component.name,
        version: best.fixedIn,
        mends: mending.length,
        of: deciding.length,
      };
};
