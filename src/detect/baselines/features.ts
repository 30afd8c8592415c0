import type { LineRef } from '../../core/watched-event.ts';
import type { SubjectKind } from './memory.ts';
import type { ComponentTally, SegmentTally } from './tally.ts';

/** One entry of a tally. */
export interface Entry {
  readonly tally: SegmentTally;
  readonly of: ComponentTally;
  readonly at: number;
}

/** Which lines a number is of. */
type Origin = Pick<LineRef, 'source' | 'seq'>;

/** Pseudonyms by small numbers, which maps are quick at; 0 is nobody. */
export class NameNumbers {
  private readonly ids: number[] = [0];
  private readonly known = new Map<number, number>([[0, 0]]);
  private readonly byNames = new WeakMap<SegmentTally['names'], Int32Array>();

  get size(): number {
    return this.ids.length;
  }

  /** Of a pseudonym; undefined where it has none. */
  of(id: number): number | undefined {
    return this.known.get(id);
  }

  idOf(number: number): number {
    return this.ids[number] ?? 0;
  }

  /** By place among the names of a tally. */
  ofNames(names: SegmentTally['names']): Int32Array {
    const known = this.byNames.get(names);
    if (known !== undefined) return known;
    const numbers = Int32Array.from(names.ids, id => this.numbered(id));
    this.byNames.set(names, numbers);
    return numbers;
  }

  private numbered(id: number): number {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const number = this.ids.push(id) - 1;
    this.known.set(id, number);
    return number;
  }
}

/** What one did within some time, added up. */
export class Feature {
  readonly id: number;
  readonly text: string;
  private readonly names: NameNumbers;
  /** The mailbox and messages read in it; most addresses have one, the others `more`. */
  private only = 0;
  private more: Map<number, number> | undefined;
  /** Where it came from. */
  private readonly cameFrom = new Map<number, string>();
  reads = 0;
  rows = 0;
  firstMs: number = Number.POSITIVE_INFINITY;
  lastMs: number = Number.NEGATIVE_INFINITY;
  private firstOf: Origin | undefined;
  private firstLine = 0;
  private lastOf: Origin | undefined;
  private lastLine = 0;

  constructor(id: number, text: string, names: NameNumbers) {
    this.id = id;
    this.text = text;
    this.names = names;
  }

  get mailboxes(): number {
    return this.more?.size ?? (this.only === 0 ? 0 : 1);
  }

  /** Their pseudonyms. */
  *users(): Generator<number> {
    const { names } = this;
    if (this.more === undefined) {
      if (this.only !== 0) yield names.idOf(this.only);
    } else for (const user of this.more.keys()) yield names.idOf(user);
  }

  hasUser(id: number): boolean {
    const number = this.names.of(id) ?? 0;
    return number !== 0 && (this.more?.has(number) ?? this.only === number);
  }

  /** Pseudonyms of where it came from, and how the log writes it. */
  *addresses(): Generator<readonly [id: number, text: string]> {
    for (const [from, text] of this.cameFrom) yield [this.names.idOf(from), text];
  }

  /** @param from number of where it came from; 0: not known */
  putAddress(from: number, text: string): void {
    if (from !== 0 && this.cameFrom.size < addressesMax) this.cameFrom.set(from, text);
  }

  /**
   * Messages read, without those of the three mailboxes of which most was read: that somebody's new telephone loads
   * all of his mail tells nothing of who else is read.
   */
  get spreadReads(): number {
    if (this.more === undefined) return 0;
    const most = [0, 0, 0];
    for (const reads of this.more.values()) {
      if (reads <= (most[2] ?? 0)) continue;
      most[2] = reads;
      most.sort((a, b) => b - a);
    }
    return this.reads - most.reduce((sum, reads) => sum + reads, 0);
  }

  /** @param user number of whose mailbox it is; 0: nobody's */
  add({ tally, of, at }: Entry, user: number): void {
    const reads = of.reads[at] ?? 0;
    if (user !== 0 && this.more !== undefined)
      this.more.set(user, (this.more.get(user) ?? 0) + reads);
    else if (this.only === 0) this.only = user;
    else if (user !== 0 && this.only !== user) {
      // What was read until now was of the one.
      this.more = new Map([
        [this.only, this.reads],
        [user, reads],
      ]);
    }
    this.reads += reads;
    this.rows += of.rows[at] ?? 0;
    const first = of.firstMs[at] ?? 0;
    const last = of.lastMs[at] ?? 0;
    // Of lines of one time the earlier, in whatever pieces they came.
    const firstLine = of.firstLines[at] ?? 0;
    if (
      first < this.firstMs ||
      (first === this.firstMs && isBefore(tally, firstLine, this.firstOf, this.firstLine))
    ) {
      this.firstMs = first;
      this.firstOf = tally;
      this.firstLine = firstLine;
    }
    const lastLine = of.lastLines[at] ?? 0;
    if (
      last > this.lastMs ||
      (last === this.lastMs && !isBefore(tally, lastLine, this.lastOf, this.lastLine))
    ) {
      this.lastMs = last;
      this.lastOf = tally;
      this.lastLine = lastLine;
    }
  }

