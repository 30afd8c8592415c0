import { decodeText } from '../charsets/decode.ts';
import { charsetOf } from '../charsets/labels.ts';
import { decodePieces } from '../transfer/base64.ts';
import { unfold } from './block.ts';

interface Word {
  readonly charset: string;
  readonly isBase64: boolean;
  /** As encoded. */
  readonly data: string;
  /** Where it ends in the value. */
  readonly to: number;
}

const labelMax = 80;

const hex = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};

/** The Q encoding (RFC 2047 4.2); folds that mail programs put inside are taken out, what is not encoded stays. */
const decodeQ = (text: string): Buffer => {
  const out = Buffer.allocUnsafe(text.length * 3);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 95) out[length++] = 32;
    else if (code === 10 || code === 13) {
      while (text.charCodeAt(at + 1) <= 32) at++;
    } else if (code === 61) {
      const high = hex(text.charCodeAt(at + 1));
      const low = hex(text.charCodeAt(at + 2));
      if (high >= 0 && low >= 0) {
        out[length++] = high * 16 + low;
        at += 2;
      } else out[length++] = code;
    } else if (code < 0x80) out[length++] = code;
    else length += out.write(text.charAt(at), length, 'utf8');
  }
  return out.subarray(0, length);
};

/** Reads values from left to right, and remembers that no end mark is left: else `=?` without an end costs a search each. */
class WordReader {
  private readonly value: string;
  private endsGone = false;

  constructor(value: string) {
    this.value = value;
  }

  wordAt(from: number): Word | undefined {
    const { value } = this;
    const labelEnd = this.mark(from + 2, labelMax);
    if (labelEnd < 0 || labelEnd === from + 2) return undefined;
    let at = labelEnd + 1;
    const kind = value.charAt(at).toUpperCase();
    if ((kind !== 'B' && kind !== 'Q') || value.charAt(at + 1) !== '?') return undefined;
    at += 2;
    if (this.endsGone) return undefined;
    const end = value.indexOf('?=', at);
    if (end < 0) {
      this.endsGone = true;
      return undefined;
    }
    const data = value.slice(at, end);
    return {
      charset: value.slice(from + 2, labelEnd),
      isBase64: kind === 'B',
      data,
      to: end + 2,
    };
  }

  /** The next question mark, with nothing before it that a charset's name cannot hold. */
  private mark(from: number, max: number): number {
    for (let at = from; at < from + max && at < this.value.length; at++) {
      const code = this.value.charCodeAt(at);
      if (code === 63) return at;
      if (code <= 32 || code === 61) return -1;
    }
    return -1;
  }
}

const isSpace = (value: string, from: number, to: number): boolean => {
  for (let at = from; at < to; at++) if (value.charCodeAt(at) > 32) return false;
  return true;
};

const sameCharset = (left: string, right: string): boolean =>
  left === right ||
  (charsetOf(left) ?? left.toLowerCase()) === (charsetOf(right) ?? right.toLowerCase());

const bytesOf = ({ isBase64, data }: Pick<Word, 'isBase64' | 'data'>): Buffer =>
  isBase64 ? decodePieces(Buffer.from(data, 'latin1')) : decodeQ(data);

const isWhole = (data: string): boolean => data.endsWith('=') || data.length % 4 === 0;

/** Bytes of words in one charset. Base64 that was cut between its groups of four goes together before it is decoded. */
const joinedBytes = (words: readonly Word[]): Buffer => {
  const pieces: Buffer[] = [];
  let open = '';
  for (const word of words) {
    if (!word.isBase64) {
      if (open !== '') pieces.push(bytesOf({ isBase64: true, data: open }));
      open = '';
      pieces.push(bytesOf(word));
      continue;
    }
    open += word.data;
    if (!isWhole(open)) continue;
    pieces.push(bytesOf({ isBase64: true, data: open }));
    open = '';
  }
  if (open !== '') pieces.push(bytesOf({ isBase64: true, data: open }));
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
};

const textOf = (words: readonly Word[]): string => {
  const [first] = words;
  if (first === undefined) return '';
  // Many programs split in the middle of a character, against RFC 2047 5: the bytes go together first.
  const { text } = decodeText(joinedBytes(words), first.charset);
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
};

/** Text before an encoded word; where a fold parts the two, a space does. */
const between = (folded: string, from: number, to: number): string => {
  const text = unfold(folded.slice(from, to));
  const isFolded = text !== '' && !text.endsWith(' ') && folded.charCodeAt(to - 1) <= 32;
  return isFolded ? `${text} ` : text;
};

/**
 * A header's value with its encoded words decoded (RFC 2047) and its folds undone. Words are found inside of
 * quoted strings and without space around them too, as mail programs write them.
 */
export const decodeWords = (folded: string): string => {
  let at = folded.indexOf('=?');
  if (at < 0) return unfold(folded);
  const reader = new WordReader(folded);
  let out = '';
  let from = 0;
  let held: Word[] = [];
  while (at >= 0) {
    const word = reader.wordAt(at);
    if (word === undefined) {
      at = folded.indexOf('=?', at + 2);
      continue;
    }
    const joins = held.length > 0 && isSpace(folded, from, at);
    if (!joins || !sameCharset(held[0]?.charset ?? '', word.charset)) {
      out += textOf(held);
      held = [];
      if (!joins) out += between(folded, from, at);
    }
    held.push(word);
    from = word.to;
    at = folded.indexOf('=?', from);
  }
  return out + textOf(held) + unfold(folded.slice(from));
};
