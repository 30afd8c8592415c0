import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BasisCount, Bounds, Doubt } from '../../scope/bounds.ts';
import {
  type BucketShape,
  bucketMemory,
  combosMax,
  emptyBuckets,
  type RecordPeople,
  wordsOfPerson,
} from '../../scope/buckets.ts';
import { Census, type CensusShape } from '../../scope/census.ts';
import { bases, basisBit, evidencedMask, type RecordsOf } from '../../scope/extent.ts';
import { type ScopePlan, wordsOf } from '../../scope/plan.ts';
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
import type { Marked, ScopeShared, SoughtParts, Spread } from './scope-work.ts';
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
  /** For tests: how persons are cut, and how much is noted before it is added up. */
  readonly tuning?: {
    readonly bucketShift?: number;
    readonly combos?: number;
    readonly records?: number;
  };
  /** Gets everybody in a bound, some at a time, in the order of their numbers; `types` are the bits of masks. */
  readonly take?: (slice: PeopleSlice, types: readonly string[]) => void;
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
      counter: sharedInts(2),
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
    this.shared.counter[0] = 0;
    return await this.threads.step({ do: 'mark', sought });
  }

  /** Persons are cut where the words of all of them would take too much memory. */
  private shapes(limit: number): readonly BucketShape[] {
    const { about } = this.request.linked;
    const { tuning } = this.request;
    const maskWords = this.types.length > 32 ? 2 : 1;
    const bucketShift = tuning?.bucketShift ?? 15;
    const bucket = 2 ** bucketShift;
    const all = 4 * about.persons * wordsOfPerson(maskWords);
    const slices = Math.min(100, Math.max(1, Math.ceil(all / limit)));
    const step = Math.max(bucket, Math.ceil(about.persons / slices / bucket) * bucket);
    return Array.from({ length: Math.ceil(about.persons / step) }, (_, i) => ({
      from: i * step,
      persons: Math.min(step, about.persons - i * step),
      maskWords,
      bucketShift,
      combos: Math.min(tuning?.combos ?? 1 << 16, combosMax(bucketShift)),
    }));
  }

  private async count(marked: Totals): Promise<EngineAnswer> {
    const { about } = this.request.linked;
    const { tuning } = this.request;
    const census: CensusShape = { tenants: this.tenants.length, types: this.types.length };
    const total = new Census(census);
    const people = {
      evidenced: sharedWords(Math.ceil(about.persons / 32)),
      withinReach: sharedWords(Math.ceil(about.persons / 32)),
    };
    const limit = this.request.memoryBytesMax ?? defaultMemory;
    // Marks of messages are there in any case; what is left is for notes, and for words where they are needed.
    const half = Math.max((limit - 4 * about.messagesTo) / 2, limit / 100, 1 << 22);
    const shapes = this.shapes(half);
    const room = Math.min(half / 4, 1.02 * about.mentions + 1_024);
    const [largest] = shapes;
    if (largest === undefined) return { ...this.bounds(total, marked), people, types: this.types };
    const memory = bucketMemory(largest, this.threads.count, tuning?.records ?? room);
    const records = this.records();
    for (const shape of shapes) {
      let words =
        this.request.take === undefined
          ? undefined
          : sharedInts(shape.persons * wordsOfPerson(shape.maskWords));
      this.shared.counter[0] = 0;
      for (let isFirst = true, isLast = false; !isLast; isFirst = false) {
        emptyBuckets(memory);
        const spread: readonly Spread[] =
          marked.counts.size === 0
            ? []
            : ((await this.threads.step({ do: 'spread', shape, memory, isFirst })) as Spread[]);
        isLast = spread.every(({ isFull }) => !isFull);
        if (!isLast) words ??= sharedInts(shape.persons * wordsOfPerson(shape.maskWords));
        this.shared.counter[1] = 0;
        const counted = await this.threads.step({
          do: 'gather',
          shape,
          memory,
          sets: spread.map(({ sets }) => sets),
          words,
          isLast,
          records,
          census,
          ...people,
        });
        if (isLast) for (const each of counted) if (each instanceof Float64Array) total.add(each);
      }
      if (words !== undefined) {
        const { from, persons, maskWords } = shape;
        this.request.take?.(new PeopleSlice(from, persons, maskWords, words), this.types);
      }
    }
    return { ...this.bounds(total, marked), people, types: this.types };
  }

  /** People whom no message brings in: of records, and owners of mailboxes that were not scanned. */
  private records(): readonly RecordPeople[] {
    const { plan, names, linked } = this.request;
    const identifiers = new PeopleFinder(
      this.customersFolder === undefined
        ? undefined
        : join(this.customersFolder, 'identifiers.bin'),
    );
    const others = new PeopleFinder(join(linked.folder, 'others.bin'));
    const find = (text: string): readonly number[] =>
      (names?.identifiers(text) ?? []).flatMap(({ high, low }) => {
        const key = wordsOf(high, low);
        const found = identifiers.of(key);
        return found.length > 0 ? found : others.of(key);
      });
    try {
      return [
        ...this.resolved.strangers.map(({ name, bits }) => ({
          persons: Uint32Array.from(new Set(find(name))).sort(),
          bits,
          low: 0,
          high: 0,
        })),
        ...plan.records.map(({ bits, of }) => {
          const [low, high] = this.maskOf(of.types);
          return { persons: this.recordsOf(of, find), bits, low, high };
        }),
      ];
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

  private recordsOf(
    { tenants, contracts, addresses }: RecordsOf,
    find: (text: string) => readonly number[],
  ): Uint32Array | 'all' {
    const narrowed =
      contracts === undefined && addresses === undefined
        ? undefined
        : new Set([...(contracts ?? []), ...(addresses ?? [])].flatMap(text => find(text)));
    if (tenants === undefined) {
      return narrowed === undefined ? 'all' : Uint32Array.from(narrowed).sort();
    }
    const wanted = new Set(tenants.map(tenant => this.tenants.indexOf(tenant)));
    wanted.delete(-1);
    const persons: number[] = [];
    for (const person of personsOf(this.request.linked, wanted)) {
      if (narrowed === undefined || narrowed.has(person)) persons.push(person);
    }
    return Uint32Array.from(new Set(persons));
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

/** Persons with a membership of one of some tenants, ascending; more than once where they have several. */
function* personsOf({ folder }: Linked, tenants: ReadonlySet<number>): Generator<number> {
  if (tenants.size === 0) return;
  const file = new ColumnFile(join(folder, 'memberships.parquet'));
  try {
    for (const group of file.groups) {
      const person = file.words(group, 'person', new Uint32Array(group.rows));
      const tenant = file.words(group, 'tenant', new Uint32Array(group.rows));
      for (let i = 0; i < group.rows; i += 1) if (tenants.has(tenant[i] ?? 0)) yield person[i] ?? 0;
    }
  } finally {
    file.close();
  }
}

/** Works out both bounds of what a plan comes to in the linked tables. */
export const scopeBounds = (request: EngineRequest): Promise<EngineAnswer> =>
  new Scoping(request).run();
