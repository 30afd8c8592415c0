import { LineTokens } from './line-tokens.ts';

/**
 * What an event says beside the columns of its own, in two texts that are short and mostly the same from line to line.
 * `rest` is JSON whose texts begin with what they are: `~3.2` the two tokens of the line from its third on, `#3.1`
 * the same, read as a number, `=PLAIN` itself, `~` the next of the values in `more`, a JSON array. So that what
 * stands in the line anyhow is not kept twice.
 */
export interface EncodedRest {
  readonly rest: string;
  readonly more: string | undefined;
}

/** Where a value of this name was found in the lines before: the place is mostly the same. */
interface Places {
  readonly from: Int32Array;
  readonly tokens: Int32Array;
  /** The place that is thrown out next. */
  next: number;
}

const placesMax = 4;
const triesMax = 8;
/** Names whose places are remembered. */
const namesMax = 200;
/** Longer lists are kept as they are. */
const itemsMax = 8;
/** Words of ours or of a protocol, that few lines differ in. */
const inlineKeys: ReadonlySet<string> = new Set([
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
const inlineNumbers: ReadonlySet<string> = new Set(['offsetMinutes', '@lines', '@repeated']);
const inlinePattern = /^[A-Za-z0-9 _.:,'-]{1,120}$/;
/** Whatever a log's own names are, they would make each row one of a kind. */
const literalKeys: ReadonlySet<string> = new Set(['change']);

export class RestEncoder {
  private readonly tokens = new LineTokens();
  private readonly places = new Map<string, Places>();
  private text = '';
  private hasText = false;
  private more: unknown[] = [];
  private out = '';

  /** Begins a row. @param text the line as it can be had back from its bytes; undefined where it cannot. */
  begin(text: string | undefined): void {
    this.hasText = text !== undefined;
    this.text = text ?? '';
    if (this.hasText) this.tokens.read(this.text);
    this.more = [];
    this.out = '{';
  }

  put(key: string, value: unknown): void {
    if (this.out.length > 1) this.out += ',';
    this.out += `"${key}":${this.value(key, value)}`;
  }

  end(): EncodedRest {
    return {
      rest: `${this.out}}`,
      more: this.more.length === 0 ? undefined : JSON.stringify(this.more),
    };
  }

  private object(value: object): string {
    let out = '{';
    for (const [key, each] of Object.entries(value)) {
      if (each === undefined) continue;
      if (out.length > 1) out += ',';
      out += `"${key}":${this.value(key, each)}`;
    }
    return `${out}}`;
  }

  private value(key: string, value: unknown): string {
    if (typeof value === 'string') return this.string(key, value);
    if (typeof value === 'number') return this.number(key, value);
    if (typeof value === 'boolean') return value ? 'true' : 'false';
    if (typeof value === 'object' && value !== null && !literalKeys.has(key)) {
      if (!Array.isArray(value)) return this.object(value);
      if (value.length <= itemsMax) {
        return `[${value.map(each => this.value(key, each)).join(',')}]`;
      }
    }
    return this.literal(value);
  }

  private literal(value: unknown): string {
    this.more.push(value);
    return '"~"';
  }

  private string(key: string, value: string): string {
    const found = this.find(key, value);
    if (found !== undefined) return `"~${found}"`;
    return inlineKeys.has(key) && inlinePattern.test(value) ? `"=${value}"` : this.literal(value);
  }

  private number(key: string, value: number): string {
    if (inlineNumbers.has(key) && Number.isSafeInteger(value)) return String(value);
    const found =
      Number.isSafeInteger(value) && value >= 0 ? this.find(key, String(value)) : undefined;
    return found === undefined ? this.literal(value) : `"#${found}"`;
  }

  /** The place of a value in the line, as `rest` tells it. */
  private find(key: string, value: string): string | undefined {
    if (!this.hasText || value === '') return undefined;
    const places = this.placesOf(key);
    const { starts, count } = this.tokens;
    const { from, tokens } = places;
    for (let i = 0; i < placesMax; i += 1) {
      const first = from[i] ?? 0;
      const end = first + (tokens[i] ?? 0);
      if (end === first || end > count) continue;
      const start = starts[first] ?? 0;
      if ((starts[end] ?? 0) - start === value.length && this.text.startsWith(value, start)) {
        return `${first}.${end - first}`;
      }
    }
    return this.search(places, value);
  }

  private search(places: Places, value: string): string | undefined {
    let tries = 0;
    for (let at = this.text.indexOf(value); at >= 0; at = this.text.indexOf(value, at + 1)) {
      if ((tries += 1) > triesMax) break;
      const first = this.tokens.at(at);
      const end = first < 0 ? -1 : this.tokens.at(at + value.length);
      if (first < 0 || end <= first) continue;
      const { next } = places;
      places.from[next] = first;
      places.tokens[next] = end - first;
      places.next = (next + 1) % placesMax;
      return `${first}.${end - first}`;
    }
    return undefined;
  }

  private placesOf(key: string): Places {
    const known = this.places.get(key);
    if (known !== undefined) return known;
    if (this.places.size >= namesMax) this.places.clear();
    const places = {
      from: new Int32Array(placesMax),
      tokens: new Int32Array(placesMax),
      next: 0,
    };
    this.places.set(key, places);
    return places;
  }
}
