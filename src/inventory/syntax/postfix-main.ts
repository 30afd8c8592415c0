import { isBlank, type LinedText, lineAt, readLogicalLines, sliceLined } from './postfix-lines.ts';

/** One `name = value` of `main.cf` or of a lookup table's own file, not expanded. */
export interface Setting {
  readonly name: string;
  readonly value: LinedText;
  /** 1-based line on which the name stands. */
  readonly line: number;
}

export interface SettingsReading {
  /** By name; the last of several wins, as in Postfix. */
  readonly settings: ReadonlyMap<string, Setting>;
  /** Lines that Postfix cannot read. It refuses to start over some of them, we read on. */
  readonly problems: readonly { readonly line: number; readonly why: string }[];
}

/** `main.cf` and every file of the same form: ldap_table(5), mysql_table(5), pgsql_table(5) … */
export const readSettings = (text: string): SettingsReading => {
  const { lines, skipped } = readLogicalLines(text);
  const settings = new Map<string, Setting>();
  const problems = skipped.map(({ line }) => ({
    line,
    why: 'starts with white space and continues nothing: Postfix skips it',
  }));
  for (const logical of lines) {
    const setting = splitSetting(logical);
    if (setting === undefined) {
      problems.push({ line: lineAt(logical, 0), why: 'has no "=" after its name' });
    } else settings.set(setting.name, setting);
  }
  return { settings, problems };
};

/** `name = value`, as `split_nameval` does. */
export const splitSetting = (logical: LinedText): Setting | undefined => {
  const { text } = logical;
  let start = 0;
  while (start < text.length && isBlank(text.charAt(start))) start += 1;
  let end = start;
  while (end < text.length && text.charAt(end) !== '=' && !isBlank(text.charAt(end))) end += 1;
  let equals = end;
  while (equals < text.length && isBlank(text.charAt(equals))) equals += 1;
  if (end === start || text.charAt(equals) !== '=') return undefined;
  return {
    name: text.slice(start, end),
    value: sliceLined(logical, equals + 1, text.length),
    line: lineAt(logical, start),
  };
};
