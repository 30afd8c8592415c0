import type { LogLine } from '../../core/log-line.ts';
import { isCsvOpen } from './csv.ts';

/** A record may go on over so many characters and lines; what is longer is handed on in pieces, marked. */
const charsMax = 4_000_000;
const linesMax = 100_000;

/** How an export sets its records apart. */
export type RecordShape =
  /** A line each: NDJSON, and every log that is no export. */
  | 'lines'
  /** Objects one after the other or within lists, over several lines or on one. */
  | 'json'
  /** Answers of an API, which hold their records in a list. */
  | 'answer'
  /** Tables whose cells may hold line ends. */
  | 'csv';

/** Names of lists that answers of an API hold their records in: Graph, Google, Azure, Slack, searches. */
const listNames = new Set([
  'value',
  'items',
  'records',
  'entries',
  'activities',
  'events',
  'results',
  'hits',
]);

/** Bound: more of the head is not needed to tell the shape. */
const shapeCharsMax = 64_000;

const isWhole = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** An answer of an API: its records lie in a list within it. */
const answerPattern =
  /^\{\s{0,100}(?:"[@\w.]{1,40}"\s{0,9}:\s{0,9}(?:"(?:[^"\\]|\\.){0,2000}"|[\w.-]{1,40})\s{0,9},\s{0,100}){0,12}"(value|items|records|entries|activities|events|results|hits)"\s{0,9}:\s{0,9}\[\s{0,100}(?:\{|\]|$)/i;

const headOf = (head: readonly string[]): string =>
  head
    .join('\n')
    .slice(0, shapeCharsMax)
    .replace(/^\ufeff/, '')
    .trimStart();

/**
 * Tells by a log's first lines how its records are set apart. A table is only taken apart by its quotes where
 * its first line has no more than names: in other logs a quote is anybody's.
 */
export const recordShape = (head: readonly string[]): RecordShape => {
  const text = headOf(head);
  const [first = '', second = ''] = text.split('\n', 2);
  const line = first.trim();
  if (/^\[\s*(?:\{|$)/.test(text)) return 'json';
  if (line.startsWith('{')) {
    if (answerPattern.test(text)) return 'answer';
    return line === '{' || (second !== '' && !isWhole(line)) ? 'json' : 'lines';
  }
  const names = line.startsWith('#TYPE ') ? second.trim() : line;
  const isTable = /^"?[A-Za-z][\w .()/-]{0,60}"?(?:,"?[A-Za-z][\w .()/-]{0,60}"?){2,200}$/.test(
    names,
  );
  return isTable ? 'csv' : 'lines';
};

/** Where the text is, outside of records: nowhere, in a list of them, in an answer, in something else of it. */
type Place = 'list' | 'answer' | 'other';
const placesMax = 10_000;

const openBrace = 0x7b;
const openBracket = 0x5b;

/**
 * Hands on an export's records, each as one line with the number of the line that it begins on. Lines go in in
 * their order; what no record is made of (brackets, commas, an answer's other fields) is not handed on, and what
 * breaks off is handed on as it is, marked as truncated.
 */
export class RecordSplitter {
  private readonly shape: RecordShape;
  private readonly take: (line: LogLine) => void;
  private parts: string[] = [];
  private chars = 0;
  private start = 0;
  private readonly places: Place[] = [];
  /** Brackets open within the record; 0 outside of one. */
  private depth = 0;
  /** The text before a colon, which names a list of an answer. */
  private name = '';
  private lastText = '';

  constructor(shape: RecordShape, take: (line: LogLine) => void) {
    this.shape = shape;
    this.take = take;
  }

  push(line: LogLine): void {
    if (this.shape === 'lines') this.take(line);
    else if (this.shape === 'csv') this.pushRow(line);
    else this.pushJson(line);
  }

  /** No more lines come: what has begun is handed on as it is. */
  end(): void {
    this.flush(true);
  }

  private flush(isBroken: boolean): void {
    if (this.parts.length === 0) return;
    const text = this.parts.join(this.shape === 'csv' ? '\n' : ' ');
    this.parts = [];
    this.chars = 0;
    this.take({ text, number: this.start, ...(isBroken ? { truncated: true as const } : {}) });
  }

  private hold(text: string, number: number): void {
    if (this.parts.length === 0) this.start = number;
    this.parts.push(text);
    this.chars += text.length;
  }

  private isFull(): boolean {
    return this.chars > charsMax || this.parts.length > linesMax;
  }

  private pushRow(line: LogLine): void {
    const isOpen = this.parts.length > 0;
    const hasOddQuotes = isCsvOpen(line.text);
    if (!isOpen && !hasOddQuotes) {
      this.take(line);
      return;
    }
    this.hold(line.text, line.number);
    if (isOpen && hasOddQuotes) this.flush(false);
    else if (this.isFull()) this.flush(true);
  }

  private pushJson({ text, number }: LogLine): void {
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 0x22) at = this.textEnd(text, at + 1);
      else if (code === 0x3a) this.name = this.lastText;
      else if (code === openBrace || code === openBracket) {
        if (this.begins(code)) from = at;
      } else if ((code === 0x7d || code === 0x5d) && this.ends()) {
        this.hold(text.slice(from, at + 1), number);
        this.flush(false);
      }
    }
    if (this.depth === 0) return;
    this.hold(text.slice(from), number);
    if (!this.isFull()) return;
    this.flush(true);
    this.depth = 0;
  }

  /** Index of the quote that ends the text which begins at `from`; that of the line's end without one. */
  private textEnd(text: string, from: number): number {
    let at = from;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 0x5c) at += 1;
      else if (code === 0x22) break;
    }
    if (this.depth === 0) this.lastText = text.slice(from, Math.min(at, from + 60)).toLowerCase();
    return at;
  }

  /** An opening bracket; true where a record begins with it. */
  private begins(code: number): boolean {
    if (this.depth > 0) {
      this.depth += 1;
      return false;
    }
    const place = this.places.at(-1);
    const isObject = code === openBrace;
    if (isObject && (place === 'list' || (place === undefined && this.shape === 'json'))) {
      this.depth = 1;
      return true;
    }
    if (this.places.length >= placesMax) this.places.length = 0;
    else if (place === undefined) this.places.push(isObject ? 'answer' : 'list');
    else {
      const isList = place === 'answer' && !isObject && listNames.has(this.name);
      this.places.push(isList ? 'list' : 'other');
    }
    return false;
  }

  /** A closing bracket; true where a record ends with it. */
  private ends(): boolean {
    if (this.depth === 0) {
      this.places.pop();
      return false;
    }
    this.depth -= 1;
    return this.depth === 0;
  }
}

/** A splitter for a log that begins with these lines. */
export const splitterFor = (
  head: readonly string[],
  take: (line: LogLine) => void,
): RecordSplitter => new RecordSplitter(recordShape(head), take);
