/** Has the least at hand, whatever else is put in. */
export class Heap<T> {
  private readonly things: T[] = [];
  private readonly isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.isBefore = isBefore;
  }

  get first(): T | undefined {
    return this.things[0];
  }

  push(thing: T): void {
    const { things } = this;
    let at = things.length;
    things.push(thing);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = things[above];
      if (other === undefined || !this.isBefore(thing, other)) break;
      things[at] = other;
      things[above] = thing;
      at = above;
    }
  }

  /** Takes the first out. */
  shift(): void {
    const last = this.things.pop();
    if (last === undefined || this.things.length === 0) return;
    this.things[0] = last;
    this.sink();
  }

  /** The first became another: it finds its place. */
  sink(): void {
    const { things } = this;
    const [thing] = things;
    if (thing === undefined) return;
    for (let at = 0; ; ) {
      let below = 2 * at + 1;
      const left = things[below];
      if (left === undefined) return;
      const right = things[below + 1];
      if (right !== undefined && this.isBefore(right, left)) below += 1;
      const other = things[below];
      if (other === undefined || !this.isBefore(other, thing)) return;
      things[at] = other;
      things[below] = thing;
      at = below;
    }
  }
}
