import type { LineRef } from '../../core/watched-event.ts';
import type { SubjectKind } from './memory.ts';
import type { ComponentTally, SegmentTally } from './tally.ts';

/** One entry of a tally. */
export interface Entry {
  readonly tally: SegmentTally;
  readonly of: ComponentTally;
  readonly at: number;
}

/** What one did within some time, added up. */
export class Feature {
  readonly id: number;
  readonly text: string;
  /** Pseudonym of the mailbox and messages read in it; most addresses have one, the others `more`. */
  private only = 0;
  private more: Map<number, number> | undefined;
  /** Pseudonyms of where it came from. */
  readonly addresses: Map<number, string> = new Map();
  reads = 0;
  rows = 0;
  firstMs: number = Number.POSITIVE_INFINITY;
  lastMs: number = Number.NEGATIVE_INFINITY;
  first: LineRef | undefined;
  last: LineRef | undefined;

  constructor(id: number, text: string) {
    this.id = id;
    this.text = text;
  }

  get mailboxes(): number {
    return this.more?.size ?? (this.only === 0 ? 0 : 1);
  }

  *users(): Generator<number> {
    if (this.more !== undefined) yield* this.more.keys();
    else if (this.only !== 0) yield this.only;
  }

  hasUser(id: number): boolean {
    return this.more?.has(id) ?? (id !== 0 && this.only === id);
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
    const { source, seq } = tally;
    // Of lines of one time the earlier, in whatever pieces they came.
    const firstLine = of.firstLines[at] ?? 0;
    if (
      first < this.firstMs ||
      (first === this.firstMs && isBefore(tally, firstLine, this.first))
    ) {
      this.firstMs = first;
      this.first = { source, seq, line: firstLine };
    }
    const lastLine = of.lastLines[at] ?? 0;
    if (last > this.lastMs || (last === this.lastMs && !isBefore(tally, lastLine, this.last))) {
      this.lastMs = last;
      this.last = { source, seq, line: lastLine };
    }
  }

  get lines(): readonly LineRef[] {
    const { first, last } = this;
    if (first === undefined || last === undefined) return [];
    const isOne =
      first.source === last.source && first.seq === last.seq && first.line === last.line;
    return isOne ? [first] : [first, last];
  }
}

const isBefore = (
  { source, seq }: SegmentTally,
  line: number,
  other: LineRef | undefined,
): boolean => {
  if (other === undefined) return true;
  if (source !== other.source) return source < other.source;
  return seq === other.seq ? line < other.line : seq < other.seq;
};

/** From so many mailboxes on an address is looked at, and from so many messages an account. */
const sharedMailboxes = 5;
export const busyReads = 50;

/** Addresses of one that are told apart. */
const addressesMax = 64;

/** What everybody did with one component within some time. */
export class Features {
  readonly all: Feature = new Feature(0, '');
  readonly byKind: Readonly<Record<SubjectKind, Map<number, Feature>>> = {
    actor: new Map(),
    app: new Map(),
    address: new Map(),
    account: new Map(),
  };
  /** Addresses of several mailboxes, and accounts of which much is read. */
  readonly shared: Set<Feature> = new Set();
  readonly busy: Set<Feature> = new Set();
  /** Addresses and accounts are many, and looked at by hour; by ten minutes only addresses that are followed. */
  private readonly isFollowed: ((address: number) => boolean) | undefined;

  /** @param isFollowed of ten minutes; absent: of an hour. */
  constructor(isFollowed?: (address: number) => boolean) {
    this.isFollowed = isFollowed;
  }

  add(entry: Entry): void {
    const { tally, of, at } = entry;
    const { ids, texts } = tally.names;
    const place = (column: Int32Array): number => column[at] ?? -1;
    const user = place(of.users);
    const userId = ids[user] ?? 0;
    this.all.add(entry, userId);
    const put = (kind: SubjectKind, name: number): Feature | undefined => {
      const id = ids[name] ?? 0;
      if (id === 0) return undefined;
      let feature = this.byKind[kind].get(id);
      if (feature === undefined) {
        feature = new Feature(id, texts[name] ?? '');
        this.byKind[kind].set(id, feature);
      }
      feature.add(entry, userId);
      return feature;
    };
    const address = place(of.addresses);
    const from = ids[address] ?? 0;
    const actor = place(of.actors);
    // Whoever acts in his own name is no stranger in the mailbox.
    const stranger = actor === user || ids[actor] === userId ? undefined : put('actor', actor);
    const cameFrom = (feature: Feature | undefined): void => {
      if (feature !== undefined && from !== 0 && feature.addresses.size < addressesMax) {
        feature.addresses.set(from, texts[address] ?? '');
      }
    };
    cameFrom(stranger);
    cameFrom(put('app', place(of.apps)));
    if (this.isFollowed !== undefined) {
      if (from !== 0 && this.isFollowed(from)) put('address', address);
      return;
    }
    const shared = put('address', address);
    if (shared !== undefined && shared.mailboxes >= sharedMailboxes) this.shared.add(shared);
    if ((of.reads[at] ?? 0) === 0) return;
    const account = put('account', user);
    cameFrom(account);
    if (account !== undefined && account.reads >= busyReads) this.busy.add(account);
  }
}
