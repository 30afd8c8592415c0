/** Hashes in a full tile, entries in a full bundle (C2SP tlog-tiles). */
export const tileWidth = 256;

/** Bytes of an entry at most: its length stands before it as a 16-bit number (C2SP tlog-tiles). */
export const entryBytesMax = 65_535;

/** `x001/x234/067` of 1234067. */
const pathOfIndex = (index: number): string => {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  return groups.map((group, i) => (i === groups.length - 1 ? group : `x${group}`)).join('/');
};

/** Path of a tile of hashes, or of a bundle of entries, below the log's folder (C2SP tlog-tiles). */
export const tilePath = (level: number | 'entries', index: number, width: number): string =>
  `tile/${level}/${pathOfIndex(index)}${width === tileWidth ? '' : `.p/${width}`}`;

export interface TileAt {
  readonly level: number;
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
}

/** The tiles that make up the level of a tree of `size` leaves: full ones, then at most one partial. */
export const tilesOfLevel = (level: number, size: number): { full: number; partial: number } => {
  const hashes = Math.floor(size / tileWidth ** level);
  return { full: Math.floor(hashes / tileWidth), partial: hashes % tileWidth };
};

/** Levels that a tree of `size` leaves has tiles of. */
export const levelsOf = (size: number): number => {
  let levels = 0;
  while (Math.floor(size / tileWidth ** levels) > 0) levels += 1;
  return levels;
};

/** Entries of a bundle with where each begins; the reason where it is none. */
export const readBundle = (
  bytes: Buffer,
):
  | { readonly ok: true; readonly entries: readonly Buffer[]; readonly starts: readonly number[] }
  | { readonly ok: false; readonly byte: number; readonly why: string } => {
  const entries: Buffer[] = [];
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 2 > bytes.length) return { ok: false, byte: at, why: 'a length is cut off' };
    const length = bytes.readUInt16BE(at);
    const end = at + 2 + length;
    if (end > bytes.length) {
      return { ok: false, byte: at, why: `an entry of ${length} bytes is cut off` };
    }
    if (entries.length === tileWidth) {
      return { ok: false, byte: at, why: `it holds more than ${tileWidth} entries` };
    }
    entries.push(bytes.subarray(at + 2, end));
    starts.push(at);
    at = end;
  }
  return { ok: true, entries, starts };
};
