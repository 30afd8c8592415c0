import type { SearchedText } from './data-type.ts';
import { lastBefore, nextWithin } from './nearby-text.ts';

/** A cell below a column's head, without quotes and blanks around it. */
export interface Cell {
  readonly from: number;
  readonly to: number;
}

const rowsMax = 50_000;
const lineMax = 4_096;
/** Heads are short, and not many. */
const headMax = 600;
/** Lines of a title above the heads of CSV. */
const titlesMax = 6;
/** Lines within a cell of CSV. */
const strangeMax = 20;
/** A head line with more words of one set than this is no head line. */
const headsMax = 6;

/**
 * The cells of the column that the word at `from`..`to` heads: it stands alone in a cell (but for brackets and a note) of the first
 * line of a table, of CSV, of HTML, or of at least three lines of plain text with one delimiter. Time grows with the table's
 * length, for the first few heads of a line only.
 */
export const cellsBelow = (
  text: string,
  kind: SearchedText['kind'],
  from: number,
  to: number,
): readonly Cell[] => {
  if (!mayHead(text, from, to)) return [];
  const start = lastBefore(text, '\n', from, headMax) + 1;
  const end = nextWithin(text, '\n', from, lineMax);
  // Nothing is below the last line, and a line too long heads nothing.
  if (end < 0 || (start === 0 && from > headMax) || end - start > lineMax) return [];
  const delimiter = delimiterOf(text, start, end, kind);
  if (delimiter === '' || !isFirst(text, kind, start, delimiter)) return [];
  const heads = cellsOf(text, start, end, delimiter);
  const column = heads.findIndex(cell => cell.from <= from && to <= cell.to);
  const head = heads[column];
  if (head === undefined || column >= headsMax * 4 || !isAlone(head, from, to)) return [];
  const below: Cell[] = [];
  let strange = 0;
  for (let line = end + 1, rows = 0; line < text.length && rows < rowsMax; rows += 1) {
    const lineTo = lineEnd(text, line);
    if (lineTo === line) break;
    const cells = lineTo - line > lineMax ? [] : cellsOf(text, line, lineTo, delimiter);
    strange = cells.length < 2 ? strange + 1 : 0;
    if (strange > (kind === 'csv' ? strangeMax : 0)) break;
    const cell = cells[column];
    if (cell !== undefined && cell.to > cell.from && cells.length >= heads.length - 1)
      below.push(cell);
    line = lineTo + 1;
  }
  return below;
};

/** How much may stand beside a label in its cell: a quotation mark or a bracket before it, a note behind. */
const besideBefore = 4;
const besideBehind = 12;

/** Most words of prose have no delimiter near; nothing more is looked at for these. */
const mayHead = (text: string, from: number, to: number): boolean => {
  let at = from - 1;
  while (at >= 0 && from - at <= besideBefore && !isEdge(text.charCodeAt(at))) at -= 1;
  if (at >= 0 && !isEdge(text.charCodeAt(at))) return false;
  at = to;
  while (at < text.length && at - to < besideBehind && !isEdge(text.charCodeAt(at))) at += 1;
  return at >= text.length || isEdge(text.charCodeAt(at));
};

/** A line end, a tab, `,`, `;`, `|`. */
const isEdge = (unit: number): boolean =>
  unit === 0x0a || unit === 0x09 || unit === 0x2c || unit === 0x3b || unit === 0x7c;

const lineEnd = (text: string, from: number): number => {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
};

const delimiters = {
  csv: [',', '\t', ';', '|'],
  html: ['\t'],
  plain: ['\t', ',', '|', ';'],
  subject: [],
} as const;

const delimiterOf = (
  text: string,
  start: number,
  end: number,
  kind: SearchedText['kind'],
): string => {
  let best = '';
  let most = 0;
  for (const delimiter of delimiters[kind]) {
    const count = cellsOf(text, start, end, delimiter).length - 1;
    if (count > most) [best, most] = [delimiter, count];
  }
  return best;
};

/**
 * Nothing of the same table stands in the line before. CSV, whose cells may have lines in them, has its heads in one of the first
 * few lines: otherwise every line could make the whole rest be read again.
 */
const isFirst = (
  text: string,
  kind: SearchedText['kind'],
  start: number,
  delimiter: string,
): boolean => {
  if (start === 0) return true;
  const begin = lastBefore(text, '\n', start - 1, lineMax) + 1;
  const before = text.slice(Math.max(begin, start - 1 - lineMax), start - 1);
  if (before.trim() === '') return true;
  if (before.includes(delimiter)) return false;
  return (
    kind !== 'csv' || (start < lineMax && text.slice(0, start).split('\n').length <= titlesMax)
  );
};

const isAlone = (cell: Cell, from: number, to: number): boolean =>
  from - cell.from <= besideBefore && cell.to - to <= besideBehind;

const cellsOf = (text: string, start: number, end: number, delimiter: string): Cell[] => {
  const cells: Cell[] = [];
  let from = start;
  let quoted = false;
  for (let at = start; at <= end && cells.length < 200; at += 1) {
    const character = at < end ? text[at] : delimiter;
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && (!quoted || at === end)) {
      cells.push(trimmed(text, from, at));
      from = at + 1;
    }
  }
  return cells;
};

const trimmed = (text: string, from: number, to: number): Cell => {
  let [first, last] = [from, to];
  while (first < last && ' "\t\r\u00ad'.includes(text[first] ?? '')) first += 1;
  while (last > first && ' "\t\r\u00ad'.includes(text[last - 1] ?? '')) last -= 1;
  return { from: first, to: last };
};
