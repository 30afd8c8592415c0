/** What every dictionary of compressed RTF begins with (MS-OXRTFCP 3.1.1.2). */
const preset =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx';

const compressed = 0x75465a4c;
const uncompressed = 0x414c454d;
const size = 4_096;

/** Compressed RTF as Outlook writes it (MS-OXRTFCP), at most `bytesMax` of it. */
export const unpackRtf = (bytes: Buffer, bytesMax: number): Buffer => {
  if (bytes.length < 16) return Buffer.alloc(0);
  const kind = bytes.readUInt32LE(8);
  if (kind === uncompressed) return bytes.subarray(16, 16 + bytesMax);
  if (kind !== compressed) return Buffer.alloc(0);
  // A reference of two bytes makes at most seventeen; the length that is stated is the sender's word.
  const most = Math.min(bytesMax, bytes.readUInt32LE(4), bytes.length * 17);
  return new Unpacker(bytes, most).unpack();
};

class Unpacker {
  private readonly bytes: Buffer;
  private readonly out: Buffer;
  private readonly dictionary = Buffer.alloc(size, 32);
  private write: number;
  private length = 0;
  private at = 16;

  constructor(bytes: Buffer, most: number) {
    this.bytes = bytes;
    this.out = Buffer.alloc(most);
    this.write = this.dictionary.write(preset, 'latin1');
  }

  unpack(): Buffer {
    while (!this.isDone) {
      const flags = this.bytes[this.at++] ?? 0;
      for (let bit = 0; bit < 8 && !this.isDone; bit++) {
        if ((flags & (1 << bit)) === 0) this.put(this.bytes[this.at++] ?? 0);
        else if (!this.reference()) return this.out.subarray(0, this.length);
      }
    }
    return this.out.subarray(0, this.length);
  }

  private get isDone(): boolean {
    return this.at >= this.bytes.length || this.length >= this.out.length;
  }

  private put(byte: number): void {
    if (this.length < this.out.length) this.out[this.length++] = byte;
    this.dictionary[this.write] = byte;
    this.write = (this.write + 1) % size;
  }

  /** Copies what was before; a reference to the place of writing is the end. */
  private reference(): boolean {
    const reference = ((this.bytes[this.at] ?? 0) << 8) | (this.bytes[this.at + 1] ?? 0);
    this.at += 2;
    const offset = reference >> 4;
    if (offset === this.write) return false;
    for (let step = 0; step < (reference & 15) + 2; step++) {
      this.put(this.dictionary[(offset + step) % size] ?? 0);
    }
    return true;
  }
}
