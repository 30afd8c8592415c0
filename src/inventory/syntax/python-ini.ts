/** One option of a Python configuration file, with the line on which it starts. */
export interface IniOption {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface IniSection {
  readonly name: string;
  readonly line: number;
  readonly options: readonly IniOption[];
}

/**
 * Reads what Python's configparser reads: `key = value` or `key: value`, keys without regard to
 * case, `#` and `;` at the start of a line, and lines that are indented go on with the value. What
 * stands before the first section belongs to the one with the empty name.
 */
export const readPythonIni = (text: string): readonly IniSection[] => {
  const sections: {
    name: string;
    line: number;
    options: { key: string; value: string; line: number }[];
  }[] = [{ name: '', line: 0, options: [] }];
  let line = 0;
  let last: { key: string; value: string; line: number } | undefined;
  for (const raw of text.split('\n')) {
    line += 1;
    const bare = raw.trim();
    if (bare === '' || bare.startsWith('#') || bare.startsWith(';')) continue;
    if (/^\s/.test(raw) && last !== undefined) {
      if (last.value.length < 65_536) last.value += `\n${bare}`;
      continue;
    }
    const header = /^\[([^\]]*)\]/.exec(bare);
    if (header !== null) {
      sections.push({ name: (header[1] ?? '').trim(), line, options: [] });
      last = undefined;
      continue;
    }
    const match = /^([^=:]+)[=:](.*)$/s.exec(bare);
    if (match === null) continue;
    last = { key: (match[1] ?? '').trim().toLowerCase(), value: (match[2] ?? '').trim(), line };
    sections.at(-1)?.options.push(last);
  }
  return sections;
};

/** The last value of a key: within one section later lines override earlier ones. */
export const iniOption = (section: IniSection | undefined, key: string): IniOption | undefined =>
  section?.options.findLast(option => option.key === key);

export const iniSection = (sections: readonly IniSection[], name: string): IniSection | undefined =>
  sections.findLast(section => section.name.toLowerCase() === name.toLowerCase());
