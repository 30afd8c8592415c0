import { decodeBy } from '../mail/charsets/decode.ts';
import { jisX0208 } from '../mail/charsets/jis-tables.ts';

/*
 * PDF lets a document name one of Adobe's tables for the characters of East Asia and leave the font away, as
 * Japanese business software does. PDF.js wants those tables as files; only what character a code means is
 * wanted here, and that follows from the charsets that mail needs anyway.
 */

/** First number that stands for no glyph of Adobe's; those below mean what they do in Adobe-Japan1. */
const ownFrom = 24_000;

/** UTF-16 units that may have a number of their own, in this order: as many as leave all numbers below 65,536. */
const ownRanges: readonly (readonly [number, number])[] = [
  [0x80, 0x451],
  [0x2000, 0x33ff],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xff00, 0xffef],
];

const ownNumber = (unit: number): number => {
  let from = ownFrom;
  for (const [low, high] of ownRanges) {
    if (unit >= low && unit <= high) return from + unit - low;
    from += high - low + 1;
  }
  return 0;
};

/** Adobe-Japan1 puts ASCII at 1, half-width katakana at 327, and JIS X 0208 from 633 in its own order, but for its rules. */
const japanNumbers = (): ReadonlyMap<number, number> => {
  const numbers = new Map<number, number>();
  for (let unit = 0x20; unit < 0x7f; unit++) numbers.set(unit, unit - 0x1f);
  for (let unit = 0xff61; unit <= 0xff9f; unit++) numbers.set(unit, 327 + unit - 0xff61);
  const plane = jisX0208();
  let next = 633;
  for (let row = 1; row <= 84; row++) {
    // Row 8, the rules, what NEC added in row 13, and the two kanji of 1990 stand elsewhere.
    if (row >= 8 && row <= 15) continue;
    for (let cell = 0; cell < 94; cell++) {
      const unit = plane[(row - 1) * 94 + cell] ?? 0;
      if (unit === 0 || (row === 84 && cell >= 4)) continue;
      if (!numbers.has(unit)) numbers.set(unit, next);
      next++;
    }
  }
  return numbers;
};

let japan: ReadonlyMap<number, number> | undefined;

const isJapanese = (name: string): boolean => !/GB|CNS|B5|KSC|UniKS|Korea/.test(name);

const numberOf = (unit: number, isOfJapan: boolean): number => {
  if (unit >= 0x20 && unit < 0x7f) return unit - 0x1f;
  japan ??= japanNumbers();
  return (isOfJapan ? japan.get(unit) : undefined) ?? ownNumber(unit);
};

interface Code {
  readonly code: number;
  readonly unit: number;
}

const pairs = function* (
  charset: string,
  leads: readonly [number, number],
  trails: readonly [number, number],
): Generator<Code> {
  const codes: number[] = [];
  const bytes: number[] = [];
  for (let lead = leads[0]; lead <= leads[1]; lead++) {
    for (let trail = trails[0]; trail <= trails[1]; trail++) {
      codes.push(lead * 256 + trail);
      bytes.push(lead, trail, 10);
    }
  }
  // All in one text, a line each: to decode them one by one takes a hundred times as long.
  const lines = decodeBy(Buffer.from(bytes), charset).split('\n');
  for (const [at, code] of codes.entries()) {
    const text = lines[at] ?? '';
    const unit = text.charCodeAt(0);
    if (text.length === 1 && unit !== 0xfffd && unit >= 0x80) yield { code, unit };
  }
};

const jis7 = function* (): Generator<Code> {
  const plane = jisX0208();
  for (const [index, unit] of plane.entries()) {
    if (unit !== 0)
      yield { code: (Math.floor(index / 94) + 0x21) * 256 + (index % 94) + 0x21, unit };
  }
};

const unicode = function* (): Generator<Code> {
  for (let unit = 0x20; unit < 0x7f; unit++) yield { code: unit, unit };
  for (const [low, high] of ownRanges) {
    for (let unit = low; unit <= high; unit++) yield { code: unit, unit };
  }
};

interface Encoding {
  readonly codes: () => Iterable<Code>;
  /** Code space: bytes that stand alone, and lead bytes of two. */
  readonly spaces: readonly string[];
  /** Half-width katakana are one byte. */
  readonly hasKatakana?: boolean;
}

const encodingOf = (name: string): Encoding | undefined => {
  const two = '<0000> <FFFF>';
  const ascii = '<00> <80>';
  if (/^Uni\w+-(?:UCS2|UTF16)/.test(name)) return { codes: unicode, spaces: [two] };
  if (/^(?:(?:78|Add|Ext|NWP|Hojo)-)?[HV]$/.test(name))
    return { codes: jis7, spaces: ['<2121> <7E7E>'] };
  if (/RKSJ-[HV]$/.test(name)) {
    return {
      codes: () => pairs('shift_jis', [0x81, 0xfc], [0x40, 0xfc]),
      spaces: [ascii, '<A0> <DF>', '<8140> <9FFC>', '<E040> <FCFC>'],
      hasKatakana: true,
    };
  }
  const wide = ['<00> <80>', '<8140> <FEFE>'];
  if (/^(?:78-)?EUC-[HV]$/.test(name)) {
    return {
      codes: () => pairs('euc-jp', [0xa1, 0xfe], [0xa1, 0xfe]),
      spaces: [ascii, '<A1A1> <FEFE>'],
    };
  }
  if (/^GB.*(?:EUC|2K)-[HV]$/.test(name))
    return { codes: () => pairs('gbk', [0x81, 0xfe], [0x40, 0xfe]), spaces: wide };
  if (/B5-[HV]$|B5pc-[HV]$/.test(name))
    return { codes: () => pairs('big5', [0x81, 0xfe], [0x40, 0xfe]), spaces: wide };
  if (/^KSC.*(?:EUC|UHC).*-[HV]$/.test(name))
    return { codes: () => pairs('euc-kr', [0x81, 0xfe], [0x41, 0xfe]), spaces: wide };
  return undefined;
};

