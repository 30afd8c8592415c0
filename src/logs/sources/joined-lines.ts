import type { LogLine } from '../../core/log-line.ts';

/** How records of an export lie over several lines. */
export type Joined =
  /** Rows of a table: a quoted cell holds line ends. */
  | 'rows'
  /** Objects of JSON one behind the other, each over many lines, as PowerShell and jq write them. */
  | 'objects';

const isWhole = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** A line of no more than names, apart by commas. */
const header = /^"?[A-Za-z][\w .()/-]{0,60}"?(?:,"?[A-Za-z][\w .()/-]{0,60}"?){2,400}$/;

/**
 * Tells by a log's first bytes whether its records lie over several lines. A table is only taken apart by its
 * quotes where its first line has no more than names: in other logs a quote is anybody's.
 */
export const joinedOf = (head: string): Joined | undefined => {
  const [first = '', second] = head.split(/\r?\n/, 2);
  const line = first.trim();
  if (line === '{' || (line.startsWith('{') && second !== undefined && !isWhole(line))) {
    return /^\{\s*"/.test(head) ? 'objects' : undefined;
  }
  return header.test(line.startsWith('#TYPE ') ? (second ?? '').trim() : line) ? 'rows' : undefined;
};

/** Whether a quoted cell goes on behind the end of the text: its quotes, doubled ones among them, are odd. */
const hasOddQuotes = (text: string): boolean => {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 1;
};

/** How many braces and brackets a line leaves open, those within texts left aside. */
const openedBy = (text: string): number => {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return depth;
};

/** A record is no longer; what is, has a quote or a brace too many, and its lines are handed on as they are. */
const charsMax = 4_000_000;
const linesMax = 50_000;

/**
 * Makes one line of each record that lies over several, with the number of its first. Nothing is left away: what
 * does not end, or is too long to be a record, is handed on line by line as it came.
 */
export class LineJoiner {
  private readonly joined: Joined;
  private readonly take: (line: LogLine) => void;
  private held: LogLine[] = [];
  private chars = 0;
  private depth = 0;

  constructor(joined: Joined, take: (line: LogLine) => void) {
    this.joined = joined;
    this.take = take;
  }

  push(line: LogLine): void {
    const goesOn = this.goesOn(line.text);
    if (this.held.length === 0 && !goesOn) {
      this.take(line);
      return;
    }
    this.held.push(line);
    this.chars += line.text.length;
    if (!goesOn) this.flush();
    else if (this.chars > charsMax || this.held.length > linesMax || line.truncated === true) {
      this.giveUp();
    }
  }

  /** No more lines come. */
  end(): void {
    this.giveUp();
  }

  /** Whether the record that the line is of goes on behind it. */
  private goesOn(text: string): boolean {
    if (this.joined === 'rows') return this.held.length > 0 !== hasOddQuotes(text);
    this.depth += openedBy(text);
    if (this.depth > 0) return true;
    this.depth = 0;
    return false;
  }

  private flush(): void {
    const [first] = this.held;
    if (first === undefined) return;
    const text = this.held.map(line => line.text).join(this.joined === 'rows' ? '\n' : ' ');
    const end = this.held.at(-1)?.end;
    const joined = this.held.length;
    this.held = [];
    this.chars = 0;
    this.take({ text, number: first.number, joined, ...(end === undefined ? {} : { end }) });
  }

  private giveUp(): void {
    for (const line of this.held) this.take(line);
    this.held = [];
    this.chars = 0;
    this.depth = 0;
  }
}
