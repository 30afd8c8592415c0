import type { SchemeId, Span } from '../core/advisory.ts';
import { judge } from './range.ts';
import { comparatorOf, type Spans } from './stretches.ts';

/** What a record's text says of versions, where its fields may say another thing. */
export interface TextHints {
  /** A patch level that it names: `8.8.15 P46`. */
  readonly patchLevel?: string;
  /** Versions that it calls mended: `before 1.6.11`, `fixed in 1.6.11`. */
  readonly mended: readonly string[];
  /** Versions that it calls the last affected: `through 4.97.1`, `4.97.1 and earlier`. */
  readonly last: readonly string[];
}

const textMax = 4_000;
const phrasesMax = 12;

const patchPattern =
  /\b(\d{1,5}(?:\.\d{1,5}){1,4})[ /_-]{0,3}(?:P|[Pp]atch[ -]?(?:[Ll]evel[ -]?)?)(\d{1,3})\b/;
const version = String.raw`v?(?:\d{1,6}(?:\.\d{1,6}){1,5})(?![.+-]?\w)`;
/** `1.5.10`, `1.5.10 and 1.6.11`, `1.4.15, 1.5.5, and 1.6.4`. */
const several = String.raw`${version}(?:(?:, and | and | or |, ?)${version}){0,6}`;
const named = String.raw`(?:(?:versions?|releases?) )?`;

/** Where versions stand that are mended, or the first of each branch that is. */
const mendedPattern = new RegExp(
  String.raw`(?:\b(?:before|prior to|(?:fixed|patched|resolved|addressed|corrected) in|upgrad(?:e|ing) to|updat(?:e|ing) to) ${named}|(?<![<=])< ?)(${several})`,
  'gi',
);

/** Where the last affected ones stand. */
const lastPattern = new RegExp(
  [
    String.raw`(?:\b(?:through|up to(?: and including)?) ${named}|<= ?)(${several})`,
    String.raw`(?<!\b(?:upgrad|updat)\w{1,4} )\b(?:versions?|releases?|from|between) ${version}(?: (?:to|thru|through|and|up to) | ?[-–] ?)${named}(${version})`,
    String.raw`(${version}) (?:and|or) (?:earlier|prior|below|older|lower)\b`,
  ].join('|'),
  'gi',
);

const single = /\d{1,6}(?:\.\d{1,6}){1,5}/g;

const versionsOf = (words: string, pattern: RegExp): readonly string[] => {
  const found: string[] = [];
  for (const [, first, second, third] of words.matchAll(pattern)) {
    for (const [each] of (first ?? second ?? third ?? '').matchAll(single)) {
      if (found.length === phrasesMax) return found;
      found.push(each);
    }
  }
  return found;
};

export const hintsOf = (text: string, addresses: readonly string[]): TextHints => {
  const words = text.slice(0, textMax);
  let patch = patchPattern.exec(words);
  for (const address of addresses) patch ??= patchPattern.exec(address.slice(0, 500));
  return {
    ...(patch === null ? {} : { patchLevel: `${patch[1]} P${patch[2]}` }),
    mended: versionsOf(words, mendedPattern),
    last: versionsOf(words, lastPattern),
  };
};

const zimbraDoubt =
  'its version fields cannot say patch levels (8.8.15 P46): hosts that are patched match as well';

/** Whether a claim on Zimbra reaches into 8 and 9, whose fixes are patch levels, without naming one. */
const missesPatches = ({ spans, versions }: Spans): boolean => {
  const precise = (version: string | undefined): boolean => /\bP\d/i.test(version ?? '');
  const older = (version: string | undefined): boolean =>
    version === undefined || !/^\d{2}/.test(version.trim());
  return (
    versions.some(version => older(version) && !precise(version)) ||
    spans.some(
      ({ from, before, through, standing }) =>
        standing === 'affected' && older(from) && !precise(before ?? through),
    )
  );
};

/**
 * Why a hit is no proof, as far as the record itself shows it. `alone`: the record speaks of no other
 * product, so that its text can only mean this one.
 */
