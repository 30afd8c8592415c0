import { LineTokens } from './line-tokens.ts';
import {
  countOf,
  firstOf,
  keyOp,
  opOf,
  ops,
  payloadOf,
  placeOp,
  type Template,
  Templates,
  wholeMax,
  wholeOp,
  wordOp,
} from './template.ts';

/**
 * What an event says beside the columns of its own, in two texts that are short and mostly the same from line to line.
 * `rest` is JSON whose texts begin with what they are: `~3.2` the two tokens of the line from its fourth on, `#3.1`
 * the same, read as a number, `=PLAIN` itself, `~` the next of the values in `more`, a JSON array. So that what
 * stands in the line anyhow is not kept twice.
 */
export interface EncodedRest {
  readonly rest: Template;
  readonly more: string | undefined;
}

const placesMax = 4;
const triesMax = 8;
/** Names that are remembered; they are those of `AccessEvent`. */
const namesMax = 500;
const wordsMax = 2_000;
/** Longer lists are kept as they are, and so is what lies deeper. */
const itemsMax = 8;
const depthMax = 6;
/** Numbers of a template that the members of one value need at most, before it looks again. */
const roomMin = 256;

/** Words of ours or of a protocol, that few lines differ in. */
const wordKeys: ReadonlySet<string> = new Set([
  'assumed',
  'authMethod',
  'direction',
  'flags',
  'method',
  'part',
  'service',
  'app',
  '@unparsed',
]);
const wholeKeys: ReadonlySet<string> = new Set(['offsetMinutes', '@lines', '@repeated']);
const wordPattern = /^[A-Za-z0-9 _.:,'-]{1,120}$/;
const keyPattern = /^@?[A-Za-z0-9]{1,40}$/;
/** Whatever a log's own names are, they would make each row one of a kind. */
const literalKeys: ReadonlySet<string> = new Set(['change']);
/** Members of an event that have columns, and are told before the rest. */
const columnKeys: ReadonlySet<string> = new Set([
  'kind',
  'outcome',
  'component',
  'service',
  'host',
  'folder',
  'time',
  'user',
  'actor',
  'from',
  'app',
]);

/** What is known of a name: its number, and where its values were found in the lines before. */
class Name {
  readonly key: string;
  readonly op: number;
  readonly mayBeWord: boolean;
  readonly mayBeWhole: boolean;
  readonly isLiteral: boolean;
  readonly isColumn: boolean;
  readonly from: Int32Array = new Int32Array(placesMax);
  readonly tokens: Int32Array = new Int32Array(placesMax);
  /** The place that is thrown out next. */
  next = 0;
  /** The name that came behind it when it was last looked at. */
  follower: Name | undefined;

  constructor(key: string, number: number) {
    this.key = key;
    this.op = keyOp(number);
    this.mayBeWord = wordKeys.has(key);
    this.mayBeWhole = wholeKeys.has(key);
    this.isLiteral = literalKeys.has(key);
    this.isColumn = columnKeys.has(key);
  }
}

const zero = 0x30;
const looksOfKind = 41;

export class RestEncoder {
  private readonly tokens = new LineTokens();
  private readonly names = new Map<string, Name>();
  private inOrder: Name[] = [];
  private readonly words = new Map<string, number>();
  private templates = new Templates();
  private before: Name | undefined;
  private text = '';
  private hasText = false;
  private more: unknown[] = [];

  /**
   * Begins a row.
   *
   * @param text the line as it can be had back from its bytes; undefined where it cannot.
   * @param kind a number of what the row tells: the next of its kind, and of as many tokens, is likely much the same.
   */
  begin(text: string | undefined, kind: number): void {
    this.hasText = text !== undefined;
    this.text = text ?? '';
    if (this.hasText) this.tokens.read(this.text);
    if (this.more.length > 0) this.more = [];
    this.templates.begin(kind * looksOfKind + (this.hasText ? this.tokens.count : 0));
    this.templates.add(ops.beginObject);
  }

  put(key: string, value: unknown): void {
    const name = this.name(key);
    this.templates.add(name.op);
    this.value(name, value, 0);
  }

  /** What an event has beside its columns. */
  putRest(event: object): void {
    const members = event as Readonly<Record<string, unknown>>;
    for (const key in members) {
      const value = members[key];
      if (value === undefined) continue;
      const name = this.name(key);
      if (name.isColumn) continue;
      this.templates.add(name.op);
      this.value(name, value, 0);
    }
  }

  /** The members of an object of its own, but for one that has a column. */
  putWithout(key: string, value: object, column: string): void {
    const name = this.name(key);
    this.templates.add(name.op);
    this.object(value, 0, column);
  }

  end(): EncodedRest {
    this.templates.add(ops.endObject);
    const rest = this.templates.end();
    return { rest, more: this.more.length === 0 ? undefined : JSON.stringify(this.more) };
  }

  private name(key: string): Name {
    const { before } = this;
    // Events of one kind have their members in one order.
    const follower = before?.follower;
    if (follower !== undefined && follower.key === key) {
      this.before = follower;
      return follower;
    }
    const expected = this.templates.next;
    const likely = opOf(expected) === ops.key ? this.inOrder[payloadOf(expected)] : undefined;
    const name = likely?.key === key ? likely : this.named(key);
    if (before !== undefined) before.follower = name;
    this.before = name;
    return name;
  }

  private named(key: string): Name {
    const known = this.names.get(key);
    if (known !== undefined) return known;
    if (!keyPattern.test(key)) throw new RangeError(`no name of an event: ${key.slice(0, 40)}`);
    if (this.names.size >= namesMax) this.forget();
    const name = new Name(key, this.templates.keys.length);
    this.templates.keys.push(key);
    this.inOrder.push(name);
    this.names.set(key, name);
    return name;
  }

  private forget(): void {
    this.names.clear();
    this.inOrder = [];
    this.before = undefined;
    this.words.clear();
    this.templates = new Templates();
  }

  private value(name: Name, value: unknown, depth: number): void {
    if (typeof value === 'string') this.string(name, value);
    else if (typeof value === 'number') this.number(name, value);
    else if (typeof value === 'boolean') this.templates.add(value ? ops.true : ops.false);
    else if (typeof value === 'object' && value !== null) this.composed(name, value, depth);
    else this.literal(value);
  }

  private composed(name: Name, value: object, depth: number): void {
    if (name.isLiteral || depth >= depthMax || !this.templates.hasRoom(roomMin)) {
      this.literal(value);
    } else if (!Array.isArray(value)) this.object(value, depth, undefined);
    else if (value.length > itemsMax) this.literal(value);
    else {
      this.templates.add(ops.beginArray);
      for (const each of value as readonly unknown[]) this.value(name, each, depth + 1);
      this.templates.add(ops.endArray);
    }
  }

  private object(value: object, depth: number, column: string | undefined): void {
    this.templates.add(ops.beginObject);
    const members = value as Readonly<Record<string, unknown>>;
    for (const key in members) {
      const each = members[key];
      if (each === undefined || key === column) continue;
      const name = this.name(key);
      this.templates.add(name.op);
      this.value(name, each, depth + 1);
    }
    this.templates.add(ops.endObject);
  }

  private literal(value: unknown): void {
    this.more.push(value);
    this.templates.add(ops.literal);
  }

  private string(name: Name, value: string): void {
    if (this.isExpected(name, value)) {
      this.templates.add(this.templates.next);
      return;
    }
    const known = name.mayBeWord ? this.words.get(value) : undefined;
    if (known !== undefined) {
      this.templates.add(wordOp(known));
      return;
    }
    if (this.hasText && value !== '') {
      const found = this.find(name, value);
      if (found >= 0) {
        this.templates.add(found);
        return;
      }
    }
    const word = name.mayBeWord ? this.word(value) : -1;
    if (word < 0) this.literal(value);
    else this.templates.add(wordOp(word));
  }

  /** Whether the text is what the row's likely template has at this place. */
  private isExpected(name: Name, value: string): boolean {
    const expected = this.templates.next;
    if (expected < 0) return false;
    const op = opOf(expected);
    if (op === ops.word) {
      return name.mayBeWord && this.templates.words[payloadOf(expected)] === value;
    }
    if (op !== ops.text || !this.hasText || value === '') return false;
    return this.isAt(firstOf(expected), countOf(expected), value);
  }

  /** Whether a text stands at these tokens of the line. */
  private isAt(first: number, many: number, value: string): boolean {
    const { starts, count } = this.tokens;
    if (first + many > count) return false;
    const start = starts[first] ?? 0;
    const end = starts[first + many] ?? 0;
    // Whole pieces are compared at once; `startsWith` goes from character to character.
    return end - start === value.length && this.text.slice(start, end) === value;
  }

  private word(value: string): number {
    const known = this.words.get(value);
    if (known !== undefined) return known;
    if (this.words.size >= wordsMax || !wordPattern.test(value)) return -1;
    const word = this.templates.words.length;
    this.templates.words.push(value);
    this.words.set(value, word);
    return word;
  }

  private number(name: Name, value: number): void {
    const isWhole = Number.isSafeInteger(value) && !Object.is(value, -0);
    if (isWhole && name.mayBeWhole && Math.abs(value) < wholeMax) {
      this.templates.add(wholeOp(value));
      return;
    }
    const found = isWhole && value >= 0 && this.hasText ? this.findNumber(name, value) : -1;
    if (found >= 0) this.templates.add(found);
    else this.literal(value);
  }

  /** Where a text stands in the line; -1 where it does not. */
  private find(name: Name, value: string): number {
    const { from, tokens } = name;
    for (let i = 0; i < placesMax; i += 1) {
      const first = from[i] ?? 0;
      const many = tokens[i] ?? 0;
      if (many > 0 && this.isAt(first, many, value)) return placeOp(ops.text, first, many);
    }
    return this.search(name, value, ops.text);
  }

  private findNumber(name: Name, value: number): number {
    const { starts, count } = this.tokens;
    const expected = this.templates.next;
    if (opOf(expected) === ops.number && countOf(expected) === 1) {
      const first = firstOf(expected);
      if (first < count && this.isNumber(starts[first] ?? 0, starts[first + 1] ?? 0, value)) {
        return expected;
      }
    }
    const { from, tokens } = name;
    for (let i = 0; i < placesMax; i += 1) {
      const first = from[i] ?? 0;
      if (tokens[i] !== 1 || first >= count) continue;
      if (this.isNumber(starts[first] ?? 0, starts[first + 1] ?? 0, value)) {
        return placeOp(ops.number, first, 1);
      }
    }
    return this.search(name, String(value), ops.number);
  }

  /** Whether the number stands there as JavaScript writes it. */
  private isNumber(start: number, end: number, value: number): boolean {
    if (end - start > 15) return false;
    let read = 0;
    for (let at = start; at < end; at += 1) {
      const digit = this.text.charCodeAt(at) - zero;
      if (digit < 0 || digit > 9 || (read === 0 && at > start)) return false;
      read = read * 10 + digit;
    }
    return read === value;
  }

  private search(name: Name, value: string, op: 8 | 9): number {
    let tries = 0;
    for (let at = this.text.indexOf(value); at >= 0; at = this.text.indexOf(value, at + 1)) {
      if ((tries += 1) > triesMax) break;
      const first = this.tokens.at(at);
      const end = first < 0 ? -1 : this.tokens.at(at + value.length);
      if (first < 0 || end <= first) continue;
      const { next } = name;
      name.from[next] = first;
      name.tokens[next] = end - first;
      name.next = (next + 1) % placesMax;
      return placeOp(op, first, end - first);
    }
    return -1;
  }
}
