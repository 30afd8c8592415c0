/** UTF-16 units that become a string in one step; strings made unit by unit cost ten times as much. */
export class Units {
  readonly units: Uint16Array;
  length = 0;

  constructor(capacity: number) {
    this.units = new Uint16Array(capacity);
  }

  /** Ignored beyond the capacity, which a decoder knows from the number of its bytes. */
  push(unit: number): void {
    this.units[this.length++] = unit;
  }

  pushPoint(point: number): void {
    if (point > 0xffff) {
      this.push(0xd7c0 + (point >> 10));
      this.push(0xdc00 + (point & 0x3ff));
    } else this.push(point);
  }

  text(): string {
    const { buffer } = this.units;
    return Buffer.from(buffer, 0, Math.min(this.length, this.units.length) * 2).toString('utf16le');
  }
}
