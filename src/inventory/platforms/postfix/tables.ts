import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { isBlank, lineAt, readLogicalLines } from '../../syntax/postfix-lines.ts';
import { cut, unbrace } from '../../syntax/postfix-list.ts';
import { isPatternMap, isTextMap, type MapUse } from './maps.ts';

/** One entry of a lookup table. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly at: Place;
}

const entriesMax = 50_000;

const splitAtBlank = (text: string, from = 0): readonly [string, string] => {
  let end = from;
  while (end < text.length && !isBlank(text.charAt(end))) end += 1;
  return [text.slice(0, end), text.slice(end).trim()];
};

/** `/pattern/flags result`, `!/pattern/ result`, `if`, `endif`: regexp_table(5), pcre_table(5). */
const splitPattern = (text: string): readonly [string, string] | undefined => {
  if (/^(?:if|endif)\b/i.test(text)) return undefined;
  const start = /^!?\s*/.exec(text)?.[0].length ?? 0;
  const mark = text.charAt(start);
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') i += 1;
    else if (c === mark) return splitAtBlank(text, i + 1);
  }
  return undefined;
};

/** `inline:{key=value, { key = long value }}`, `static:value`, `regexp:{{/x/ y}}`. */
const inlineEntries = (use: MapUse): readonly Entry[] => {
  const { type, name, at } = use;
  const group = unbrace({ text: name, offset: 0 });
  if (type === 'static') return [{ key: '*', value: group?.text ?? name, at }];
  if (group === undefined) return [];
  if (type === 'randmap') return cut(group.text).map(({ text }) => ({ key: '*', value: text, at }));
  return cut(group.text, type === 'inline' ? undefined : ' \t\r\n,')
    .slice(0, 1_000)
    .flatMap((token): readonly Entry[] => {
      const text = unbrace(token)?.text ?? token.text;
      if (type !== 'inline') {
        const pair = type === 'cidr' ? splitAtBlank(text) : splitPattern(text);
        return pair === undefined ? [] : [{ key: pair[0], value: pair[1], at }];
      }
      const equals = text.indexOf('=');
      return equals < 0
        ? []
        : [{ key: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim(), at }];
    });
};

const indexes = ['.db', '.lmdb', '.cdb', '.dir', '.pag'] as const;

/** The text of a table's file; says so when there is only an index, which is not read. */
export const tableText = (files: FileView, use: MapUse): string | undefined => {
  const { name, parameter } = use;
  if (files.stat(name)?.kind === 'file') return files.text(name);
  const index = indexes.map(end => `${name}${end}`).find(path => files.stat(path) !== undefined);
  files.note({
    what: index ?? name,
    why:
      index === undefined
        ? `is not there, though ${parameter} looks things up in it`
        : `has no text beside it: what ${parameter} finds in it was not read`,
    how:
      index === undefined
        ? `Collect it too, or take it out of ${use.at.path}.`
        : `Put the text that it was made of at ${name}: \`postmap -s ${use.type}:${name}\` prints it.`,
  });
  return undefined;
};

/** Entries of a table whose text lies on this host; undefined for all others. */
export const readTable = (files: FileView, use: MapUse): readonly Entry[] | undefined => {
  const { type, name } = use;
  if (/^(?:inline|static|randmap)$/.test(type) || (isPatternMap(use) && name.startsWith('{'))) {
    return inlineEntries(use);
  }
  if (!isTextMap(use) || !name.startsWith('/')) return undefined;
  const text = tableText(files, use);
  if (text === undefined) return undefined;
  const { lines } = readLogicalLines(text);
  if (lines.length > entriesMax) {
    files.note({
      what: name,
      why: `has ${lines.length} entries; only the first ${entriesMax} were looked at`,
      how: 'Look through the rest for FILTER, transports and addresses of other hosts.',
    });
  }
  const isPattern = type === 'regexp' || type === 'pcre';
  return lines.slice(0, entriesMax).flatMap((line): readonly Entry[] => {
    const pair = isPattern ? splitPattern(line.text) : splitAtBlank(line.text);
    return pair === undefined
      ? []
      : [{ key: pair[0], value: pair[1], at: { path: name, line: lineAt(line, 0) } }];
  });
};
