import { isAscii, isUtf8 } from 'node:buffer';
import { decodeEucKr } from './euc-kr.ts';
import { leadOfWestern, scoreDouble, scoreSingle } from './statistics.ts';
import { looksLikeUtf16 } from './utf-16-32.ts';

const esc = 0x1b;

/** The charset that escape sequences in the text belong to (ISO 2022). */
export const escapesOf = (bytes: Uint8Array): string | undefined => {
  for (let at = bytes.indexOf(esc); at >= 0; at = bytes.indexOf(esc, at + 1)) {
    const first = bytes[at + 1];
    const second = bytes[at + 2];
    if (first === 0x28 && (second === 0x4a || second === 0x49)) return 'iso-2022-jp';
    if (first !== 0x24) continue;
    if (second === 0x42 || second === 0x40 || second === 0x41) return 'iso-2022-jp';
    const third = bytes[at + 3] ?? 0;
    if (second === 0x28 && 'ABCDOPQ@'.includes(String.fromCharCode(third))) return 'iso-2022-jp';
    if (second === 0x29 && third === 0x43) return 'iso-2022-kr';
    if (second === 0x29 && (third === 0x41 || third === 0x45 || third === 0x47)) {
      return 'iso-2022-cn';
    }
  }
  return undefined;
};

/** HZ in text without a label: `~{`, pairs of graphic bytes, `~}` on one line. */
export const looksLikeHz = (bytes: Buffer): boolean => {
  const from = bytes.indexOf('~{', 0, 'latin1');
  if (from < 0) return false;
  const to = bytes.indexOf('~}', from + 2, 'latin1');
  if (to < from + 4 || (to - from) % 2 !== 0 || to - from > 2_000) return false;
  for (let at = from + 2; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x21 || byte > ((at - from) % 2 === 0 ? 0x77 : 0x7e)) return false;
  }
  return true;
};

const sampleMax = 2_048;
const tried = ['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr'] as const;
const singles = [
  'windows-1251',
  'koi8-r',
  'iso-8859-5',
  'ibm866',
  'windows-1253',
  'iso-8859-7',
  'windows-1255',
  'windows-1256',
  'windows-874',
  'windows-1250',
  'iso-8859-2',
  'windows-1254',
] as const;

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

const decode = (bytes: Buffer, charset: string): string => {
  if (charset === 'euc-kr') return decodeEucKr(bytes);
  let decoder = decoders.get(charset);
  if (decoder === undefined) {
    decoder = new TextDecoder(charset);
    decoders.set(charset, decoder);
  }
  return decoder.decode(bytes);
};

const firstHigh = (bytes: Uint8Array): number => {
  let at = 0;
  while (at < bytes.length && (bytes[at] ?? 0) < 0x80) at++;
  return at;
};

const isAsciiLetter = (byte: number): boolean => {
  const lower = byte | 32;
  return lower >= 97 && lower <= 122;
};

/** Punctuation of windows-1252 among what are lead bytes elsewhere: quotes, dashes, ellipsis, bullet, euro, trade mark. */
const punctuation: ReadonlySet<number> = new Set([
  0x80, 0x85, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99,
]);

/**
 * Whether bytes above 7F look like accents and punctuation between ASCII letters, as Latin scripts have them;
 * characters of two bytes, and words of other scripts, have them in runs of their own.
 */
const looksLatin = (sample: Uint8Array): boolean => {
  let runs = 0;
  let latin = 0;
  for (let at = 0; at < sample.length; ) {
    const byte = sample[at] ?? 0;
    if (byte < 0x80 || byte === 0xa0) {
      at++;
      continue;
    }
    const from = at;
    let marks = 0;
    while (at < sample.length && (sample[at] ?? 0) >= 0x80 && sample[at] !== 0xa0) {
      if (punctuation.has(sample[at] ?? 0)) marks++;
      at++;
    }
    runs++;
    const first = sample[from] ?? 0;
    const isAccent =
      first >= 0xc0 && (isAsciiLetter(sample[from - 1] ?? 0) || isAsciiLetter(sample[at] ?? 0));
    // Signs as £ and ° stand before and behind numbers.
    const isSign = first > 0xa0 && first < 0xc0 && at - from === 1;
    if (at - from <= 3 && (isAccent || isSign || marks === at - from)) latin++;
  }
  return latin >= runs * 0.7;
};

