import { join } from 'node:path';
import type { Pseudonym } from '../../core/personal.ts';
import type { Doubt } from '../../scope/bounds.ts';
import { basisBit, evidencedMask } from '../../scope/extent.ts';
import { IdTable } from '../../scope/id-table.ts';
import type { Sought } from '../../scope/marks.ts';
import { type ScopePlan, wordsOf } from '../../scope/plan.ts';
import type { Stretch } from '../../scope/span-table.ts';
import { ColumnFile } from '../../store/parquet/column-file.ts';
import type { Linked } from './linked.ts';

/** Pseudonyms of names in logs, under the key of the index. */
export interface ScopeNames {
  mailbox(name: string): Pseudonym;
  folder(name: string): Pseudonym;
  messageId(id: string): Pseudonym;
  /** Of an address, a customer's number: whatever it is on a customer list; none where it is neither. */
  identifiers(text: string): readonly Pseudonym[];
  /** The key of Message-IDs' pseudonyms, for a thread of this process. */
  forThread?(): Uint8Array;
}

export interface Resolved {
  readonly sought: Sought;
  readonly doubts: readonly Doubt[];
  /** Names that the index has no mailbox for, and the rules under which they were named. */
  readonly strangers: readonly { readonly name: string; readonly bits: number }[];
  /** Mailboxes that evidence names, whether or not any of their mail is in the index, by rule. */
  readonly namedMailboxes: ReadonlyMap<number, number>;
}

const unclear = basisBit('unclear');

/**
 * Spellings of a name, the surest first. Of `taro` any of the domains may be meant, of `taro@example.jp` a mailbox
 * that was named by its folder alone, of `EXAMPLE\taro` one of whatever domain.
 */
const spellingsOf = (name: string, domains: readonly string[]): readonly (readonly string[])[] => {
  const plain = name.slice(name.lastIndexOf('\\') + 1);
  const at = plain.lastIndexOf('@');
  if (at < 0) return [[name], [plain], domains.map(domain => `${plain}@${domain}`)];
  return [[plain], [plain.slice(0, at)]];
};

/** A folder's name as clients, servers and files write it. */
const folderSpellings = (folder: string): readonly string[] => {
  const bare = folder.replace(/^[\\/]+/, '');
  return [
    ...new Set([folder, bare, bare.replaceAll('\\', '/'), bare.replaceAll('.', '/')]),
    // Some servers put everything below the INBOX.
    ...(/^inbox[./]/i.test(bare) ? [bare.slice(6).replaceAll('.', '/')] : []),
  ];
};

const key = ({ high, low }: Pseudonym): readonly [number, number, number] => wordsOf(high, low);

/** Names that are looked for, all in one pass over a table. */
class Wanted {
  readonly table = new IdTable();
  readonly found = new Map<number, number[]>();
  private next = 0;

  want(name: Pseudonym): number {
    const [a, b, c] = key(name);
    const known = this.table.first(a, b, c);
    if (known >= 0) return this.table.owner[known] ?? 0;
    this.next += 1;
    this.table.add(a, b, c, this.next, 0);
    return this.next;
  }

  take(a: number, b: number, c: number, number: number): void {
    const entry = this.table.first(a, b, c);
    if (entry < 0) return;
    const owner = this.table.owner[entry] ?? 0;
    const known = this.found.get(owner);
    if (known === undefined) this.found.set(owner, [number]);
    else known.push(number);
  }
}

const eachNamed = (
  path: string,
  column: string,
  take: (number: number, a: number, b: number, c: number, mailbox: number) => void,
): void => {
  const file = new ColumnFile(path);
  try {
    for (const group of file.groups) {
      const room = (): Uint32Array => new Uint32Array(group.rows);
      const number = file.words(group, column, room());
      const [a, b, c] = ['name1', 'name2', 'name3'].map(name => file.words(group, name, room()));
      const mailbox = file.words(group, 'mailbox', room());
      for (let i = 0; i < group.rows; i += 1) {
        take(number[i] ?? 0, a?.[i] ?? 0, b?.[i] ?? 0, c?.[i] ?? 0, mailbox[i] ?? 0);
      }
    }
  } finally {
    file.close();
  }
};

/** Numbers in the index, by name as logs have it. Of several that may be meant, all; `isSure` tells whether one is. */
interface FoundMailboxes {
  readonly numbers: readonly number[];
  readonly isSure: boolean;
}

const findMailboxes = (
  linked: Linked,
  names: readonly string[],
  pseudonyms: ScopeNames,
  domains: readonly string[],
): ReadonlyMap<string, FoundMailboxes> => {
  const out = new Map<string, FoundMailboxes>();
  // One way of spelling after the other: most names are spelled as they are kept, and a pseudonym costs time.
  let left = names.map(name => ({ name, tiers: spellingsOf(name, domains) }));
  for (let tier = 0; left.length > 0; tier += 1) {
    const wanted = new Wanted();
    const numbered = left.map(({ tiers: each }) =>
      (each[tier] ?? []).map(text => wanted.want(pseudonyms.mailbox(text))),
    );
    eachNamed(join(linked.folder, 'mailboxes.parquet'), 'mailbox', (number, a, b, c) =>
      wanted.take(a, b, c, number),
    );
    left = left.filter(({ name, tiers: each }, i) => {
      const found = numbered[i]?.flatMap(number => wanted.found.get(number) ?? []) ?? [];
      const numbers = [...new Set(found)];
      if (numbers.length === 0) return each.length > tier + 1;
      out.set(name, { numbers, isSure: numbers.length === 1 });
      return false;
    });
  }
  return out;
};

