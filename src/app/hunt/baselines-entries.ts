import type { ComponentTally } from '../../detect/baselines/tally.ts';

/** What an entry is told apart by; members are codes of the segment, -1 for none. */
export interface EntryKey {
  component: number;
  window: number;
  user: number;
  actor: number;
  app: number;
  address: number;
}

/** What a component wrote within an hour that did not fail. */
export interface VolumeOfHour {
  count: number;
  firstLine: number;
  lastLine: number;
}

const keyNumbers = 6;
const capacityMin = 1 << 10;

/** Rows that differ in nothing but their times within ten minutes, added up as they come. */
export class EntryTable {
  count = 0;
  /** Of the entries, six numbers each, in the order of `EntryKey`. */
  private keys = new Int32Array(capacityMin * keyNumbers);
  private reads = new Uint32Array(capacityMin);
  private rows = new Uint32Array(capacityMin);
  private firstMs = new Float64Array(capacityMin);
  private lastMs = new Float64Array(capacityMin);
  private firstLines = new Uint32Array(capacityMin);
  private lastLines = new Uint32Array(capacityMin);
  /** Number of an entry and one, by hash; 0 for none. */
  private slots = new Int32Array(capacityMin * 2);

  add(key: EntryKey, ms: number, line: number, isRead: boolean): void {
    const entry = this.find(key);
    const rows = this.rows[entry] ?? 0;
    this.rows[entry] = rows + 1;
    if (isRead) this.reads[entry] = (this.reads[entry] ?? 0) + 1;
    if (rows === 0 || ms < (this.firstMs[entry] ?? 0)) {
      this.firstMs[entry] = ms;
      this.firstLines[entry] = line;
    }
    if (rows === 0 || ms >= (this.lastMs[entry] ?? 0)) {
      this.lastMs[entry] = ms;
      this.lastLines[entry] = line;
    }
  }

  private find({ component, window, user, actor, app, address }: EntryKey): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let hash = Math.imul(window ^ (component << 24), 0x9e3779b1);
    hash = Math.imul(hash ^ user ^ (hash >>> 15), 0x85ebca6b);
    hash = Math.imul(hash ^ address ^ (hash >>> 13), 0xc2b2ae35);
    hash = Math.imul(hash ^ app ^ (actor << 16) ^ (hash >>> 16), 0x27d4eb2f);
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0) break;
      const { keys } = this;
      const at = entry * keyNumbers;
      if (
        keys[at + 2] === user &&
        keys[at + 1] === window &&
        keys[at + 5] === address &&
        keys[at] === component &&
        keys[at + 4] === app &&
        keys[at + 3] === actor
      ) {
        return entry;
      }
      slot = (slot + 1) & mask;
    }
    const entry = this.count;
    this.count += 1;
    if (entry >= this.rows.length) this.grow();
    this.keys.set([component, window, user, actor, app, address], entry * keyNumbers);
    if (this.slots === slots) slots[slot] = entry + 1;
    else this.place(entry);
    return entry;
  }

  private place(entry: number): void {
    const { slots, keys } = this;
    const at = entry * keyNumbers;
    const mask = slots.length - 1;
    let hash = Math.imul((keys[at + 1] ?? 0) ^ ((keys[at] ?? 0) << 24), 0x9e3779b1);
    hash = Math.imul(hash ^ (keys[at + 2] ?? 0) ^ (hash >>> 15), 0x85ebca6b);
    hash = Math.imul(hash ^ (keys[at + 5] ?? 0) ^ (hash >>> 13), 0xc2b2ae35);
    hash = Math.imul(
      hash ^ (keys[at + 4] ?? 0) ^ ((keys[at + 3] ?? 0) << 16) ^ (hash >>> 16),
      0x27d4eb2f,
    );
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry + 1;
  }

  private grow(): void {
    const length = this.rows.length * 2;
    const longer = <T extends Int32Array | Uint32Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.keys = longer(this.keys, new Int32Array(length * keyNumbers));
    this.reads = longer(this.reads, new Uint32Array(length));
    this.rows = longer(this.rows, new Uint32Array(length));
    this.firstMs = longer(this.firstMs, new Float64Array(length));
    this.lastMs = longer(this.lastMs, new Float64Array(length));
    this.firstLines = longer(this.firstLines, new Uint32Array(length));
    this.lastLines = longer(this.lastLines, new Uint32Array(length));
    this.slots = new Int32Array(length * 2);
    for (let entry = 0; entry < this.count - 1; entry += 1) this.place(entry);
  }

  /** Entries of one component, as they came. */
  tally(
    component: number,
    name: string,
    nameOf: (of: 'user' | 'actor' | 'app' | 'address', code: number) => number,
    volume: ReadonlyMap<number, VolumeOfHour>,
  ): ComponentTally {
    const { keys } = this;
    let count = 0;
    for (let i = 0; i < this.count; i += 1) if (keys[i * keyNumbers] === component) count += 1;
    const hours = [...volume.keys()].toSorted((a, b) => a - b);
    const tally = {
      component: name,
      windows: new Int32Array(count),
      users: new Int32Array(count),
      actors: new Int32Array(count),
      apps: new Int32Array(count),
      addresses: new Int32Array(count),
      reads: new Uint32Array(count),
      rows: new Uint32Array(count),
      firstMs: new Float64Array(count),
      lastMs: new Float64Array(count),
      firstLines: new Uint32Array(count),
      lastLines: new Uint32Array(count),
      hours: Int32Array.from(hours),
      events: Uint32Array.from(hours, hour => volume.get(hour)?.count ?? 0),
      hourFirstLines: Uint32Array.from(hours, hour => volume.get(hour)?.firstLine ?? 0),
      hourLastLines: Uint32Array.from(hours, hour => volume.get(hour)?.lastLine ?? 0),
    };
    let to = 0;
    for (let i = 0; i < this.count; i += 1) {
      const at = i * keyNumbers;
      if (keys[at] !== component) continue;
      tally.windows[to] = keys[at + 1] ?? 0;
      tally.users[to] = nameOf('user', keys[at + 2] ?? -1);
      tally.actors[to] = nameOf('actor', keys[at + 3] ?? -1);
      tally.apps[to] = nameOf('app', keys[at + 4] ?? -1);
      tally.addresses[to] = nameOf('address', keys[at + 5] ?? -1);
      tally.reads[to] = this.reads[i] ?? 0;
      tally.rows[to] = this.rows[i] ?? 0;
      tally.firstMs[to] = this.firstMs[i] ?? 0;
      tally.lastMs[to] = this.lastMs[i] ?? 0;
      tally.firstLines[to] = this.firstLines[i] ?? 0;
      tally.lastLines[to] = this.lastLines[i] ?? 0;
      to += 1;
    }
    return tally;
  }
}
