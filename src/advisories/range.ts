import type { Span, Standing, VersionClaim } from '../core/advisory.ts';
import type { Extent, VersionScheme } from './version-scheme.ts';
import { versionSchemes } from './versions.generated.ts';

/** What a claim says of one version, with the sentence that says why. */
export type RangeAnswer =
  | { readonly standing: 'affected' | 'not-affected'; readonly why: string; readonly span?: Span }
  /** `open`: nothing stands in the way; the source says nothing of that version. */
  | { readonly standing: 'undetermined'; readonly why: string; readonly open?: boolean };

/** Whether a version lies in a span; `why` says what cannot be told. */
type Inside = { readonly inside: boolean } | { readonly why: string };

const placeholder = /^(?:n\/?a|\*|-|\?|none|null|unspecified|unknown|unavailable|undefined)?$/i;

/** What sources write where they have no version. */
const isPlaceholder = (text: string): boolean => placeholder.test(text.trim());

/** As bounds and versions are shown: a hostile one does not fill the page. */
const show = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

interface Ends {
  readonly kind: Extent['kind'] | 'version';
  readonly first: string;
  readonly last: string;
}

/** Compares as one scheme does; a text that stands for several versions is compared by its two ends. */
interface Comparer {
  readonly scheme: VersionScheme;
  readonly ends: (text: string) => Ends;
}

const comparer = (scheme: VersionScheme): Comparer => ({
  scheme,
  ends: text => scheme.extent?.(text) ?? { kind: 'version', first: text, last: text },
});

const between = (version: string, bound: string): string =>
  `whether ${show(version)} is older than ${show(bound)} cannot be told`;

/** Composer's names for branches. */
const branch = /^dev-/i;

/** Where a bound lies: a series and a release begin with their first version, a branch nobody knows where. */
const edges = ({ kind, first, last }: Ends): { readonly low: string; readonly high: string } => ({
  low: first,
  high: kind === 'branch' ? last : first,
});

/** `version < bound`, undefined where that cannot be told. */
const isOlder = (
  { scheme, ends }: Comparer,
  version: string,
  bound: string,
): boolean | undefined => {
  const { low, high } = edges(ends(bound));
  if (scheme.compare(ends(version).last, low) === -1) return true;
  const order = scheme.compare(ends(version).first, high);
  return order === 0 || order === 1 ? false : undefined;
};

/** `version >= from`. */
const reaches = (compare: Comparer, version: string, from: string): Inside => {
  if (version === from) return { inside: true };
  const older = isOlder(compare, version, from);
  if (older === undefined) return { why: between(version, from) };
  // 1.0-1~bpo12+1 is 1.0-1, rebuilt for an older system: what came with the one is in the other.
  return older && version.startsWith(`${from}~`)
    ? { why: `${show(version)} is made of ${show(from)}, with which it began` }
    : { inside: !older };
};

/** `version < before`. */
const precedes = (compare: Comparer, version: string, before: string): Inside => {
  const older = isOlder(compare, version, before);
  if (older === undefined || branch.test(version)) return { why: between(version, before) };
  return older && before.includes('-') && version.startsWith(`${before}~`)
    ? { why: `${show(version)} is made of ${show(before)}, which is mended` }
    : { inside: older };
};

/**
 * A last affected version may be named shorter than what is installed: `2.3.21` is also 2.3.21-1 and
 * 2.3.21p1, `1.0-1` also 1.0-1.el9, and `5` all of 5.x.
 */
const shortened = (version: string, through: string): boolean => {
  const rest = version.startsWith(through) ? version.slice(through.length) : '';
  if (through.includes('-')) return /^\.[a-z]/i.test(rest);
  return /^[^.\d]/.test(rest) || (/^v?\d+$/.test(through) && rest.startsWith('.'));
};

/** `version <= through`. */
const keepsTo = ({ scheme, ends }: Comparer, version: string, through: string): Inside => {
  if (version === through || scheme.compare(version, through) === 0) return { inside: true };
  const bound = ends(through);
  const order = scheme.compare(
    ends(version).last,
    bound.kind === 'series' ? bound.last : bound.first,
  );
  if (order === -1 || order === 0) return { inside: true };
  if (scheme.compare(ends(version).first, bound.last) !== 1)
    return { why: between(version, through) };
  return shortened(version, through)
    ? { why: `${show(through)}, the last one affected, may stand for ${show(version)}` }
    : { inside: false };
};

