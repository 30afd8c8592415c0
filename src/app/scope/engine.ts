import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pseudonym } from '../../core/personal.ts';
import type { BasisCount, Bounds, Doubt } from '../../scope/bounds.ts';
import { Census, type CensusShape } from '../../scope/census.ts';
import { bases, basisBit, evidencedMask, type RecordsOf } from '../../scope/extent.ts';
import { type ScopePlan, wordsOf } from '../../scope/plan.ts';
import {
  Tally,
  type TallyMemory,
  type TallyShape,
  tallyBytes,
  tallyMemory,
} from '../../scope/tally.ts';
import { ColumnFile } from '../../store/parquet/column-file.ts';
import { PeopleFinder } from './find-people.ts';
import type { Linked } from './linked.ts';
import {
  doubtsOf,
  joinMarked,
  notYetFound,
  partsOf,
  sum,
  type Totals,
  withMore,
} from './marked.ts';
import { countBits, PeopleSlice } from './people-sets.ts';
import { type Resolved, resolved, type ScopeNames } from './resolve.ts';
import { ScopeThreads } from './scope-threads.ts';
import type { Marked, ScopeShared, SoughtParts } from './scope-work.ts';
import { messageBlockShift } from './scope-work.ts';

export interface EngineRequest {
  readonly plan: ScopePlan;
  readonly linked: Linked;
  /** Folder of the customer list that the tables were linked with: `identifiers.bin`, `memberships.bin`. */
  readonly customersFolder: string | undefined;
  /** Undefined without the key: nobody's name can be looked up. */
  readonly names: ScopeNames | undefined;
  /** Domains of mailboxes that logs name without one. */
  readonly domains?: readonly string[];
  /** Last moment that is asked about. */
  readonly untilMs?: number;
  readonly doubts?: readonly Doubt[];
  /** Of the people in hand and of messages; what does not fit is done in several passes. */
  readonly memoryBytesMax?: number;
  /** 1 or 2. */
  readonly threads?: number;
  /** Gets everybody in a bound, some at a time, in the order of their numbers. */
  readonly take?: (slice: PeopleSlice) => void;
}

/** Both bounds, and who is in them. */
export interface EngineAnswer extends Bounds {
  /** A bit for each person of the linked tables. */
  readonly people: { readonly evidenced: Uint32Array; readonly withinReach: Uint32Array };
  /** Bits of masks, those of records behind those of the index. */
  readonly types: readonly string[];
}

const defaultMemory = 2 * 2 ** 30;
/** Below so many mentions, starting a thread takes longer than it spares. */
const threadedMentions = 1_000_000;
const pieces = 64;

/** Numbers that a table of overlays has. */
const readPairs = (path: string, second: string | undefined): ReadonlyMap<number, number> => {
  const out = new Map<number, number>();
  if (!existsSync(path)) return out;
  const file = new ColumnFile(path);
  try {
    for (const group of file.groups) {
      const message = file.words(group, 'message', new Uint32Array(group.rows));
      const values = second === undefined ? undefined : file.numbers(group, second);
      for (let i = 0; i < group.rows; i += 1) out.set(message[i] ?? 0, values?.[i] ?? 0);
    }
  } finally {
    file.close();
  }
  return out;
};

const sharedWords = (count: number): Uint32Array =>
  new Uint32Array(new SharedArrayBuffer(4 * Math.max(1, count)));

const sharedInts = (count: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * Math.max(1, count)));

/** Types of the index, and behind them those of records that it does not have. */
const typesOf = (linked: Linked, plan: ScopePlan): readonly string[] => [
  ...new Set([...linked.about.types, ...plan.records.flatMap(({ of }) => of.types)]),
];

/** Everything that has to be known of a scoping once it runs. */
class Scoping {
  private readonly request: EngineRequest;
  private readonly types: readonly string[];
  private readonly shared: ScopeShared;
  private readonly resolved: Resolved;
  private readonly threads: ScopeThreads;
  private readonly tenants: readonly string[];
  private readonly customersFolder: string | undefined;

