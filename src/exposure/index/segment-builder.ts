import type {
  ExposureTypes,
  IdentifierDictionary,
  MentionColumns,
  MessageColumns,
} from '../../core/exposure-index.ts';
import { messageFlags, roles } from '../../core/exposure-index.ts';
import type { TypeCounts } from '../../core/exposure-state.ts';
import type { BatchTables, Scanned } from './batch.ts';
import { GrownNumbers } from './grown.ts';
import { IdentifierTable, inOrder } from './identifier-table.ts';
import { either, without } from './masks.ts';
import { typeCounts } from './type-counts.ts';

/** Where the messages of a batch lie, by their place in it. */
export interface BatchPlaces {
  /** Number of the first message; the others follow. */
  readonly first: number;
  readonly mailbox: ArrayLike<number>;
  readonly folder: ArrayLike<number>;
  /** 0 where unknown. */
  readonly uid: ArrayLike<number>;
}

/** What the attachments of messages were found to hold, by the message's place in the batch. */
export type BatchAttachments = ReadonlyMap<number, readonly Scanned[]>;

export interface BuiltSegment {
  readonly messages: MessageColumns;
  readonly mentions: MentionColumns;
  readonly identifiers: IdentifierDictionary;
  readonly types: TypeCounts;
  readonly bytes: number;
}

const messageNames = [
  'message',
  'mailbox',
  'folder',
  'received',
  'uid',
  'idHigh',
  'idLow',
  'size',
  'flags',
  'types',
  'weak',
  'sure',
  'shared',
] as const satisfies readonly (keyof MessageColumns)[];

type Columns<Names extends string> = Readonly<Record<Names, GrownNumbers>>;

const columnsOf = <Names extends string>(names: readonly Names[]): Columns<Names> =>
  // The keys are those names and no others.
  Object.fromEntries(names.map(name => [name, new GrownNumbers()])) as Columns<Names>;

/** One message in hand, with all that its attachments add. */
interface InHand {
  sure: number;
  types: number;
  weak: number;
  shared: number;
  flags: number;
}

/** Makes a segment of batches. */
export class SegmentBuilder {
  private readonly messages = columnsOf(messageNames);
  private readonly mentions = columnsOf(['message', 'identifier', 'roles', 'own', 'weak'] as const);
  private readonly identifiers = new IdentifierTable();
  private readonly types: ExposureTypes;

  constructor(types: ExposureTypes) {
    this.types = types;
  }

  get messageCount(): number {
    return this.messages.message.length;
  }

  get mentionCount(): number {
    return this.mentions.message.length;
  }

  add(batch: BatchTables, places: BatchPlaces, attachments: BatchAttachments): void {
    const numbers = this.numbersOf(batch);
    let next = 0;
    for (let row = 0; row < batch.item.length; row += 1) {
      const item = batch.item[row] ?? 0;
      const from = next;
      while (next < batch.row.length && batch.row[next] === row) next += 1;
      const inHand: InHand = {
        sure: batch.sure[row] ?? 0,
        types: batch.types[row] ?? 0,
        weak: batch.weak[row] ?? 0,
        shared: batch.shared[row] ?? 0,
        flags: batch.flags[row] ?? 0,
      };
      const message = places.first + item;
      const firstMention = this.mentions.message.length;
      for (let i = from; i < next; i += 1) {
        this.mention(
          message,
          numbers[batch.identifier[i] ?? 0] ?? 0,
          batch.roles[i] ?? 0,
          batch.own[i] ?? 0,
          batch.ownWeak[i] ?? 0,
        );
      }
      const more = attachments.get(item);
      if (more !== undefined) this.attach(message, firstMention, more, inHand);
      this.message(message, item, row, inHand, batch, places);
    }
  }

  /** Rows of a segment as they were, of messages that still count. */
  addRows(
    old: Pick<BuiltSegment, 'messages' | 'mentions' | 'identifiers'>,
    isKept: (message: number) => boolean,
  ): void {
    for (let i = 0; i < old.messages.message.length; i += 1) {
      if (!isKept(old.messages.message[i] ?? 0)) continue;
      for (const name of messageNames) this.messages[name].push(old.messages[name][i] ?? 0);
    }
    const { high, low, kind } = old.identifiers;
    const numbers = new Int32Array(high.length).fill(-1);
    for (let i = 0; i < old.mentions.message.length; i += 1) {
      const message = old.mentions.message[i] ?? 0;
      if (!isKept(message)) continue;
      const identifier = old.mentions.identifier[i] ?? 0;
      let number = numbers[identifier] ?? -1;
      if (number < 0) {
        number = this.identifiers.numberOf(
          high[identifier] ?? 0,
          low[identifier] ?? 0,
          kind[identifier] ?? 0,
        );
        numbers[identifier] = number;
      }
      this.mention(
        message,
        number,
        old.mentions.roles[i] ?? 0,
        old.mentions.own[i] ?? 0,
        old.mentions.weak[i] ?? 0,
      );
    }
  }

