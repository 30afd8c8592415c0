import type { FolderKeys, KnownKeys } from '../core/exposure-state.ts';

/** Three rows of numbers of 32 bits, one behind the other. */
const bytesOfKey = 12;

export const keysToBytes = ({ high, low, message }: FolderKeys): Uint8Array => {
  const all = new Uint32Array(3 * high.length);
  all.set(high);
  all.set(low, high.length);
  all.set(message, 2 * high.length);
  return new Uint8Array(all.buffer);
};

/** @throws RangeError where that is no row of keys */
export const keysFromBytes = (bytes: Uint8Array): FolderKeys => {
  if (bytes.length % bytesOfKey !== 0) throw new RangeError('keys of a folder are damaged');
  // Whatever SQLite hands over lies anywhere in memory.
  const all = new Uint32Array(Uint8Array.from(bytes).buffer);
  const count = bytes.length / bytesOfKey;
  return {
    high: all.subarray(0, count),
    low: all.subarray(count, 2 * count),
    message: all.subarray(2 * count),
  };
};

/** The keys of several segments as one, without messages that count no more. */
export const joinedKeys = (
  parts: readonly { readonly segment: number; readonly keys: FolderKeys }[],
  dropped: ReadonlySet<number>,
): KnownKeys => {
  let room = 0;
  for (const { keys } of parts) room += keys.high.length;
  const high = new Uint32Array(room);
  const low = new Uint32Array(room);
  const message = new Uint32Array(room);
  const segment = new Uint32Array(room);
  let at = 0;
  for (const part of parts) {
    const { keys } = part;
    for (let i = 0; i < keys.high.length; i += 1) {
      const number = keys.message[i] ?? 0;
      if (dropped.size > 0 && dropped.has(number)) continue;
      high[at] = keys.high[i] ?? 0;
      low[at] = keys.low[i] ?? 0;
      message[at] = number;
      segment[at] = part.segment;
      at += 1;
    }
  }
  return {
    high: high.subarray(0, at),
    low: low.subarray(0, at),
    message: message.subarray(0, at),
    segment: segment.subarray(0, at),
  };
};
