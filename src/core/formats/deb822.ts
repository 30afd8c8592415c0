/** One paragraph of a Debian control file. */
export interface Stanza {
  /** Values by lower-case field name; continuation lines are joined with line feeds. */
  readonly fields: ReadonlyMap<string, string>;
  /** 1-based line of its first field. */
  readonly line: number;
  /** What in it is no field, where something is not. */
  readonly broken?: string;
}

const blank = /^[ \t\r]*$/;

/**
 * The paragraphs of deb822(5) text. A second `Package` field without an empty line before it starts a
 * paragraph of its own: a damaged file loses one package, not two.
 *
 * @param wanted lower-case names of the fields to keep; all when absent.
 */
export function* stanzas(text: string, wanted?: ReadonlySet<string>): Iterable<Stanza> {
  let fields = new Map<string, string>();
  let broken: string | undefined;
  let first = 0;
  let last = '';
  let line = 0;
  const finished = (): Stanza => ({
    fields,
    line: first,
    ...(broken === undefined ? {} : { broken }),
  });
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    const start = at;
    at = stop + 1;
    line += 1;
    const c = text.charCodeAt(start);
    if (c === 0x20 || c === 0x09 || start === stop || c === 0x0d) {
      const raw = text.slice(start, stop);
      if (blank.test(raw)) {
        if (first > 0) yield finished();
        fields = new Map();
        broken = undefined;
        first = 0;
        last = '';
      } else if (last !== '') fields.set(last, `${fields.get(last) ?? ''}\n${raw.trim()}`);
      continue;
    }
    if (c === 0x23) continue;
    // Within the line: a file without a colon must not be searched to its end for each of its lines.
    const content = text.slice(start, stop);
    const colon = content.indexOf(':');
    if (colon <= 0) {
      broken ??= content.slice(0, 60);
      if (first === 0) first = line;
      last = '';
      continue;
    }
    const name = content.slice(0, colon).toLowerCase();
    if (name === 'package' && fields.has('package')) {
      yield { ...finished(), broken: broken ?? 'no empty line after it' };
      fields = new Map();
      broken = undefined;
      first = 0;
    }
    if (first === 0) first = line;
    last = wanted === undefined || wanted.has(name) ? name : '';
    if (last !== '') fields.set(name, content.slice(colon + 1).trim());
  }
  if (first > 0) yield finished();
}