  done(): BuiltSegment {
    const { messages, mentions } = this;
    const high = this.identifiers.high.done();
    const low = this.identifiers.low.done();
    const kind = this.identifiers.kind.done();
    const order = inOrder(high, low, kind);
    const ranks = new Uint32Array(order.length);
    for (let rank = 0; rank < order.length; rank += 1) ranks[order[rank] ?? 0] = rank;
    const built = {
      message: messages.message.done(),
      mailbox: messages.mailbox.done(),
      folder: messages.folder.done(),
      received: messages.received.done(),
      uid: messages.uid.done(),
      idHigh: messages.idHigh.done(),
      idLow: messages.idLow.done(),
      size: messages.size.done(),
      flags: messages.flags.done(),
      types: messages.types.done(),
      weak: messages.weak.done(),
      sure: messages.sure.done(),
      shared: messages.shared.done(),
    };
    return {
      messages: built,
      mentions: {
        message: mentions.message.done(),
        identifier: mentions.identifier.done().map(number => ranks[number] ?? 0),
        roles: mentions.roles.done(),
        own: mentions.own.done(),
        weak: mentions.weak.done(),
      },
      identifiers: {
        high: Float64Array.from(order, place => high[place] ?? 0),
        low: Float64Array.from(order, place => low[place] ?? 0),
        kind: Uint8Array.from(order, place => kind[place] ?? 0),
      },
      types: typeCounts(built, this.types),
      bytes: built.size.reduce((sum, size) => sum + size, 0),
    };
  }

  private numbersOf({ high, low, kind }: BatchTables): Uint32Array {
    const numbers = new Uint32Array(high.length);
    for (let i = 0; i < high.length; i += 1) {
      numbers[i] = this.identifiers.numberOf(high[i] ?? 0, low[i] ?? 0, kind[i] ?? 0);
    }
    return numbers;
  }

  private mention(
    message: number,
    identifier: number,
    role: number,
    own: number,
    weak: number,
  ): void {
    const { mentions } = this;
    mentions.message.push(message);
    mentions.identifier.push(identifier);
    mentions.roles.push(role);
    mentions.own.push(own);
    mentions.weak.push(weak);
  }

  /** Adds what attachments hold to a message: who is named in both is one mention. */
  private attach(
    message: number,
    firstMention: number,
    attachments: readonly Scanned[],
    inHand: InHand,
  ): void {
    const { mentions } = this;
    const known = new Map<number, number>();
    for (let i = firstMention; i < mentions.message.length; i += 1) {
      known.set(mentions.identifier.at(i), i);
    }
    for (const scanned of attachments) {
      inHand.sure = either(inHand.sure, scanned.sure);
      inHand.types = either(inHand.types, scanned.types);
      inHand.weak = either(inHand.weak, scanned.weak);
      inHand.shared = either(inHand.shared, scanned.shared);
      if (scanned.unseen.length > 0) inHand.flags |= messageFlags.unseen;
      if (scanned.unseen.includes('encrypted')) inHand.flags |= messageFlags.encrypted;
      for (const each of scanned.people) {
        const number = this.identifiers.numberOf(each.high, each.low, each.kind);
        const at = known.get(number);
        if (at === undefined) {
          known.set(number, mentions.message.length);
          this.mention(message, number, each.roles | roles.attachment, each.own, each.weak);
          continue;
        }
        mentions.roles.set(at, mentions.roles.at(at) | each.roles | roles.attachment);
        mentions.own.set(at, either(mentions.own.at(at), each.own));
        mentions.weak.set(at, either(mentions.weak.at(at), each.weak));
      }
    }
    inHand.weak = without(inHand.weak, inHand.types);
  }

  private message(
    message: number,
    item: number,
    row: number,
    inHand: InHand,
    batch: BatchTables,
    places: BatchPlaces,
  ): void {
    const { messages } = this;
    messages.message.push(message);
    messages.mailbox.push(places.mailbox[item] ?? 0);
    messages.folder.push(places.folder[item] ?? 0);
    messages.received.push(batch.received[row] ?? 0);
    messages.uid.push(places.uid[item] ?? 0);
    messages.idHigh.push(batch.idHigh[row] ?? 0);
    messages.idLow.push(batch.idLow[row] ?? 0);
    messages.size.push(batch.size[row] ?? 0);
    messages.flags.push(inHand.flags);
    messages.types.push(inHand.types);
    messages.weak.push(inHand.weak);
    messages.sure.push(inHand.sure);
    messages.shared.push(inHand.shared);
  }
}
