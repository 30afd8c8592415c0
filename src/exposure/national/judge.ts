import type { Anchors, Around, Candidate, Judged } from '../data-type.ts';
import type { NationalId } from './national-id.ts';

/** Shapes as numbers: a text would take longer to make. */
const key = (groups: readonly number[]): number => {
  let sum = 0;
  for (const length of groups) sum = sum * 32 + length;
  return sum;
};

/** Digits that a number with letters may begin with: `131052-308T`, `1234567 FA`, `12.345.678-Z`. */
const beginnings: readonly (readonly number[])[] = [
  [8],
  [7],
  [6],
  [2, 3, 3],
  [1, 3, 3],
  [1, 2, 2],
  [2, 6],
  [8, 1],
];

export interface NationalJudge {
  readonly anchors: Anchors;
  readonly judge: (candidate: Candidate, around: Around) => Judged | undefined;
}

/** What else leads to such numbers, and how many digits one has at least before its first blank. */
export interface NationalAnchors {
  readonly literals?: readonly string[];
  readonly digitsMin?: number;
}

/** Judges numbers of many countries; `set` names the words that speak for any of them, `set/…` those of one, `literals` letters that begin one apart from its digits. */
export const nationalJudge = (
  set: string,
  ids: readonly NationalId[],
  { literals = [], digitsMin = 2 }: NationalAnchors = {},
): NationalJudge => {
  const shapes = new Map(
    [...ids.flatMap(({ numbers }) => numbers ?? []), ...beginnings].map(shape => [
      key(shape),
      shape,
    ]),
  );
  const any = [set];
  const sets = new Map<NationalId, Sets>(
    ids.map(id => [id, { own: [`${set}/${id.label ?? id.country}`], any }]),
  );
  const grade = (id: NationalId): Sets => sets.get(id) ?? { own: any, any };
  const triedIn = triedByText(ids, id => `${set}/${id.label ?? id.country}`);
  return {
    anchors: { numbers: [...shapes.values()], tokens: [4, 20, digitsMin], literals },
    judge: (candidate, around) => {
      const { byShape, digitFirst, letterFirst } = triedIn(around);
      let found: Judged | undefined;
      if (candidate.kind === 'number' && !candidate.glued) {
        for (const id of byShape.get(key(candidate.groups)) ?? [])
          found = better(found, judgeNumber(grade(id), id, candidate, around));
      }
      const { text } = around;
      if (hasDigits(text, candidate.from) && isBeginning(candidate, text)) {
        const isDigitFirst = isDigit(text.charCodeAt(candidate.from));
        const piece = text.slice(candidate.from, candidate.from + pieceMax);
        for (const id of isDigitFirst ? digitFirst : letterFirst)
          if (id.pattern?.test(piece) === true)
            found = better(found, judgeLettered(grade(id), id, piece, candidate, around));
      }
      return found;
    },
  };
};

/** Numbers that are tried in a text, by how they are found. */
interface Tried {
  readonly byShape: ReadonlyMap<number, readonly NationalId[]>;
  /** Those with letters, tried where a token or digits begin, by whether a digit comes first. */
  readonly digitFirst: readonly NationalId[];
  readonly letterFirst: readonly NationalId[];
}

