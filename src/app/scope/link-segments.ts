import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { roles } from '../../core/exposure-index.ts';
import type { ExposureSegment } from '../../core/exposure-state.ts';
import { identifierKinds } from '../../core/personal.ts';
import { either, without } from '../../exposure/index/masks.ts';
import { wordsOf } from '../../scope/plan.ts';
import {
  readIdentifiers,
  readMentions,
  readMessages,
  segmentFile,
} from '../../store/exposure-segment.ts';
import type { LinkedFile } from './linked.ts';
import { GatheredIdentifiers, severalFrom } from './linked-people.ts';
import { LinkedTableWriter } from './linked-tables.ts';

interface SegmentLinkerOptions {
  /** Where the tables are written. */
  readonly folder: string;
  readonly segmentsFolder: string;
  /** Paths of identifiers: of customers, and of others as the generation before had them. */
  readonly customers: string | undefined;
  readonly others: string | undefined;
  readonly nextPerson: number;
  readonly dropped: ReadonlySet<number>;
  /** By mailbox; more are put in. */
  readonly owners: Map<number, number>;
}

const weakKinds: ReadonlySet<number> = new Set(
  (['name-and-address', 'name-and-birth-date'] as const).map(kind => identifierKinds.indexOf(kind)),
);

const turns = ['others.even', 'others.odd'];

/** 0 where nobody knows. */
const told = (received: number): number => (received > 0 ? Math.floor(received) : 0);

/** What is in both. */
const both = (a: number, b: number): number => without(a, without(a, b));

/** Joins segments, some of them together, and writes them as one file each of messages and mentions. */
export class SegmentLinker {
  nextPerson: number;
  private readonly options: SegmentLinkerOptions;
  private others: string | undefined;

  constructor(options: SegmentLinkerOptions) {
    this.options = options;
    this.nextPerson = options.nextPerson;
    this.others = options.others;
  }

  /** @param segments in the order of their messages. */
  file(name: string, segments: readonly ExposureSegment[]): LinkedFile {
    const { folder } = this.options;
    const { identifiers, first } = this.join(segments);
    const messages = new LinkedTableWriter(join(folder, `messages-${name}.parquet`), 'messages');
    const mentions = new LinkedTableWriter(join(folder, `mentions-${name}.parquet`), 'mentions');
    for (const [i, segment] of segments.entries()) {
      this.segment(segment.number, identifiers, first[i] ?? 0, messages, mentions);
    }
    messages.close();
    mentions.close();
    return {
      name,
      segments: segments.map(({ number, digest }) => ({ number, digest })),
      messages: messages.rows,
      mentions: mentions.rows,
    };
  }

  /** The others have to be there, be there any or not. */
  finish(): void {
    const target = join(this.options.folder, 'others.bin');
    if (this.others === undefined) writeFileSync(target, '', { mode: 0o600 });
    else if (this.others === this.options.others) {
      // Nothing was joined: they are the same.
      new GatheredIdentifiers(noWords(0), new Uint8Array(0), 0).join(
        undefined,
        { from: this.others, to: target },
        0,
      );
    } else renameSync(this.others, target);
    for (const name of turns) rmSync(join(this.options.folder, name), { force: true });
  }

  private join(segments: readonly ExposureSegment[]): {
    readonly identifiers: GatheredIdentifiers;
    /** By segment, the place of its first identifier. */
    readonly first: readonly number[];
  } {
    const total = segments.reduce((sum, segment) => sum + segment.identifiers, 0);
    const words = noWords(total);
    const isWeak = new Uint8Array(total);
    const first: number[] = [];
    let at = 0;
    for (const { number, identifiers: expected } of segments) {
      const { high, low, kind } = readIdentifiers(this.path(number, 'identifiers'));
      if (high.length !== expected) throw new RangeError(`segment ${number}: not as it was made`);
      first.push(at);
      for (let i = 0; i < high.length; i += 1) {
        const [a, b, c] = wordsOf(high[i] ?? 0, low[i] ?? 0);
        words[0][at] = a;
        words[1][at] = b;
        words[2][at] = c;
        isWeak[at] = weakKinds.has(kind[i] ?? 0) ? 1 : 0;
        at += 1;
      }
    }
    const identifiers = new GatheredIdentifiers(words, isWeak, total);
    const { folder, customers } = this.options;
    // Two names, by turns: one is read while the other is written.
    const [even, odd] = turns.map(name => join(folder, name)) as [string, string];
    const to = this.others === even ? odd : even;
    this.nextPerson = identifiers.join(
      customers !== undefined && existsSync(customers) ? customers : undefined,
      { from: this.others, to },
      this.nextPerson,
    );
    this.others = to;
    return { identifiers, first };
  }

  private path(number: number, part: 'messages' | 'mentions' | 'identifiers'): string {
    return join(this.options.segmentsFolder, segmentFile(number, part));
  }

  private segment(
    number: number,
    identifiers: GatheredIdentifiers,
    first: number,
    toMessages: LinkedTableWriter,
    toMentions: LinkedTableWriter,
  ): void {
    const { dropped, owners } = this.options;
    const messages = readMessages(this.path(number, 'messages'));
    const mentions = readMentions(this.path(number, 'mentions'));
    let next = 0;
    for (let i = 0; i < messages.message.length; i += 1) {
      const message = messages.message[i] ?? 0;
      const from = next;
      while (next < mentions.message.length && (mentions.message[next] ?? 0) <= message) next += 1;
      if (dropped.has(message)) continue;
      const mailbox = messages.mailbox[i] ?? 0;
      const types = messages.types[i] ?? 0;
      const open = messages.shared[i] ?? 0;
      toMessages.add(
        message,
        mailbox,
        messages.folder[i] ?? 0,
        told(messages.received[i] ?? 0),
        messages.uid[i] ?? 0,
        ...wordsOf(messages.idHigh[i] ?? 0, messages.idLow[i] ?? 0),
        messages.flags[i] ?? 0,
        either(types, messages.weak[i] ?? 0),
      );
      const surelyOpen = both(open, types);
      for (let at = from; at < next; at += 1) {
        if (mentions.message[at] !== message) continue;
        const role = mentions.roles[at] ?? 0;
        const own = mentions.own[at] ?? 0;
        const shared = either(own, surelyOpen);
        const weak = either(either(shared, open), mentions.weak[at] ?? 0);
        const identifier = first + (mentions.identifier[at] ?? 0);
        const person = identifiers.persons[identifier] ?? 0;
        const sure = identifiers.sure[identifier] ?? 0;
        const owner = (role & roles.owner) !== 0;
        if (person < severalFrom) {
          toMentions.add(message, mailbox, person, role, sure, own, shared, weak);
          if (owner && (sure === 1 || !owners.has(mailbox))) owners.set(mailbox, person);
          continue;
        }
        const list = person - severalFrom;
        const count = identifiers.several[list] ?? 0;
        for (let each = 1; each <= count; each += 1) {
          const one = identifiers.several[list + each] ?? 0;
          toMentions.add(message, mailbox, one, role, 0, own, shared, weak);
        }
      }
    }
  }
}

const noWords = (count: number): readonly [Uint32Array, Uint32Array, Uint32Array] => [
  new Uint32Array(count),
  new Uint32Array(count),
  new Uint32Array(count),
];
