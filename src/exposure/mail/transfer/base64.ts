const equals = 61;

/** Whether only padding and white space is left. */
const isRest = (bytes: Buffer, from: number): boolean => {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte > 32 && byte !== equals) return false;
  }
  return true;
};

const isAlphabet = (byte: number): boolean =>
  (byte >= 65 && byte <= 90) ||
  (byte >= 97 && byte <= 122) ||
  (byte >= 47 && byte <= 57) ||
  byte === 43 ||
  byte === equals ||
  byte === 45 ||
  byte === 95;

const isRule = (bytes: Buffer, from: number, to: number): boolean => {
  const first = bytes[from];
  if (to - from < 5 || (first !== 45 && first !== 95)) return false;
  for (let at = from; at < to; at++) if (bytes[at] !== first && bytes[at] !== 13) return false;
  return true;
};

/** Whether a line is words or a rule rather than Base64: damaged Base64 has a strange byte here and there. */
const isForeign = (bytes: Buffer, from: number, to: number): boolean => {
  let strange = 0;
  let spaces = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 32 || byte === 9) spaces++;
    else if (byte !== 13 && !isAlphabet(byte)) strange++;
  }
  return strange > (to - from) * 0.1 || spaces >= 3 || isRule(bytes, from, to);
};

/** Where text begins that somebody set behind the encoded content, as mailing lists do; the end where there is none. */
const foreignFrom = (bytes: Buffer, from: number): number => {
  for (let at = from; at < bytes.length; ) {
    const found = bytes.indexOf(10, at);
    const end = found < 0 ? bytes.length : found;
    if (isForeign(bytes, at, end)) return at;
    at = end + 1;
  }
  return bytes.length;
};

/** Whether the last line that is not empty may be no Base64: only then there may be more of the kind before it. */
const endsForeign = (bytes: Buffer): boolean => {
  let to = bytes.length;
  while (to > 0 && (bytes[to - 1] ?? 0) <= 32) to--;
  const from = to === 0 ? 0 : bytes.lastIndexOf(10, to - 1) + 1;
  for (let at = from; at < to; at++) if (!isAlphabet(bytes[at] ?? 0)) return true;
  return isRule(bytes, from, to);
};

const decodeRun = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1', 0, bytes.length), 'base64');

export interface FromBase64 {
  readonly bytes: Buffer;
  /** Text behind the encoded content, not encoded itself. */
  readonly behind?: Buffer;
  readonly isBroken: boolean;
}

/** Base64 as it is met: any line lengths, without padding, in several padded pieces, with text behind. Bounded by its input. */
export const decodeBase64 = (bytes: Buffer): FromBase64 => {
  const pad = bytes.indexOf(equals);
  if (pad >= 0 && isRest(bytes, pad)) return { bytes: decodeRun(bytes), isBroken: false };
  if (pad < 0 && !endsForeign(bytes)) return { bytes: decodeRun(bytes), isBroken: false };
  const end = foreignFrom(bytes, 0);
  const whole = decodePieces(bytes.subarray(0, end));
  if (end === bytes.length) return { bytes: whole, isBroken: pad >= 0 };
  return { bytes: whole, behind: bytes.subarray(end), isBroken: true };
};

const values: Int8Array = (() => {
  const table = new Int8Array(256).fill(-1);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let at = 0; at < alphabet.length; at++) table[alphabet.charCodeAt(at)] = at;
  table[45] = 62;
  table[95] = 63;
  return table;
})();

/** Runs of Base64, each with padding of its own; what is not of the alphabet is passed over. */
export const decodePieces = (bytes: Buffer): Buffer => {
  const out = Buffer.allocUnsafe(Math.ceil(bytes.length * 0.75) + 3);
  let length = 0;
  let bits = 0;
  let held = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const value = values[byte] ?? -1;
    if (value >= 0) {
      bits = ((bits << 6) | value) & 0xffffff;
      held += 6;
      if (held >= 8) {
        held -= 8;
        out[length++] = (bits >> held) & 0xff;
      }
    } else if (byte === equals) held = 0;
  }
  return out.subarray(0, length);
};