const findFolders = (
  linked: Linked,
  folders: readonly { readonly mailbox: string; readonly folder: string }[],
  mailboxes: ReadonlyMap<string, FoundMailboxes>,
  pseudonyms: ScopeNames,
): ReadonlyMap<string, readonly number[]> => {
  const out = new Map<string, number[]>();
  if (folders.length === 0) return out;
  const wanted = new Wanted();
  const keysOf = new Map<string, string[]>();
  for (const { mailbox, folder } of folders) {
    const numbers = mailboxes.get(mailbox)?.numbers ?? [];
    for (const spelling of folderSpellings(folder)) {
      const name = wanted.want(pseudonyms.folder(spelling));
      for (const number of numbers) {
        const place = `${number} ${name}`;
        keysOf.set(place, [...(keysOf.get(place) ?? []), `${mailbox}\n${folder}`]);
      }
    }
  }
  eachNamed(join(linked.folder, 'folders.parquet'), 'folder', (number, a, b, c, mailbox) => {
    const entry = wanted.table.first(a, b, c);
    if (entry < 0) return;
    for (const each of keysOf.get(`${mailbox} ${wanted.table.owner[entry] ?? 0}`) ?? []) {
      out.set(each, [...(out.get(each) ?? []), number]);
    }
  });
  return out;
};

const append = <T>(map: Map<number, T[]>, number: number, values: readonly T[]): void => {
  const known = map.get(number);
  if (known === undefined) map.set(number, [...values]);
  else known.push(...values);
};

/** As evidence that may be of this mailbox or of another. */
const asUnclear = (stretches: readonly Stretch[]): readonly Stretch[] =>
  stretches.map(each => ({ ...each, bits: unclear }));

/** Puts the index's numbers in place of the names that evidence has. */
export const resolved = (
  plan: ScopePlan,
  linked: Linked,
  names: ScopeNames | undefined,
  options: { readonly domains: readonly string[]; readonly gone: ReadonlyMap<number, number> },
): Resolved => {
  const doubts: Doubt[] = [];
  const ofMailboxes = plan.namedMailboxes();
  const ofFolders = plan.namedFolders();
  const everything = plan.everything();
  const known =
    names === undefined
      ? new Map<string, FoundMailboxes>()
      : findMailboxes(
          linked,
          [...new Set([...ofMailboxes.map(({ name }) => name), ...ofFolders.map(f => f.mailbox)])],
          names,
          options.domains,
        );
  const folders = names === undefined ? new Map() : findFolders(linked, ofFolders, known, names);
  const mailboxes = new Map<number, Stretch[]>();
  const folderStretches = new Map<number, Stretch[]>();
  const owners = new Map<number, number[]>();
  const homeless = new Set<number>();
  const strangers = new Map<string, number>();
  const namedMailboxes = new Map<number, number>();
  const name = (number: number, bits: number): void => {
    namedMailboxes.set(number, (namedMailboxes.get(number) ?? 0) | bits);
  };
  for (const { name: text, number, stretches } of ofMailboxes) {
    const found = known.get(text);
    const bits = stretches.reduce((sum, each) => sum | each.bits, 0);
    if (found === undefined) {
      strangers.set(text, (strangers.get(text) ?? 0) | bits);
      homeless.add(number);
      continue;
    }
    for (const each of found.numbers) {
      append(mailboxes, each, found.isSure ? stretches : asUnclear(stretches));
      append(owners, each, [number]);
      name(each, found.isSure ? bits : unclear);
    }
  }
  const uidFolders = new Map<number, number[]>();
  let foldersMissing = 0;
  for (const { mailbox, folder, number, stretches } of ofFolders) {
    const found: readonly number[] = folders.get(`${mailbox}\n${folder}`) ?? [];
    const box = known.get(mailbox);
    const bits = stretches.reduce((sum, each) => sum | each.bits, 0);
    if (box === undefined) {
      strangers.set(mailbox, (strangers.get(mailbox) ?? 0) | bits);
      continue;
    }
    for (const each of box.numbers) name(each, box.isSure ? bits : unclear);
    for (const each of found) {
      append(folderStretches, each, box.isSure ? stretches : asUnclear(stretches));
      append(uidFolders, each, [number]);
    }
    if (found.length > 0) continue;
    // Some folder of his was read, and the index does not know which it is.
    foldersMissing += 1;
    const span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
    for (const each of box.numbers) append(mailboxes, each, [{ ...span, bits: unclear }]);
  }
  if (foldersMissing > 0) {
    doubts.push({
      is: 'message-not-found',
      what: 'folders that logs name and the index does not have: all of their mailboxes is within reach',
      count: foldersMissing,
      evidenced: true,
    });
  }
  if (strangers.size > 0) {
    doubts.push({
      is: 'account-unknown',
      what: 'accounts that logs name and of which no mailbox was scanned',
      count: strangers.size,
      evidenced: [...strangers.values()].some(bits => (bits & evidencedMask) !== 0),
    });
  }
  const isEverywhere =
    everything.length > 0 || (plan.ids.count > 0 && (homeless.size > 0 || plan.idsAnywhere));
  return {
    doubts,
    strangers: [...strangers].map(([text, bits]) => ({ name: text, bits })),
    namedMailboxes,
    sought: {
      ...(isEverywhere ? {} : { only: [...namedMailboxes.keys()] }),
      everything,
      mailboxes,
      folders: folderStretches,
      ...(plan.ids.count === 0 ? {} : { ids: { table: plan.ids, owners, homeless } }),
      ...(plan.uids.count === 0 ? {} : { uids: { table: plan.uids, folders: uidFolders } }),
      scannedMs: linked.about.scannedMs?.last ?? Number.POSITIVE_INFINITY,
      gone: options.gone,
    },
  };
};
