import type { SchemeId, Span, Standing } from '../core/advisory.ts';
import { versionSchemes } from './versions.generated.ts';

/** What a source says of a stretch of versions, with its ends as the source gives them. */
export interface Stretch {
  /** From the first version on when absent. */
  readonly from?: string;
  /** `from` itself is not in it. */
  readonly after?: boolean;
  /** To the last version when absent. */
  readonly to?: string;
  /** `to` itself is in it. */
  readonly including?: boolean;
  readonly standing: Standing;
}

/** One statement on a product: the first stretch that holds a version decides, else `rest`. */
export interface StretchStatement {
  readonly stretches: readonly Stretch[];
  readonly rest: Standing;
}

/** The same as a claim writes it. */
export interface Spans {
  readonly spans: readonly Span[];
  readonly versions: readonly string[];
  readonly rest: Standing;
  /** Ends of affected stretches that are themselves not affected. */
  readonly fixed: readonly string[];
}

/** More ends than this are not put in order, nor more stretches weighed: what is torn becomes unknown. */
const endsMax = 300;
const weighedMax = 4_000;
/** Of one claim; a list that was cut says nothing of what it does not hold. */
const spansMax = 1_000;
const versionsMax = 5_000;

type Compare = (a: string, b: string) => -1 | 0 | 1 | 'incomparable';

const comparators: ReadonlyMap<string, Compare> = new Map(
  versionSchemes.map(scheme => [scheme.id, (a, b) => scheme.compare(a, b)]),
);

/** Schemes in which lines are mended side by side: each range is said of its own line, and stays apart. */
const byLines: ReadonlySet<string> = new Set(
  versionSchemes.filter(scheme => scheme.line !== undefined).map(scheme => scheme.id),
);

/** Undefined: nobody can compare versions of this scheme. */
export const comparatorOf = (scheme: SchemeId): Compare | undefined => comparators.get(scheme);

/**
 * "From 1.2 to before 1.2", or to 1.1, is nothing: its author meant something else, perhaps the other way
 * round. Up to the higher of the two nobody can tell.
 */
export const nothingBetween = (range: Stretch, scheme: SchemeId): Stretch | undefined => {
  const { from, to, including } = range;
  if (from === undefined || to === undefined) return undefined;
  const order = from === to ? 0 : comparatorOf(scheme)?.(from, to);
  if (order === 1) return { to: from, including: true, standing: 'unknown' };
  return order === 0 && including !== true
    ? { to, including: false, standing: 'unknown' }
    : undefined;
};

/**
 * Versions in ascending order, equal ones once (the first spelling stays). Undefined: some two of them
 * cannot be compared.
 */
export const inOrder = (
  scheme: SchemeId,
  versions: Iterable<string>,
): readonly string[] | undefined => {
  const all = [...new Set(versions)];
  if (all.length < 2) return all;
  const compare = comparatorOf(scheme);
  if (compare === undefined) return undefined;
  let torn = false;
  const order = (a: string, b: string): number => {
    const found = compare(a, b);
    if (found !== 'incomparable') return found;
    torn = true;
    return 0;
  };
  const sorted = all.sort(order);
  const distinct = sorted.filter(
    (version, i) => i === 0 || order(sorted[i - 1] ?? '', version) !== 0,
  );
  return torn ? undefined : distinct;
};

const point = (stretch: Stretch): string | undefined =>
  stretch.from !== undefined && stretch.from === stretch.to && stretch.including && !stretch.after
    ? stretch.from
    : undefined;

const spanOf = ({ from, to, including, standing }: Stretch): Span => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : including ? { through: to } : { before: to }),
  standing,
});

/** A version that starts behind `from`: what goes up to and with `from` must be caught before it. */
const spansOf = (stretch: Stretch, rest: Standing): readonly Span[] =>
  stretch.after && stretch.from !== undefined
    ? [{ through: stretch.from, standing: rest }, spanOf(stretch)]
    : [spanOf(stretch)];

