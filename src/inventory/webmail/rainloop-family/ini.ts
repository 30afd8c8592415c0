import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';

export interface IniValue {
  readonly text: string;
  readonly because: Place;
}

/** `section.key` in small letters to its value. */
export type IniValues = ReadonlyMap<string, IniValue>;

const valuesMax = 5_000;
const keyCharsMax = 200;
/** Lines are looked for key by key: together these bound the work. */
const jsonBytesMax = 1 << 18;
const jsonKeysMax = 500;

/** PHP's ini scanner: words for true and false become `1` and nothing (parse_ini_file manual). */
const wordOf = (bare: string): string => {
  if (/^(?:on|yes|true)$/i.test(bare)) return '1';
  return /^(?:off|no|false|none|null)$/i.test(bare) ? '' : bare;
};

const valueOf = (raw: string): string => {
  const text = raw.trim();
  const mark = text.charAt(0);
  if (mark === '"' || mark === "'") {
    let out = '';
    for (let i = 1; i < text.length; i++) {
      const c = text.charAt(i);
      if (c === '\\' && mark === '"' && /["\\]/.test(text.charAt(i + 1))) {
        i += 1;
        out += text.charAt(i);
      } else if (c === mark) return out;
      else out += c;
    }
    return out;
  }
  return wordOf((text.split(';')[0] ?? '').trim());
};

const readIni = (text: string, path: string): IniValues => {
  const out = new Map<string, IniValue>();
  let section = '';
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const bare = raw.trim();
    if (bare === '' || bare.startsWith(';') || bare.startsWith('#')) continue;
    const head = /^\[([^\]]{1,200})\]/.exec(bare);
    if (head !== null) {
      section = (head[1] ?? '').trim().toLowerCase();
      continue;
    }
    const equals = bare.indexOf('=');
    if (equals <= 0 || equals > keyCharsMax || out.size >= valuesMax) continue;
    const key = bare.slice(0, equals).trim().toLowerCase();
    const name = section === '' ? key : `${section}.${key}`;
    out.set(name, { text: valueOf(bare.slice(equals + 1)), because: { path, line } });
  }
  return out;
};

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '';
  return undefined;
};

/** Of the first line that names the key; JSON keeps no lines of its own. */
const lineOf = (lines: readonly string[], key: string, from: number): number => {
  const at = lines.findIndex((line, i) => i >= from && line.includes(`"${key}"`));
  return at < 0 ? from : at;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readJson = (files: FileView, text: string, path: string): IniValues => {
  const out = new Map<string, IniValue>();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    files.note({
      what: path,
      why: 'is not valid JSON; it was not read',
      how: 'Save it again in the admin panel, or mend it.',
    });
    return out;
  }
  if (!isRecord(parsed)) return out;
  const lines = text.split('\n');
  for (const [key, value] of Object.entries(parsed).slice(0, jsonKeysMax)) {
    if (key.length > keyCharsMax) continue;
    const at = lineOf(lines, key, 0);
    if (!isRecord(value)) {
      const own = textOf(value);
      if (own !== undefined) {
        out.set(key.toLowerCase(), { text: own, because: { path, line: at + 1 } });
      }
      continue;
    }
    for (const [inner, item] of Object.entries(value).slice(0, jsonKeysMax)) {
      const own = textOf(item);
      if (own === undefined || inner.length > keyCharsMax || out.size >= jsonKeysMax) continue;
      out.set(`${key}.${inner}`.toLowerCase(), {
        text: own,
        because: { path, line: lineOf(lines, inner, at) + 1 },
      });
    }
  }
  return out;
};

/** A configuration file of SnappyMail or RainLoop, in either of its forms. */
export const readValues = (files: FileView, path: string): IniValues => {
  if (files.stat(path)?.kind !== 'file') return new Map();
  return path.endsWith('.json')
    ? readJson(files, files.text(path, { bytesMax: jsonBytesMax }) ?? '{}', path)
    : readIni(files.text(path) ?? '', path);
};

/** Whether PHP takes the value for true; `otherwise` where the file does not say. */
export const isYes = (value: IniValue | undefined, otherwise: boolean): boolean =>
  value === undefined ? otherwise : value.text !== '' && value.text !== '0';
