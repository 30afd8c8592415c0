/** One package in apk's database or in an index of packages. */
export interface ApkEntry {
  readonly fields: ReadonlyMap<string, string>;
  readonly files: readonly string[];
  readonly line: number;
}

/** The paragraphs of apk's database: `P:name`, `V:version`, `F:folder` and `R:file` below it. */
export function* apkEntries(text: string): Iterable<ApkEntry> {
  let fields = new Map<string, string>();
  let files: string[] = [];
  let folder = '';
  let first = 1;
  let line = 0;
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    line += 1;
    if (stop === at) {
      if (fields.size > 0) yield { fields, files, line: first };
      fields = new Map();
      files = [];
      folder = '';
      first = line + 1;
    } else if (text[at + 1] === ':') {
      const key = text.charAt(at);
      const value = text.slice(at + 2, stop);
      if (key === 'F') folder = value === '' ? '' : `/${value}`;
      else if (key === 'R') files.push(`${folder}/${value}`);
      else if (!fields.has(key)) fields.set(key, value);
      else if (key === 'P') {
        // Two packages without an empty line between them: the first one ends here.
        yield { fields, files, line: first };
        fields = new Map([[key, value]]);
        files = [];
        first = line;
      }
    }
    at = stop + 1;
  }
  if (fields.size > 0) yield { fields, files, line: first };
}
