/** A row of a list is some hundred characters. */
const rowCharactersMax = 4 << 20;
const cellsMax = 10_000;

/** What stands wrong, and where: 1-based, columns in characters. */
export class CsvFault extends Error {
  override readonly name = 'CsvFault';
  readonly line: number;
  readonly column: number;

  constructor(line: number, column: number, why: string) {
    super(why);
    this.line = line;
    this.column = column;
  }
}

export interface SplitRows {
  readonly rows: string[][];
  /** Line on which each begins, 1-based. */
  readonly lines: number[];
}

/**
 * Cuts CSV (RFC 4180) into rows, whatever pieces it comes in: any delimiter, LF, CRLF or CR, quoted cells with line
 * ends and doubled quotes in them. A quote within a cell that does not begin with one is a character. Empty lines
 * are no rows.
 */
export class CsvSplitter {
  private readonly delimiter: string;
  private rest = '';
  private line = 1;
  /** Line ends are CR alone, as old systems have them. */
  private readonly lineEnd: '\n' | '\r';

  constructor(delimiter: string, lineEnd: '\n' | '\r' = '\n') {
    this.delimiter = delimiter;
    this.lineEnd = lineEnd;
  }

  /** @throws CsvFault where a quote is never closed, or a row too long */
  push(text: string, isLast: boolean): SplitRows {
    const whole = this.rest === '' ? text : this.rest + text;
    const { delimiter, lineEnd } = this;
    const rows: string[][] = [];
    const lines: number[] = [];
    let at = 0;
    let quote = whole.indexOf('"');
    while (at < whole.length) {
      if (quote >= 0 && quote < at) quote = whole.indexOf('"', at);
      let end = whole.indexOf(lineEnd, at);
      if (end < 0) {
        if (!isLast) break;
        end = whole.length;
      }
      if (quote < 0 || quote > end) {
        const from = whole.charCodeAt(end - 1) === 13 && end > at ? end - 1 : end;
        if (from > at) {
          rows.push(whole.slice(at, from).split(delimiter));
          lines.push(this.line);
        }
        this.line += 1;
        at = end + 1;
        continue;
      }
      const next = this.quotedRow(whole, at, isLast);
      if (next === undefined) break;
      lines.push(this.line);
      rows.push(next.cells);
      this.line += next.lines;
      at = next.end;
    }
    this.rest = at < whole.length ? whole.slice(at) : '';
    if (this.rest.length > rowCharactersMax) {
      throw this.rest.startsWith('"') || this.rest.includes(`${delimiter}"`)
        ? this.unclosed()
        : new CsvFault(this.line, 1, `a row of more than ${rowCharactersMax} characters`);
    }
    return { rows, lines };
  }

  /** Of the quote that opens the last cell in the rest. */
  private unclosed(): CsvFault {
    const { rest, delimiter } = this;
    let opened = 0;
    for (let at = 0; at < rest.length; ) {
      opened = at;
      if (rest[at] === '"') {
        const end = closingQuote(rest, at + 1);
        if (end < 0) break;
        at = end + 1;
      }
      const next = rest.indexOf(delimiter, at);
      if (next < 0) break;
      at = next + 1;
    }
    const before = rest.slice(0, opened);
    const line = this.line + before.split(this.lineEnd).length - 1;
    return new CsvFault(
      line,
      opened - before.lastIndexOf(this.lineEnd),
      'the quotation mark that opens here is never closed',
    );
  }

  /** A row with a quote in it; `undefined` where its end is not here yet. */
  private quotedRow(
    text: string,
    from: number,
    isLast: boolean,
  ): { readonly cells: string[]; readonly end: number; readonly lines: number } | undefined {
    const { delimiter, lineEnd } = this;
    const cells: string[] = [];
    let lines = 1;
    for (let at = from; ; ) {
      if (cells.length >= cellsMax) throw new CsvFault(this.line, 1, `more than ${cellsMax} cells`);
      let cell = '';
      if (text[at] === '"') {
        const close = closingQuote(text, at + 1);
        // The quote at the very end may be the first of two.
        if (close < 0 || (close === text.length - 1 && !isLast)) {
          if (!isLast) return undefined;
          this.rest = text.slice(from);
          throw this.unclosed();
        }
        cell = text.slice(at + 1, close).replaceAll('""', '"');
        for (let i = cell.indexOf(lineEnd); i >= 0; i = cell.indexOf(lineEnd, i + 1)) lines += 1;
        at = close + 1;
      }
      const lineAt = text.indexOf(lineEnd, at);
      const next = text.indexOf(delimiter, at);
      if (next >= 0 && (lineAt < 0 || next < lineAt)) {
        cells.push(cell + text.slice(at, next));
        at = next + 1;
        continue;
      }
      if (lineAt < 0 && !isLast) return undefined;
      const end = lineAt < 0 ? text.length : lineAt;
      const tail = text.slice(at, end);
      cells.push(cell + (tail.endsWith('\r') ? tail.slice(0, -1) : tail));
      return { cells, end: end + 1, lines };
    }
  }
}

const closingQuote = (text: string, from: number): number => {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
};

const candidates = [',', '\t', ';', '|'] as const;

/** The delimiter of a list: the one that cuts its first rows into most cells, and into as many each. */
export const delimiterOf = (start: string): string => {
  let best: string = ',';
  let most = 0;
  for (const delimiter of candidates) {
    let rows: string[][];
    try {
      ({ rows } = new CsvSplitter(delimiter, lineEndOf(start)).push(start, false));
    } catch {
      continue;
    }
    const counts = rows.slice(0, 50).map(row => row.length);
    const first = counts[0] ?? start.split(delimiter).length;
    const alike = counts.filter(count => count === first).length / Math.max(1, counts.length);
    const score = first === 1 ? 0 : first * (counts.length === 0 ? 1 : alike);
    if (score > most) {
      most = score;
      best = delimiter;
    }
  }
  return best;
};

export const lineEndOf = (start: string): '\n' | '\r' =>
  start.includes('\n') || !start.includes('\r') ? '\n' : '\r';