const triedOf = (ids: readonly NationalId[]): Tried => {
  const byShape = new Map<number, NationalId[]>();
  for (const id of ids)
    for (const shape of id.numbers ?? [])
      byShape.set(key(shape), [...(byShape.get(key(shape)) ?? []), id]);
  return {
    byShape,
    digitFirst: ids.filter(({ pattern }) => beginsWith(pattern, '0123456789')),
    letterFirst: ids.filter(({ pattern }) => beginsWith(pattern, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')),
  };
};

/** Texts have few labels; which ones is seldom new. */
const triedMax = 500;

/** What is said only with its label is not tried in a text that has none. */
const triedByText = (
  ids: readonly NationalId[],
  setOf: (id: NationalId) => string,
): ((around: Around) => Tried) => {
  const labelled = new Set(
    ids.filter(({ labelledOnly }) => labelledOnly === true).map(id => setOf(id)),
  );
  const made = new Map<string, Tried>();
  let last: { readonly around: Around; readonly tried: Tried } | undefined;
  return around => {
    if (last?.around === around) return last.tried;
    const spoken = around.said();
    const said = [...spoken]
      .filter(name => labelled.has(name))
      .sort()
      .join(' ');
    let tried = made.get(said);
    if (tried === undefined) {
      if (made.size >= triedMax) made.clear();
      tried = triedOf(ids.filter(id => id.labelledOnly !== true || spoken.has(setOf(id))));
      made.set(said, tried);
    }
    last = { around, tried };
    return tried;
  };
};

const pieceMax = 40;
const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

/** Every such number has four digits at least, near its beginning. */
const hasDigits = (text: string, from: number): boolean => {
  let count = 0;
  for (let at = from; at < from + 18 && at < text.length; at += 1)
    if (isDigit(text.charCodeAt(at))) {
      count += 1;
      if (count === 4) return true;
    }
  return false;
};

/** Whether the pattern can begin with one of these, as far as its source tells: what cannot be read counts as yes. */
const beginsWith = (pattern: RegExp | undefined, letters: string): boolean => {
  if (pattern === undefined) return false;
  const source = pattern.source.replace(/^\^\(?(?:\?:)?\(?(?:\?:)?/, '');
  const first = /^(?:\[(?:\\.|[^\]\\])+\]|\\d|[A-Z])(?!\?)/.exec(source)?.[0];
  if (first === undefined || /^.{0,60}\|/.test(source)) return true;
  const single = new RegExp(`^${first}$`, 'i');
  return Array.from(letters).some(letter => single.test(letter));
};

interface Sets {
  readonly own: readonly string[];
  readonly any: readonly string[];
}

const worth = { low: 0, medium: 1, high: 2 } as const;

/** Of equals the first. */
const better = (first: Judged | undefined, other: Judged | undefined): Judged | undefined => {
  if (first === undefined || other === undefined) return first ?? other;
  return worth[other.confidence] > worth[first.confidence] ? other : first;
};

/** `710319/2745`, `16.727.230/0001-97` */
const slashed = new Set(['cz', 'br']);

const judgeNumber = (
  sets: Sets,
  id: NationalId,
  candidate: Candidate,
  around: Around,
): Judged | undefined => {
  const { value, from, to, separators, continued, groups } = candidate;
  // Amounts and names of models are parted so, numbers of people are only where somebody says that they are.
  if (
    id.labelledOnly !== true &&
    ((separators === '..' && groups.every(length => length === 3)) ||
      (separators.includes('/') && !slashed.has(id.country)))
  )
    return undefined;
  if (!id.isValid(value)) return undefined;
  // Parted as nobody would by chance: `94.04.11-123.45`, `756.1234.5678.97`.
  const isParted = groups.length > 2 || /^[-/+]$/.test(separators);
  const byChance = isParted && !continued ? id.byChance / 5 : id.byChance;
  return graded(sets, id, { from, to, value }, around, byChance, continued);
};

/** Nothing stands directly before, or a dot or hyphen that nothing stands before. */
const isBeginning = ({ from }: Candidate, text: string): boolean => {
  if (from === 0) return true;
  const unit = text.charCodeAt(from - 1);
  if (unit === 0x2e || unit === 0x2d) return from > 1 && !isWordUnit(text.charCodeAt(from - 2));
  return !isWordUnit(unit) && unit !== 0x40 && unit !== 0x2f && unit !== 0x5c;
};

/** A Latin letter without accents, a digit or `_`. */
const isWordUnit = (unit: number): boolean => {
  const small = unit | 0x20;
  return (small >= 0x61 && small <= 0x7a) || isDigit(unit) || unit === 0x5f;
};

const judgeLettered = (
  sets: Sets,
  id: NationalId,
  piece: string,
  { from }: Candidate,
  around: Around,
): Judged | undefined => {
  const match = id.pattern?.exec(piece);
  if (match === null || match === undefined) return undefined;
  const value = match
    .slice(1)
    .join('')
    .replace(/[ .\u00ad]/g, '')
    .toUpperCase();
  if (!id.isValid(value)) return undefined;
  const to = from + match[0].length;
  if (/^[-@][A-Za-z0-9]/.test(around.text.slice(to, to + 2))) return undefined;
  const isCapital = match[0] === match[0].toUpperCase();
  const byChance = isCapital ? id.byChance : id.byChance * 5;
  return graded(sets, id, { from, to, value }, around, byChance, false);
};

const graded = (
  sets: Sets,
  { country, labelledOnly, byChance: ofForm }: NationalId,
  { from, to, value }: { readonly from: number; readonly to: number; readonly value: string },
  around: Around,
  byChance: number,
  continued: boolean,
): Judged | undefined => {
  const found = { from, to, value: `${country}:${value}` };
  const own = around.leaning(sets.own, from, to);
  if (own === 'field') return { ...found, confidence: 'high' };
  // What is nothing without its label is not sure where other words stand between the two.
  const isSure = byChance < 50 && (labelledOnly !== true || ofForm < 50);
  if (own === 'near') return { ...found, confidence: isSure ? 'high' : 'medium' };
  if (labelledOnly === true) return undefined;
  const any = around.leaning(sets.any, from, to);
  if (any === 'field') return { ...found, confidence: byChance <= 20 ? 'high' : 'medium' };
  if (any === 'near') return { ...found, confidence: byChance <= 20 ? 'medium' : 'low' };
  if (any === 'against' || continued || around.inUrl(from)) return undefined;
  if (byChance <= 1) return { ...found, confidence: 'medium' };
  const isHere = around.settings.regions.includes(country.toUpperCase());
  if (isHere && byChance <= 20) return { ...found, confidence: 'medium' };
  return isHere || byChance <= 20 ? { ...found, confidence: 'low' } : undefined;
};
