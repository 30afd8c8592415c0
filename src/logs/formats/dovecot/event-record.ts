import type { EventTime } from '../../../core/log-line.ts';
import type { FormatContext, Parsed } from '../../format.ts';
import { unparsed } from '../../reading.ts';
import { epochTextStamp, isoStamp } from '../../time/stamps.ts';
import { happenedOf } from './event-meaning.ts';
import type { Memory } from './memory.ts';

/** One record of Dovecot's event exporter, whichever of its two forms it was written in. */
export interface EventRecord {
  readonly name: string;
  readonly host?: string;
  readonly time: EventTime;
  readonly categories: readonly string[];
  /** Fields by name, numbers as text; lists joined by a space. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Whether at `from` there begins what the event exporter writes, as JSON or as text apart by tabs. */
export const looksLikeEvent = (text: string, from = 0): boolean => {
  if (text.startsWith('{"event":"', from)) {
    return (
      text.includes('"fields":{', from) ||
      text.includes('"categories":[', from) ||
      text.includes('"start_time":', from)
    );
  }
  return (
    text.startsWith('event:', from) &&
    (text.includes('\tfield:', from) ||
      text.includes('\thostname:', from) ||
      text.includes('\tstart_time:', from))
  );
};

const fieldsMax = 200;

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value.slice(0, 8_000);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return undefined;
  return value
    .slice(0, 50)
    .filter(each => typeof each === 'string' || typeof each === 'number')
    .join(' ');
};

interface Raw {
  name: string;
  host: string | undefined;
  time: string | undefined;
  categories: string[];
  fields: Map<string, string>;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fromJson = (text: string): Raw | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const given = isObject(value['fields']) ? value['fields'] : {};
  const fields = new Map<string, string>();
  for (const [key, each] of Object.entries(given).slice(0, fieldsMax)) {
    const held = textOf(each);
    if (held !== undefined) fields.set(key, held);
  }
  const categories = value['categories'];
  return {
    name: textOf(value['event']) ?? '',
    host: textOf(value['hostname']),
    time: textOf(value['end_time']) ?? textOf(value['start_time']),
    categories: Array.isArray(categories)
      ? categories.slice(0, 50).filter(c => typeof c === 'string')
      : [],
    fields,
  };
};

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  '1': '\u0001',
  t: '\t',
  r: '\r',
  n: '\n',
};

/** Dovecot's tab escaping: \u0001 and a letter. */
const unescaped = (text: string): string =>
  text.includes('\u0001')
    ? text.replace(/\u0001(.)/g, (_, letter: string) => escapes[letter] ?? letter)
    : text;

const fromTabs = (text: string): Raw => {
  const raw: Raw = {
    name: '',
    host: undefined,
    time: undefined,
    categories: [],
    fields: new Map(),
  };
  for (const part of text.split('\t', fieldsMax * 2)) {
    const colon = part.indexOf(':');
    const value = unescaped(part.slice(colon + 1));
    switch (part.slice(0, colon)) {
      case 'event':
        raw.name = value;
        break;
      case 'hostname':
        raw.host = value;
        break;
      case 'start_time':
        raw.time ??= value;
        break;
      case 'end_time':
        raw.time = value;
        break;
      case 'category':
        raw.categories.push(value);
        break;
      case 'field': {
        const equals = value.indexOf('=');
        if (equals > 0) raw.fields.set(value.slice(0, equals), value.slice(equals + 1));
        break;
      }
    }
  }
  return raw;
};

/** One line of the event exporter. `fallback` is its time where the export leaves the times out. */
export const eventRecord = (
  text: string,
  context: FormatContext,
  fallback: EventTime,
  memory: Memory,
): Parsed => {
  const raw = text.startsWith('{') ? fromJson(text) : fromTabs(text);
  if (raw === undefined || raw.name === '')
    return unparsed('a broken record of the event exporter');
  const stamp =
    raw.time === undefined ? undefined : (isoStamp(raw.time)?.stamp ?? epochTextStamp(raw.time));
  return happenedOf(
    {
      name: raw.name,
      ...(raw.host === undefined ? {} : { host: raw.host }),
      time: stamp === undefined ? fallback : context.time(stamp),
      categories: raw.categories,
      fields: raw.fields,
    },
    memory,
  );
};
