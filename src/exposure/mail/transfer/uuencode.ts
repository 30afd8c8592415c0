export interface UuFile {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const beginMark = Buffer.from('begin ');
const endMark = Buffer.from('\nend');
const nameMax = 1_000;

const isLineStart = (bytes: Buffer, at: number): boolean => at === 0 || bytes[at - 1] === 10;

/** `begin 644 name`, at this place. */
const nameAt = (bytes: Buffer, at: number): { name: string; bodyFrom: number } | undefined => {
  const end = bytes.indexOf(10, at);
  if (end < 0 || end - at > nameMax) return undefined;
  const found = /^begin [0-7]{3,4} (.+)$/.exec(bytes.toString('latin1', at, end).trimEnd());
  return found?.[1] === undefined ? undefined : { name: found[1], bodyFrom: end + 1 };
};

const decodeLine = (bytes: Buffer, from: number, to: number, out: Buffer, at: number): number => {
  const count = ((bytes[from] ?? 32) - 32) & 63;
  let length = at;
  for (let place = from + 1; place < to && length < at + count; place += 4) {
    const value =
      ((((bytes[place] ?? 32) - 32) & 63) << 18) |
      ((((bytes[place + 1] ?? 32) - 32) & 63) << 12) |
      ((((bytes[place + 2] ?? 32) - 32) & 63) << 6) |
      (((bytes[place + 3] ?? 32) - 32) & 63);
    out[length] = value >> 16;
    out[length + 1] = (value >> 8) & 255;
    out[length + 2] = value & 255;
    length += 3;
  }
  return Math.min(length, at + count);
};

/** Lines of uuencoded content, without `begin`; ends at `end`, at an empty line or at the end of the bytes. */
const decodeUuLines = (bytes: Buffer): Buffer => {
  const out = Buffer.alloc(Math.ceil(bytes.length * 0.75) + 64);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(10, at);
    let end = found < 0 ? bytes.length : found;
    const next = end + 1;
    if (bytes[end - 1] === 13) end--;
    if (end === at || bytes.toString('latin1', at, end) === 'end') break;
    length = decodeLine(bytes, at, end, out, length);
    at = next;
  }
  return out.subarray(0, Math.min(length, out.length));
};

/** A body whose transfer encoding is uuencode. */
export const decodeUuencode = (bytes: Buffer): Buffer => {
  const [file] = uuFiles(bytes, 1);
  return decodeUuLines(file === undefined ? bytes : bytes.subarray(file.from, file.to));
};

/** Files that stand uuencoded in plain text, at most `max`: where the lines of each begin and end. */
export const uuFiles = (
  bytes: Buffer,
  max: number,
): readonly (UuFile & { readonly lineFrom: number; readonly lineTo: number })[] => {
  const files: (UuFile & { readonly lineFrom: number; readonly lineTo: number })[] = [];
  let at = bytes.indexOf(beginMark);
  while (at >= 0 && files.length < max) {
    const begin = isLineStart(bytes, at) ? nameAt(bytes, at) : undefined;
    if (begin === undefined) {
      at = bytes.indexOf(beginMark, at + 6);
      continue;
    }
    const end = bytes.indexOf(endMark, begin.bodyFrom - 1);
    if (end < 0) break;
    const lineTo = bytes.indexOf(10, end + 1);
    files.push({
      name: begin.name,
      from: begin.bodyFrom,
      to: Math.max(begin.bodyFrom, end + 1),
      lineFrom: at,
      lineTo: lineTo < 0 ? bytes.length : lineTo + 1,
    });
    at = bytes.indexOf(beginMark, end + 4);
  }
  return files;
};