  constructor(request: EngineRequest) {
    const { plan, linked, names, domains = [], customersFolder, threads = 2 } = request;
    const { about, folder } = linked;
    this.request = request;
    this.types = typesOf(linked, plan);
    this.tenants = about.customers?.tenants ?? [];
    this.customersFolder = about.customers === null ? undefined : customersFolder;
    const dropped = readPairs(join(folder, 'dropped.parquet'), undefined);
    const droppedBits = new Uint32Array(dropped.size === 0 ? 0 : (about.messagesTo >>> 5) + 1);
    for (const message of dropped.keys()) {
      droppedBits[message >>> 5] = (droppedBits[message >>> 5] ?? 0) | (1 << (message & 31));
    }
    const mailboxWords = (this.mailboxesTo() >>> 5) + 1;
    this.shared = {
      folder,
      files: about.files.map(({ name }) => name),
      memberships:
        this.customersFolder === undefined
          ? undefined
          : {
              path: join(this.customersFolder, 'memberships.bin'),
              count: about.customers?.memberships ?? 0,
            },
      customers: about.customers?.persons ?? 0,
      marks: sharedWords(about.messagesTo),
      blocks: sharedWords((about.messagesTo >>> messageBlockShift) + 1),
      mailboxesReached: sharedInts(mailboxWords),
      mailboxesEvidenced: sharedInts(mailboxWords),
      dropped: droppedBits,
      counter: sharedInts(1),
    };
    this.resolved = resolved(plan, linked, names, {
      domains,
      gone: readPairs(join(folder, 'gone.parquet'), 'seen'),
    });
    const isLarge = about.mentions > threadedMentions;
    this.threads = new ScopeThreads(this.shared, isLarge ? Math.max(1, threads) : 1);
  }

  async run(): Promise<EngineAnswer> {
    try {
      const marked = await this.mark();
      return await this.count(marked);
    } finally {
      await this.threads.close();
    }
  }

  /** Mailboxes have numbers below. */
  private mailboxesTo(): number {
    const file = new ColumnFile(join(this.request.linked.folder, 'mailboxes.parquet'));
    try {
      return file.groups.reduce(
        (most, { columns }) => Math.max(most, columns.get('mailbox')?.greatest ?? 0),
        0,
      );
    } finally {
      file.close();
    }
  }

  private async mark(): Promise<Totals> {
    const { sought } = this.resolved;
    const { everything, mailboxes, folders, ids, uids } = sought;
    const hasNone =
      everything.length + mailboxes.size + folders.size === 0 &&
      ids === undefined &&
      uids === undefined;
    if (hasNone) return joinMarked([]);
    const found = joinMarked((await this.step(partsOf(sought))) as readonly Marked[]);
    const again = notYetFound(sought, found.foundIds);
    if (again === undefined) return found;
    // Their mailboxes do not have them: they lie in another one, or nowhere.
    const more = joinMarked((await this.step(partsOf(again.sought))) as readonly Marked[]);
    return withMore(found, more, again.entries);
  }

  private async step(sought: SoughtParts): Promise<readonly unknown[]> {
    return await this.threads.step({ do: 'mark', sought });
  }

  private shapes(): readonly TallyShape[] {
    const { about } = this.request.linked;
    const maskWords = this.types.length > 32 ? 2 : 1;
    const limit = this.request.memoryBytesMax ?? defaultMemory;
    const fixed = 4 * about.messagesTo + about.mailboxes / 4;
    // Marks are there in any case; of people a hundredth at a time, at the least.
    const room = Math.max(limit - fixed, limit / 100, 1 << 20);
    const all = this.threads.count * tallyBytes({ from: 0, persons: about.persons, maskWords });
    const slices = Math.min(100, Math.ceil(all / room));
    const step = Math.ceil(about.persons / slices / 1024) * 1024;
    return Array.from({ length: slices }, (_, i) => ({
      from: i * step,
      persons: Math.max(0, Math.min(step, about.persons - i * step)),
      maskWords,
    }));
  }

  private async count(marked: Totals): Promise<EngineAnswer> {
    const { about } = this.request.linked;
    const census: CensusShape = { tenants: this.tenants.length, types: this.types.length };
    const total = new Census(census);
    const words = Math.ceil(about.persons / 32);
    const people = {
      evidenced: new Uint32Array(words),
      withinReach: new Uint32Array(words),
    };
    const shapes = this.shapes();
    const [largest] = shapes;
    const memories = Array.from({ length: this.threads.count }, () =>
      tallyMemory(largest ?? { from: 0, persons: 0, maskWords: 1 }),
    );
    const [memory] = memories;
    if (memory === undefined) throw new RangeError('no thread does it');
    for (const [i, shape] of shapes.entries()) {
      if (i > 0) {
        for (const each of memories) {
          each.words.fill(0);
          each.touched.fill(0);
        }
      }
      if (marked.counts.size > 0) await this.threads.step({ do: 'tally', shape, memories });
      this.addPeople(shape, memory);
      const counted = await this.threads.step({
        do: 'census',
        shape,
        memories,
        census,
        pieces: piecesOf(shape, this.shared.customers),
      });
      for (const each of counted) if (each instanceof Float64Array) total.add(each);
      const slice = new PeopleSlice(shape, memory);
      slice.addTo(people.withinReach, people.evidenced);
      this.request.take?.(slice);
    }
    return { ...this.bounds(total, marked), people, types: this.types };
  }