/** All of them: false where one is, unknown where one is and none is false. */
const all = (parts: readonly Inside[]): Inside =>
  parts.find(part => 'inside' in part && !part.inside) ??
  parts.find(part => 'why' in part) ?? { inside: true };

const unnamed = (side: string, text: string): Inside => ({
  why: `the source gives ${text.trim() === '' ? 'nothing' : `"${show(text)}"`} as the ${side} of a range`,
});

/** `0` is OSV's word for "before any version", pre-releases and `0~` too. */
const fromFirst = (from: string | undefined): boolean => from === undefined || from === '0';

/** `*` is the CVE format's word for "without end". */
const endless = (bound: string | undefined): boolean => bound === undefined || bound.trim() === '*';

const isInside = (compare: Comparer, span: Span, version: string): Inside => {
  const { from, before, through } = span;
  const parts: Inside[] = [];
  if (from !== undefined && !fromFirst(from)) {
    parts.push(isPlaceholder(from) ? unnamed('start', from) : reaches(compare, version, from));
  }
  for (const [bound, holds] of [
    [before, precedes],
    [through, keepsTo],
  ] as const) {
    if (bound === undefined || endless(bound)) continue;
    parts.push(isPlaceholder(bound) ? unnamed('end', bound) : holds(compare, version, bound));
  }
  return all(parts);
};

const describe = ({ from, before, through }: Span): string => {
  const start = from === undefined || fromFirst(from) ? '' : `from ${show(from)} `;
  const upper = before ?? through;
  if (upper === undefined || endless(upper)) return start === '' ? 'of all versions' : `${start}on`;
  return `${start}${before === undefined ? 'through' : 'before'} ${show(upper)}`;
};

const words = (standing: Standing): string => standing.replace('-', ' ');

const isWithin = (scheme: VersionScheme, inner: Ends, outer: Ends): boolean =>
  scheme.compare(inner.first, outer.first) === 1 && scheme.compare(inner.last, outer.last) === -1;

/** Enumerated versions, in the scheme's eyes: `1.0` is `1.0.0` where the scheme says so. */
const isNamed = (
  { scheme, ends }: Comparer,
  versions: readonly string[],
  version: string,
): Inside => {
  let doubt: Inside | undefined;
  for (const named of versions) {
    if (isPlaceholder(named)) {
      doubt ??= { why: `the source gives "${show(named)}" as a version` };
      continue;
    }
    const order = named === version ? 0 : scheme.compare(version, named);
    if (order === 0) return { inside: true };
    if (order !== 'incomparable' && scheme.extent === undefined) continue;
    const theirs = ends(named);
    const mine = ends(version);
    const below = scheme.compare(mine.last, theirs.first) === -1;
    const above = scheme.compare(mine.first, theirs.last) === 1;
    if (below || above) continue;
    if (theirs.kind === 'series' && isWithin(scheme, mine, theirs)) return { inside: true };
    // A branch is no release, whatever was checked out of it.
    if (scheme.valid(version) && branch.test(named)) continue;
    doubt ??= { why: `whether ${show(version)} is ${show(named)} cannot be told` };
  }
  return doubt ?? { inside: false };
};

/** One way in which it may turn out. */
interface Outcome {
  readonly standing: Standing;
  readonly why: string;
  readonly span?: Span;
}

/** Every way in which it may turn out, in the order of the claim, and the first thing that cannot be told. */
interface Outcomes {
  readonly outcomes: readonly Outcome[];
  readonly doubt?: string;
}

const upperOf = ({ before, through }: Span): string | undefined => {
  const upper = before ?? through;
  return endless(upper) ? undefined : upper;
};

/**
 * Where lines are mended side by side: what is said of the version's own line goes before all else. Where
 * nothing is, a version above the end of another line may lack the fix; only a source that names several
 * lines, all older, has counted them up.
 */
