const slots = 1 << 24;

/** FNV-1a over the UTF-16 code units of a text. */
const slotOf = (text: string): number => {
  let hash = 0x81_1c_9d_c5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01_00_01_93);
  }
  return (hash ^ (hash >>> 24)) & (slots - 1);
};

/**
 * Tells of names whether they certainly were counted once, in 16 MB however many there are. Two names that
 * share a slot count as one that was counted twice: then a name is looked for that nobody else has.
 */
export class LoneNames {
  private readonly counts = new Uint8Array(slots);

  count(name: string): void {
    const slot = slotOf(name);
    if (this.counts[slot] !== 2) this.counts[slot] = (this.counts[slot] ?? 0) + 1;
  }

  isLone(name: string): boolean {
    return this.counts[slotOf(name)] === 1;
  }
}
