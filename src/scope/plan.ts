import type { Pseudonym } from '../core/personal.ts';
import {
  type Basis,
  bases,
  basisBit,
  type EvidenceAt,
  type Extent,
  type RecordsOf,
  type Shown,
} from './extent.ts';
import { IdTable, type IdTableParts } from './id-table.ts';
import { NameTable } from './name-table.ts';
import { SpanTable, type SpanTableParts, type Stretch } from './span-table.ts';

/** Whose a message is, where nothing tells. */
export const anyMailbox = 0;

/** What a rule rests on. */
export interface BasisEvidence {
  readonly basis: Basis;
  readonly evidence: number;
  readonly counted: number;
  readonly first?: EvidenceAt;
  readonly last?: EvidenceAt;
  readonly mailboxes: number;
}

/** What a plan consists of, as it travels from thread to thread. */
export interface PlanParts {
  /** Names, by number from 1 on. */
  readonly mailboxes: readonly string[];
  readonly folders: readonly (readonly [
    mailbox: string,
    numbers: readonly (readonly [folder: string, number: number])[],
  ])[];
  readonly ids: IdTableParts;
  readonly uids: IdTableParts;
  readonly namedBy: IdTableParts;
  readonly stored: SpanTableParts;
  readonly ofMailbox: SpanTableParts;
  readonly ofFolder: SpanTableParts;
  readonly records: readonly { readonly bits: number; readonly of: RecordsOf }[];
  readonly restsOn: readonly BasisEvidence[];
  readonly idsWithoutKey: number;
  readonly idsAnywhere: boolean;
}

class Evidence {
  count = 0;
  counted = 0;
  first: EvidenceAt | undefined;
  last: EvidenceAt | undefined;
  mailboxes = 0;
}

/** Earliest first; what tells no time comes last. Ties are told apart by place, so that order does not matter. */
const compareAt = (a: EvidenceAt, b: EvidenceAt): number => {
  const [one, other] = [a.atMs ?? Number.MAX_VALUE, b.atMs ?? Number.MAX_VALUE];
  if (one !== other) return one - other;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return (a.seq ?? 0) - (b.seq ?? 0) || (a.line ?? 0) - (b.line ?? 0);
};

/** A mailbox, or a folder of one, by the name that evidence has for it. */
export interface PlannedMailbox {
  readonly name: string;
  readonly number: number;
  readonly stretches: readonly Stretch[];
}

export interface PlannedFolder {
  readonly mailbox: string;
  readonly folder: string;
  /** Number of the folder in `uids`. */
  readonly number: number;
  readonly stretches: readonly Stretch[];
}

const none: readonly Stretch[] = [];

/**
 * The union of extents: what has to be looked for in the index. Adding is idempotent and its order does not matter.
 * Names stay names: what they are in the index is looked up when all are known.
 */
export class ScopePlan {
  /** Keys are pseudonyms of Message-IDs in three words, owners the numbers of mailboxes here, 0 for any. */
  readonly ids: IdTable = new IdTable();
  /** Keys are the number of a folder here, a UID and 0. */
  readonly uids: IdTable = new IdTable();
  readonly records: { readonly bits: number; readonly of: RecordsOf }[] = [];
  private readonly stored = new SpanTable();
  private readonly ofMailbox = new SpanTable();
  private readonly ofFolder = new SpanTable();
  /** Numbers by name, from 1 on. */
  private readonly mailboxes = new NameTable();
  private readonly folders = new Map<string, Map<string, number>>();
  private folderCount = 0;
  /** Mailboxes by rule: each is counted once. */
  private readonly namedBy = new IdTable();
  private readonly evidence = new Map<Basis, Evidence>();
  private readonly pseudonym: ((messageId: string) => Pseudonym) | undefined;
  /** Message-IDs that cannot be looked for without the key. */
  idsWithoutKey = 0;
  /** Some messages are sought whoever has them. */
  idsAnywhere = false;

  /** @param pseudonym of a Message-ID; undefined without the key. */
  constructor(pseudonym: ((messageId: string) => Pseudonym) | undefined) {
    this.pseudonym = pseudonym;
  }

