import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CustomerList } from '../../core/customer-index.ts';
import { roles } from '../../core/exposure-index.ts';
import { identifierKinds } from '../../core/personal.ts';
import { wordsOf } from '../../scope/plan.ts';
import { segmentFile, segmentFiles, segmentParts } from '../../store/exposure-segment.ts';
import { SqliteExposureState } from '../../store/exposure-state.ts';
import { ColumnFile } from '../../store/parquet/column-file.ts';
import { Customers } from '../people/customer-files.ts';
import { link } from './link.ts';
import { openLinked } from './linked.ts';
import { RecordWriter } from './records.ts';

const store = mkdtempSync(join(tmpdir(), 'link-'));
afterAll(() => rmSync(store, { recursive: true }));
const segments = join(store, 'segments');
mkdirSync(join(store, 'exposure'), { recursive: true });
mkdirSync(segments);
const state = new SqliteExposureState(join(store, 'exposure/state.sqlite'));
state.setFingerprint('key');

/** Pseudonyms of made-up identifiers: any numbers will do, as long as they are the same for the same. */
const pseudonyms = ['taro', 'hanako', 'family', 'stranger', 'shop', 'named', 'late'] as const;
type Name = (typeof pseudonyms)[number];
const pseudonym = (name: Name): { high: number; low: number } => {
  const place = pseudonyms.indexOf(name) + 1;
  return { high: (place * 77_777_777_777) % 2 ** 48, low: (place * 99_999_999_977) % 2 ** 48 };
};

interface Mail {
  readonly message: number;
  readonly mailbox: number;
  readonly names: readonly (readonly [name: Name, role: number, own: number])[];
  readonly types?: number;
  readonly shared?: number;
}

const kindOf = (name: Name): number =>
  identifierKinds.indexOf(name === 'named' ? 'name-and-address' : 'email');

const put = (number: number, mails: readonly Mail[], superseded: readonly number[] = []): void => {
  const names = [...new Set(mails.flatMap(each => each.names.map(([name]) => name)))].toSorted(
    (a, b) => pseudonym(a).high - pseudonym(b).high || pseudonym(a).low - pseudonym(b).low,
  );
  const zeros = mails.map(() => 0);
  const files = segmentFiles(
    {
      messages: {
        message: mails.map(({ message }) => message),
        mailbox: mails.map(({ mailbox }) => mailbox),
        folder: zeros,
        received: mails.map(({ message }) => (message === 2 ? Number.NaN : message * 1_000)),
        uid: zeros,
        idHigh: mails.map(({ message }) => message + 1),
        idLow: zeros,
        size: zeros,
        flags: zeros,
        types: mails.map(({ types = 0 }) => types),
        sure: zeros,
        weak: zeros,
        shared: mails.map(({ shared = 0 }) => shared),
      },
      mentions: {
        message: mails.flatMap(each => each.names.map(() => each.message)),
        identifier: mails.flatMap(each => each.names.map(([name]) => names.indexOf(name))),
        roles: mails.flatMap(each => each.names.map(([, role]) => role)),
        own: mails.flatMap(each => each.names.map(([, , own]) => own)),
        weak: mails.flatMap(each => each.names.map(() => 0)),
      },
      identifiers: {
        high: Float64Array.from(names, name => pseudonym(name).high),
        low: Float64Array.from(names, name => pseudonym(name).low),
        kind: Uint8Array.from(names, kindOf),
      },
    },
    'test',
  );
  for (const part of segmentParts) {
    writeFileSync(join(segments, segmentFile(number, part)), files[part]);
  }
  state.commit({
    types: ['email', 'telephone'],
    mailboxes: [0, 1].map(each => ({ number: each, name: { high: each, low: 5 } })),
    superseded,
    segment: {
      number,
      digest: `digest ${number}`,
      messages: mails.length,
      mentions: mails.reduce((sum, each) => sum + each.names.length, 0),
      identifiers: names.length,
      bytes: 0,
      first: mails[0]?.message ?? 0,
      last: mails.at(-1)?.message ?? 0,
      detector: 'a',
      scannedMs: 1,
      types: {},
    },
  });
};

/** Persons by the identifiers of a list: one may have several, and one identifier several persons. */
const listOf = (
  folder: string,
  of: readonly (readonly [Name, number])[],
  persons: number,
): Customers => {
  const path = join(store, folder);
  mkdirSync(path);
  const records = new RecordWriter(join(path, 'identifiers.bin'));
  const keys = of.map(([name, person]) => {
    const { high, low } = pseudonym(name);
    return [...wordsOf(high, low), person] as const;
  });
  for (const key of keys.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])) {
    records.add(...key);
  }
  records.close();
  writeFileSync(join(path, 'memberships.bin'), Buffer.alloc(12 * persons));
  const list: Partial<CustomerList> = {
    folder,
    digest: folder,
    persons,
    memberships: persons,
    identifiers: of.length,
    tenants: ['north'],
  };
  return new Customers(list as CustomerList, path);
};

