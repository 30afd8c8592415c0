/** Blocks as `packDeltas` makes them. */
const blockValues = 128;
const miniblocks = 4;
const miniblockValues = blockValues / miniblocks;

const short = (): never => {
  throw new RangeError('it ends too early');
};

/**
 * DELTA_BINARY_PACKED of numbers below 2^32, straight into words. What differs by more than 32 bits is damaged.
 *
 * @throws RangeError
 */
export const unpackDeltaWords = (bytes: Buffer, count: number, out: Uint32Array): void => {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = bytes[at] ?? short();
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (scale > 2 ** 56) throw new RangeError('a number that is too long');
    }
  };
  const zigzag = (): number => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const perBlock = varint();
  const minis = varint();
  const values = varint();
  if (values !== count || perBlock !== blockValues || minis !== miniblocks) {
    throw new RangeError('numbers that are packed in another way, or another number of them');
  }
  let value = zigzag() >>> 0;
  if (count > 0) out[0] = value;
  for (let from = 1; from < count; from += blockValues) {
    const least = zigzag() | 0;
    const widthsAt = at;
    at += miniblocks;
    if (at > bytes.length) short();
    for (let mini = 0; mini < miniblocks; mini += 1) {
      const begin = from + mini * miniblockValues;
      if (begin >= count) break;
      const width = bytes[widthsAt + mini] ?? 0;
      if (width > 33) throw new RangeError('a number that is too long');
      const end = Math.min(begin + miniblockValues, count);
      const miniEnd = at + ((miniblockValues * width) >> 3);
      if (miniEnd > bytes.length) short();
      if (width === 0) {
        for (let i = begin; i < end; i += 1) {
          value = (value + least) >>> 0;
          out[i] = value;
        }
      } else if (width <= 24) {
        const mask = 2 ** width - 1;
        for (let i = begin, bit = 0; i < end; i += 1, bit += width) {
          const place = at + (bit >> 3);
          const four =
            (bytes[place] ?? 0) |
            ((bytes[place + 1] ?? 0) << 8) |
            ((bytes[place + 2] ?? 0) << 16) |
            ((bytes[place + 3] ?? 0) << 24);
          value = (value + least + ((four >>> (bit & 7)) & mask)) >>> 0;
          out[i] = value;
        }
      } else {
        for (let i = begin, bit = 0; i < end; i += 1, bit += width) {
          let delta = 0;
          for (let had = 0; had < width; ) {
            const place = bit + had;
            const take = Math.min(width - had, 8 - (place & 7));
            const piece = ((bytes[at + (place >> 3)] ?? 0) >> (place & 7)) & ((1 << take) - 1);
            delta += piece * 2 ** had;
            had += take;
          }
          value = (value + least + delta) >>> 0;
          out[i] = value;
        }
      }
      at = miniEnd;
    }
  }
};