  add({ basis, extent, at, counted = 0, lines = 1 }: Shown): void {
    const evidence = this.restOn(basis, lines, counted, at);
    if ('mailbox' in extent && extent.mailbox !== undefined) {
      const known = this.namedBy.count;
      this.namedBy.add(this.mailbox(extent.mailbox), bases.indexOf(basis), 0, 0, 0);
      if (this.namedBy.count > known) evidence.mailboxes += 1;
    }
    this.take(basis, extent);
  }

  /** Notes what a rule rests on, beside what it is about. */
  restOn(
    basis: Basis,
    lines: number,
    counted: number,
    ...ats: readonly (EvidenceAt | undefined)[]
  ): Evidence {
    let evidence = this.evidence.get(basis);
    if (evidence === undefined) {
      evidence = new Evidence();
      this.evidence.set(basis, evidence);
    }
    evidence.count += lines;
    evidence.counted += counted;
    for (const at of ats) {
      if (at === undefined) continue;
      if (evidence.first === undefined || compareAt(at, evidence.first) < 0) evidence.first = at;
      if (evidence.last === undefined || compareAt(at, evidence.last) > 0) evidence.last = at;
    }
    return evidence;
  }

  /**
   * All that lay in a mailbox until a moment, for whoever has millions of them: `restOn` says what it rests on.
   *
   * @param mailbox its number here, of `numberOf`. @param rule place among `bases`.
   */
  addMailbox(mailbox: number, rule: number, fromMs: number, toMs: number, lookedMs: number): void {
    if (!this.ofMailbox.addUntil(mailbox, rule, fromMs, toMs, lookedMs)) return;
    const known = this.namedBy.count;
    this.namedBy.add(mailbox, rule, 0, 0, 0);
    const basis = bases[rule];
    const evidence = basis === undefined ? undefined : this.evidence.get(basis);
    if (evidence !== undefined && this.namedBy.count > known) evidence.mailboxes += 1;
  }

  /** The number of a mailbox, by the name that evidence has for it. */
  numberOf(name: string): number {
    return this.mailbox(name);
  }

  /** What it consists of, for `addAll` in another thread. */
  get parts(): PlanParts {
    return {
      mailboxes: this.mailboxes.names(),
      folders: Array.from(this.folders, ([mailbox, numbers]) => [mailbox, [...numbers]] as const),
      ids: this.ids.parts,
      uids: this.uids.parts,
      namedBy: this.namedBy.parts,
      stored: this.stored.parts,
      ofMailbox: this.ofMailbox.parts,
      ofFolder: this.ofFolder.parts,
      records: this.records,
      restsOn: this.restsOn,
      idsWithoutKey: this.idsWithoutKey,
      idsAnywhere: this.idsAnywhere,
    };
  }

  /** Adds all of another plan, whose numbers are its own: the same as if all that went into it had been added here. */
  addAll(parts: PlanParts): void {
    const mailboxes = Uint32Array.from([
      anyMailbox,
      ...parts.mailboxes.map(name => this.mailbox(name)),
    ]);
    const folders = new Map(
      parts.folders.flatMap(([mailbox, numbers]) =>
        numbers.map(([folder, number]) => [number, this.folder(mailbox, folder)] as const),
      ),
    );
    const mailboxOf = (number: number): number => mailboxes[number] ?? anyMailbox;
    const folderOf = (number: number): number => folders.get(number) ?? 0;
    for (const { basis, evidence, counted, first, last } of parts.restsOn) {
      this.restOn(basis, evidence, counted, first, last);
    }
    for (const [number, rule] of entriesOf(parts.namedBy)) {
      const known = this.namedBy.count;
      this.namedBy.add(mailboxOf(number), rule, 0, 0, 0);
      const basis = bases[rule];
      const evidence = basis === undefined ? undefined : this.evidence.get(basis);
      if (evidence !== undefined && this.namedBy.count > known) evidence.mailboxes += 1;
    }
    for (const [a, b, c, owner, bits] of entriesOf(parts.ids)) {
      this.ids.add(a, b, c, mailboxOf(owner), bits);
    }
    for (const [number, uid, , , bits] of entriesOf(parts.uids)) {
      this.uids.add(folderOf(number), uid, 0, 0, bits);
    }
    this.stored.addAll(parts.stored, number => number);
    this.ofMailbox.addAll(parts.ofMailbox, mailboxOf);
    this.ofFolder.addAll(parts.ofFolder, folderOf);
    this.records.push(...parts.records);
    this.idsWithoutKey += parts.idsWithoutKey;
    if (parts.idsAnywhere) this.idsAnywhere = true;
  }

