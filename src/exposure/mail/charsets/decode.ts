import { isAscii, isUtf8 } from 'node:buffer';
import { decodeEucKr } from './euc-kr.ts';
import { decodeIso2022Jp } from './iso-2022-jp.ts';
import { decodeEucJis2004, decodeShiftJis2004 } from './jis-2004.ts';
import { charsetOf } from './labels.ts';
import { decodeHz, decodeIso2022Cn, decodeIso2022Kr } from './shifting.ts';
import { escapesOf, looksLikeHz, sniff } from './sniff.ts';
import { decodeUtf7 } from './utf-7.ts';
import { decodeUtf16, decodeUtf32 } from './utf-16-32.ts';

export interface Decoded {
  readonly text: string;
  /** Browsers' name of what it was decoded by. */
  readonly charset: string;
  /** Said where the label was not followed, or where bytes remained that mean nothing. */
  readonly fault?: string;
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

const byBrowser = (bytes: Uint8Array, charset: string): string => {
  let decoder = decoders.get(charset);
  if (decoder === undefined) {
    decoder = new TextDecoder(charset);
    decoders.set(charset, decoder);
  }
  return decoder.decode(bytes);
};

const c1 = /[\x80-\x9f]/;

/** windows-1252, which has no bytes that mean nothing: most of it is Latin-1, which costs a copy. */
const decodeWindows1252 = (bytes: Buffer): string => {
  const text = bytes.toString('latin1', 0, bytes.length);
  return c1.test(text) ? byBrowser(bytes, 'windows-1252') : text;
};

const startsWithUtf8Mark = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

const decodeUtf8 = (bytes: Buffer): string =>
  startsWithUtf8Mark(bytes)
    ? bytes.toString('utf8', 3, bytes.length)
    : bytes.toString('utf8', 0, bytes.length);

const own: Readonly<Record<string, (bytes: Buffer) => string>> = {
  'us-ascii': decodeWindows1252,
  'windows-1252': decodeWindows1252,
  'utf-8': decodeUtf8,
  'utf-7': decodeUtf7,
  'utf-16': bytes => decodeUtf16(bytes, undefined),
  'utf-16le': bytes => decodeUtf16(bytes, 'le'),
  'utf-16be': bytes => decodeUtf16(bytes, 'be'),
  'utf-32': bytes => decodeUtf32(bytes, undefined),
  'utf-32le': bytes => decodeUtf32(bytes, 'le'),
  'utf-32be': bytes => decodeUtf32(bytes, 'be'),
  'iso-2022-jp': decodeIso2022Jp,
  'iso-2022-kr': decodeIso2022Kr,
  'iso-2022-cn': decodeIso2022Cn,
  'hz-gb-2312': decodeHz,
  'euc-kr': decodeEucKr,
  'euc-jis-2004': decodeEucJis2004,
  'shift_jis-2004': decodeShiftJis2004,
  'big5-hkscs': bytes => byBrowser(bytes, 'big5'),
};

/** Decodes by one charset, as `charsetOf` names it; what means nothing becomes U+FFFD. */
export const decodeBy = (bytes: Buffer, charset: string): string =>
  own[charset]?.(bytes) ?? byBrowser(bytes, charset);

/** In these, bytes below 80 do not always mean ASCII. */
const notAscii: ReadonlySet<string> = new Set([
  'utf-7',
  'utf-16',
  'utf-16le',
  'utf-16be',
  'utf-32',
  'utf-32le',
  'utf-32be',
  'hz-gb-2312',
]);

const latin: ReadonlySet<string> = new Set(['us-ascii', 'windows-1252']);

const isWrong = (text: string): boolean => text.includes('\ufffd');

/** How much of the text came out as U+FFFD. */
const wrongShare = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) count++;
  return count / Math.max(1, text.length);
};

const sniffed = (bytes: Buffer, why: string | undefined): Decoded => {
  const charset = sniff(bytes);
  const text = decodeBy(bytes, charset);
  return { text, charset, ...(why === undefined ? {} : { fault: `${why}; read as ${charset}` }) };
};

/** Of so few bytes statistics say less than the worst label. */
const highMin = 8;

const fewHigh = (bytes: Buffer): boolean => {
  let count = 0;
  for (let at = 0; at < bytes.length && count < highMin; at++)
    if ((bytes[at] ?? 0) >= 0x80) count++;
  return count < highMin;
};

/** Text whose label is known, unless its bytes say louder that the label is wrong. */
const labelled = (bytes: Buffer, charset: string): Decoded => {
  if (charset === 'utf-8' ? isUtf8(bytes) : false) return { text: decodeUtf8(bytes), charset };
  if (latin.has(charset)) {
    if (charset === 'windows-1252' && fewHigh(bytes) && !isUtf8(bytes)) {
      return { text: decodeBy(bytes, charset), charset };
    }
    // What mail programs call Latin-1 and ASCII is often not: valid UTF-8 hardly comes about by chance.
    const better = sniff(bytes, charset);
    const text = decodeBy(bytes, better);
    return better === charset || better === 'windows-1252'
      ? { text, charset: better }
      : { text, charset: better, fault: `labelled ${charset}; read as ${better}` };
  }
  const text = decodeBy(bytes, charset);
  if (!isWrong(text)) return { text, charset };
  const share = wrongShare(text);
  const better = sniff(bytes, charset);
  if (better !== charset && (better === 'utf-8' || !fewHigh(bytes))) {
    const other = decodeBy(bytes, better);
    if (wrongShare(other) < share / 2) {
      return { text: other, charset: better, fault: `labelled ${charset}; read as ${better}` };
    }
  }
  return { text, charset, fault: `bytes that mean nothing in ${charset}` };
};

/** Bytes as text. `label` is what the message calls the charset; `undefined` where it says nothing. Never throws. */
export const decodeText = (bytes: Buffer, label?: string): Decoded => {
  const charset = label === undefined ? undefined : charsetOf(label);
  const isKnown = charset !== undefined && charset !== 'unknown-8bit';
  if (!isKnown || !notAscii.has(charset)) {
    if (isAscii(bytes)) {
      const escapes = bytes.includes(0x1b) ? escapesOf(bytes) : undefined;
      if (escapes !== undefined && charset !== 'iso-2022-kr' && charset !== 'iso-2022-cn') {
        return { text: decodeBy(bytes, escapes), charset: escapes };
      }
      if (isKnown && charset.startsWith('iso-2022')) {
        return { text: decodeBy(bytes, charset), charset };
      }
      if (bytes.includes('~{') && looksLikeHz(bytes)) {
        return { text: decodeHz(bytes), charset: 'hz-gb-2312' };
      }
      if (bytes.includes(0)) return sniffed(bytes, undefined);
      const text = bytes.toString('latin1', 0, bytes.length);
      return { text, charset: isKnown ? charset : 'us-ascii' };
    }
  }
  if (isKnown) return labelled(bytes, charset);
  return sniffed(
    bytes,
    label === undefined || charset === 'unknown-8bit'
      ? undefined
      : `charset ${JSON.stringify(label.slice(0, 40))} is not known`,
  );
};
