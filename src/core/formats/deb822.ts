import { decodeText } from '../decode.ts';
import type { FileView } from '../files.ts';

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
 * @param before lines that stand before the text.
 */
export function* stanzas(
  text: string,
  wanted?: ReadonlySet<string>,
  before: number = 0,
): Iterable<Stanza> {
  let fields = new Map<string, string>();
  let broken: string | undefined;
  let first = 0;
  let last = '';
  let line = before;
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
    // Two paragraphs that lost what stood between them.
    if (fields.has(name)) broken ??= `${name} stands in it twice`;
    if (last !== '') fields.set(name, content.slice(colon + 1).trim());
  }
  if (first > 0) yield finished();
}

const gap = Buffer.from('\n\n');
/** A paragraph that is longer is none: it is cut at the end of a line. */
const paragraphBytesMax = 4 << 20;

const cutOf = (bytes: Buffer): number => {
  const last = bytes.lastIndexOf(gap);
  if (last >= 0) return last + gap.length;
  return bytes.length > paragraphBytesMax ? bytes.lastIndexOf(10) + 1 || bytes.length : 0;
};

/**
 * The paragraphs of a file, a megabyte of it in memory at a time. What lies behind `bytesMax` is
 * unseen, as is what is not text.
 */
export function* stanzasIn(
  files: FileView,
  path: string,
  bytesMax: number,
  wanted: ReadonlySet<string>,
): Iterable<Stanza> {
  let rest: Buffer = Buffer.alloc(0);
  let lines = 0;
  const block = function* (bytes: Buffer): Iterable<Stanza> {
    yield* stanzas(decodeText(files, path, bytes), wanted, lines);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  };
  for (const piece of files.chunks(path, bytesMax)) {
    const bytes = Buffer.concat([rest, piece]);
    const cut = cutOf(bytes);
    if (cut > 0) yield* block(bytes.subarray(0, cut));
    rest = bytes.subarray(cut);
  }
  if (rest.length > 0) yield* block(rest);
}