/** Stretches that nothing contradicts, as they stand: in their order, where one holds what another holds. */
export const asWritten = ({ stretches, rest }: StretchStatement): Spans => {
  const spans: Span[] = [];
  const versions: string[] = [];
  const fixed: string[] = [];
  for (const stretch of stretches) {
    const single = point(stretch);
    if (single !== undefined && stretch.standing === 'affected') versions.push(single);
    else spans.push(...spansOf(stretch, rest));
    if (stretch.standing === 'affected' && stretch.to !== undefined && !stretch.including) {
      fixed.push(stretch.to);
    }
  }
  const cut = spans.length > spansMax || versions.length > versionsMax;
  return {
    spans: cut ? spans.slice(0, spansMax) : spans,
    versions: cut ? versions.slice(0, versionsMax) : versions,
    rest: cut ? 'unknown' : rest,
    fixed,
  };
};

/** What cannot be put in order: nothing that is said of it is proof. */
const torn = (statements: readonly StretchStatement[]): Spans => ({
  spans: statements
    .flatMap(({ stretches }) => stretches)
    .slice(0, endsMax)
    .map(stretch => spanOf({ ...stretch, standing: 'unknown' })),
  versions: [],
  rest: 'unknown',
  fixed: [],
});

/** Positions on the line of all ends: 2i is the gap before end i, 2i + 1 the end itself. */
interface Placed {
  readonly first: number;
  readonly last: number;
  readonly standing: Standing;
}

const agreed = (standings: readonly Standing[]): Standing => {
  const affected = standings.includes('affected');
  const spared = standings.includes('not-affected');
  return affected && !spared ? 'affected' : spared && !affected ? 'not-affected' : 'unknown';
};

/**
 * How statements on one product make one: `within` a source, where a stretch speaks before the rest of
 * another entry; or `between` sources, where each rest that says something counts as much as a stretch.
 */
type Manner = 'within' | 'between';

const standingAt = (
  position: number,
  placed: readonly (readonly Placed[])[],
  rests: readonly Standing[],
  manner: Manner,
): Standing => {
  const said: Standing[] = [];
  const left: Standing[] = [];
  for (const [i, stretches] of placed.entries()) {
    const held = stretches.find(({ first, last }) => first <= position && position <= last);
    if (held !== undefined) said.push(held.standing);
    else left.push(rests[i] ?? 'unknown');
  }
  return agreed(manner === 'between' || said.length === 0 ? [...said, ...left] : said);
};

const runs = (standings: readonly Standing[]): readonly Placed[] => {
  const out: Placed[] = [];
  for (const [position, standing] of standings.entries()) {
    const before = out.at(-1);
    if (before?.standing === standing) out[out.length - 1] = { ...before, last: position };
    else out.push({ first: position, last: position, standing });
  }
  return out;
};

const written = (
  ends: readonly string[],
  standings: readonly Standing[],
  rest: Standing,
): Spans => {
  const all = runs(standings);
  const spans: Span[] = [];
  const versions: string[] = [];
  const fixed: string[] = [];
  for (const [i, { first, last, standing }] of all.entries()) {
    const end = last === 2 * ends.length ? undefined : ends[last >> 1];
    const next = all[i + 1];
    const including = last % 2 === 1;
    if (standing === 'affected' && next !== undefined && !including && end !== undefined) {
      if (next.standing !== 'affected') fixed.push(end);
    }
    if (standing === 'affected' && first === last && including && end !== undefined) {
      versions.push(end);
      continue;
    }
    // The next run starts behind an end, which a span cannot say: this one must catch that end.
    const mustCatch = next !== undefined && next.first % 2 === 0 && next.standing !== rest;
    if (standing === rest && !mustCatch) continue;
    const from = first === 0 ? undefined : ends[(first - 1) >> 1];
    spans.push(
      spanOf({
        ...(from === undefined ? {} : { from }),
        ...(end === undefined ? {} : { to: end, including }),
        standing,
      }),
    );
  }
  return { spans, versions, rest, fixed };
};

