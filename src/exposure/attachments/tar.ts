export interface TarEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

const block = 512;

const textAt = (bytes: Buffer, from: number, length: number): string => {
  const piece = bytes.subarray(from, from + length);
  const end = piece.indexOf(0);
  return piece.toString('utf8', 0, end < 0 ? piece.length : end);
};

/** The files of a tar archive (POSIX 1003.1), at most `entriesMax`, as views into it; what follows damage is not found. */
export const readTar = (bytes: Buffer, entriesMax: number): readonly TarEntry[] => {
  const entries: TarEntry[] = [];
  let at = 0;
  let longName = '';
  while (at + block <= bytes.length && entries.length < entriesMax && bytes[at] !== 0) {
    const size = Number.parseInt(textAt(bytes, at + 124, 12).trim() || '0', 8);
    if (!Number.isFinite(size) || size < 0) break;
    const type = String.fromCharCode(bytes[at + 156] ?? 0);
    const content = bytes.subarray(at + block, at + block + size);
    if (type === 'L') longName = content.toString('utf8').replaceAll('\0', '');
    else if (type === '0' || type === '\0') {
      const prefix = textAt(bytes, at + 345, 155);
      const short = textAt(bytes, at, 100);
      entries.push({
        name: longName || (prefix === '' ? short : `${prefix}/${short}`),
        bytes: content,
      });
      longName = '';
    }
    at += block + Math.ceil(size / block) * block;
  }
  return entries;
};
