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

export interface Bundle {
  readonly entries: readonly Buffer[];
  /** Where each begins. */
  readonly starts: readonly number[];
  /** Where it stops being a bundle, and why; `entries` are those before. */
  readonly broken?: { readonly byte: number; readonly why: string };
}

/** Takes a bundle apart. */
export const readBundle = (bytes: Buffer): Bundle => {
  const entries: Buffer[] = [];
  const starts: number[] = [];
  const stop = (byte: number, why: string): Bundle => ({ entries, starts, broken: { byte, why } });
  for (let at = 0; at < bytes.length; ) {
    if (at + 2 > bytes.length) return stop(at, 'a length is cut off');
    const length = bytes.readUInt16BE(at);
    const end = at + 2 + length;
    if (end > bytes.length) return stop(at, `an entry of ${length} bytes is cut off`);
    if (entries.length === tileWidth) return stop(at, `it holds more than ${tileWidth} entries`);
    entries.push(bytes.subarray(at + 2, end));
    starts.push(at);
    at = end;
  }
  return { entries, starts };
};
