const firstRoom = 1 << 10;

export interface IdTableParts {
  readonly count: number;
  readonly keys: Uint32Array;
  readonly owner: Uint32Array;
  readonly bits: Uint32Array;
  readonly next: Uint32Array;
  readonly slots: Uint32Array;
}

/**
 * What is looked for among many millions of messages: keys of three words of 32 bits, each with bits and with the
 * number of whom it is about. Open addressing over typed arrays: a million entries take 40 MB.
 */
export class IdTable {
  count = 0;
  /** By entry. */
  keys: Uint32Array = new Uint32Array(3 * firstRoom);
  owner: Uint32Array = new Uint32Array(firstRoom);
  bits: Uint32Array = new Uint32Array(firstRoom);
  /** Entry plus 1 that follows under the same key. */
  private next: Uint32Array = new Uint32Array(firstRoom);
  /** Entry plus 1, by hash. */
  private slots: Uint32Array = new Uint32Array(4 * firstRoom);

  /** What it consists of, as it travels from thread to thread. */
  get parts(): IdTableParts {
    const { count, keys, owner, bits, next, slots } = this;
    return { count, keys, owner, bits, next, slots };
  }

  static from(parts: IdTableParts): IdTable {
    return Object.assign(new IdTable(), parts);
  }

  /** @param bits are added to those that the key has for this owner. @returns the entry. */
  add(a: number, b: number, c: number, owner: number, bits: number): number {
    let entry = this.first(a, b, c);
    for (; entry >= 0; entry = this.after(entry)) {
      if (this.owner[entry] !== owner) continue;
      this.bits[entry] = (this.bits[entry] ?? 0) | bits;
      return entry;
    }
    return this.append(a, b, c, owner, bits);
  }

  /** First entry of a key; -1 where it has none. */
  first(a: number, b: number, c: number): number {
    const { keys, slots } = this;
    const mask = slots.length - 1;
    for (let slot = hash(a, b, c) & mask; ; slot = (slot + 1) & mask) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0) return -1;
      const at = 3 * entry;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c) return entry;
    }
  }

  /** The entry behind one with the same key; -1 for none. */
  after(entry: number): number {
    return (this.next[entry] ?? 0) - 1;
  }

  private append(a: number, b: number, c: number, owner: number, bits: number): number {
    if (this.count * 2 >= this.owner.length * 2) this.grow();
    const entry = this.count;
    this.count += 1;
    this.keys.set([a, b, c], 3 * entry);
    this.owner[entry] = owner;
    this.bits[entry] = bits;
    this.place(entry);
    return entry;
  }

  private place(entry: number): void {
    const { keys, slots } = this;
    const at = 3 * entry;
    const [a = 0, b = 0, c = 0] = [keys[at], keys[at + 1], keys[at + 2]];
    const mask = slots.length - 1;
    for (let slot = hash(a, b, c) & mask; ; slot = (slot + 1) & mask) {
      const known = (slots[slot] ?? 0) - 1;
      if (known < 0) {
        slots[slot] = entry + 1;
        return;
      }
      const other = 3 * known;
      if (keys[other] !== a || keys[other + 1] !== b || keys[other + 2] !== c) continue;
      this.next[entry] = this.next[known] ?? 0;
      this.next[known] = entry + 1;
      return;
    }
  }

  private grow(): void {
    const room = this.owner.length * 2;
    const longer = (old: Uint32Array, length: number): Uint32Array => {
      const grown = new Uint32Array(length);
      grown.set(old);
      return grown;
    };
    this.keys = longer(this.keys, 3 * room);
    this.owner = longer(this.owner, room);
    this.bits = longer(this.bits, room);
    this.next = new Uint32Array(room);
    this.slots = new Uint32Array(4 * room);
    for (let entry = 0; entry < this.count; entry += 1) this.place(entry);
  }
}

const hash = (a: number, b: number, c: number): number => {
  let h = Math.imul(a ^ 0x9e37_79b9, 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 15) ^ b, 0xc2b2_ae35);
  h = Math.imul(h ^ (h >>> 13) ^ c, 0x27d4_eb2f);
  return (h ^ (h >>> 16)) >>> 0;
};
