const firstSlots = 1 << 10;
const firstBytes = 1 << 14;
/** Numbers of a slot: hash, number of the name, where its bytes begin, and how many they are. */
const stride = 4;

/** Halves of pairs that stand alone. */
const unsayable = /\p{Surrogate}/u;

/** FNV-1a, and a last step that makes each bit depend on all. */
const hashOf = (bytes: Uint8Array, start: number, end: number): number => {
  let hash = 0x811c_9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return hash ^ (hash >>> 13);
};

/**
 * Numbers of names, from 1 on in the order in which they come, by their bytes in UTF-8: dictionaries have these, and
 * most of millions of names are known already, so that no text need be made of them.
 */
export class NameTable {
  count = 0;
  /** Open addressing; a number of 0 for none. */
  private slots = new Int32Array(stride * firstSlots);
  private bytes: Buffer = Buffer.allocUnsafe(firstBytes);
  private used = 0;
  /** By number, where the name begins and ends. */
  private places = new Int32Array(2 * firstSlots);
  /** Texts that UTF-8 cannot say are told apart all the same. */
  private readonly odd = new Map<string, number>();

  numberOf(name: string): number {
    if (!unsayable.test(name)) {
      const bytes = Buffer.from(name);
      return this.numberOfBytes(bytes, 0, bytes.length);
    }
    let known = this.odd.get(name);
    if (known === undefined) {
      known = this.place(0, 0);
      this.odd.set(name, known);
    }
    return known;
  }

  /** Of a name that lies somewhere. */
  readonly numberOfBytes = (from: Uint8Array, start: number, end: number): number => {
    const hash = hashOf(from, start, end);
    const { slots } = this;
    const mask = slots.length / stride - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = stride * slot;
      const number = slots[at + 1] ?? 0;
      if (number === 0) return this.add(hash, from, start, end);
      if (slots[at] === hash && slots[at + 3] === end - start) {
        if (this.isSame(slots[at + 2] ?? 0, from, start, end)) return number;
      }
    }
  };

  /** In the order of their numbers. */
  names(): readonly string[] {
    const { places } = this;
    const names = Array.from({ length: this.count }, (_, i) =>
      this.bytes.toString('utf8', places[2 * i + 2], places[2 * i + 3]),
    );
    for (const [name, number] of this.odd) names[number - 1] = name;
    return names;
  }

  private isSame(at: number, from: Uint8Array, start: number, end: number): boolean {
    const { bytes } = this;
    for (let i = start, own = at; i < end; i += 1, own += 1) {
      if (bytes[own] !== from[i]) return false;
    }
    return true;
  }

  private add(hash: number, from: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (this.used + length > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.used + length));
      this.bytes.copy(grown, 0, 0, this.used);
      this.bytes = grown;
    }
    this.bytes.set(from.subarray(start, end), this.used);
    const number = this.place(this.used, this.used + length);
    if (number * 2 * stride > this.slots.length) this.grow();
    this.put(hash, number, this.used, length);
    this.used += length;
    return number;
  }

  private place(start: number, end: number): number {
    this.count += 1;
    if (2 * this.count + 2 > this.places.length) {
      const grown = new Int32Array(2 * this.places.length);
      grown.set(this.places);
      this.places = grown;
    }
    this.places[2 * this.count] = start;
    this.places[2 * this.count + 1] = end;
    return this.count;
  }

  private put(hash: number, number: number, start: number, length: number): void {
    const { slots } = this;
    const mask = slots.length / stride - 1;
    let slot = hash & mask;
    while (slots[stride * slot + 1] !== 0) slot = (slot + 1) & mask;
    slots.set([hash, number, start, length], stride * slot);
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(2 * old.length);
    for (let at = 0; at < old.length; at += stride) {
      const [hash = 0, number = 0, start = 0, length = 0] = old.subarray(at, at + stride);
      if (number !== 0) this.put(hash, number, start, length);
    }
  }
}
