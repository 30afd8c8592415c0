/** A column of numbers that grows. */
export class GrownNumbers {
  private values: Float64Array;
  length = 0;

  constructor(room = 1_024) {
    this.values = new Float64Array(room);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.grow(this.length + 1);
    this.values[this.length] = value;
    this.length += 1;
  }

  append(values: ArrayLike<number>): void {
    if (this.length + values.length > this.values.length) this.grow(this.length + values.length);
    this.values.set(values, this.length);
    this.length += values.length;
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  /** A copy of just that length, whose memory is its own. */
  done(): Float64Array<ArrayBuffer> {
    return this.values.slice(0, this.length);
  }

  private grow(room: number): void {
    const grown = new Float64Array(Math.max(room, 2 * this.values.length));
    grown.set(this.values.subarray(0, this.length));
    this.values = grown;
  }
}
