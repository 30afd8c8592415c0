import type { Doubt } from '../../scope/bounds.ts';
import { bases, evidencedMask } from '../../scope/extent.ts';
import { IdTable } from '../../scope/id-table.ts';
import type { Sought } from '../../scope/marks.ts';
import { anyMailbox } from '../../scope/plan.ts';
import type { EngineRequest } from './engine.ts';
import type { MarkCount, Marked, SoughtParts } from './scope-work.ts';

export const partsOf = ({ ids, uids, ...sought }: Sought): SoughtParts => ({
  ...sought,
  ...(ids === undefined ? {} : { ids: { ...ids, table: ids.table.parts } }),
  ...(uids === undefined ? {} : { uids: { ...uids, table: uids.table.parts } }),
});

export interface Totals {
  readonly counts: Map<number, MarkCount>;
  readonly foundIds: Uint8Array;
  readonly foundUids: Uint8Array;
}

export const joinMarked = (all: readonly Marked[]): Totals => {
  const counts = new Map<number, MarkCount>();
  const [first] = all;
  const foundIds = new Uint8Array(first?.foundIds.length ?? 0);
  const foundUids = new Uint8Array(first?.foundUids.length ?? 0);
  for (const each of all) {
    for (const [bits, { messages, unseen, encrypted }] of each.counts) {
      const known = counts.get(bits) ?? { messages: 0, unseen: 0, encrypted: 0 };
      known.messages += messages;
      known.unseen += unseen;
      known.encrypted += encrypted;
      counts.set(bits, known);
    }
    for (const [i, found] of each.foundIds.entries()) foundIds[i] = (foundIds[i] ?? 0) | found;
    for (const [i, found] of each.foundUids.entries()) foundUids[i] = (foundUids[i] ?? 0) | found;
  }
  return { counts, foundIds, foundUids };
};

export const sum = (counts: Totals['counts'], mask: number, of: keyof MarkCount): number => {
  let total = 0;
  for (const [bits, count] of counts) if ((bits & mask) !== 0) total += count[of];
  return total;
};

/** Messages that their own mailboxes do not have, to be looked for anywhere; undefined where there are none. */
export const notYetFound = (
  { ids, scannedMs, gone }: Sought,
  foundIds: Uint8Array,
): { readonly sought: Sought; readonly entries: readonly (readonly number[])[] } | undefined => {
  if (ids === undefined) return undefined;
  const { table, homeless } = ids;
  const again = new IdTable();
  const entries: number[][] = [];
  for (const [entry, was] of foundIds.entries()) {
    const owner = table.owner[entry] ?? anyMailbox;
    if (was === 1 || owner === anyMailbox || homeless.has(owner)) continue;
    const [a = 0, b = 0, c = 0] = table.keys.subarray(3 * entry, 3 * entry + 3);
    const added = again.add(a, b, c, anyMailbox, table.bits[entry] ?? 0);
    const known = entries[added];
    if (known === undefined) entries.push([entry]);
    else known.push(entry);
  }
  if (entries.length === 0) return undefined;
  return {
    entries,
    sought: {
      everything: [],
      mailboxes: new Map(),
      folders: new Map(),
      ids: { table: again, owners: new Map(), homeless: new Set() },
      scannedMs,
      gone,
    },
  };
};

/** @param entries of the first pass, by entry of the second. */
export const withMore = (
  found: Totals,
  more: Totals,
  entries: readonly (readonly number[])[],
): Totals => {
  const { counts } = joinMarked([found, more]);
  const foundIds = Uint8Array.from(found.foundIds);
  for (const [i, was] of more.foundIds.entries()) {
    if (was === 1) for (const entry of entries[i] ?? []) foundIds[entry] = 1;
  }
  return { counts, foundIds, foundUids: found.foundUids };
};

/** Reasons of a scan that leave a mark on a message, of which the rest was read. */
const inMessages: ReadonlySet<string> = new Set([
  'encrypted',
  'depth',
  'parts',
  'header-bytes',
  'decoded-bytes',
  'people',
  'message-size',
]);

/** What the tables, and what was found in them, leave open. */
export const doubtsOf = (
  { counts, foundIds, foundUids }: Totals,
  { linked, untilMs, names, plan }: Pick<EngineRequest, 'linked' | 'untilMs' | 'names' | 'plan'>,
): readonly Doubt[] => {
  const out: Doubt[] = [];
  const { about } = linked;
  const all = 2 ** bases.length - 1;
  const put = (is: Doubt['is'], what: string, count: number, evidenced: boolean): void => {
    if (count > 0) out.push({ is, what, count, evidenced });
  };
  for (const [is, of, what] of [
    ['unseen-parts', 'unseen', 'messages hold something that could not be opened or was too much'],
    ['encrypted-parts', 'encrypted', 'messages hold an encrypted part'],
  ] as const) {
    put(is, what, sum(counts, all, of), sum(counts, evidencedMask, of) > 0);
  }
  const lost = [foundIds, foundUids].reduce(
    (count, found) => count + found.reduce((each, was) => each + 1 - was, 0),
    0,
  );
  put('message-not-found', 'messages that evidence names and the index does not have', lost, true);
  put(
    'account-unknown',
    'messages and accounts cannot be looked up: the key of the index is not at hand',
    names === undefined ? plan.idsWithoutKey + plan.mailboxCount : 0,
    true,
  );
  for (const [why, count] of Object.entries(about.unseen)) {
    // Of messages that were read but for a part, those in the bounds are counted above.
    if (inMessages.has(why) || why.startsWith('attachment')) continue;
    put('mailbox-not-scanned', `the scan could not see: ${why}`, count, false);
  }
  const scanned = about.scannedMs?.first;
  if (scanned === undefined) put('scan-too-old', 'no scan of the mail came to its end', 1, false);
  else if (untilMs !== undefined && scanned < untilMs) {
    const when = new Date(scanned).toISOString();
    put('scan-too-old', `mail that came after ${when}, when the scan was`, 1, false);
  }
  put(
    'no-customers',
    'no customer list was read: everybody is an identifier',
    about.customers === null ? 1 : 0,
    false,
  );
  return out;
};
