import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LinkedAbout, linkedFolder } from '../../src/app/scope/linked.ts';
import { LinkedTableWriter } from '../../src/app/scope/linked-tables.ts';
import { RecordWriter } from '../../src/app/scope/records.ts';
import type { ScopeNames } from '../../src/app/scope/resolve.ts';
import type { Pseudonym } from '../../src/core/personal.ts';
import { wordsOf } from '../../src/scope/plan.ts';

/** A message as a test says it. Masks have a bit for each of the world's types. */
interface WorldMessage {
  readonly mailbox: number;
  readonly folder: number;
  readonly received: number;
  readonly uid?: number;
  readonly id?: string;
  readonly flags?: number;
  readonly mentions: readonly WorldMention[];
}

interface WorldMention {
  readonly person: number;
  readonly roles: number;
  readonly sure?: boolean;
  readonly own?: number;
  readonly shared?: number;
  readonly weak?: number;
}

interface WorldMember {
  readonly person: number;
  readonly tenant: number;
  /** Place in `personStatuses`. */
  readonly status: number;
  /** Place in `deletableStates`. */
  readonly deletable?: number;
}

/** A small linked index: what a link of a scan and a customer list comes to. */
export interface World {
  readonly types: readonly string[];
  readonly tenants: readonly string[];
  /** Customers have the first numbers. */
  readonly customers: number;
  readonly persons: number;
  /** Names of mailboxes, by number. */
  readonly mailboxes: readonly string[];
  /** By number: whose, and its name. */
  readonly folders: readonly { readonly mailbox: number; readonly name: string }[];
  readonly messages: readonly WorldMessage[];
  readonly members: readonly WorldMember[];
  readonly gone?: readonly { readonly message: number; readonly seen: number }[];
  readonly dropped?: readonly number[];
  /** Addresses of persons. */
  readonly addresses?: ReadonlyMap<string, number>;
  readonly scannedMs?: number;
}

const pseudonym = (kind: string, text: string): Pseudonym => {
  const digest = createHash('sha256').update(`${kind}\n${text}`).digest();
  return { high: digest.readUIntBE(0, 6), low: digest.readUIntBE(6, 6) };
};

/** As the product's, under no key. */
export const worldNames: ScopeNames = {
  mailbox: name => pseudonym('mailbox', name.toLowerCase()),
  folder: name => pseudonym('folder', name.toLowerCase()),
  messageId: id => pseudonym('message-id', id),
  identifiers: text => [pseudonym('email', text.toLowerCase())],
};

/** Writes it below a store. @returns the folder of its customer list */
export const writeWorld = (store: string, world: World, filesOf = 2): string => {
  const root = linkedFolder(store);
  const folder = join(root, '1');
  mkdirSync(folder, { recursive: true });
  const files = writeMessages(folder, world, filesOf);
  const boxes = new LinkedTableWriter(join(folder, 'mailboxes.parquet'), 'mailboxes');
  for (const [number, name] of world.mailboxes.entries()) {
    const { high, low } = worldNames.mailbox(name);
    boxes.add(number, ...wordsOf(high, low), 0);
  }
  boxes.close();
  const folders = new LinkedTableWriter(join(folder, 'folders.parquet'), 'folders');
  for (const [number, { mailbox, name }] of world.folders.entries()) {
    const { high, low } = worldNames.folder(name);
    folders.add(number, mailbox, ...wordsOf(high, low));
  }
  folders.close();
  const gone = new LinkedTableWriter(join(folder, 'gone.parquet'), 'gone');
  for (const { message, seen } of world.gone ?? []) gone.add(message, seen);
  gone.close();
  const dropped = new LinkedTableWriter(join(folder, 'dropped.parquet'), 'dropped');
  for (const message of world.dropped ?? []) dropped.add(message);
  dropped.close();
  writeFileSync(join(folder, 'others.bin'), '');
  const customers = join(store, 'customers');
  writeCustomers(customers, world);
  const memberships = new LinkedTableWriter(join(folder, 'memberships.parquet'), 'memberships');
  for (const [i, { person, tenant, status, deletable = 0 }] of world.members.entries()) {
    memberships.add(person, i + 1, tenant, status, deletable);
  }
  memberships.close();
  const scannedMs = world.scannedMs ?? Number.MAX_SAFE_INTEGER;
  const about: LinkedAbout = {
    format: 1,
    generation: 1,
    fingerprint: '',
    types: world.types,
    customers: {
      folder: 'a',
      digest: 'a',
      persons: world.customers,
      memberships: world.members.length,
      tenants: world.tenants,
    },
    persons: world.persons,
    messagesTo: world.messages.length,
    messages: world.messages.length,
    mentions: world.messages.reduce((sum, { mentions }) => sum + mentions.length, 0),
    mailboxes: world.mailboxes.length,
    scannedMs: { first: scannedMs, last: scannedMs },
    version: 1,
    files,
    unseen: {},
  };
  writeFileSync(join(folder, 'link.json'), JSON.stringify(about));
  symlinkSync('1', join(root, 'current'));
  return customers;
};

const writeMessages = (
  folder: string,
  { messages }: World,
  filesOf: number,
): LinkedAbout['files'] => {
  const step = Math.max(1, Math.ceil(messages.length / filesOf));
  return Array.from({ length: Math.ceil(messages.length / step) }, (_, file) => {
    const name = String(file + 1).padStart(4, '0');
    const toMessages = new LinkedTableWriter(join(folder, `messages-${name}.parquet`), 'messages');
    const toMentions = new LinkedTableWriter(join(folder, `mentions-${name}.parquet`), 'mentions');
    for (let i = file * step; i < Math.min(messages.length, (file + 1) * step); i += 1) {
      const message = messages[i];
      if (message === undefined) continue;
      const { mailbox, received, uid = 0, id, flags = 0, mentions } = message;
      const words = id === undefined ? ([0, 0, 0] as const) : idWords(id);
      toMessages.add(i, mailbox, message.folder, received, uid, ...words, flags, 0);
      for (const { person, roles, sure = true, own = 0, ...masks } of mentions) {
        const shared = own | (masks.shared ?? 0);
        const weak = shared | (masks.weak ?? 0);
        toMentions.add(i, mailbox, person, roles, sure ? 1 : 0, own, shared, weak);
      }
    }
    toMessages.close();
    toMentions.close();
    return { name, segments: [], messages: toMessages.rows, mentions: toMentions.rows };
  });
};

const idWords = (id: string): readonly [number, number, number] => {
  const { high, low } = worldNames.messageId(id);
  return wordsOf(high, low);
};

const writeCustomers = (folder: string, { members, addresses = new Map() }: World): void => {
  mkdirSync(folder, { recursive: true });
  const bytes = Buffer.concat([
    Buffer.from(Uint32Array.from(members, ({ person }) => person).buffer),
    Buffer.from(Uint32Array.from(members, (_, i) => i + 1).buffer),
    Buffer.from(Uint16Array.from(members, ({ tenant }) => tenant).buffer),
    Buffer.from(Uint8Array.from(members, ({ status }) => status).buffer),
    Buffer.from(Uint8Array.from(members, ({ deletable = 0 }) => deletable).buffer),
  ]);
  writeFileSync(join(folder, 'memberships.bin'), bytes);
  const records = new RecordWriter(join(folder, 'identifiers.bin'));
  const keys = [...addresses].flatMap(([address, person]) =>
    worldNames
      .identifiers(address)
      .map(({ high, low }) => [...wordsOf(high, low), person] as const),
  );
  for (const key of keys.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])) {
    records.add(...key);
  }
  records.close();
};
