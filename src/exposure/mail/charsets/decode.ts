import { isAscii, isUtf8 } from 'node:buffer';
import { decodeEucKr } from './euc-kr.ts';
import { decodeIso2022Jp } from './iso-2022-jp.ts';
import { decodeEucJis2004, decodeShiftJis2004 } from './jis-2004.ts';
import { charsetOf } from './labels.ts';
import { lineGroups } from './lines.ts';
import { decodeHz, decodeIso2022Cn, decodeIso2022Kr } from './shifting.ts';
import { escapesOf, isWide, looksLikeHz, readsBadly, sniff } from './sniff.ts';
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

const sniffed = (bytes: Buffer, why: string | undefined, hint?: string): Decoded => {
  const charset = sniff(bytes, hint);
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

/** What mail programs call Latin-1 and ASCII is often not. */
const labelledLatin = (bytes: Buffer, charset: string): Decoded => {
  const isWestern = charset === 'windows-1252' && fewHigh(bytes) && !isUtf8(bytes);
  const better = isWestern ? charset : sniff(bytes, charset);
  const text = decodeBy(bytes, better);
  return latin.has(better) || better === 'windows-1252'
    ? { text, charset: better }
    : { text, charset: better, fault: `labelled ${charset}; read as ${better}` };
};

/** Only what was ASCII came out: the label is worth nothing. */
const onlyAsciiCameOut = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80 && code !== 0xfffd) return false;
  }
  return true;
};

const isBetter = (bytes: Buffer, text: string, other: string, charset: string): boolean => {
  if (startsWithUtf8Mark(bytes)) return false;
  if (!isWrong(text)) return isWide(charset) && !isWrong(other) && !readsBadly(bytes, charset);
  if (wrongShare(other) >= wrongShare(text) / 2) return false;
  return charset === 'utf-8' || !fewHigh(bytes) || onlyAsciiCameOut(text);
};

/** Text whose label is known, unless its bytes say louder that the label is wrong. */
const labelled = (bytes: Buffer, charset: string): Decoded => {
  if (charset === 'utf-8' && isUtf8(bytes)) return { text: decodeUtf8(bytes), charset };
  if (latin.has(charset)) return labelledLatin(bytes, charset);
  // Valid UTF-8 hardly comes about by chance; of a few bytes it does.
  if (!notAscii.has(charset) && !fewHigh(bytes) && isUtf8(bytes)) {
    return {
      text: decodeUtf8(bytes),
      charset: 'utf-8',
      fault: `labelled ${charset}; read as utf-8`,
    };
  }
  const isBare = charset === 'iso-2022-jp' && escapesOf(bytes) === undefined;
  if (isBare && bytes.some(byte => byte >= 0x80)) {
    return sniffed(bytes, 'labelled iso-2022-jp, without an escape', 'shift_jis');
  }
  const text = decodeBy(bytes, charset);
  if (!isWrong(text) && (fewHigh(bytes) || !readsBadly(bytes, charset))) return { text, charset };
  const better = sniff(bytes, charset);
  if (better !== charset) {
    const other = decodeBy(bytes, better);
    if (isBetter(bytes, text, other, better)) {
      return { text: other, charset: better, fault: `labelled ${charset}; read as ${better}` };
    }
  }
  if (!isWrong(text)) return { text, charset };
  return { text, charset, fault: `bytes that mean nothing in ${charset}` };
};

/** Of text that still has holes: how many are worth another look. */
const holesMin = 0.005;

/** Text put together of several charsets, decoded line by line, where that leaves fewer holes. */
const byLines = (bytes: Buffer, decoded: Decoded): Decoded => {
  const share = wrongShare(decoded.text);
  if (share < holesMin || notAscii.has(decoded.charset)) return decoded;
  const groups = lineGroups(bytes);
  if (groups.length < 2) return decoded;
  const text = groups
    .map(({ kind, bytes: some }) =>
      kind === 'utf-8' ? decodeUtf8(some) : decodeBy(some, sniff(some)),
    )
    .join('');
  if (wrongShare(text) > share / 2) return decoded;
  return { text, charset: decoded.charset, fault: `several charsets besides ${decoded.charset}` };
};

/** Bytes as text. `label` is what the message calls the charset; `undefined` where it says nothing. Never throws. */
export const decodeText = (bytes: Buffer, label?: string): Decoded => {
  const decoded = decodeWhole(bytes, label);
  return isWrong(decoded.text) ? byLines(bytes, decoded) : decoded;
};

const decodeWhole = (bytes: Buffer, label: string | undefined): Decoded => {
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