export const doubtOf = (
  { patchLevel, mended }: TextHints,
  scheme: SchemeId,
  spans: Spans,
  alone: boolean,
): string | undefined => {
  if (scheme === 'zimbra') return missesPatches(spans) ? zimbraDoubt : undefined;
  if (!alone) return undefined;
  const ends = [...spans.versions, ...spans.spans.map(span => span.before ?? span.through ?? '')];
  if (patchLevel !== undefined && !ends.some(end => /(?:p|patch)[ -]?\d/i.test(end))) {
    return `its text names a patch level (${patchLevel}), which its version fields do not say`;
  }
  const contradicted = mended.find(
    version => judge({ scheme, ...spans }, version).standing === 'affected',
  );
  return contradicted === undefined
    ? undefined
    : `its text calls ${contradicted} mended, its version fields call it affected`;
};

/** The highest end of an affected range at or below a version; undefined where there is none. */
const endBelow = (
  version: string,
  scheme: SchemeId,
  { spans, versions }: Spans,
): string | undefined => {
  const compare = comparatorOf(scheme);
  let highest: string | undefined;
  const ends = spans
    .filter(({ standing }) => standing === 'affected')
    .map(({ before, through }) => before ?? through);
  for (const end of [...versions, ...ends]) {
    if (end === undefined || compare === undefined) continue;
    const order = compare(end, version);
    if (order !== -1 && order !== 0) continue;
    if (highest === undefined || compare(highest, end) === -1) highest = end;
  }
  return highest;
};

/** Versions far apart are of two products: `before 1.6.11 … with PHP before 8.1`. */
const areKindred = (a: string, b: string): boolean =>
  Math.abs(Number.parseInt(a, 10) - Number.parseInt(b, 10)) <= 1;

/**
 * A claim whose fields end before the text does: of what lies between, nobody can tell. `1.6.x before
 * 1.6.4` beside a range that ends before 1.6.3 leaves 1.6.3 open, whatever the default says. Only for a
 * record that speaks of one product.
 */
export const cautioned = ({ mended, last }: TextHints, scheme: SchemeId, said: Spans): Spans => {
  const compare = comparatorOf(scheme);
  if (compare === undefined || (mended.length === 0 && last.length === 0)) return said;
  const doubtful: Span[] = [];
  for (const [versions, including] of [
    [mended, false],
    [last, true],
  ] as const) {
    for (const version of versions) {
      // What is affected, or open already, needs no caution.
      if (judge({ scheme, ...said }, version).standing !== 'not-affected') continue;
      const end = endBelow(version, scheme, said);
      if (end !== undefined && !areKindred(end, version)) continue;
      if (end !== undefined && compare(end, version) === 0 && !including) continue;
      doubtful.push({
        ...(end === undefined ? {} : { from: end }),
        ...(including ? { through: version } : { before: version }),
        standing: 'unknown',
      });
    }
  }
  if (doubtful.length === 0) return said;
  const at = said.spans.findLastIndex(({ standing }) => standing === 'affected') + 1;
  return { ...said, spans: said.spans.toSpliced(at, 0, ...doubtful) };
};

/**
 * A claim that says nothing of versions outside its ranges, where the record's text names the very end of
 * a range (`before 1.6.7`, `through 4.97.1`): from there to the next range is not affected. Only for a
 * record that speaks of one product. CISA leaves all its defaults at "unknown", whatever the text says.
 */
export const confirmed = ({ mended, last }: TextHints, scheme: SchemeId, spans: Spans): Spans => {
  const compare = comparatorOf(scheme);
  const affected = spans.spans;
  if (spans.rest !== 'unknown' || spans.versions.length > 0 || compare === undefined) return spans;
  if (mended.length + last.length === 0) return spans;
  if (affected.some(({ standing }) => standing !== 'affected')) return spans;
  const ends = affected.map(({ before, through }) => before ?? through ?? '');
  // A branch that the text names and the fields lack: where it begins, nobody can tell.
  const isLacking = (word: string): boolean =>
    !ends.some(end => compare(word, end) === 0) && ends.some(end => compare(word, end) !== -1);
  if ([...mended, ...last].some(isLacking)) return spans;
  const beyond: Span[] = [];
  for (const [i, { before, through }] of affected.entries()) {
    const end = before ?? through;
    const next = affected[i + 1];
    if (end === undefined) return spans;
    // Ranges that are not in order leave nothing certain between them.
    if (next !== undefined && (next.from === undefined || compare(end, next.from) === 1))
      return spans;
    const words = before === undefined ? last : mended;
    if (!words.some(word => compare(word, end) === 0)) continue;
    const until = next?.from === undefined ? {} : { before: next.from };
    beyond.push({ from: end, ...until, standing: 'not-affected' });
  }
  return { ...spans, spans: [...affected, ...beyond] };
};
