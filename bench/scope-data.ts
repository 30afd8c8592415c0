/**
 * Makes the linked tables of a large provider: everybody is made up, and the same in every run.
 *
 *   node bench/scope-data.ts STORE PEOPLE
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LinkedAbout, type LinkedFile, linkedFolder } from '../src/app/scope/linked.ts';
import { groupRows, LinkedTableWriter } from '../src/app/scope/linked-tables.ts';
import { RecordWriter } from '../src/app/scope/records.ts';
import type { CustomerList } from '../src/core/customer-index.ts';
import { mailboxPseudonym } from '../src/exposure/index/names.ts';
import { Pseudonyms } from '../src/exposure/people/pseudonyms.ts';
import { wordsOf } from '../src/scope/plan.ts';

const [store = '', given = '0'] = process.argv.slice(2);
const people = Number(given);
const customers = Math.floor(people * 0.97);
/** A message names five people: its owner, who wrote it, and three more. */
const perMessage = 5;
const messages = people;
const mailboxes = Math.max(1, Math.floor(people / 10));
const fileMessages = 1_000_000;
const tenants = 6;
const types = 20;
const start = Date.parse('2025-01-01T00:00:00Z');
const year = 365 * 86_400_000;

let state = 2_463_534_242;
const random = (): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state;
};
const below = (most: number): number => Math.floor((random() / 2 ** 32) * most);

/** Few masks are of many messages. */
const masks = Array.from({ length: 300 }, () => {
  let mask = 1;
  for (let i = below(4); i > 0; i -= 1) mask += 2 ** below(types - 1) * 2 * (i === 1 ? 1 : 0);
  return mask;
});
const maskOf = (): number => masks[Math.floor((below(300) * below(300)) / 300)] ?? 1;

const root = linkedFolder(store);
const folder = join(root, '1');
mkdirSync(folder, { recursive: true });

const words = (): Uint32Array => new Uint32Array(groupRows);
const doubles = (): Float64Array => new Float64Array(groupRows);

const messageColumns = [
  words(),
  words(),
  words(),
  doubles(),
  words(),
  words(),
  words(),
  words(),
  words(),
  doubles(),
] as const;
const mentionColumns = [
  words(),
  words(),
  words(),
  words(),
  words(),
  doubles(),
  doubles(),
  doubles(),
] as const;

const writeFile = (name: string, from: number, to: number): LinkedFile => {
  const toMessages = new LinkedTableWriter(join(folder, `messages-${name}.parquet`), 'messages');
  const toMentions = new LinkedTableWriter(join(folder, `mentions-${name}.parquet`), 'mentions');
  let held = 0;
  let mentions = 0;
  for (let message = from; message < to; message += 1) {
    const mailbox = Math.floor(message / 10);
    const row = [
      message,
      mailbox,
      mailbox * 2 + (message % 3 === 0 ? 1 : 0),
      start + Math.floor((random() / 2 ** 32) * 1.5 * year),
      1 + (message % 10),
      random(),
      random(),
      random(),
      below(50) === 0 ? 1 : 0,
      maskOf(),
    ];
    for (let i = 0; i < row.length; i += 1) {
      const column = messageColumns[i];
      if (column !== undefined) column[held] = row[i] ?? 0;
    }
    held += 1;
    for (let i = 0; i < perMessage; i += 1) {
      const own = i === 0 ? maskOf() : 1;
      const shared = own % 2 === 1 ? own : own + 1;
      const mention = [
        message,
        mailbox,
        i === 0 ? mailbox * 10 : i === 1 ? message % people : below(people),
        i === 0 ? 18 : i === 1 ? 1 : i === 2 ? 2 : 4,
        below(20) === 0 ? 0 : 1,
        own,
        shared,
        below(10) === 0 ? shared + 2 ** (types - 1) * (shared < 2 ** (types - 1) ? 1 : 0) : shared,
      ];
      for (let each = 0; each < mention.length; each += 1) {
        const column = mentionColumns[each];
        if (column !== undefined) column[mentions] = mention[each] ?? 0;
      }
      mentions += 1;
      if (mentions < groupRows) continue;
      toMentions.group(mentions, mentionColumns);
      mentions = 0;
    }
    if (held === groupRows) {
      toMessages.group(held, messageColumns);
      held = 0;
    }
  }
  if (held > 0) toMessages.group(held, messageColumns);
  if (mentions > 0) toMentions.group(mentions, mentionColumns);
  toMessages.close();
  toMentions.close();
  return { name, segments: [], messages: toMessages.rows, mentions: toMentions.rows };
};

const files: LinkedFile[] = [];
for (let from = 0; from < messages; from += fileMessages) {
  const name = String(files.length + 1).padStart(4, '0');
  files.push(writeFile(name, from, Math.min(messages, from + fileMessages)));
}