const hex = (value: number): string => value.toString(16).padStart(4, '0');

/** Ranges within one row whose codes and numbers both count up. */
const cidRanges = (codes: Iterable<Code>, isOfJapan: boolean): readonly string[] => {
  const out: string[] = [];
  let from = -1;
  let to = -1;
  let first = 0;
  const flush = (): void => {
    if (from >= 0) out.push(`<${hex(from)}> <${hex(to)}> ${first}`);
  };
  for (const { code, unit } of codes) {
    const number = numberOf(unit, isOfJapan);
    if (number === 0) continue;
    if (from >= 0 && code === to + 1 && (code & 0xff) !== 0 && number === first + code - from) {
      to = code;
      continue;
    }
    flush();
    from = code;
    to = code;
    first = number;
  }
  flush();
  return out;
};

const blocks = (lines: readonly string[], kind: string): string => {
  const out: string[] = [];
  for (let at = 0; at < lines.length; at += 100) {
    const some = lines.slice(at, at + 100);
    out.push(`${some.length} begin${kind}`, ...some, `end${kind}`);
  }
  return out.join('\n');
};

const head = (name: string, spaces: readonly string[]): string =>
  [
    `/CMapName /${name} def`,
    `/WMode ${name.endsWith('V') ? 1 : 0} def`,
    blocks(spaces, 'codespacerange'),
  ].join('\n');

const encodingMap = (name: string, { codes, spaces, hasKatakana }: Encoding): string => {
  const single = spaces.some(space => space.startsWith('<00> '))
    ? ['<20> <7e> 1', ...(hasKatakana === true ? ['<a1> <df> 327'] : [])]
    : [];
  const lines = [...single, ...cidRanges(codes(), isJapanese(name))];
  return `${head(name, spaces)}\n${blocks(lines, 'cidrange')}\nendcmap`;
};

/** Ranges of numbers of our own: units that count up with them, within one row of 256, over which PDF.js counts. */
const ownUnicode = (): readonly string[] => {
  const out: string[] = [];
  let number = ownFrom;
  for (const [low, high] of ownRanges) {
    for (let unit = low; unit <= high; ) {
      const last = Math.min(high, unit | 0xff);
      const count = last - unit;
      out.push(`<${hex(number)}> <${hex(number + count)}> <${hex(unit)}>`);
      number += count + 1;
      unit = last + 1;
    }
  }
  return out;
};

/** What characters the numbers mean: the tables called `Adobe-Japan1-UCS2` and so on. */
const unicodeMap = (name: string): string => {
  const units: (readonly [number, number])[] = [];
  for (let unit = 0x20; unit < 0x7f; unit++) units.push([unit - 0x1f, unit]);
  if (isJapanese(name)) {
    japan ??= japanNumbers();
    for (const [unit, number] of japan) units.push([number, unit]);
    // Half-width forms of ASCII, which Adobe-Japan1 has besides the proportional ones.
    for (let unit = 0x20; unit < 0x7f; unit++) units.push([231 + unit - 0x20, unit]);
  }
  const single = units.map(([number, unit]) => `<${hex(number)}> <${hex(unit)}>`);
  return [
    head(name, ['<0000> <FFFF>']),
    blocks(single, 'bfchar'),
    blocks(ownUnicode(), 'bfrange'),
    'endcmap',
  ].join('\n');
};

const made = new Map<string, Uint8Array>();

const cMap = (name: string): Uint8Array => {
  const known = made.get(name);
  if (known !== undefined) return known;
  const encoding = encodingOf(name);
  const isUnicode = /^Adobe-\w+-UCS2$/.test(name);
  if (encoding === undefined && !isUnicode) throw new Error(`no table ${name}`);
  const text = encoding === undefined ? unicodeMap(name) : encodingMap(name, encoding);
  const bytes = Buffer.from(text, 'latin1');
  made.set(name, bytes);
  return bytes;
};

class CMapSource {
  async fetch({
    kind,
    filename,
  }: {
    readonly kind: string;
    readonly filename: string;
  }): Promise<Uint8Array> {
    if (kind !== 'cMapUrl') throw new Error(`no ${kind}`);
    return Uint8Array.from(cMap(filename));
  }
}

/** Settings of PDF.js with which it finds the tables. */
export const pdfCMaps: Readonly<Record<string, unknown>> = {
  BinaryDataFactory: CMapSource,
  cMapPacked: false,
  useWorkerFetch: false,
};