  /** The same of a name in UTF-8, where it lies. */
  get numberOfBytes(): (bytes: Uint8Array, start: number, end: number) => number {
    return this.mailboxes.numberOfBytes;
  }

  private take(basis: Basis, extent: Extent): void {
    const bits = basisBit(basis);
    switch (extent.is) {
      case 'messages': {
        const owner = extent.mailbox === undefined ? anyMailbox : this.mailbox(extent.mailbox);
        for (const id of extent.ids) this.id(id, owner, bits);
        break;
      }
      case 'uids': {
        const number = this.folder(extent.mailbox, extent.folder);
        for (const uid of extent.uids) this.uids.add(number, uid, 0, 0, bits);
        break;
      }
      case 'folder':
        this.ofFolder.add(this.folder(extent.mailbox, extent.folder), basis, extent.span);
        break;
      case 'mailbox':
        this.ofMailbox.add(this.mailbox(extent.mailbox), basis, extent.span);
        break;
      case 'stored-mail':
        this.stored.add(0, basis, extent.span);
        break;
      case 'records':
        this.records.push({ bits, of: extent.of });
        break;
    }
  }

  private id(messageId: string, owner: number, bits: number): void {
    if (this.pseudonym === undefined) {
      this.idsWithoutKey += 1;
      return;
    }
    if (owner === anyMailbox) this.idsAnywhere = true;
    const { high, low } = this.pseudonym(messageId);
    const [a, b, c] = wordsOf(high, low);
    this.ids.add(a, b, c, owner, bits);
  }

  private mailbox(name: string): number {
    return this.mailboxes.numberOf(name);
  }

  private folder(mailbox: string, folder: string): number {
    this.mailbox(mailbox);
    let known = this.folders.get(mailbox);
    if (known === undefined) {
      known = new Map();
      this.folders.set(mailbox, known);
    }
    let number = known.get(folder);
    if (number === undefined) {
      this.folderCount += 1;
      number = this.folderCount;
      known.set(folder, number);
    }
    return number;
  }

  /** How many mailboxes evidence names. */
  get mailboxCount(): number {
    return this.mailboxes.count;
  }

  everything(): readonly Stretch[] {
    return this.stored.all().get(0) ?? none;
  }

  /** Names of mailboxes, and what of them is meant; those that are only named by messages have no stretch. */
  namedMailboxes(): readonly PlannedMailbox[] {
    const stretches = this.ofMailbox.all();
    return this.mailboxes.names().map((name, i) => ({
      name,
      number: i + 1,
      stretches: stretches.get(i + 1) ?? none,
    }));
  }

  namedFolders(): readonly PlannedFolder[] {
    const stretches = this.ofFolder.all();
    return Array.from(this.folders).flatMap(([mailbox, folders]) =>
      Array.from(folders, ([folder, number]) => ({
        mailbox,
        folder,
        number,
        stretches: stretches.get(number) ?? none,
      })),
    );
  }

  /** In the order of rules. */
  get restsOn(): readonly BasisEvidence[] {
    return bases.flatMap(basis => {
      const found = this.evidence.get(basis);
      if (found === undefined) return [];
      const { count, counted, first, last, mailboxes } = found;
      return [
        {
          basis,
          evidence: count,
          counted,
          mailboxes,
          ...(first === undefined ? {} : { first }),
          ...(last === undefined ? {} : { last }),
        },
      ];
    });
  }
}

function* entriesOf({
  count,
  keys,
  owner,
  bits,
}: IdTableParts): Generator<
  readonly [a: number, b: number, c: number, owner: number, bits: number]
> {
  for (let entry = 0; entry < count; entry += 1) {
    const [a = 0, b = 0, c = 0] = [keys[3 * entry], keys[3 * entry + 1], keys[3 * entry + 2]];
    yield [a, b, c, owner[entry] ?? 0, bits[entry] ?? 0];
  }
}

/** A pseudonym of 96 bits in three words, the order of which is its order. */
export const wordsOf = (high: number, low: number): readonly [number, number, number] => [
  Math.floor(high / 2 ** 16),
  ((high % 2 ** 16) * 2 ** 16 + Math.floor(low / 2 ** 32)) >>> 0,
  low % 2 ** 32,
];
