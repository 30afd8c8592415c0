import { RecordStream, RecordWriter } from './records.ts';

/** Identifiers of some segments, gathered to be joined together: sorted by pseudonym. */
export class GatheredIdentifiers {
  readonly count: number;
  /** Pseudonyms in three words, in the order in which they were gathered. */
  private readonly words: readonly [Uint32Array, Uint32Array, Uint32Array];
  /** Kinds whose match is weak: the person is only probable. */
  private readonly isWeak: Uint8Array;
  /** By identifier: the person, or where several persons are listed plus `severalFrom`. */
  readonly persons: Uint32Array;
  /** By identifier: whether it is this very person. */
  readonly sure: Uint8Array;
  /** Persons of identifiers that several have, lists one behind the other, each with its length before it. */
  readonly several: number[] = [];

  constructor(
    words: readonly [Uint32Array, Uint32Array, Uint32Array],
    isWeak: Uint8Array,
    count: number,
  ) {
    this.words = words;
    this.isWeak = isWeak;
    this.count = count;
    this.persons = new Uint32Array(count);
    this.sure = new Uint8Array(count);
  }

  /** Places, in the order of pseudonyms. */
  private sorted(): Uint32Array {
    const [a, b, c] = this.words;
    const order = radixSorted(a, this.count);
    const compare = (x: number, y: number): number =>
      (b[x] ?? 0) - (b[y] ?? 0) || (c[x] ?? 0) - (c[y] ?? 0);
    // Pseudonyms are like dice: those whose first words are the same are mostly the same altogether.
    for (let from = 0; from < order.length; ) {
      let to = from + 1;
      const first = a[order[from] ?? 0];
      while (to < order.length && a[order[to] ?? 0] === first) to += 1;
      if (to - from > 1) order.subarray(from, to).sort(compare);
      from = to;
    }
    return order;
  }

  /**
   * Finds whose each identifier is. Whoever is no customer gets a number of his own, the same for the same
   * identifier from then on.
   *
   * @param customers path of the customers' identifiers. @param others of those who are none: `from` is read and
   *   `to` written, with those who were not there.
   * @returns the number that comes next.
   */
  join(
    customers: string | undefined,
    others: { readonly from: string | undefined; readonly to: string },
    nextPerson: number,
  ): number {
    const order = this.sorted();
    const [as, bs, cs] = this.words;
    const known = new RecordStream(customers);
    const old = new RecordStream(others.from);
    const written = new RecordWriter(others.to);
    let next = nextPerson;
    try {
      for (let i = 0; i < order.length; ) {
        const place = order[i] ?? 0;
        const [a = 0, b = 0, c = 0] = [as[place], bs[place], cs[place]];
        let end = i + 1;
        for (; end < order.length; end += 1) {
          const other = order[end] ?? 0;
          if (as[other] !== a || bs[other] !== b || cs[other] !== c) break;
        }
        while (known.compare(a, b, c) < 0) known.next();
        const persons: number[] = [];
        for (; known.compare(a, b, c) === 0; known.next()) persons.push(known.person);
        if (persons.length === 0) {
          while (old.compare(a, b, c) < 0) copy(old, written);
          if (old.compare(a, b, c) === 0) persons.push(old.person);
          else {
            persons.push(next);
            written.add(a, b, c, next);
            next += 1;
          }
        }
        this.settle(order.subarray(i, end), persons);
        i = end;
      }
      while (!old.isOver) copy(old, written);
    } finally {
      known.close();
      old.close();
      written.close();
    }
    return next;
  }

  private settle(places: Uint32Array, persons: readonly number[]): void {
    const [first = 0] = persons;
    const { several } = this;
    let person = first;
    if (persons.length > 1) {
      person = severalFrom + several.length;
      several.push(persons.length, ...persons);
    }
    for (const place of places) {
      this.persons[place] = person;
      this.sure[place] = persons.length > 1 || this.isWeak[place] === 1 ? 0 : 1;
    }
  }
}

/** From here on, a number is no person but the place of a list of them. */
export const severalFrom = 0xc000_0000;

const copy = (from: RecordStream, to: RecordWriter): void => {
  to.add(from.a, from.b, from.c, from.person);
  from.next();
};

/** Places of numbers in their order; those that are the same stay in theirs. */
const radixSorted = (numbers: Uint32Array, count: number): Uint32Array => {
  let order = Uint32Array.from({ length: count }, (_, i) => i);
  let other = new Uint32Array(count);
  for (let shift = 0; shift < 32; shift += 8) {
    const starts = new Uint32Array(257);
    for (let i = 0; i < count; i += 1) {
      const digit = ((numbers[i] ?? 0) >>> shift) & 0xff;
      starts[digit + 1] = (starts[digit + 1] ?? 0) + 1;
    }
    for (let digit = 0; digit < 256; digit += 1) {
      starts[digit + 1] = (starts[digit + 1] ?? 0) + (starts[digit] ?? 0);
    }
    for (let i = 0; i < count; i += 1) {
      const place = order[i] ?? 0;
      const digit = ((numbers[place] ?? 0) >>> shift) & 0xff;
      const to = starts[digit] ?? 0;
      other[to] = place;
      starts[digit] = to + 1;
    }
    [order, other] = [other, order];
  }
  return order;
};
