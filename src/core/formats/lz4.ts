const magic = 0x18_4d_22_04;
const historyBytes = 1 << 16;

/** Thrown by readers of packed data when the data is not what its header says. */
export class PackedDataError extends Error {
  override readonly name = 'PackedDataError';
}

const fail = (why: string): never => {
  throw new PackedDataError(`its LZ4 data is damaged: ${why}`);
};

/**
 * Unpacks one block behind the history already in `out` and answers where it ends. Every length is
 * written by whoever made the file: each is checked against both ends before anything is copied.
 */
export const unpackBlock = (block: Buffer, out: Buffer, from: number): number => {
  let i = 0;
  let at = from;
  const longer = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) {
      for (let more = 255; more === 255; length += more) {
        more = block[i++] ?? fail('a length is cut off');
      }
    }
    return length;
  };
  while (i < block.length) {
    const token = block[i++] ?? 0;
    const literals = longer(token >> 4);
    if (i + literals > block.length || at + literals > out.length) fail('literals overrun');
    block.copy(out, at, i, i + literals);
    i += literals;
    at += literals;
    if (i >= block.length) break;
    const offset = (block[i] ?? 0) | ((block[i + 1] ?? 0) << 8);
    i += 2;
    const length = longer(token & 15) + 4;
    if (offset === 0 || offset > at || at + length > out.length) fail('a match overruns');
    if (offset >= length) out.copyWithin(at, at - offset, at - offset + length);
    else for (let k = 0; k < length; k++) out[at + k] = out[at + k - offset] ?? 0;
    at += length;
  }
  return at;
};

/**
 * The pieces of an LZ4 frame, the form in which apt keeps its lists in container images
 * (`Acquire::GzipIndexes`). Checksums are not verified: apt itself verified the list when it came.
 *
 * @throws PackedDataError when the data is damaged.
 */
export function* unpackLz4(bytes: Buffer): Iterable<Buffer> {
  let at = 0;
  while (at < bytes.length) {
    if (at + 7 > bytes.length) fail('it ends in the middle');
    if (bytes.readUInt32LE(at) !== magic) fail('no frame begins where one should');
    const flags = bytes.readUInt8(at + 4);
    const blockBytesMax = 1 << (8 + 2 * ((bytes.readUInt8(at + 5) >> 4) & 7));
    if (flags >> 6 !== 1 || blockBytesMax < 1 << 16) fail('the frame is of an unknown version');
    const linked = (flags & 0x20) === 0;
    const blockSums = (flags & 0x10) !== 0;
    at += 7 + ((flags & 8) === 0 ? 0 : 8) + ((flags & 1) === 0 ? 0 : 4);
    const out = Buffer.alloc(historyBytes + blockBytesMax);
    let history = 0;
    for (;;) {
      if (at + 4 > bytes.length) fail('it ends in the middle');
      const header = bytes.readUInt32LE(at);
      at += 4;
      if (header === 0) break;
      const length = header & 0x7f_ff_ff_ff;
      if (length > blockBytesMax || at + length > bytes.length) fail('a block is cut off');
      const block = bytes.subarray(at, at + length);
      at += length + (blockSums ? 4 : 0);
      let end = history + length;
      if (header >>> 31 === 1) block.copy(out, history);
      else end = unpackBlock(block, out.subarray(0, history + blockBytesMax), history);
      yield Buffer.from(out.subarray(history, end));
      const kept = linked ? Math.min(end, historyBytes) : 0;
      out.copyWithin(0, end - kept, end);
      history = kept;
    }
    if ((flags & 4) !== 0) at += 4;
  }
}
