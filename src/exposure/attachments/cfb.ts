/** A stream or storage of a compound file. */
export interface CfbEntry {
  readonly name: string;
  /** 1 storage, 2 stream, 5 root. */
  readonly kind: number;
  readonly start: number;
  readonly sizeBytes: number;
  /** Places of its siblings and of its first child in the directory; -1 where there is none. */
  readonly left: number;
  readonly right: number;
  readonly child: number;
}

const endOfChain = 0xfffffffe;
const entriesMax = 100_000;
const sectorsMax = 2_000_000;

/** Compound files (MS-CFB): old Office, Outlook's .msg, and Office Open XML that is encrypted. */
export class CompoundFile {
  private readonly bytes: Buffer;
  private readonly sectorBytes: number;
  private readonly fat: number[] = [];
  readonly entries: readonly CfbEntry[];
  private miniFat: Buffer | undefined;
  private miniStream: Buffer | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    const shift = bytes.length >= 512 ? bytes.readUInt16LE(30) : 9;
    this.sectorBytes = shift === 12 ? 4_096 : 512;
    this.readFat();
    this.entries = this.readDirectory();
  }

  /** Content of a stream, at most `bytesMax`. */
  stream(entry: CfbEntry, bytesMax: number): Buffer {
    const size = Math.min(entry.sizeBytes, bytesMax, this.bytes.length);
    if (entry.sizeBytes >= 4_096 || entry.kind === 5) {
      return this.chain(entry.start, size).subarray(0, size);
    }
    this.miniStream ??= this.rootStream();
    this.miniFat ??= this.chain(this.header(60), this.bytes.length);
    const pieces: Buffer[] = [];
    let sector = entry.start;
    for (let left = size; left > 0 && sector < endOfChain; left -= 64) {
      pieces.push(this.miniStream.subarray(sector * 64, sector * 64 + 64));
      if (sector * 4 + 4 > this.miniFat.length) break;
      sector = this.miniFat.readUInt32LE(sector * 4);
    }
    return Buffer.concat(pieces).subarray(0, size);
  }

  private rootStream(): Buffer {
    const root = this.entries.find(({ kind }) => kind === 5);
    return root === undefined ? Buffer.alloc(0) : this.chain(root.start, this.bytes.length);
  }

  private header(at: number): number {
    return at + 4 <= this.bytes.length ? this.bytes.readUInt32LE(at) : endOfChain;
  }

  private sector(number: number): Buffer {
    const from = (number + 1) * this.sectorBytes;
    return this.bytes.subarray(from, from + this.sectorBytes);
  }

  private readFat(): void {
    const places: number[] = [];
    for (let at = 0; at < 109; at++) places.push(this.header(76 + at * 4));
    let next = this.header(68);
    for (let count = 0; next < endOfChain && count < 10_000; count++) {
      const sector = this.sector(next);
      if (sector.length < this.sectorBytes) break;
      for (let at = 0; at + 8 <= sector.length; at += 4) places.push(sector.readUInt32LE(at));
      next = sector.readUInt32LE(this.sectorBytes - 4);
    }
    for (const place of places) {
      if (place >= endOfChain || this.fat.length > sectorsMax) continue;
      const sector = this.sector(place);
      for (let at = 0; at + 4 <= sector.length; at += 4) this.fat.push(sector.readUInt32LE(at));
    }
  }

  /** Sectors one behind the other, until the chain ends, or has gone round. */
  private chain(start: number, bytesMax: number): Buffer {
    const pieces: Buffer[] = [];
    let length = 0;
    let sector = start;
    while (sector < endOfChain && length < bytesMax && pieces.length <= this.fat.length) {
      const piece = this.sector(sector);
      if (piece.length === 0) break;
      pieces.push(piece);
      length += piece.length;
      sector = this.fat[sector] ?? endOfChain;
    }
    return Buffer.concat(pieces);
  }

  private readDirectory(): readonly CfbEntry[] {
    const directory = this.chain(this.header(48), entriesMax * 128);
    const entries: CfbEntry[] = [];
    const link = (at: number): number => {
      const value = directory.readUInt32LE(at);
      return value < 0xfffffffa ? value : -1;
    };
    for (let at = 0; at + 128 <= directory.length; at += 128) {
      const nameBytes = Math.min(64, directory.readUInt16LE(at + 64));
      entries.push({
        name: directory.toString('utf16le', at, at + Math.max(0, nameBytes - 2)),
        kind: directory[at + 66] ?? 0,
        start: directory.readUInt32LE(at + 116),
        sizeBytes: directory.readUInt32LE(at + 120),
        left: link(at + 68),
        right: link(at + 72),
        child: link(at + 76),
      });
    }
    return entries;
  }

  /** What a storage holds, by walking the tree of its children; the root where none is given. */
  children(storage?: CfbEntry): readonly CfbEntry[] {
    const from = storage ?? this.entries.find(({ kind }) => kind === 5);
    const found: CfbEntry[] = [];
    const seen = new Set<number>();
    const waiting = [from?.child ?? -1];
    while (waiting.length > 0) {
      const place = waiting.pop() ?? -1;
      const entry = this.entries[place];
      if (entry === undefined || seen.has(place)) continue;
      seen.add(place);
      found.push(entry);
      waiting.push(entry.left, entry.right);
    }
    return found;
  }
}
