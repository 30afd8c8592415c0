import type { Around, ExposureSettings, Leaning, SearchedText } from '../data-type.ts';
import { columnHead, mayBeTable, type TableLines, tableLines } from './columns.ts';
import { type Entry, type Lexicon, letters } from './lexicon.ts';
import type { Anchored } from './pass.ts';

/** How far a label reaches forward to its value, and backward to a value before it. */
const reachBefore = 48;
const reachAfter = 30;
/** Words of another meaning speak of what is close to them. */
const againstBefore = 30;
const againstAfter = 8;
/** What it costs to be behind the value, or on another line. */
const behind = 12;
const anotherLine = 12;
const hitsMax = 24;
/** Shorter than what `mayBeTable` looks at. */
const keptLineMax = 2_048;

/** The text around candidates, with the words that the pass found in it. */
export const aroundOf = (
  { text, kind }: SearchedText,
  settings: ExposureSettings,
  lexicon: Lexicon,
  anchored: Anchored,
): Around => {
  let table: TableLines | undefined;
  const lines = (): TableLines => {
    table ??= tableLines(text, kind);
    return table;
  };
  const known = askedOf(lexicon);
  const numbersOf = (sets: readonly string[]): readonly number[] =>
    known.get(sets) ?? setNumbers(lexicon, sets);
  const isTable = tableAsked(text, kind);
  const leaning = (own: readonly number[], from: number, to: number): Leaning => {
    const nearest = nearestWords(text, anchored, own, from, to);
    // The last head of a table's first line is not the label of the cell that begins the next.
    if (nearest === 'field' && !beginsLine(text, from)) return 'field';
    if (!isTable(from)) return nearest;
    const head = columnHead(text, lines(), from);
    if (head !== undefined) {
      const said = wordsWithin(anchored, own, head.from, head.to);
      if (said !== 'none') return said;
    }
    return nearest;
  };
  let labels: Uint8Array | undefined;
  let said: ReadonlySet<string> | undefined;
  const says = (own: readonly number[]): boolean => {
    labels ??= labelsOf(lexicon, anchored);
    for (let at = 0; at < own.length; at += 1) if (labels[own[at] ?? -1] === 1) return true;
    return false;
  };
  const last = { from: -1, to: -1, said: 'none' as Leaning };
  return {
    text,
    kind,
    settings,
    leaning: (sets, from, to) => {
      const own = numbersOf(sets);
      if (says(own)) return leaning(own, from, to);
      // Of types whose words stand nowhere in the text all get the same answer.
      if (last.from !== from || last.to !== to) {
        last.from = from;
        last.to = to;
        last.said = leaning(noSets, from, to);
      }
      return last.said;
    },
    hasWord: (sets, from, to, reach = 40) => {
      const own = numbersOf(sets);
      if (!says(own)) return false;
      const far = Math.min(reach, 200);
      const last = firstFrom(anchored, to + far);
      for (let hit = last - 1; hit >= 0 && last - hit < 64; hit -= 1) {
        const hitTo = anchored.words.at(hit * 2 + 1);
        if (hitTo < from - far) break;
        if (speaksFor(anchored.entries[hit], own)) return true;
      }
      return false;
    },
    said: () => {
      labels ??= labelsOf(lexicon, anchored);
      said ??= namesOf(lexicon, labels);
      return said;
    },
    inUrl: from => inUrl(text, from),
  };
};

/** `mayBeTable`, whose answer is one for all of a line that is not too long. */
const tableAsked = (text: string, kind: SearchedText['kind']): ((place: number) => boolean) => {
  let from = 0;
  let to = -1;
  let is = false;
  return place => {
    if (place >= from && place <= to) return is;
    is = mayBeTable(text, kind, place);
    const start = text.lastIndexOf('\n', place - 1) + 1;
    const newline = text.indexOf('\n', place);
    const end = newline < 0 ? text.length : newline;
    [from, to] = end - start < keptLineMax ? [start, end] : [0, -1];
    return is;
  };
};