  /** People whom no message brings in: of records, and owners of mailboxes that were not scanned. */
  private addPeople(shape: TallyShape, memory: TallyMemory): void {
    const { plan, names, linked } = this.request;
    const tally = new Tally(shape, memory);
    const identifiers = new PeopleFinder(
      this.customersFolder === undefined
        ? undefined
        : join(this.customersFolder, 'identifiers.bin'),
    );
    const others = new PeopleFinder(join(linked.folder, 'others.bin'));
    const find = (pseudonyms: readonly Pseudonym[]): readonly number[] =>
      pseudonyms.flatMap(({ high, low }) => {
        const key = wordsOf(high, low);
        const found = identifiers.of(key);
        return found.length > 0 ? found : others.of(key);
      });
    try {
      for (const { name, bits } of this.resolved.strangers) {
        for (const person of find(names?.identifiers(name) ?? [])) tally.record(person, bits, 0, 0);
      }
      for (const { bits, of } of plan.records) {
        const persons = this.recordsOf(of, text => find(names?.identifiers(text) ?? []));
        const [low, high] = this.maskOf(of.types);
        for (const person of persons) tally.record(person, bits, low, high);
      }
    } finally {
      identifiers.close();
      others.close();
    }
  }

  private maskOf(types: readonly string[]): readonly [number, number] {
    const mask: [number, number] = [0, 0];
    for (const type of types) {
      const bit = this.types.indexOf(type);
      const word = bit >> 5;
      mask[word] = (mask[word] ?? 0) | (1 << (bit & 31));
    }
    return mask;
  }

  private *recordsOf(
    { tenants, contracts, addresses }: RecordsOf,
    find: (text: string) => readonly number[],
  ): Generator<number> {
    const named = [...(contracts ?? []), ...(addresses ?? [])];
    const narrowed = named.length > 0 ? new Set(named.flatMap(find)) : undefined;
    if (tenants === undefined) {
      if (narrowed !== undefined) yield* narrowed;
      else for (let person = 0; person < this.shared.customers; person += 1) yield person;
      return;
    }
    const wanted = new Set(tenants.map(tenant => this.tenants.indexOf(tenant)));
    wanted.delete(-1);
    if (wanted.size === 0) return;
    const file = new ColumnFile(join(this.request.linked.folder, 'memberships.parquet'));
    try {
      for (const group of file.groups) {
        const person = file.words(group, 'person', new Uint32Array(group.rows));
        const tenant = file.words(group, 'tenant', new Uint32Array(group.rows));
        for (let i = 0; i < group.rows; i += 1) {
          if (!wanted.has(tenant[i] ?? 0)) continue;
          const each = person[i] ?? 0;
          if (narrowed === undefined || narrowed.has(each)) yield each;
        }
      }
    } finally {
      file.close();
    }
  }

  private bounds(total: Census, marked: Totals): Bounds {
    const { counts } = marked;
    const names = { types: this.types, tenants: this.tenants };
    const { namedMailboxes } = this.resolved;
    const { mailboxesReached, mailboxesEvidenced } = this.shared;
    for (const [number, bits] of namedMailboxes) {
      const word = number >>> 5;
      const bit = 1 << (number & 31);
      mailboxesReached[word] = (mailboxesReached[word] ?? 0) | bit;
      if ((bits & evidencedMask) === 0) continue;
      mailboxesEvidenced[word] = (mailboxesEvidenced[word] ?? 0) | bit;
    }
    const byBasis = total.byBasis;
    const all = 2 ** bases.length - 1;
    return {
      evidenced: total.bound('evidenced', names, {
        messages: sum(counts, evidencedMask, 'messages'),
        mailboxes: countBits(new Uint32Array(mailboxesEvidenced.buffer)),
      }),
      withinReach: total.bound('withinReach', names, {
        messages: sum(counts, all, 'messages'),
        mailboxes: countBits(new Uint32Array(mailboxesReached.buffer)),
      }),
      bases: this.request.plan.restsOn.map(
        ({ basis, ...rests }): BasisCount => ({
          basis,
          people: byBasis[bases.indexOf(basis)] ?? 0,
          messages: sum(counts, basisBit(basis), 'messages'),
          ...rests,
        }),
      ),
      doubts: [
        ...(this.request.doubts ?? []),
        ...this.resolved.doubts,
        ...doubtsOf(marked, this.request),
      ],
    };
  }
}

/** Persons in parts that threads take one by one; none has both customers and others. */
const piecesOf = (
  { from, persons }: TallyShape,
  customers: number,
): readonly (readonly [from: number, to: number])[] => {
  const out: (readonly [number, number])[] = [];
  const end = from + persons;
  const step = Math.max(1 << 14, Math.ceil(persons / pieces));
  for (let at = from; at < end; ) {
    const edge = at < customers ? Math.min(customers, end) : end;
    const to = Math.min(at + step, edge);
    out.push([at, to]);
    at = to;
  }
  return out;
};

/** Works out both bounds of what a plan comes to in the linked tables. */
export const scopeBounds = (request: EngineRequest): Promise<EngineAnswer> =>
  new Scoping(request).run();
