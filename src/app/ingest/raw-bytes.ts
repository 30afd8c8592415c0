/** So many bytes before a place tell whether what stands there is still the same. */
export const tailBytes = 1_024;

/** Bytes of a log that were read and not yet handed on, by where they stand in it. */
export class RawBytes {
  private chunks: Buffer[] = [];
  /** Where the first of them stands. */
  private from: number;
  /** Where the next to come will stand. */
  end: number;
  /** The last bytes that were handed on, `tailBytes` of them at most. */
  tail: Buffer = Buffer.alloc(0);

  constructor(offset = 0) {
    this.from = offset;
    this.end = offset;
  }

  /** @param chunk stays as it is: nobody writes to its memory again. */
  push(chunk: Uint8Array): void {
    this.chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.end += chunk.length;
  }

  /** All of them, which stay here. */
  get rest(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** Hands over what stands before `end`. */
  take(end: number): Buffer {
    const taken: Buffer[] = [];
    while (this.from < Math.min(end, this.end)) {
      const [first = Buffer.alloc(0)] = this.chunks;
      const count = Math.min(first.length, end - this.from);
      taken.push(first.subarray(0, count));
      if (count === first.length) this.chunks.shift();
      else this.chunks[0] = first.subarray(count);
      this.from += count;
    }
    const [only] = taken;
    const bytes = taken.length === 1 && only !== undefined ? only : Buffer.concat(taken);
    const near = bytes.subarray(-tailBytes);
    this.tail =
      near.length === tailBytes
        ? Buffer.from(near)
        : Buffer.concat([this.tail, near]).subarray(-tailBytes);
    return bytes;
  }
}
