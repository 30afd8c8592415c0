import { hash } from 'node:crypto';
import { messageFlags } from '../../core/exposure-index.ts';
import {
  BatchBuilder,
  type Scanned,
  type ScannedHead,
  type Somebody,
} from '../../exposure/index/batch.ts';
import { Masks } from '../../exposure/index/masks.ts';
import { ScannedMemory } from '../../exposure/index/scanned-memory.ts';
import type { MailAttachment } from '../../exposure/mail/message.ts';
import { letterDigest, openMessage } from '../../exposure/mail/opened-message.ts';
import { readOpened } from '../../exposure/mail/read-message.ts';
import { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { isWrapped, unpackMessage } from '../../exposure/places/unpack-message.ts';
import { laneOf } from './lane-of.ts';
import { MessageScan, type ScannedMessage } from './message-scan.ts';
import { type PlacedBytes, PlaceReader } from './place-reader.ts';
import {
  type AttachmentJob,
  type BatchAnswer,
  type BatchOrder,
  type BlankRow,
  itemStates,
  type ThreadSetup,
} from './protocol.ts';

/** Longer ones are seldom copies. */
const rememberedBytesMax = 4 << 20;

/** A batch that is being read. */
interface InHand {
  readonly order: BatchOrder;
  readonly builder: BatchBuilder;
  readonly unseen: BlankRow[];
  readonly attachments: AttachmentJob[];
  readonly names: readonly string[];
  readonly owners: readonly (Somebody | undefined)[];
  readonly blank: ReadonlyMap<number, string>;
}

/** Reads batches of messages: files to numbers. Not more than one at a time. */
export class BatchReader {
  private readonly setup: ThreadSetup;
  private readonly scan: MessageScan;
  private readonly reader: PlaceReader;
  private readonly progress: Int32Array;
  /** Copies of one letter in many mailboxes are read once, by whichever thread comes first. */
  private readonly remembered: ScannedMemory;

  constructor(setup: ThreadSetup) {
    const { key, types, settings, hostRoot, messageBytesMax } = setup;
    this.setup = setup;
    this.scan = new MessageScan(new Pseudonyms(key), new Masks(types), settings);
    this.reader = new PlaceReader(hostRoot, messageBytesMax);
    this.remembered = new ScannedMemory(setup.remembered);
    this.progress = new Int32Array(setup.progress);
  }

  async answer(order: BatchOrder): Promise<BatchAnswer> {
    const count = order.folder.length;
    const batch: InHand = {
      order,
      builder: new BatchBuilder(),
      unseen: [],
      attachments: [],
      names: order.names.split('\0'),
      owners: order.owners.map(owner => this.ownerOf(owner)),
      blank: new Map(order.blank.map(each => [each.item, each.why])),
    };
    const states = new Uint8Array(count);
    Atomics.store(this.progress, 0, order.id);
    for (let item = 0; item < count; item += 1) {
      // Whoever watches this tells what a thread died of.
      Atomics.store(this.progress, 1, item);
      const why = batch.blank.get(item);
      const content = why === undefined ? this.content(batch, item) : why;
      if (content === undefined) states[item] = itemStates.other;
      else if (typeof content === 'string') this.blank(batch, item, content, 0);
      else {
        const wrapped = isWrapped(content.bytes) ? await this.unwrapped(content) : content;
        if (typeof wrapped === 'string') this.blank(batch, item, wrapped, content.bytes.length);
        else this.item(batch, item, wrapped);
      }
    }
    Atomics.store(this.progress, 1, -1);
    this.reader.rest();
    const { builder, attachments, unseen } = batch;
    return { id: order.id, states, tables: builder.done(), attachments, unseen };
  }

  /** A message that is there and is not read. */
  private blank(batch: InHand, item: number, why: string, sizeBytes: number): void {
    const { order, unseen, builder, owners } = batch;
    unseen.push({ item, why });
    const head: ScannedHead = {
      idHigh: 0,
      idLow: 0,
      received: receivedOf(order.received[item], Number.NaN, Number.NaN),
      sizeBytes,
      flags:
        (order.flags[item] ?? 0) |
        messageFlags.unseen |
        (why === 'encrypted' ? messageFlags.encrypted : 0),
    };
    builder.add(item, head, nothing, owners[order.owner[item] ?? -1]);
  }

  private item(batch: InHand, item: number, { bytes, isCut, modifiedMs }: PlacedBytes): void {
    const { order, unseen, attachments, builder, owners } = batch;
    const message = this.scannedOrNot(bytes);
    if (message === undefined) {
      this.blank(batch, item, 'message-hostile', bytes.length);
      return;
    }
    const { head, scanned, attachments: parts } = message;
    const whys = isCut ? [...scanned.unseen, 'message-size'] : [...scanned.unseen];
    for (const part of parts) {
      const left = this.attach(part, item, attachments);
      if (left !== undefined) whys.push(left);
    }
    for (const why of whys) unseen.push({ item, why });
    const flags =
      head.flags |
      (order.flags[item] ?? 0) |
      (whys.length > 0 ? messageFlags.unseen : 0) |
      (whys.includes('encrypted') ? messageFlags.encrypted : 0);
    const received = receivedOf(order.received[item], head.received, modifiedMs);
    builder.add(item, { ...head, received, flags }, scanned, owners[order.owner[item] ?? -1]);
  }

  private content({ order, names }: InHand, item: number): PlacedBytes | undefined {
    const bytes = order.contents[item];
    if (bytes !== undefined)
      return { bytes, isCut: order.cut.includes(item), modifiedMs: Number.NaN };
    const folder = order.folders[order.folder[item] ?? -1];
    if (folder === undefined) return undefined;
    const from = order.from[item] ?? Number.NaN;
    const length = order.bytes[item] ?? Number.NaN;
    return this.reader.read(
      folder,
      names[item] ?? '',
      Number.isNaN(from) ? 0 : from,
      Number.isNaN(length) ? undefined : length,
    );
  }

  /** What Dovecot packed. @returns why not, where it cannot be unpacked */
  private async unwrapped(content: PlacedBytes): Promise<PlacedBytes | string> {
    const unpacked = await unpackMessage(content.bytes, this.setup.messageBytesMax);
    if ('why' in unpacked) return unpacked.why;
    return { ...content, bytes: unpacked.bytes, isCut: content.isCut || unpacked.isCut };
  }

  /** Whatever a message makes our own code do wrong, the others are read. */
  private scannedOrNot(bytes: Uint8Array): ScannedMessage | undefined {
    try {
      return this.scanned(bytes);
    } catch {
      return undefined;
    }
  }

  private scanned(bytes: Uint8Array): ScannedMessage {
    const opened = openMessage(bytes);
    if (bytes.length > rememberedBytesMax) return this.scan.message(opened, bytes.length);
    const digest = letterDigest(opened);
    const high = digest.readUIntBE(0, 6);
    const low = digest.readUIntBE(6, 6);
    const known = this.remembered.get(high, low);
    if (known !== undefined) {
      const { head, scanned, hasAttachments } = known;
      return {
        head: { ...head, sizeBytes: bytes.length },
        scanned,
        attachments: hasAttachments ? readOpened(opened).attachments : [],
      };
    }
    const message = this.scan.message(opened, bytes.length);
    const { head, scanned, attachments } = message;
    this.remembered.put(high, low, { head, scanned, hasAttachments: attachments.length > 0 });
    return message;
  }

  /** Leaves an attachment to the other lane. @returns why it is left away */
  private attach(part: MailAttachment, item: number, jobs: AttachmentJob[]): string | undefined {
    if (part.encrypted === true) return 'encrypted';
    const lane = laneOf(part);
    if (lane === 'nothing') return undefined;
    if (lane === 'unseen') return 'attachment-kind';
    if (!this.setup.attachments) return 'attachments-left-out';
    let bytes: Uint8Array;
    try {
      // Its memory is handed over: it must be of nothing else.
      bytes = Uint8Array.from(part.bytes());
    } catch {
      return 'attachment-hostile';
    }
    const digest = hash('sha256', bytes, 'base64');
    jobs.push({ item, name: part.name, type: part.type, bytes, digest });
    return undefined;
  }

  private ownerOf(name: string): Somebody | undefined {
    return name.includes('@') ? this.scan.owner(name) : undefined;
  }
}

const nothing: Scanned = { sure: 0, types: 0, weak: 0, shared: 0, people: [], unseen: [] };

/** What listing told, or its own file, or the message says itself; a time before 1970 is none. */
const receivedOf = (listed: number | undefined, dated: number, modifiedMs: number): number => {
  for (const each of [listed ?? Number.NaN, modifiedMs, dated]) {
    if (each >= 0) return Math.floor(each);
  }
  return 0;
};
