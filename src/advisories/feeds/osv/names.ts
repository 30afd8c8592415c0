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

const isFlaw = (name: string): boolean => /^(?:CVE|GHSA)-/.test(name);

/** `CVE-2026-1234` of `UBUNTU-CVE-2026-1234`: a distribution's own name for it. */
const behind = (name: string): string | undefined =>
  /^[A-Z][A-Za-z]*-(CVE-\d{4}-\d{4,19})$/.exec(name)?.[1];

const namesIn = (value: JsonObject, member: string, max: number): readonly string[] => {
  const texts = textsIn(value, member, max);
  return texts.length === 0 ? texts : texts.map(flawOf).filter(name => name !== undefined);
};

/**
 * Other names of the flaw, and the flaws that an update mends.
 *
 * A distribution's own name for one flaw (`DEBIAN-CVE-…`, `UBUNTU-CVE-…`) means that flaw, which stands in
 * `upstream` too, or in older records in `related`. `upstream` of an update are the flaws that it mends;
 * those written before there was `upstream` name them in `related` (AlmaLinux) or `aliases`. Elsewhere
 * `related` is what is only alike: not ours.
 */
export const namesOf = (id: string, value: JsonObject): Names => {
  const aliases = namesIn(value, 'aliases', aliasesMax);
  const upstream = namesIn(value, 'upstream', coversMax);
  if (isUpdate(id)) {
    const related = upstream.length > 0 ? [] : namesIn(value, 'related', coversMax);
    const flaws = [...upstream, ...aliases, ...related].map(name => behind(name) ?? name);
    const covers = new Set(flaws.filter(isFlaw));
    return {
      aliases: aliases.filter(name => !covers.has(behind(name) ?? name)),
      covers: [...covers],
    };
  }
  const own = behind(id);
  const all = new Set(own === undefined ? aliases : [own, ...aliases]);
  const [only, ...more] = upstream;
  if (only !== undefined && more.length === 0 && isImage.test(id) && isFlaw(only)) all.add(only);
  all.delete(id);
  return { aliases: [...all], covers: [] };
};

/** Hardened images name each flaw by an id that tells nothing (`CGA-x-y-z`), with the one flaw behind it. */
const isImage = /^(?:CGA|MINI|BELL|CLEANSTART|ECHO|ROOT|DHI)-/i;