const joinAll = (customers: Customers | undefined): ReturnType<typeof link> =>
  link({
    store,
    state,
    segmentsFolder: segments,
    customers,
    identifiersPath:
      customers === undefined ? undefined : join(store, customers.list.folder, 'identifiers.bin'),
  });

/** Message, person, role, sureness and masks of each mention. */
const mentions = (): readonly string[] => {
  const linked = openLinked(store);
  if (linked === undefined) throw new Error('nothing linked');
  const { folder, about } = linked;
  return about.files
    .flatMap(({ name }) => {
      const file = new ColumnFile(join(folder, `mentions-${name}.parquet`));
      const rows = file.groups.flatMap(group => {
        const columns = ['message', 'person', 'roles', 'sure', 'own', 'shared'].map(column =>
          file.numbers(group, column),
        );
        return Array.from({ length: group.rows }, (_, i) => columns.map(each => each[i]).join(' '));
      });
      file.close();
      return rows;
    })
    .toSorted();
};

const { sender, recipient, text, owner } = roles;

test('mentions are of customers, of the same stranger each time, and of each who has a shared identifier', () => {
  put(1, [
    {
      message: 0,
      mailbox: 0,
      types: 3,
      shared: 2,
      names: [
        ['taro', owner | recipient, 1],
        ['stranger', sender, 1],
      ],
    },
    { message: 1, mailbox: 0, names: [['family', text, 2]] },
  ]);
  put(2, [
    {
      message: 2,
      mailbox: 1,
      names: [
        ['hanako', owner, 0],
        ['stranger', recipient, 0],
        ['named', text, 1],
        ['shop', sender, 0],
      ],
    },
  ]);
  const list = listOf(
    'a',
    [
      ['taro', 0],
      ['hanako', 1],
      ['family', 0],
      ['family', 1],
      ['named', 1],
    ],
    2,
  );
  const done = joinAll(list);
  expect([done.segments, done.about.persons, done.about.mentions]).toEqual([2, 4, 8]);
  const [shop, stranger] = pseudonym('shop').high < pseudonym('stranger').high ? [2, 3] : [3, 2];
  expect(mentions()).toEqual(
    [
      // What the message says of somebody who is not told is shared by all whom it names.
      `0 0 ${owner | recipient} 1 1 3`,
      `0 ${stranger} ${sender} 1 1 3`,
      `1 0 ${text} 0 2 2`,
      `1 1 ${text} 0 2 2`,
      `2 1 ${owner} 1 0 0`,
      `2 ${stranger} ${recipient} 1 0 0`,
      `2 1 ${text} 0 1 1`,
      `2 ${shop} ${sender} 1 0 0`,
    ].toSorted(),
  );
  const file = new ColumnFile(join(done.folder, 'mailboxes.parquet'));
  const [group] = file.groups;
  expect(group === undefined ? [] : [...file.numbers(group, 'owner')]).toEqual([1, 2]);
  file.close();
  const messages = new ColumnFile(join(done.folder, 'messages-0001.parquet'));
  const [rows] = messages.groups;
  expect(rows === undefined ? [] : [...messages.numbers(rows, 'received')]).toEqual([0, 1_000, 0]);
  messages.close();
  expect(joinAll(list).isSame).toBe(true);
});

test('only what is new is joined, and strangers keep their numbers', () => {
  const before = mentions();
  put(3, [
    {
      message: 3,
      mailbox: 1,
      names: [
        ['stranger', sender, 0],
        ['late', recipient, 0],
      ],
    },
  ]);
  const list = new Customers(
    { folder: 'a', digest: 'a', persons: 2, memberships: 2, identifiers: 5, tenants: [] } as never,
    join(store, 'a'),
  );
  const done = joinAll(list);
  expect([done.segments, done.about.persons]).toEqual([1, 5]);
  const stranger = before
    .find(row => row.startsWith('0 ') && !row.startsWith('0 0'))
    ?.split(' ')[1];
  expect(mentions()).toEqual(
    [...before, `3 ${stranger ?? ''} ${sender} 1 0 0`, `3 4 ${recipient} 1 0 0`].toSorted(),
  );
});

test('segments in place of others, messages read anew, and another list', () => {
  // What is left of the first two, in one.
  state.commit({ dropped: Uint32Array.of(1) });
  put(4, [{ message: 2, mailbox: 1, names: [['shop', sender, 0]] }], [1, 2]);
  const list = listOf('b', [['shop', 0]], 1);
  const done = joinAll(list);
  expect([done.segments, done.about.persons]).toEqual([2, 3]);
  expect(mentions()).toHaveLength(3);
  expect(mentions()).toContain(`2 0 ${sender} 1 0 0`);
  state.commit({ dropped: Uint32Array.of(2) });
  const later = joinAll(list);
  const dropped = new ColumnFile(join(later.folder, 'dropped.parquet'));
  const [group] = dropped.groups;
  expect(later.segments).toBe(0);
  expect(group === undefined ? [] : [...dropped.numbers(group, 'message')]).toContain(2);
  dropped.close();
  expect(joinAll(undefined).about).toMatchObject({ customers: null, persons: 3 });
  state.close();
});
