import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';

export interface AuthSetting {
  readonly name: string;
  readonly value: string;
  readonly because: Place;
}

export interface AuthFile {
  readonly path: string;
  readonly settings: ReadonlyMap<string, AuthSetting>;
  /** Why courier-authlib would refuse the file as a whole. */
  readonly refused?: string;
}

const settingsMax = 1_000;
const valueCharsMax = 8_192;

/**
 * Reads `authmysqlrc`, `authpgsqlrc`, `authsqliterc`, `authldaprc` and `ldapaliasrc`: a name, blanks,
 * a value that a backslash at the end of its line continues. Of two settings of one name the first
 * counts. Comments are whole lines; within a continued value they are not comments.
 *
 * @param needsMarker whether a file without its `##NAME: MARKER:` line is refused, as current versions of courier-authlib do.
 */
export const readAuthFile = (
  files: FileView,
  path: string,
  needsMarker: boolean,
): AuthFile | undefined => {
  const text = files.text(path);
  if (text === undefined) return undefined;
  const settings = new Map<string, AuthSetting>();
  let hasMarker = false;
  let open: { name: string; value: string; line: number } | undefined;
  let line = 0;
  const close = (): void => {
    if (open !== undefined && !settings.has(open.name) && settings.size < settingsMax) {
      const { name, value, line: from } = open;
      settings.set(name, { name, value: value.trim(), because: { path, line: from } });
    }
    open = undefined;
  };
  for (const raw of text.split('\n')) {
    line += 1;
    const bare = raw.trim();
    if (open === undefined) {
      if (bare === '' || bare.startsWith('#')) {
        hasMarker ||= raw.startsWith('##NAME: MARKER:');
        continue;
      }
      const blank = bare.search(/\s/);
      open = { name: blank < 0 ? bare : bare.slice(0, blank), value: '', line };
      if (blank < 0) {
        close();
        continue;
      }
      open.value = bare.slice(blank).trim();
    } else if (open.value.length < valueCharsMax) {
      open.value = `${open.value} ${bare}`;
    }
    if (open.value.endsWith('\\')) open.value = open.value.slice(0, -1).trimEnd();
    else close();
  }
  close();
  return {
    path,
    settings,
    ...(needsMarker && !hasMarker
      ? {
          refused:
            'has no line ##NAME: MARKER: at its end; current versions of courier-authlib refuse such a file',
        }
      : {}),
  };
};

/**
 * The list of modules as authdaemond takes it out of `authdaemonrc` by itself: everything behind a
 * `#` is left out, no variables, the last one counts. One line without `=` and it does not start.
 */
export const readModuleList = (
  text: string,
  path: string,
): {
  readonly names: readonly string[];
  readonly because: Place;
  readonly stated: boolean;
  readonly badLine?: number;
} => {
  let names: readonly string[] = [];
  let because: Place = { path };
  let stated = false;
  let badLine: number | undefined;
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const bare = raw.split('#')[0] ?? '';
    if (bare.trim() === '') continue;
    const equals = bare.indexOf('=');
    if (equals < 0) {
      badLine ??= line;
      continue;
    }
    if (bare.slice(0, equals) !== 'authmodulelist') continue;
    const value = bare.slice(equals + 1).trimStart();
    const list = value.startsWith('"') ? (value.slice(1).split('"')[0] ?? '') : value;
    names = list
      .split(/\s+/)
      .filter(name => name !== '')
      .slice(0, 100);
    because = { path, line };
    stated = true;
  }
  return { names, because, stated, ...(badLine === undefined ? {} : { badLine }) };
};
