import { join } from 'node:path';
import { identifierKinds } from '../../src/core/personal.ts';
import {
  readIdentifiers,
  readMentions,
  readMessages,
  segmentFile,
} from '../../src/store/exposure-segment.ts';
import { SqliteExposureState } from '../../src/store/exposure-state.ts';

/** A message of an index with everything that is said of it, numbers that depend on the order of things left out. */
export interface IndexedMessage {
  readonly mailbox: string;
  readonly folder: string;
  readonly messageId: string;
  readonly received: number;
  readonly size: number;
  readonly flags: number;
  readonly types: readonly string[];
  readonly weak: readonly string[];
  readonly gone: boolean;
  /** `email 1f…2a 5 email,telephone`: kind, pseudonym, roles, what is his. */
  readonly people: readonly string[];
}

const shown = (high: number, low: number): string => `${high.toString(16)}-${low.toString(16)}`;

/** All messages of a store's index that count, in an order of their own. */
export const indexedMessages = (store: string): readonly IndexedMessage[] => {
  const folder = join(store, 'exposure');
  const state = new SqliteExposureState(join(folder, 'state.sqlite'), false);
  try {
    const types = state.types();
    const names = (mask: number): readonly string[] =>
      types.filter((_, bit) => Math.floor(mask / 2 ** bit) % 2 === 1).toSorted();
    const dropped = new Set(state.dropped());
    const gone = new Set(state.gone().message);
    const mailboxes = new Map(state.mailboxes().map(each => [each.number, each.name]));
    const folders = new Map(state.folders().map(each => [each.number, each]));
    const rows: IndexedMessage[] = [];
    const seen = new Set<number>();
    for (const { number } of state.segments()) {
      const at = (part: 'messages' | 'mentions' | 'identifiers'): string =>
        join(folder, 'segments', segmentFile(number, part));
      const messages = readMessages(at('messages'));
      const mentions = readMentions(at('mentions'));
      const { high, low, kind } = readIdentifiers(at('identifiers'));
      const people = new Map<number, string[]>();
      for (let i = 0; i < mentions.message.length; i += 1) {
        const message = mentions.message[i] ?? 0;
        const who = mentions.identifier[i] ?? 0;
        const own = names(mentions.own[i] ?? 0).join(',');
        const text = `${identifierKinds[kind[who] ?? 0]} ${shown(high[who] ?? 0, low[who] ?? 0)} ${mentions.roles[i]} ${own}`;
        people.set(message, [...(people.get(message) ?? []), text]);
      }
      for (let i = 0; i < messages.message.length; i += 1) {
        const message = messages.message[i] ?? 0;
        if (dropped.has(message)) continue;
        if (seen.has(message)) throw new Error(`message ${message} counts twice`);
        seen.add(message);
        const place = folders.get(messages.folder[i] ?? 0);
        const mailbox = mailboxes.get(messages.mailbox[i] ?? 0);
        rows.push({
          mailbox: mailbox === undefined ? 'nowhere' : shown(mailbox.high, mailbox.low),
          folder: place === undefined ? 'nowhere' : shown(place.name.high, place.name.low),
          messageId: shown(messages.idHigh[i] ?? 0, messages.idLow[i] ?? 0),
          received: messages.received[i] ?? 0,
          size: messages.size[i] ?? 0,
          flags: messages.flags[i] ?? 0,
          types: names(messages.types[i] ?? 0),
          weak: names(messages.weak[i] ?? 0),
          gone: gone.has(message),
          people: (people.get(message) ?? []).toSorted(),
        });
      }
    }
    return rows
      .map(row => [JSON.stringify(row), row] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => row);
  } finally {
    state.close();
  }
};