/** A label is a hint that statistics of few characters do not outweigh. */
const hintWeight = 0.15;
const doubleMin = 0.4;
/** Text in another charset does not come near it. */
const sure = 0.85;
const latinMin = 0.5;
const distinctMin = 4;

const latins: ReadonlySet<string> = new Set(['windows-1250', 'iso-8859-2', 'windows-1254']);

const bySingle = (sample: Buffer, hint: string | undefined, onlyLatin: boolean): string => {
  const isLatinHint = hint === 'us-ascii' || hint === 'windows-1252';
  if (onlyLatin && hint === 'windows-1252') return hint;
  // A sign or two, however often, are no language.
  const distinct = new Set(sample.filter(byte => byte > 0xa0)).size;
  if (distinct < distinctMin)
    return singles.some(charset => charset === hint) ? (hint ?? '') : 'windows-1252';
  const western = decode(sample, 'windows-1252');
  const lead = leadOfWestern(western) + (isLatinHint ? 0.2 : 0);
  let best = { charset: 'windows-1252', score: scoreSingle(western, 'windows-1252') + lead };
  for (const charset of singles) {
    if (onlyLatin && !latins.has(charset) && charset !== hint) continue;
    const score =
      scoreSingle(decode(sample, charset), charset) + (charset === hint ? hintWeight : 0);
    if (score > best.score) best = { charset, score };
  }
  return best.charset;
};

const byStatistics = (bytes: Buffer, hint: string | undefined): string => {
  const from = firstHigh(bytes);
  const sample = bytes.subarray(from, from + sampleMax);
  // UTF-8 with a damaged character or a cut end is still UTF-8.
  const asUtf8 = scoreDouble(sample.toString('utf8', 0, sample.length), 'utf-8');
  if (asUtf8 < 0.5 && looksLatin(sample)) return bySingle(sample, hint, true);
  let best = { charset: 'utf-8', score: asUtf8 };
  for (const charset of tried) {
    const score =
      scoreDouble(decode(sample, charset), charset) + (charset === hint ? hintWeight : 0);
    if (score > best.score) best = { charset, score };
    if (score >= sure) break;
  }
  if (best.score >= (hint === 'windows-1252' ? latinMin : doubleMin)) return best.charset;
  return bySingle(sample, hint, false);
};

/** UTF-16 of East Asia has few zero bytes to tell it by, but it has some: of digits and line ends. */
const wideByStatistics = (bytes: Buffer): string | undefined => {
  if (bytes.length % 2 !== 0 || !bytes.includes(0)) return undefined;
  const sample = bytes.subarray(0, sampleMax);
  const wide = ['utf-16le', 'utf-16be'].map(charset => ({
    charset,
    score: scoreDouble(decode(sample, charset), 'shift_jis'),
  }));
  return wide.find(({ score }) => score >= doubleMin)?.charset;
};

const doubles: ReadonlyMap<string, string> = new Map([
  ...tried.map(charset => [charset, charset] as const),
  ['gbk', 'gb18030'],
]);
const glanceMax = 512;
const badly = 0.3;

/** Whether statistics tell this charset from others well. */
export const isWide = (charset: string): boolean =>
  doubles.has(charset) || charset === 'utf-8' || charset.startsWith('iso-2022');

/** Whether text in a charset of two bytes, though all of its bytes mean something, hardly is what they were written for. */
export const readsBadly = (bytes: Buffer, charset: string): boolean => {
  const scored = doubles.get(charset);
  if (scored === undefined) return false;
  const from = firstHigh(bytes);
  const sample = bytes.subarray(from, from + glanceMax);
  return scoreDouble(decode(sample, charset), scored) < badly;
};

/** The charset of bytes whose label is missing or wrong; `hint` is the label, where it may yet be right. */
export const sniff = (bytes: Buffer, hint?: string): string => {
  const wide = looksLikeUtf16(bytes) ?? wideByStatistics(bytes);
  if (wide !== undefined) return wide;
  const escapes = escapesOf(bytes);
  if (escapes !== undefined) return escapes;
  if (isAscii(bytes)) return looksLikeHz(bytes) ? 'hz-gb-2312' : 'us-ascii';
  if (isUtf8(bytes)) return 'utf-8';
  return byStatistics(bytes, hint);
};
