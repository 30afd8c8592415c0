import type { FolderKeys, KnownKeys } from '../../core/exposure-state.ts';
import { GrownNumbers } from './grown.ts';

/** Finds the messages of a folder that are known, by the hashes of their keys, and tells which were not met. */
export class KeyTable {
  private readonly keys: KnownKeys;
  private readonly slots: Int32Array;
  private readonly met: Uint8Array;

  constructor(keys: KnownKeys) {
    this.keys = keys;
    let room = 16;
    while (room < 2 * keys.high.length) room *= 2;
    this.slots = new Int32Array(room);
    this.met = new Uint8Array(keys.high.length);
    const mask = room - 1;
    for (let i = 0; i < keys.high.length; i += 1) {
      let slot = (keys.low[i] ?? 0) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = i + 1;
    }
  }

  get length(): number {
    return this.keys.high.length;
  }

  /** Place of a key that is known; -1 for a new one. It counts as met. */
  meet(high: number, low: number): number {
    const mask = this.slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = (this.slots[slot] ?? 0) - 1;
      if (at < 0) return -1;
      if (this.keys.high[at] === high && this.keys.low[at] === low) {
        this.met[at] = 1;
        return at;
      }
    }
  }

  message(at: number): number {
    return this.keys.message[at] ?? 0;
  }

  segment(at: number): number {
    return this.keys.segment[at] ?? 0;
  }

  /** Messages that were never met. */
  missing(): Uint32Array {
    return this.keys.message.filter((_, at) => this.met[at] === 0);
  }
}

/** Keys of messages that are being kept. */
export class GrowingKeys {
  private readonly high = new GrownNumbers(64);
  private readonly low = new GrownNumbers(64);
  private readonly message = new GrownNumbers(64);

  add(high: number, low: number, message: number): void {
    this.high.push(high);
    this.low.push(low);
    this.message.push(message);
  }

  done(): FolderKeys {
    return {
      high: Uint32Array.from(this.high.done()),
      low: Uint32Array.from(this.low.done()),
      message: Uint32Array.from(this.message.done()),
    };
  }
}
