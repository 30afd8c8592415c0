import { parseAllDocuments } from 'yaml';
import { messageOf } from '../../core/errors.ts';
import type { FileView } from '../../core/files.ts';
import { withoutAccounts } from '../../core/url-text.ts';

const bytesMax = 1 << 20;

export const textOf = (files: FileView, path: string): string | undefined =>
  files.stat(path)?.kind === 'file' ? files.text(path, { bytesMax }) : undefined;

/** Line on which a text first stands, 1-based. */
export const lineOf = (text: string, needle: string): number => {
  const at = text.indexOf(needle);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
};

/** Documents of a YAML file; one that is not YAML is unseen. */
export const yamlDocuments = (files: FileView, path: string): readonly unknown[] => {
  const text = textOf(files, path);
  if (text === undefined) return [];
  try {
    // The messages of the parser quote the file, and with it what a broken line holds of passwords.
    return parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false }).map(document => {
      const [error] = document.errors;
      if (error !== undefined) {
        const line = text.slice(0, error.pos[0]).split('\n').length;
        throw new Error(`${error.code.toLowerCase().replaceAll('_', ' ')} in line ${line}`);
      }
      return document.toJS({ maxAliasCount: 50 }) as unknown;
    });
  } catch (thrown) {
    files.note({
      what: path,
      why: `is not YAML that could be read: ${messageOf(thrown).split('\n')[0]?.slice(0, 200) ?? ''}`,
      how: 'Check it with the program that reads it.',
    });
    return [];
  }
};

/** A property of whatever a document holds; keys with dots are tried whole and step by step. */
export const at = (value: unknown, ...keys: readonly string[]): unknown => {
  let here = value;
  for (const key of keys) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = Object.getOwnPropertyDescriptor(here, key)?.value;
  }
  return here;
};

export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

export const texts = (value: unknown): readonly string[] =>
  list(value).filter((each): each is string => typeof each === 'string');

export const values = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

export interface Section {
  readonly name: string;
  readonly line: number;
  readonly settings: ReadonlyMap<string, { readonly value: string; readonly line: number }>;
}

const linesMax = 50_000;

/**
 * Sections of an INI-like file: `[name]`, then `key = value` or, with `blanks`, `Key value`. Keys in
 * lower case; indented lines continue a value, as Python's configparser has it.
 */
export const sectionsOf = (text: string, blanks = false): readonly Section[] => {
  const out: {
    name: string;
    line: number;
    settings: Map<string, { value: string; line: number }>;
  }[] = [{ name: '', line: 1, settings: new Map() }];
  let last: string | undefined;
  for (const [i, raw] of text.split('\n', linesMax).entries()) {
    const bare = raw.trim();
    if (bare === '' || bare.startsWith('#') || bare.startsWith(';')) continue;
    const header = /^\[([^\]]{1,300})\]/.exec(bare)?.[1];
    const section = out.at(-1);
    if (header !== undefined) {
      out.push({ name: header, line: i + 1, settings: new Map() });
      last = undefined;
      continue;
    }
    if (section === undefined) continue;
    if (!blanks && /^\s/.test(raw) && last !== undefined) {
      const before = section.settings.get(last);
      if (before !== undefined && before.value.length < 65_536) {
        section.settings.set(last, { ...before, value: `${before.value}\n${bare}` });
        continue;
      }
    }
    const match = blanks
      ? /^([\w.@-]{1,100})[ \t]+(.*)$/s.exec(bare)
      : /^([^=:]{1,200})[=:](.*)$/s.exec(bare);
    if (match === null) continue;
    last = (match[1] ?? '').trim().toLowerCase();
    section.settings.set(last, { value: (match[2] ?? '').trim(), line: i + 1 });
  }
  return out;
};

/** An address without the user and password that may stand in it. */
export const withoutSecrets = (address: string): string => withoutAccounts(address).slice(0, 300);
