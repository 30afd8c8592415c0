import type { Pseudonym } from '../core/personal.ts';
import {
  type Basis,
  bases,
  basisBit,
  type EvidenceAt,
  type Extent,
  type RecordsOf,
  type Shown,
  type Span,
} from './extent.ts';
import { IdTable } from './id-table.ts';

/** Whose a message is, where nothing tells. */
export const anyMailbox = 0;

/** Of two that overlap: from the first to the last, and looked into since the first look. */
const joined = (a: Span, b: Span): Span => {
  const span = { fromMs: Math.min(a.fromMs, b.fromMs), toMs: Math.max(a.toMs, b.toMs) };
  if (a.lookedMs === undefined || b.lookedMs === undefined) return span;
  return { ...span, lookedMs: Math.min(a.lookedMs, b.lookedMs) };
};

/** Spans that overlap, or touch, as one. The order in which they come does not matter. */
export const mergedSpans = (spans: readonly Span[]): readonly Span[] => {
  const out: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs)) {
    const last = out.at(-1);
    if (last === undefined || span.fromMs > last.toMs + 1) out.push(span);
    else out[out.length - 1] = joined(last, span);
  }
  return out;
};

/** When something arrived for it to be within an extent, and under which rules. */
export interface Stretch extends Span {
  readonly bits: number;
}

/** Spans of one thing, by rule. */
class Stretches {
  private readonly spans = new Map<Basis, Span[]>();

  add(basis: Basis, span: Span): void {
    const known = this.spans.get(basis);
    const last = known?.at(-1);
    if (known === undefined) this.spans.set(basis, [span]);
    else if (last !== undefined && span.fromMs <= last.toMs && last.fromMs <= span.toMs) {
      // Most of them begin at the beginning, and there may be millions.
      known[known.length - 1] = joined(last, span);
    } else known.push(span);
  }

  get all(): readonly Stretch[] {
    return [...this.spans].flatMap(([basis, spans]) =>
      mergedSpans(spans).map(span => ({ ...span, bits: basisBit(basis) })),
    );
  }
}

/** What a rule rests on. */
export interface BasisEvidence {
  readonly basis: Basis;
  readonly evidence: number;
  readonly counted: number;
  readonly first?: EvidenceAt;
  readonly last?: EvidenceAt;
  readonly mailboxes: number;
}

class Evidence {
  count = 0;
  counted = 0;
  first: EvidenceAt | undefined;
  last: EvidenceAt | undefined;
  readonly mailboxes = new Set<string>();
}

/** Earliest first; what tells no time comes last. Ties are told apart by place, so that order does not matter. */
const compareAt = (a: EvidenceAt, b: EvidenceAt): number => {
  const [one, other] = [a.atMs ?? Number.MAX_VALUE, b.atMs ?? Number.MAX_VALUE];
  if (one !== other) return one - other;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return (a.seq ?? 0) - (b.seq ?? 0) || (a.line ?? 0) - (b.line ?? 0);
};

interface PlannedFolder {
  readonly mailbox: string;
  readonly folder: string;
  /** Number of the folder in `uids`. */
  readonly number: number;
  readonly stretches: Stretches;
}

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
  private readonly stored = new Stretches();
  private readonly mailboxes = new Map<string, { number: number; stretches: Stretches }>();
  private readonly folders = new Map<string, PlannedFolder>();
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
    let evidence = this.evidence.get(basis);
    if (evidence === undefined) {
      evidence = new Evidence();
      this.evidence.set(basis, evidence);
    }
    evidence.count += lines;
    evidence.counted += counted;
    if (at !== undefined) {
      if (evidence.first === undefined || compareAt(at, evidence.first) < 0) evidence.first = at;
      if (evidence.last === undefined || compareAt(at, evidence.last) > 0) evidence.last = at;
    }
    if ('mailbox' in extent && extent.mailbox !== undefined) evidence.mailboxes.add(extent.mailbox);
    this.take(basis, extent);
  }

  private take(basis: Basis, extent: Extent): void {
    const bits = basisBit(basis);
    switch (extent.is) {
      case 'messages': {
        const owner =
          extent.mailbox === undefined ? anyMailbox : this.mailbox(extent.mailbox).number;
        for (const id of extent.ids) this.id(id, owner, bits);
        break;
      }
      case 'uids': {
        const { number } = this.folder(extent.mailbox, extent.folder);
        for (const uid of extent.uids) this.uids.add(number, uid, 0, 0, bits);
        break;
      }
      case 'folder':
        this.folder(extent.mailbox, extent.folder).stretches.add(basis, extent.span);
        break;
      case 'mailbox':
        this.mailbox(extent.mailbox).stretches.add(basis, extent.span);
        break;
      case 'stored-mail':
        this.stored.add(basis, extent.span);
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

  private mailbox(name: string): { number: number; stretches: Stretches } {
    let known = this.mailboxes.get(name);
    if (known === undefined) {
      known = { number: this.mailboxes.size + 1, stretches: new Stretches() };
      this.mailboxes.set(name, known);
    }
    return known;
  }

  private folder(mailbox: string, folder: string): PlannedFolder {
    const key = `${mailbox}\n${folder}`;
    let known = this.folders.get(key);
    if (known === undefined) {
      const number = this.folders.size + 1;
      known = { mailbox, folder, number, stretches: new Stretches() };
      this.folders.set(key, known);
    }
    return known;
  }

  get everything(): readonly Stretch[] {
    return this.stored.all;
  }

  /** Names of mailboxes, and what of them is meant; those that are only named by messages have no stretch. */
  get ofMailboxes(): readonly {
    readonly name: string;
    readonly number: number;
    readonly stretches: readonly Stretch[];
  }[] {
    return [...this.mailboxes].map(([name, { number, stretches }]) => ({
      name,
      number,
      stretches: stretches.all,
    }));
  }

  get ofFolders(): readonly {
    readonly mailbox: string;
    readonly folder: string;
    readonly number: number;
    readonly stretches: readonly Stretch[];
  }[] {
    return [...this.folders.values()].map(({ stretches, ...each }) => ({
      ...each,
      stretches: stretches.all,
    }));
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
          mailboxes: mailboxes.size,
          ...(first === undefined ? {} : { first }),
          ...(last === undefined ? {} : { last }),
        },
      ];
    });
  }
}

/** A pseudonym of 96 bits in three words, the order of which is its order. */
export const wordsOf = (high: number, low: number): readonly [number, number, number] => [
  Math.floor(high / 2 ** 16),
  ((high % 2 ** 16) * 2 ** 16 + Math.floor(low / 2 ** 32)) >>> 0,
  low % 2 ** 32,
];