const beginsLine = (text: string, from: number): boolean => {
  let at = from - 1;
  while (at >= 0 && from - at < 8 && (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x22))
    at -= 1;
  return at >= 0 && text.charCodeAt(at) === 0x0a;
};

const noSets: readonly number[] = [];

/** By number of the set, whether a word of it stands in the text. */
const labelsOf = ({ sets }: Lexicon, { entries }: Anchored): Uint8Array => {
  const labels = new Uint8Array(sets.size);
  for (const entry of entries) for (const set of entry.labels) labels[set] = 1;
  return labels;
};

const named = new WeakMap<Lexicon, readonly string[]>();

const namesOf = (lexicon: Lexicon, labels: Uint8Array): ReadonlySet<string> => {
  let all = named.get(lexicon);
  if (all === undefined) {
    all = [...lexicon.sets.keys()];
    named.set(lexicon, all);
  }
  const names = new Set<string>();
  for (let set = labels.indexOf(1); set >= 0; set = labels.indexOf(1, set + 1))
    names.add(all[set] ?? '');
  return names;
};

/** Types ask with the same lists again and again. */
const asked = new WeakMap<Lexicon, WeakMap<readonly string[], readonly number[]>>();

const askedOf = (lexicon: Lexicon): WeakMap<readonly string[], readonly number[]> => {
  let known = asked.get(lexicon);
  if (known === undefined) {
    known = new WeakMap();
    asked.set(lexicon, known);
  }
  return known;
};

const setNumbers = (lexicon: Lexicon, sets: readonly string[]): readonly number[] => {
  const numbers = sets.flatMap(set => lexicon.sets.get(set) ?? []);
  askedOf(lexicon).set(sets, numbers);
  return numbers;
};

const speaksFor = (entry: Entry | undefined, own: readonly number[]): boolean =>
  entry?.labels.some(set => own.includes(set)) ?? false;

/** The first word that begins at `place` or later. */
const firstFrom = ({ words, entries }: Anchored, place: number): number => {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words.at(middle * 2) < place) low = middle + 1;
    else high = middle;
  }
  return low;
};

const nearestWords = (
  text: string,
  anchored: Anchored,
  own: readonly number[],
  from: number,
  to: number,
): Leaning => {
  let label = Number.POSITIVE_INFINITY;
  let against = Number.POSITIVE_INFINITY;
  const next = firstFrom(anchored, from);
  for (let hit = next - 1; hit >= 0 && next - hit <= hitsMax; hit -= 1) {
    const hitTo = anchored.words.at(hit * 2 + 1);
    if (hitTo > from) continue;
    const gap = from - hitTo;
    if (gap > reachBefore) break;
    const entry = anchored.entries[hit];
    if (entry === undefined || entry.literalOf.length > 0) continue;
    const adjacent = isFieldGap(text, hitTo, from);
    if (speaksFor(entry, own)) {
      if (adjacent && against === Number.POSITIVE_INFINITY) return 'field';
      if (!isTaken(text, hitTo, from)) label = Math.min(label, cost(text, hitTo, from));
      // What stands before the nearest own label speaks of something else.
      break;
    }
    if (
      (entry.against === 'near' && gap <= againstBefore) ||
      (adjacent && (entry.against !== undefined || entry.ofNumbers))
    )
      against = Math.min(against, cost(text, hitTo, from));
  }
  for (
    let hit = next, seen = 0;
    hit < anchored.entries.length && seen < hitsMax;
    hit += 1, seen += 1
  ) {
    const hitFrom = anchored.words.at(hit * 2);
    if (hitFrom < to) continue;
    const gap = hitFrom - to;
    if (gap > reachAfter) break;
    const entry = anchored.entries[hit];
    if (entry === undefined || entry.literalOf.length > 0) continue;
    // A label on the next line is of what follows it.
    if (text.slice(to, hitFrom).includes('\n')) break;
    if (speaksFor(entry, own)) label = Math.min(label, cost(text, to, hitFrom) + behind);
    else if (entry.against !== undefined && gap <= (entry.against === 'near' ? againstAfter : 1))
      against = Math.min(against, cost(text, to, hitFrom) + (gap <= 1 ? 0 : behind));
  }
  if (label === Number.POSITIVE_INFINITY && against === Number.POSITIVE_INFINITY) return 'none';
  return label <= against ? 'near' : 'against';
};

