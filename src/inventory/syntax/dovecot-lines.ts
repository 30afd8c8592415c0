/**
 * One line of a Dovecot configuration file, as `config-parser.c` of Dovecot 2.3 and 2.4 takes it
 * apart. The two differ in `group` and in quoted keys only, which 2.3 refuses.
 */
export type DovecotLine =
  | { readonly kind: 'nothing' }
  /** Ends in a backslash: the next line goes on. */
  | { readonly kind: 'held'; readonly text: string }
  | { readonly kind: 'setting'; readonly key: string; readonly value: string; readonly form: Form }
  | { readonly kind: 'open'; readonly key: string; readonly name: string; readonly named: boolean }
  | { readonly kind: 'close' }
  | { readonly kind: 'include'; readonly pattern: string; readonly optional: boolean }
  | { readonly kind: 'wrong'; readonly why: string };

/** `file`: the value is the content of the file named. `variables`: it holds a `$`, unquoted. */
type Form = 'text' | 'quoted' | 'file' | 'variables';

const blank = /\s/;

/** Where the comment starts; quotes hide a `#`, an open quote hides the rest of the line. */
const commentAt = (text: string): number => {
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '#') return i;
    if (c !== '"' && c !== "'") continue;
    for (i += 1; i < text.length && text.charAt(i) !== c; i++) {
      if (text.charAt(i) === '\\') i += 1;
    }
  }
  return text.length;
};

const unescape = (text: string): string => text.replace(/\\(.)/gs, '$1');

/** The first word, which ends at a blank (or `=`), or at the closing quote. */
const wordOf = (
  text: string,
  endsAtEquals: boolean,
): { readonly word: string; readonly quoted: boolean; readonly rest: string } => {
  if (text.startsWith('"')) {
    let end = 1;
    while (end < text.length && text.charAt(end) !== '"') {
      end += text.charAt(end) === '\\' && endsAtEquals ? 2 : 1;
    }
    const rest = text.slice(end + 1).trimStart();
    return { word: unescape(text.slice(1, end)), quoted: true, rest };
  }
  let end = 0;
  while (end < text.length && !blank.test(text.charAt(end))) {
    if (endsAtEquals && text.charAt(end) === '=') break;
    end += 1;
  }
  return { word: text.slice(0, end), quoted: false, rest: text.slice(end).trimStart() };
};

const settingOf = (key: string, text: string): DovecotLine => {
  if (text.startsWith('<')) {
    return { kind: 'setting', key, value: text.slice(1).trimStart(), form: 'file' };
  }
  const mark = text.charAt(0);
  const quotes = mark === '"' || mark === "'";
  if (!quotes && text.includes('$'))
    return { kind: 'setting', key, value: text, form: 'variables' };
  return quotes && text.length > 1 && text.endsWith(mark)
    ? { kind: 'setting', key, value: unescape(text.slice(1, -1)), form: 'quoted' }
    : { kind: 'setting', key, value: text, form: 'text' };
};

const blockOf = (key: string, text: string): DovecotLine => {
  let opened = text;
  let name = '';
  let named = false;
  let of = key;
  if (key === 'group' && !text.startsWith('{')) {
    const label = wordOf(text, false);
    of = label.word;
    opened = label.rest;
  }
  if (!opened.startsWith('{')) {
    const title = wordOf(opened, false);
    name = title.word;
    named = title.word !== '' || title.quoted;
    opened = title.rest;
  }
  if (!opened.startsWith('{')) return { kind: 'wrong', why: "a '{' or '=' is missing" };
  if (opened.length > 1) return { kind: 'wrong', why: "something stands behind '{'" };
  return { kind: 'open', key: of, name, named };
};

/** @param held what lines before it, which ended in a backslash, have said. */
export const parseDovecotLine = (raw: string, held: string): DovecotLine => {
  const start = raw.trimStart();
  if (start === '' || start.startsWith('#')) return { kind: 'nothing' };
  const bare = start.slice(0, commentAt(start)).trimEnd();
  if (bare.endsWith('\\')) {
    const text = bare.slice(0, -1).trimEnd();
    return { kind: 'held', text: text === '' ? '' : `${text} ` };
  }
  const { word: key, quoted, rest } = wordOf(held + bare, true);
  if (!quoted && key === '!include') return { kind: 'include', pattern: rest, optional: false };
  if (!quoted && key === '!include_try') return { kind: 'include', pattern: rest, optional: true };
  if (rest.startsWith('=')) return settingOf(key, rest.slice(1).trimStart());
  if (key === '}' && rest === '') return { kind: 'close' };
  return blockOf(key, rest);
};
