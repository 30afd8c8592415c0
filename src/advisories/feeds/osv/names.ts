import { flawOf, type JsonObject, textsIn } from '../../json-value.ts';

/** A kernel update mends some thousands at most. */
const coversMax = 3_000;
const aliasesMax = 200;

/**
 * Updates of a distribution, each of which mends one flaw or several, by the prefixes that the OSV schema
 * lists. All other prefixes name flaws.
 */
const updatePrefix =
  /^(?:D[LST]A|ELA|USN|LSN|AL[BES]A|RL[BES]A|RXSA|RH[BES]A|SUSE-[A-Z]U|openSUSE-[A-Z]U|MGASA|OESA|openEuler-SA|PHSA|ELSA|ALAS\w*|FEDORA)-/;

const whoBy: readonly (readonly [RegExp, string])[] = [
  [/^GHSA-/, 'GitHub'],
  [/^(?:DEBIAN|D[LST]A)-/, 'Debian'],
  [/^(?:UBUNTU|USN|LSN)-/, 'Ubuntu'],
  [/^AL[BES]A-/, 'AlmaLinux'],
  [/^(?:RL[BES]A|RXSA)-/, 'Rocky Linux'],
  [/^RH[BES]A-/, 'Red Hat'],
  [/^(?:open)?SUSE-/, 'SUSE'],
  [/^ALPINE-/, 'Alpine'],
  [/^PYSEC-/, 'PyPA'],
  [/^CVE-/, 'CVE'],
];

/** Who stands behind an id, for people. */
export const authorOf = (id: string): string =>
  whoBy.find(([pattern]) => pattern.test(id))?.[1] ?? id.split('-', 1)[0] ?? 'OSV';

export const isUpdate = (id: string): boolean => updatePrefix.test(id);

export interface Names {
  readonly aliases: readonly string[];
  readonly covers: readonly string[];
}

const isCve = (name: string): boolean => name.startsWith('CVE-');

const namesIn = (value: JsonObject, member: string, max: number): readonly string[] => {
  const texts = textsIn(value, member, max);
  return texts.length === 0 ? texts : texts.map(flawOf).filter(name => name !== undefined);
};

/**
 * Other names of the flaw, and the flaws that an update mends.
 *
 * `upstream` of a distribution's own name for one flaw (`DEBIAN-CVE-…`, `UBUNTU-CVE-…`) is that flaw;
 * `upstream` of an update are those that it mends. Updates that were written before there was `upstream`
 * name them in `related` (AlmaLinux) or `aliases`. Elsewhere `related` is what is only alike: not ours.
 */
export const namesOf = (id: string, value: JsonObject): Names => {
  const aliases = namesIn(value, 'aliases', aliasesMax);
  const upstream = namesIn(value, 'upstream', coversMax);
  if (isUpdate(id)) {
    const related = upstream.length > 0 ? [] : namesIn(value, 'related', coversMax);
    const covers = new Set([...upstream, ...aliases.filter(isCve), ...related.filter(isCve)]);
    covers.delete(id);
    return { aliases: aliases.filter(name => !isCve(name) && name !== id), covers: [...covers] };
  }
  const own = upstream.filter(
    name => isCve(name) && (id.endsWith(`-${name}`) || isOnlyFlaw(id, upstream)),
  );
  const all = new Set([...aliases, ...own]);
  all.delete(id);
  return { aliases: [...all], covers: [] };
};

/** Hardened images name each flaw by an id that tells nothing (`CGA-x-y-z`), with the one CVE behind it. */
const isOnlyFlaw = (id: string, upstream: readonly string[]): boolean =>
  upstream.length === 1 && /^(?:CGA|MINI|BELL|CLEANSTART|ECHO|ROOT|DHI)-/i.test(id);