/** The key of a bench is no secret. */
const namer = new Pseudonyms(new Uint8Array(32).fill(7));
const boxes = new LinkedTableWriter(join(folder, 'mailboxes.parquet'), 'mailboxes');
const folders = new LinkedTableWriter(join(folder, 'folders.parquet'), 'folders');
const inbox = namer.of('folder', 'inbox');
const sent = namer.of('folder', 'sent');
for (let mailbox = 0; mailbox < mailboxes; mailbox += 1) {
  const { high, low } = mailboxPseudonym(namer, `user${mailbox}@example.jp`);
  boxes.add(mailbox, ...wordsOf(high, low), mailbox * 10 + 1);
  folders.add(mailbox * 2, mailbox, ...wordsOf(inbox.high, inbox.low));
  folders.add(mailbox * 2 + 1, mailbox, ...wordsOf(sent.high, sent.low));
}
boxes.close();
folders.close();
for (const name of ['gone', 'dropped'] as const) {
  new LinkedTableWriter(join(folder, `${name}.parquet`), name).close();
}

/** Every twentieth is a customer of two. */
const extra = Math.floor(customers / 20);
const rows = customers + extra;
const person = new Uint32Array(rows);
const tenant = new Uint16Array(rows);
const status = new Uint8Array(rows);
const deletable = new Uint8Array(rows);
for (let i = 0, each = 0; each < customers; each += 1) {
  for (
    let times = each % 20 === 0 && i < rows - (customers - each) ? 2 : 1;
    times > 0;
    times -= 1
  ) {
    person[i] = each;
    tenant[i] = below(tenants);
    status[i] = [0, 0, 0, 0, 0, 0, 1, 1, 2, 2][below(10)] ?? 0;
    deletable[i] = status[i] === 2 ? below(3) : 0;
    i += 1;
  }
}
const memberships = new LinkedTableWriter(join(folder, 'memberships.parquet'), 'memberships');
for (let i = 0; i < rows; i += 1) {
  memberships.add(person[i] ?? 0, i + 1, tenant[i] ?? 0, status[i] ?? 0, deletable[i] ?? 0);
}
memberships.close();
const list = join(store, 'exposure/customers/a');
mkdirSync(list, { recursive: true });
const numbers = Uint32Array.from({ length: rows }, (_, i) => i + 1);
writeFileSync(
  join(list, 'memberships.bin'),
  Buffer.concat([person, numbers, tenant, status, deletable].map(each => Buffer.from(each.buffer))),
);
/** An identifier each, in the order of pseudonyms, which is none of persons. */
const records = new RecordWriter(join(list, 'identifiers.bin'));
for (let i = 0; i < customers; i += 1) {
  const first = Math.floor((i * 2 ** 32) / customers);
  records.add(first, random(), random(), Number((BigInt(i) * 7_368_787n) % BigInt(customers)));
}
records.close();
const counts = { 'customer-number': 0, email: customers, telephone: 0 };
const manifest: CustomerList = {
  format: 1,
  folder: 'a',
  lists: [{ name: 'bench', digest: 'a', rows }],
  digest: 'a',
  read: '2026-01-01T00:00:00Z',
  fingerprint: '',
  settings: 'a',
  types: [],
  rows,
  persons: customers,
  memberships: rows,
  identifiers: customers,
  kinds: { ...counts, 'name-and-address': 0, 'name-and-birth-date': 0 },
  crowds: 0,
  tenants: Array.from({ length: tenants }, (_, i) => `tenant-${i}`),
  statuses: { active: 0, dormant: 0, former: 0 },
  deletable: { yes: 0, unknown: 0 },
  unrecognisable: 0,
  unseen: [],
};
writeFileSync(join(store, 'exposure/customers/manifest.json'), JSON.stringify(manifest));
writeFileSync(join(folder, 'others.bin'), '');
const scannedMs = start + 2 * year;
const about: LinkedAbout = {
  format: 1,
  generation: 1,
  fingerprint: '',
  types: Array.from({ length: types }, (_, i) => `type-${i}`),
  customers: {
    folder: 'a',
    digest: 'a',
    persons: customers,
    memberships: rows,
    tenants: manifest.tenants,
  },
  persons: people,
  messagesTo: messages,
  messages,
  mentions: messages * perMessage,
  mailboxes,
  scannedMs: { first: scannedMs, last: scannedMs },
  version: 1,
  files,
  unseen: {},
};
writeFileSync(join(folder, 'link.json'), JSON.stringify(about));
symlinkSync('1', join(root, 'current'));
process.stdout.write(JSON.stringify({ messages, mentions: about.mentions, mailboxes }));