/** A label on a line before has its value there already, where digits stand between. */
const isTaken = (text: string, from: number, to: number): boolean => {
  const line = text.indexOf('\n', from);
  return line >= 0 && line < to && /\d/.test(text.slice(from, line));
};

const cost = (text: string, from: number, to: number): number => {
  let sum = to - from;
  for (let at = from; at < to; at += 1) if (text.charCodeAt(at) === 0x0a) sum += anotherLine;
  return sum;
};

/** What may stand between a label and its value in a form: `SSN: 1`, `電話番号：[1]`, `No. is 1`. */
const isFieldGap = (text: string, from: number, to: number): boolean => {
  if (to - from > 24) return false;
  let lines = 0;
  for (let at = from; at < to; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x0a) {
      lines += 1;
      if (lines > 1) return false;
    } else if ((letters[unit] ?? 0) !== 0) {
      let end = at;
      while (end < to && (letters[text.charCodeAt(end)] ?? 0) !== 0) end += 1;
      if (!fillers.has(text.slice(at, end).toLowerCase())) return false;
      at = end - 1;
    } else if (unit < 0x80 ? asciiStop[unit] === 1 : !otherGap.has(unit)) return false;
  }
  return true;
};

/** Words between a label and its value that say nothing of their own. */
const fillers = new Set([
  'is',
  'no',
  'nr',
  'num',
  'number',
  'numbers',
  'of',
  'the',
  'my',
  'its',
  'it',
  's',
  'are',
  'was',
  'at',
  'as',
  'id',
  'code',
  'new',
  'n',
  'o',
  'and',
  'ist',
  'est',
  'es',
  'lautet',
]);

/** ASCII that ends a field: digits, and punctuation that ends a sentence or begins another value. */
const asciiStop = ((): Uint8Array => {
  const table = new Uint8Array(0x80);
  for (const unit of '0123456789;?!,$%&@~^`') table[unit.charCodeAt(0)] = 1;
  return table;
})();

const otherGap = new Set(
  Array.from(
    '　「」『』【】〔〕［］（）＜＞〈〉《》：→⇒・●■◆◎○□▼▽★☆※はがもの番号№│┃｜|…、\u00ad\u00ba\u00b0',
    letter => letter.charCodeAt(0),
  ),
);

const wordsWithin = (
  anchored: Anchored,
  own: readonly number[],
  from: number,
  to: number,
): 'field' | 'against' | 'none' => {
  let said: 'field' | 'against' | 'none' = 'none';
  for (let hit = firstFrom(anchored, from), seen = 0; seen < hitsMax; hit += 1, seen += 1) {
    const entry = anchored.entries[hit];
    if (entry === undefined || anchored.words.at(hit * 2) >= to) break;
    if (entry.literalOf.length > 0) continue;
    if (speaksFor(entry, own)) return 'field';
    if (entry.against !== undefined || entry.ofNumbers) said = 'against';
  }
  return said;
};

const urlReach = 200;

/** Looks back to the blank before: `://`, `www.` or `?` with `=` makes it an address of the web. */
const inUrl = (text: string, from: number): boolean => {
  let start = from;
  while (start > 0 && from - start < urlReach && !endsUrl(text.charCodeAt(start - 1))) start -= 1;
  const before = text.slice(start, from);
  return (
    before.includes('://') ||
    before.startsWith('www.') ||
    before.startsWith('cid:') ||
    before.startsWith('mid:') ||
    (before.includes('/') && before.includes('?'))
  );
};

/** Blanks, controls, quotation marks and angle brackets, and whatever is not ASCII. */
const endsUrl = (unit: number): boolean =>
  unit <= 0x20 || unit >= 0x7f || unit === 0x22 || unit === 0x3c || unit === 0x3e;
