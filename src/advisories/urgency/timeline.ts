import type { Bom, BomPart } from '../bom/bom.ts';
import type { Deployment, Deployments } from '../bom/deployments.ts';
import { qualifierOf } from '../named-product.ts';
import { keyOfPurl } from '../product-key.ts';

/** From `on` until the next step, these versions of one component were in use; none: it was removed. */
export interface Step {
  readonly on: string;
  readonly parts: readonly BomPart[];
}

/** One component of an application: what was deployed when, and what is in use now. */
export interface Timeline {
  readonly steps: readonly Step[];
  readonly now: readonly BomPart[];
  /** Its oldest deployments, beyond the bound. */
  readonly leftOut: number;
}

/** Daily deployments for thirteen years; what is older says nothing of today. */
const deploymentsMax = 5_000;

const keyOf = (purl: string): string => keyOfPurl(purl)?.key ?? purl;

const withVersion = ({ purl, version }: Deployment): BomPart => ({
  purl: withoutVersion(purl),
  name: withoutVersion(purl),
  ...(version === undefined ? {} : { version }),
});

/** A row's own version counts: that of its package URL says the same or nothing. */
const withoutVersion = (purl: string): string => {
  const cut = /[?#]/.exec(purl)?.index ?? purl.length;
  const at = purl.lastIndexOf('@', cut);
  return at > 0 && at < cut && purl[at - 1] !== '/' ? purl.slice(0, at) + purl.slice(cut) : purl;
};

const versionOf = ({ purl, version }: BomPart): string => keyOfPurl(purl)?.version ?? version ?? '';

const sourceName = ({ purl, source }: BomPart): string | undefined =>
  source?.name ?? qualifierOf(purl, 'upstream')?.replace(/@.*$/s, '');

/** What the bill of materials knows beside the version (source package, release) held for older ones, too. */
const dressed = (part: BomPart, like: BomPart | undefined): BomPart => {
  const distro = like === undefined ? undefined : qualifierOf(like.purl, 'distro');
  const name = like === undefined ? undefined : sourceName(like);
  return {
    ...part,
    ...(distro === undefined ? {} : { distro }),
    ...(name === undefined || name === '' ? {} : { source: { name } }),
  };
};

const listed = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

/** Each version once. */
const currentOf = (parts: readonly BomPart[]): ReadonlyMap<string, readonly BomPart[]> => {
  const current = new Map<string, Map<string, BomPart>>();
  for (const part of parts) {
    const key = keyOf(part.purl);
    const versions = current.get(key) ?? new Map<string, BomPart>();
    if (!versions.has(versionOf(part))) versions.set(versionOf(part), part);
    current.set(key, versions);
  }
  return new Map([...current].map(([key, versions]) => [key, [...versions.values()]]));
};

const stepsOf = (rows: readonly Deployment[], like: BomPart | undefined): readonly Step[] => {
  const byDay = new Map<string, Deployment[]>();
  for (const row of rows) listed(byDay, row.on.slice(0, 10), row);
  return [...byDay].map(([on, deployed]) => ({
    on,
    parts: deployed
      .filter(({ version }) => version !== undefined)
      .map(row => dressed(withVersion(row), like)),
  }));
};

/** What was deployed when, component by component. */
export const timelinesOf = (
  bom: Bom,
  deployments: Deployments | undefined,
): readonly Timeline[] => {
  const current = currentOf(bom.parts);
  const past = new Map<string, Deployment[]>();
  for (const row of deployments?.rows ?? []) listed(past, keyOf(row.purl), row);
  return [...new Set([...current.keys(), ...past.keys()])].map(key => {
    const now = current.get(key) ?? [];
    const rows = past.get(key) ?? [];
    return {
      now,
      steps: stepsOf(rows.slice(-deploymentsMax), now[0]),
      leftOut: Math.max(0, rows.length - deploymentsMax),
    };
  });
};
