import type { Component } from '../../core/component.ts';
import type { Finding } from '../../core/finding.ts';
import type { PatchFacts } from '../../core/patch.ts';
import { holdsFix } from './holds-fix.ts';

/** Names and versions come from files and feeds: what is to be pasted stays one line. */
const inLine = (text: string): string => text.replace(/[\s\p{C}]+/gu, ' ').trim();

/**
 * What mends one flaw: the command of the package manager where an update that holds the fix is waiting,
 * else the version to move to, with where to read more. `software`: what the part ships with. Undefined where no fix is known.
 */
export const remedyOf = (
  { outcome, fixedIn, references }: Finding,
  { package: owner, name }: Component,
  patch: PatchFacts | undefined,
  software?: string,
): string | undefined => {
  if (outcome !== 'affected' || fixedIn === undefined) return undefined;
  const waiting = patch?.waiting;
  if (owner !== undefined && waiting?.state === 'update') {
    if (holdsFix(owner, waiting.version, fixedIn)) return waiting.remedy;
  }
  const [link] = references;
  return [
    `# Move ${inLine(software ?? owner?.source?.name ?? name)} to ${inLine(fixedIn)} or later.`,
    ...(link === undefined ? [] : [`#   ${inLine(link)}`]),
  ].join('\n');
};
