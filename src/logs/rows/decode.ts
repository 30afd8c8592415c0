import type { AccessEvent } from '../../core/access-event.ts';
import type { Parsed } from '../format.ts';
import { type TextColumn, unparsedKind } from './columns.ts';
import { LineTokens } from './line-tokens.ts';

/** A row as its columns hold it. */
export interface StoredRow {
  /** Milliseconds since 1970. */
  readonly timeMs: number | undefined;
  readonly texts: Readonly<Partial<Record<TextColumn, string>>>;
}

/** What a row says, once its line is at hand. */
export interface DecodedRow {
  readonly parsed: Parsed;
  readonly repeated?: number;
  readonly truncated?: true;
  /** Of a record that lies over several lines: how many. */
  readonly lines?: number;
}

const templatesMax = 10_000;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Gives back the events that `RowSink` took apart. */
export class RowDecoder {
  private readonly templates = new Map<string, unknown>();
  private readonly tokens = new LineTokens();
  private text = '';
  private more: readonly unknown[] = [];
  private nextMore = 0;

  /**
   * @param text the line, where the row refers to it.
   * @throws Error where row and line are not of each other.
   */
  decode({ timeMs, texts }: StoredRow, text: string): DecodedRow {
    this.text = text;
    this.tokens.read(text);
    const more: unknown = texts.more === undefined ? [] : JSON.parse(texts.more);
    this.more = Array.isArray(more) ? more : [];
    this.nextMore = 0;
    const rest = this.filled(this.template(texts.rest ?? '{}'));
    if (!isObject(rest)) throw new Error('a row without the rest of its event');
    const {
      '@repeated': repeated,
      '@unparsed': why,
      '@truncated': truncated,
      '@lines': lines,
      ...event
    } = rest;
    return {
      parsed:
        texts.kind === unparsedKind
          ? { unparsed: String(why) }
          : { event: joined(event, timeMs, texts) },
      ...(typeof repeated === 'number' ? { repeated } : {}),
      ...(truncated === true ? { truncated } : {}),
      ...(typeof lines === 'number' ? { lines } : {}),
    };
  }

  private template(text: string): unknown {
    const known = this.templates.get(text);
    if (known !== undefined) return known;
    if (this.templates.size >= templatesMax) this.templates.clear();
    const parsed: unknown = JSON.parse(text);
    this.templates.set(text, parsed);
    return parsed;
  }

  private filled(value: unknown): unknown {
    if (typeof value === 'string') return this.value(value);
    if (Array.isArray(value)) return value.map(each => this.filled(each));
    if (!isObject(value)) return value;
    const out: Record<string, unknown> = {};
    for (const key of Object.keys(value)) out[key] = this.filled(value[key]);
    return out;
  }

  private value(template: string): unknown {
    if (template.startsWith('=')) return template.slice(1);
    if (template === '~') {
      if (this.nextMore >= this.more.length) throw new Error('a row with a value too few');
      this.nextMore += 1;
      return this.more[this.nextMore - 1];
    }
    const dot = template.indexOf('.');
    const first = Number(template.slice(1, dot));
    const end = first + Number(template.slice(dot + 1));
    const { starts, count } = this.tokens;
    if (!(first < end && end <= count)) throw new Error('a row that refers to another line');
    const text = this.text.slice(starts[first], starts[end]);
    return template.startsWith('#') ? Number(text) : text;
  }
}

/** An event of its columns and the rest; what stands in the rest is the exact one. */
const joined = (
  rest: Readonly<Record<string, unknown>>,
  timeMs: number | undefined,
  texts: StoredRow['texts'],
): AccessEvent => {
  const event: Record<string, unknown> = {};
  for (const key of ['kind', 'outcome', 'component', 'service', 'host', 'folder'] as const) {
    if (texts[key] !== undefined) event[key] = texts[key];
  }
  if (texts.user !== undefined) event['user'] = { name: texts.user };
  if (texts.actor !== undefined) event['actor'] = { name: texts.actor };
  if (texts.address !== undefined) event['from'] = { ip: texts.address };
  for (const [key, value] of Object.entries(rest)) {
    if (key === 'app' && typeof value === 'string') event[key] = { [value]: texts.app };
    else if ((key === 'user' || key === 'actor' || key === 'from') && isObject(value)) {
      event[key] = { ...(event[key] as object | undefined), ...value };
    } else event[key] = value;
  }
  const { time } = rest;
  if (timeMs !== undefined && isObject(time)) event['time'] = { atMs: timeMs, ...time };
  return event as unknown as AccessEvent;
};
