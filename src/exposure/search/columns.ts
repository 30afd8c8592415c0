import type { SearchedText } from '../data-type.ts';

/**
 * Lines of tables. HTML's rows come as lines with tabs; CSV has the delimiter that its first line has most of; a
 * block of at least two lines with the same delimiter in plain text is a table too. The first line of a block heads its columns.
 */
export interface TableLines {
  /** Where each line begins, in order. */
  readonly starts: readonly number[];
  /** Of each line: the line that heads its block, or -1. */
  readonly heads: readonly number[];
  /** Of each line: its delimiter's unit. */
  readonly delimiters: readonly number[];
}

const none: TableLines = { starts: [], heads: [], delimiters: [] };
const linesMax = 500_000;
const columnsMax = 200;
const lineReach = 4_096;
const tab = 0x09;

const delimitersOf = { csv: [0x2c, tab, 0x3b, 0x7c], html: [tab], plain: [tab, 0x2c, 0x3b, 0x7c] };

export const tableLines = (text: string, kind: SearchedText['kind']): TableLines => {
  if (kind === 'subject') return none;
  const upcoming = delimitersOf[kind].map(delimiter => new Upcoming(text, delimiter));
  const starts: number[] = [];
  const heads: number[] = [];
  const delimiters: number[] = [];
  let from = 0;
  let block = noBlock;
  while (from < text.length && starts.length < linesMax) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    const line = starts.length;
    starts.push(from);
    if (block.head >= 0 && goesOn(text, from, to, block, kind)) heads.push(block.head);
    else {
      block = begins(text, from, to, line, upcoming);
      heads.push(-1);
    }
    delimiters.push(block.delimiter);
    from = to + 1;
  }
  return { starts, heads, delimiters };
};

/** Lines under one head. */
interface TableBlock {
  readonly head: number;
  readonly delimiter: number;
  readonly count: number;
}

const noBlock: TableBlock = { head: -1, delimiter: 0, count: 0 };

const goesOn = (
  text: string,
  from: number,
  to: number,
  { delimiter, count }: TableBlock,
  kind: SearchedText['kind'],
): boolean => {
  if (kind === 'csv') return true;
  const counted = countIn(text, from, to, delimiter);
  return counted > 0 && (delimiter === tab || counted === count);
};

/** Where a delimiter comes next: most lines have none, and are not looked through for it. */
class Upcoming {
  readonly delimiter: number;
  private readonly text: string;
  private readonly sign: string;
  private next = -1;

  constructor(text: string, delimiter: number) {
    this.text = text;
    this.delimiter = delimiter;
    this.sign = String.fromCharCode(delimiter);
  }

  /** Whether one stands there. Places asked for ascend. */
  isIn(from: number, to: number): boolean {
    if (this.next < from) {
      const found = this.text.indexOf(this.sign, from);
      this.next = found < 0 ? this.text.length : found;
    }
    return this.next < to;
  }
}

const begins = (
  text: string,
  from: number,
  to: number,
  line: number,
  upcoming: readonly Upcoming[],
): TableBlock => {
  let best = noBlock;
  for (const each of upcoming) {
    if (!each.isIn(from, to)) continue;
    const { delimiter } = each;
    const count = countIn(text, from, to, delimiter);
    if (count > best.count) best = { head: line, delimiter, count };
  }
  return best;
};

/** Whether the line of `place` can be one of a table: cheaper than looking at all lines, and most are none. */
export const mayBeTable = (text: string, kind: SearchedText['kind'], place: number): boolean => {
  if (kind === 'subject') return false;
  if (kind === 'csv') return true;
  const start = lineStart(text, place);
  if (start === undefined || start === 0) return false;
  const end = Math.min(text.length, place + lineReach);
  const newline = text.indexOf('\n', place);
  const to = Math.min(newline < 0 ? text.length : newline, end);
  if (countAll(text, start, to, counts) === 0) return false;
  const before = lineStart(text, start - 1) ?? start - 1;
  if (countAll(text, before, start - 1, countsAbove) === 0) return false;
  if ((counts[0] ?? 0) > 0 && (countsAbove[0] ?? 0) > 0) return true;
  if (kind === 'html') return false;
  for (let sign = 1; sign < counts.length; sign += 1) {
    const count = counts[sign] ?? 0;
    if (count > 0 && count === countsAbove[sign]) return true;
  }
  return false;
};

/** Of tabs, commas, semicolons and bars in a line, and in the one above. */
const counts = new Int32Array(4);
const countsAbove = new Int32Array(4);

/** As `countIn`, of all delimiters in one pass. @returns how many there are of all together */
const countAll = (text: string, from: number, to: number, into: Int32Array): number => {
  let tabs = 0;
  let commas = 0;
  let semicolons = 0;
  let bars = 0;
  const end = Math.min(to, from + lineReach);
  let quoted = false;
  for (let at = from; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    // Most are letters.
    if (unit > 0x3b && unit !== 0x7c) continue;
    if (unit === 0x22) quoted = !quoted;
    else if (!quoted) {
      if (unit === 0x2c) commas += 1;
      else if (unit === tab) tabs += 1;
      else if (unit === 0x3b) semicolons += 1;
      else if (unit === 0x7c) bars += 1;
    }
  }
  into[0] = tabs;
  into[1] = commas;
  into[2] = semicolons;
  into[3] = bars;
  return tabs + commas + semicolons + bars;
};

/** Undefined where the line is longer than tables have them. */
const lineStart = (text: string, place: number): number | undefined => {
  let at = place;
  while (at > 0 && place - at < lineReach) {
    if (text.charCodeAt(at - 1) === 0x0a) return at;
    at -= 1;
  }
  return at === 0 ? 0 : undefined;
};

const countIn = (text: string, from: number, to: number, delimiter: number): number => {
  if (delimiter === 0) return 0;
  let count = 0;
  const end = Math.min(to, from + lineReach);
  let quoted = false;
  for (let at = from; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) quoted = !quoted;
    else if (unit === delimiter && !quoted) count += 1;
  }
  return count;
};

/** The cell that heads the column in which `place` stands. */
export const columnHead = (
  text: string,
  { starts, heads, delimiters }: TableLines,
  place: number,
): { readonly from: number; readonly to: number } | undefined => {
  const line = lineOf(starts, place);
  const head = heads[line] ?? -1;
  const delimiter = delimiters[line] ?? 0;
  const start = starts[line] ?? 0;
  if (line < 0 || head < 0 || place - start > lineReach) return undefined;
  const column = countIn(text, start, place, delimiter);
  const headStart = starts[head] ?? 0;
  return column > columnsMax ? undefined : cell(text, headStart, delimiter, column);
};

const cell = (
  text: string,
  start: number,
  delimiter: number,
  column: number,
): { readonly from: number; readonly to: number } | undefined => {
  let from = start;
  let left = column;
  let quoted = false;
  for (let at = start; at < start + lineReach; at += 1) {
    const unit = at < text.length ? text.charCodeAt(at) : 0x0a;
    if (unit === 0x22) quoted = !quoted;
    if (unit === 0x0a || (unit === delimiter && !quoted)) {
      if (left === 0) return { from, to: at };
      if (unit === 0x0a) return undefined;
      left -= 1;
      from = at + 1;
    }
  }
  return undefined;
};

const lineOf = (starts: readonly number[], place: number): number => {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};
