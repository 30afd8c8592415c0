import type { Subtrees } from './merkle.ts';
import { emptyRoot, hashBytes, hashNode, hashPairInto } from './verify/merkle.ts';
import { entryBytesMax, type TileAt, tileWidth } from './verify/tile-paths.ts';

/** Entries as they lie in a bundle: the length of each in two bytes before it (C2SP tlog-tiles). */
export const writeBundle = (entries: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    entries.flatMap(entry => {
      if (entry.length > entryBytesMax) {
        throw new RangeError(`an entry has ${entry.length} bytes; ${entryBytesMax} is the most`);
      }
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );

/** Hash of the complete subtree over the hashes of a tile from `from` to before `to`, which are a power of two. */
const foldHashes = (tile: Buffer, from: number, to: number): Buffer => {
  let level = Buffer.from(tile.subarray(from * hashBytes, to * hashBytes));
  while (level.length > hashBytes) {
    const above = Buffer.alloc(level.length / 2);
    for (let i = 0; i < above.length / hashBytes; i += 1) {
      hashPairInto(level, i * 2 * hashBytes, above, i * hashBytes);
    }
    level = above;
  }
  return level;
};

/** What the tiles of one level on the right edge hold: the one part of the tree that still grows. */
export class TreeEdge {
  size: number;
  private readonly levels: Buffer[][];

  /** @param levels the hashes of the partial tile of each level, from the leaves up. */
  constructor(size: number, levels: readonly (readonly Buffer[])[]) {
    this.size = size;
    this.levels = levels.map(each => [...each]);
  }

  copy(): TreeEdge {
    return new TreeEdge(this.size, this.levels);
  }

  /** Adds leaves and names the tiles that change, as they lie once all leaves are in: full ones first. */
  add(leafHashes: readonly Buffer[]): (TileAt & { readonly bytes: Buffer })[] {
    const full: (TileAt & { readonly bytes: Buffer })[] = [];
    const touched = new Set<number>();
    for (const leafHash of leafHashes) {
      this.size += 1;
      this.push(0, leafHash, full, touched);
    }
    const partial = [...touched]
      .toSorted((a, b) => a - b)
      .flatMap(level => {
        const hashes = this.levels[level] ?? [];
        if (hashes.length === 0) return [];
        return [
          {
            level,
            index: Math.floor(this.size / tileWidth ** (level + 1)),
            width: hashes.length,
            bytes: Buffer.concat(hashes),
          },
        ];
      });
    return [...full, ...partial];
  }

  root(): Buffer {
    const { size } = this;
    const tops = this.levels.flatMap((hashes, level) => {
      // The binary digits of a tile's width are the complete subtrees in it, the largest first.
      const out: { readonly height: number; readonly hash: Buffer }[] = [];
      const tile = Buffer.concat(hashes);
      for (let bit = 7, from = 0; bit >= 0; bit -= 1) {
        if ((hashes.length & (1 << bit)) === 0) continue;
        out.push({ height: level * 8 + bit, hash: foldHashes(tile, from, from + (1 << bit)) });
        from += 1 << bit;
      }
      return out;
    });
    const [smallest, ...larger] = tops.toSorted((a, b) => a.height - b.height);
    if (smallest === undefined || size === 0) return Buffer.from(emptyRoot);
    return larger.reduce((right, { hash }) => hashNode(hash, right), smallest.hash);
  }

  private push(
    level: number,
    hash: Buffer,
    full: (TileAt & { readonly bytes: Buffer })[],
    touched: Set<number>,
  ): void {
    const hashes = (this.levels[level] ??= []);
    hashes.push(hash);
    touched.add(level);
    if (hashes.length < tileWidth) return;
    const bytes = Buffer.concat(hashes);
    const index = Math.floor(this.size / tileWidth ** (level + 1)) - 1;
    full.push({ level, index, width: tileWidth, bytes });
    this.levels[level] = [];
    this.push(level + 1, foldHashes(bytes, 0, tileWidth), full, touched);
  }
}

/** Subtrees of a log whose tiles are read when they are needed. @param read a tile at least so wide that it holds `width` hashes. */
export const subtreesOfTiles = (read: (tile: TileAt) => Buffer): Subtrees => {
  return (level, index) => {
    const tileLevel = Math.floor(level / 8);
    const span = 2 ** (level % 8);
    const first = index * span;
    const tile = Math.floor(first / tileWidth);
    const from = first % tileWidth;
    return foldHashes(
      read({ level: tileLevel, index: tile, width: from + span }),
      from,
      from + span,
    );
  };
};
