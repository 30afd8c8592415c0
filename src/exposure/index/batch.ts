import type { IdentifierKind } from '../../core/personal.ts';
import { identifierKinds } from '../../core/personal.ts';
import { GrownNumbers } from './grown.ts';
import { IdentifierTable } from './identifier-table.ts';
import { either } from './masks.ts';

/** Somebody in a message, as a pseudonym. */
export interface Somebody {
  readonly high: number;
  readonly low: number;
  /** Place in `identifierKinds`. */
  readonly kind: number;
  /** `roles`. */
  readonly roles: number;
  /** Masks of types that are his. */
  readonly own: number;
  readonly weak: number;
}

/** What a message, or an attachment, was found to hold: without a word of it. */
export interface Scanned {
  /** Masks of types: found at all with high confidence; with high or medium; with low alone; of nobody in particular. */
  readonly sure: number;
  readonly types: number;
  readonly weak: number;
  readonly shared: number;
  readonly people: readonly Somebody[];
  /** Why something of it was not seen; words of docs/scan.md. */
  readonly unseen: readonly string[];
}

/** What a message's own header says. */
export interface ScannedHead {
  readonly idHigh: number;
  readonly idLow: number;
  /** Milliseconds since 1970. */
  readonly received: number;
  readonly sizeBytes: number;
  /** `messageFlags`. */
  readonly flags: number;
}

/** Messages as they travel from the thread that read them: numbers alone, handed over and not copied. */
export interface BatchTables {
  /** A row a message: its place in the batch, ascending. */
  readonly item: Float64Array<ArrayBuffer>;
  readonly received: Float64Array<ArrayBuffer>;
  readonly size: Float64Array<ArrayBuffer>;
  readonly flags: Float64Array<ArrayBuffer>;
  readonly idHigh: Float64Array<ArrayBuffer>;
  readonly idLow: Float64Array<ArrayBuffer>;
  readonly sure: Float64Array<ArrayBuffer>;
  readonly types: Float64Array<ArrayBuffer>;
  readonly weak: Float64Array<ArrayBuffer>;
  readonly shared: Float64Array<ArrayBuffer>;
  /** Somebody in a message: the row, ascending; his number below; and what is his. */
  readonly row: Float64Array<ArrayBuffer>;
  readonly identifier: Float64Array<ArrayBuffer>;
  readonly roles: Float64Array<ArrayBuffer>;
  readonly own: Float64Array<ArrayBuffer>;
  readonly ownWeak: Float64Array<ArrayBuffer>;
  /** Identifiers, by their numbers in this batch. */
  readonly high: Float64Array<ArrayBuffer>;
  readonly low: Float64Array<ArrayBuffer>;
  readonly kind: Float64Array<ArrayBuffer>;
}

export type BatchColumn = keyof BatchTables;

const placeOfKind: Readonly<Record<IdentifierKind, number>> = {
  email: identifierKinds.indexOf('email'),
  telephone: identifierKinds.indexOf('telephone'),
  'customer-number': identifierKinds.indexOf('customer-number'),
  'name-and-address': identifierKinds.indexOf('name-and-address'),
  'name-and-birth-date': identifierKinds.indexOf('name-and-birth-date'),
};

export const kindPlace = (kind: IdentifierKind): number => placeOfKind[kind];

/** Gathers what the messages of a batch were found to hold. */
export class BatchBuilder {
  private readonly head: Readonly<
    Record<Exclude<BatchColumn, 'high' | 'low' | 'kind'>, GrownNumbers>
  > = {
    item: new GrownNumbers(),
    received: new GrownNumbers(),
    size: new GrownNumbers(),
    flags: new GrownNumbers(),
    idHigh: new GrownNumbers(),
    idLow: new GrownNumbers(),
    sure: new GrownNumbers(),
    types: new GrownNumbers(),
    weak: new GrownNumbers(),
    shared: new GrownNumbers(),
    row: new GrownNumbers(),
    identifier: new GrownNumbers(),
    roles: new GrownNumbers(),
    own: new GrownNumbers(),
    ownWeak: new GrownNumbers(),
  };
  private readonly identifiers = new IdentifierTable();
  private rows = 0;

  /**
   * A message at a place in the batch.
   *
   * @param owner whose mailbox it is in, where that is an identifier; he is in each of its messages.
   */
  add(item: number, head: ScannedHead, scanned: Scanned, owner?: Somebody): void {
    const columns = this.head;
    columns.item.push(item);
    columns.received.push(head.received);
    columns.size.push(head.sizeBytes);
    columns.flags.push(head.flags);
    columns.idHigh.push(head.idHigh);
    columns.idLow.push(head.idLow);
    columns.sure.push(scanned.sure);
    columns.types.push(scanned.types);
    columns.weak.push(scanned.weak);
    columns.shared.push(scanned.shared);
    let isOwnerThere = owner === undefined;
    for (const each of scanned.people) {
      const isOwner =
        owner !== undefined &&
        each.high === owner.high &&
        each.low === owner.low &&
        each.kind === owner.kind;
      if (isOwner) isOwnerThere = true;
      this.mention(each, isOwner ? either(each.roles, owner.roles) : each.roles);
    }
    if (!isOwnerThere && owner !== undefined) this.mention(owner, owner.roles);
    this.rows += 1;
  }

  done(): BatchTables {
    const { head, identifiers } = this;
    return {
      item: head.item.done(),
      received: head.received.done(),
      size: head.size.done(),
      flags: head.flags.done(),
      idHigh: head.idHigh.done(),
      idLow: head.idLow.done(),
      sure: head.sure.done(),
      types: head.types.done(),
      weak: head.weak.done(),
      shared: head.shared.done(),
      row: head.row.done(),
      identifier: head.identifier.done(),
      roles: head.roles.done(),
      own: head.own.done(),
      ownWeak: head.ownWeak.done(),
      high: identifiers.high.done(),
      low: identifiers.low.done(),
      kind: identifiers.kind.done(),
    };
  }

  private mention({ high, low, kind, own, weak }: Somebody, roles: number): void {
    const { head } = this;
    head.row.push(this.rows);
    head.identifier.push(this.identifiers.numberOf(high, low, kind));
    head.roles.push(roles);
    head.own.push(own);
    head.ownWeak.push(weak);
  }
}

/** The memory of a batch, to be handed over. */
export const memoryOf = (tables: BatchTables): ArrayBuffer[] =>
  Object.values(tables as unknown as Record<string, Float64Array<ArrayBuffer>>).map(
    ({ buffer }) => buffer,
  );