const linesOf = (
  scheme: VersionScheme,
  spans: readonly Span[],
  version: string,
): { readonly spans: readonly Span[]; readonly doubt?: string } => {
  const mine = scheme.line?.(version);
  const uppers = spans.map(upperOf).filter(upper => upper !== undefined);
  if (mine === undefined || uppers.length === 0) return { spans };
  const lines = new Set(uppers.map(upper => scheme.line?.(upper)));
  if (lines.has(mine)) {
    const own = spans.filter(span => {
      const upper = upperOf(span);
      const ends = upper === undefined || scheme.line?.(upper) === mine;
      return ends || (span.from !== undefined && scheme.line?.(span.from) === mine);
    });
    return { spans: own };
  }
  const later = lines.size > 1 && uppers.every(upper => scheme.compare(version, upper) === 1);
  return later
    ? { spans }
    : {
        spans,
        doubt: `the source names no end of the line ${show(mine)}, which is mended on its own`,
      };
};

const restOf = ({ rest, spans, versions = [] }: VersionClaim, version: string): Outcome => {
  const [only, ...others] = spans;
  if (only === undefined && versions.length === 0) {
    return { standing: rest, why: `every version is called ${words(rest)}` };
  }
  const single = only !== undefined && others.length === 0 && versions.length === 0;
  const where = single
    ? `not in the ${words(only.standing)} range ${describe(only)}`
    : 'in none of the ranges and versions named';
  return { standing: rest, why: `${show(version)} is ${where}` };
};

const outcomesOf = (compare: Comparer, claim: VersionClaim, version: string): Outcomes => {
  const outcomes: Outcome[] = [];
  const doubts: string[] = [];
  const found = (): Outcomes => ({
    outcomes,
    ...(doubts[0] === undefined ? {} : { doubt: doubts[0] }),
  });
  const named = isNamed(compare, claim.versions ?? [], version);
  if ('why' in named || named.inside) {
    outcomes.push({ standing: 'affected', why: `${show(version)} is named as affected` });
    if (!('why' in named)) return found();
    doubts.push(named.why);
  }
  const lines = linesOf(compare.scheme, claim.spans, version);
  for (const span of lines.spans) {
    const held = isInside(compare, span, version);
    if ('inside' in held && !held.inside) continue;
    const range = `the ${words(span.standing)} range ${describe(span)}`;
    outcomes.push({ standing: span.standing, why: `${show(version)} is in ${range}`, span });
    if ('inside' in held) return found();
    doubts.push(held.why);
  }
  if (lines.doubt !== undefined) {
    outcomes.push(
      { standing: 'affected', why: lines.doubt },
      { standing: 'unknown', why: lines.doubt },
    );
    doubts.push(lines.doubt);
  }
  outcomes.push(restOf(claim, version));
  return found();
};

/**
 * What a claim says of a version. Spans are read in order, the first that holds the version decides, as in
 * the CVE record format; `0` as `from` and no upper bound (or `*`) are without end. What cannot be compared
 * makes the answer undetermined, unless every way in which it could turn out leads to the same answer.
 */
export const judge = (
  claim: VersionClaim,
  version: string,
  schemes: readonly VersionScheme[] = versionSchemes,
): RangeAnswer => {
  if (isPlaceholder(version)) return { standing: 'undetermined', why: 'the version is not known' };
  const scheme = schemes.find(({ id }) => id === claim.scheme);
  if (scheme === undefined) {
    return {
      standing: 'undetermined',
      why: `nothing here compares versions as ${claim.scheme} does`,
    };
  }
  const { outcomes, doubt } = outcomesOf(comparer(scheme), claim, version);
  const [first] = outcomes;
  const standings = new Set(outcomes.map(({ standing }) => standing));
  if (first === undefined || standings.size > 1) {
    return { standing: 'undetermined', why: doubt ?? 'the source says nothing of it' };
  }
  if (first.standing === 'unknown') {
    return {
      standing: 'undetermined',
      why: 'the source leaves open whether it is affected',
      open: true,
    };
  }
  const { standing, why, span } = first;
  if (doubt !== undefined) {
    return { standing, why: `${doubt}, but either way it is called ${words(standing)}` };
  }
  return { standing, why, ...(span === undefined ? {} : { span }) };
};