  /** Is all that was written between two lines, whoever did it. */
  span(rows: number, first: LineRef, last: LineRef): void {
    this.rows = rows;
    this.firstOf = first;
    this.firstLine = first.line;
    this.lastOf = last;
    this.lastLine = last.line;
  }

  /** The first and the last; one where they are the same. */
  get lines(): readonly LineRef[] {
    const { firstOf, firstLine, lastOf, lastLine } = this;
    if (firstOf === undefined || lastOf === undefined) return [];
    const first = { source: firstOf.source, seq: firstOf.seq, line: firstLine };
    const last = { source: lastOf.source, seq: lastOf.seq, line: lastLine };
    const isOne =
      first.source === last.source && first.seq === last.seq && first.line === last.line;
    return isOne ? [first] : [first, last];
  }
}

const isBefore = (
  { source, seq }: SegmentTally,
  line: number,
  other: Origin | undefined,
  otherLine: number,
): boolean => {
  if (other === undefined) return true;
  if (source !== other.source) return source < other.source;
  return seq === other.seq ? line < otherLine : seq < other.seq;
};

/** From so many mailboxes on an address is looked at, and from so many messages an account. */
const sharedMailboxes = 5;
export const busyReads = 50;

/** Addresses of one that are told apart. */
const addressesMax = 64;

/** What everybody did with one component within some time. */
export class Features {
  readonly all: Feature;
  /** By number. */
  readonly byKind: Readonly<Record<SubjectKind, Map<number, Feature>>> = {
    actor: new Map(),
    app: new Map(),
    address: new Map(),
    account: new Map(),
  };
  /** Addresses of several mailboxes, and accounts of which much is read. */
  readonly shared: Set<Feature> = new Set();
  readonly busy: Set<Feature> = new Set();
  private readonly names: NameNumbers;
  /** Addresses and accounts are many, and looked at by hour; by ten minutes only addresses that are followed. */
  private readonly isFollowed: ((address: number) => boolean) | undefined;
  /** By number, whether it is. */
  private readonly followed = new Map<number, boolean>();
  /** Of the tally that was added to last. */
  private lastNames: SegmentTally['names'] | undefined;
  private numbers: Int32Array = new Int32Array(0);

  /** @param isFollowed of ten minutes; absent: of an hour. */
  constructor(names: NameNumbers, isFollowed?: (address: number) => boolean) {
    this.names = names;
    this.all = new Feature(0, '', names);
    this.isFollowed = isFollowed;
  }

  /** @param id pseudonym */
  feature(kind: SubjectKind, id: number): Feature | undefined {
    return this.byKind[kind].get(this.names.of(id) ?? -1);
  }

  add(entry: Entry): void {
    const { tally, of, at } = entry;
    const { names } = tally;
    if (names !== this.lastNames) {
      this.lastNames = names;
      this.numbers = this.names.ofNames(names);
    }
    const { numbers } = this;
    const userPlace = of.users[at] ?? -1;
    const user = numbers[userPlace] ?? 0;
    this.all.add(entry, user);
    const address = of.addresses[at] ?? -1;
    const from = numbers[address] ?? 0;
    const fromText = names.texts[address] ?? '';
    const actor = of.actors[at] ?? -1;
    // Whoever acts in his own name is no stranger in the mailbox.
    if (actor !== userPlace && numbers[actor] !== user) {
      this.put('actor', actor, entry, user)?.putAddress(from, fromText);
    }
    this.put('app', of.apps[at] ?? -1, entry, user)?.putAddress(from, fromText);
    if (this.isFollowed !== undefined) {
      if (from !== 0 && this.follows(from)) this.put('address', address, entry, user);
      return;
    }
    const shared = this.put('address', address, entry, user);
    if (shared !== undefined && shared.mailboxes >= sharedMailboxes) this.shared.add(shared);
    if ((of.reads[at] ?? 0) === 0) return;
    const account = this.put('account', userPlace, entry, user);
    account?.putAddress(from, fromText);
    if (account !== undefined && account.reads >= busyReads) this.busy.add(account);
  }

  private put(kind: SubjectKind, place: number, entry: Entry, user: number): Feature | undefined {
    const number = this.numbers[place] ?? 0;
    if (number === 0) return undefined;
    const features = this.byKind[kind];
    let feature = features.get(number);
    if (feature === undefined) {
      const { ids, texts } = entry.tally.names;
      feature = new Feature(ids[place] ?? 0, texts[place] ?? '', this.names);
      features.set(number, feature);
    }
    feature.add(entry, user);
    return feature;
  }

  private follows(from: number): boolean {
    const known = this.followed.get(from);
    if (known !== undefined) return known;
    const follows = this.isFollowed?.(this.names.idOf(from)) ?? false;
    this.followed.set(from, follows);
    return follows;
  }
}