/** Whether statements can stand side by side: all say `affected`, each once, and of the rest the same. */
const harmless = (statements: readonly StretchStatement[]): boolean =>
  statements.every(
    ({ stretches, rest }) =>
      rest === statements[0]?.rest &&
      rest !== 'affected' &&
      stretches.every(({ standing, after }) => standing === 'affected' && !after),
  );

const endsOf = (statements: readonly StretchStatement[]): ReadonlySet<string> => {
  const ends = new Set<string>();
  for (const { stretches } of statements) {
    for (const { from, to } of stretches) {
      if (from !== undefined) ends.add(from);
      if (to !== undefined) ends.add(to);
    }
  }
  return ends;
};

/**
 * Statements on one product as one claim. What contradicts itself becomes unknown; an unknown gives way
 * to what somebody knows. Undefined versions of the scheme, or too many: unknown throughout.
 */
export const joined = (
  scheme: SchemeId,
  statements: readonly StretchStatement[],
  manner: Manner,
): Spans => {
  const [only] = statements;
  if (only === undefined) return { spans: [], versions: [], rest: 'unknown', fixed: [] };
  const several = statements.length > 1;
  const whole = several
    ? { stretches: statements.flatMap(each => each.stretches), rest: only.rest }
    : only;
  if (!several && whole.stretches.length < 2) return asWritten(whole);
  // One by one, without a range among them: there is no order to find.
  const points = whole.stretches.every(stretch => point(stretch) !== undefined);
  if ((points || byLines.has(scheme)) && harmless(statements))
    return asWritten({ ...whole, stretches: unique(whole.stretches) });
  const texts = endsOf(statements);
  const many = Math.max(whole.stretches.length, statements.length) > weighedMax;
  const ends = many || texts.size > endsMax ? undefined : inOrder(scheme, texts);
  if (ends === undefined) {
    // Where all say `affected` there is nothing to weigh; only what mends it stays open.
    return harmless(statements)
      ? { ...asWritten({ ...whole, stretches: unique(whole.stretches) }), fixed: [] }
      : torn(statements);
  }
  const compare = comparatorOf(scheme);
  const places = new Map<string, number>();
  for (const text of texts) {
    const known = ends.indexOf(text);
    places.set(text, known >= 0 ? known : ends.findIndex(end => compare?.(end, text) === 0));
  }
  const placed = statements.map(({ stretches }) =>
    stretches.map(({ from, after, to, including, standing }): Placed => {
      const start = from === undefined ? 0 : 2 * (places.get(from) ?? 0) + (after ? 2 : 1);
      const stop =
        to === undefined ? 2 * ends.length : 2 * (places.get(to) ?? 0) + (including ? 1 : 0);
      return { first: start, last: stop, standing };
    }),
  );
  const rests = statements.map(({ rest }) => rest);
  const rest = agreed(rests);
  const standings = Array.from({ length: 2 * ends.length + 1 }, (_, position) =>
    standingAt(position, placed, rests, manner),
  );
  return written(ends, standings, rest);
};

const unique = (stretches: readonly Stretch[]): readonly Stretch[] => [
  ...new Map(stretches.map(each => [`${each.from} ${each.to} ${each.including}`, each])).values(),
];

/** A claim as a statement, to be joined with others. */
export const statementOf = ({ spans, versions, rest }: Spans): StretchStatement => ({
  stretches: [
    ...versions.map(
      (version): Stretch => ({ from: version, to: version, including: true, standing: 'affected' }),
    ),
    ...spans.map(({ from, before, through, standing }): Stretch => {
      const to = before ?? through;
      return {
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to, including: before === undefined }),
        standing,
      };
    }),
  ],
  rest,
});
