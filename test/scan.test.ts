import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BatchReader } from '../src/app/scan/batch-reader.ts';
import type { ScanSettings } from '../src/app/scan/protocol.ts';
import { scan } from '../src/app/scan/scan.ts';
import type { ScanAnswer } from '../src/app/scan/scan-answer.ts';
import { scanText } from '../src/app/scan/scan-text.ts';
import { openSources } from '../src/app/scan/sources.ts';
import { messageFlags } from '../src/core/exposure-index.ts';
import { Pseudonyms } from '../src/exposure/people/pseudonyms.ts';
import { indexedMessages } from './support/exposure-index.ts';
import { ownSchema } from './support/schemas.ts';

let folder = '';
let store = '';
let nowMs = Date.UTC(2026, 5, 29);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-scan-'));
  store = join(folder, 'store');
  nowMs = Date.UTC(2026, 5, 29);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const settings: ScanSettings = { customerNumbers: [], regions: ['JP'] };
const pseudonyms = new Pseudonyms(Buffer.alloc(32, 7));

interface Asked {
  readonly settings?: ScanSettings;
  readonly full?: boolean;
  readonly attachments?: boolean;
  readonly places?: readonly string[];
  /** What comes before a batch is read: 1 is the first. */
  readonly before?: (batch: number) => Promise<void>;
}

/** Scans without threads of their own: what they do is tried with the real program. */
const scanned = async (asked: Asked = {}): Promise<ScanAnswer> => {
  nowMs += 3_600_000;
  return await scan({
    store,
    pseudonyms: expected => {
      expect([undefined, pseudonyms.fingerprint]).toContain(expected);
      return pseudonyms;
    },
    sources: () =>
      openSources({
        root: '/',
        paths: asked.places ?? [join(folder, 'mail')],
        servers: [],
        templates: [],
        pseudonyms,
      }),
    settings: asked.settings ?? settings,
    full: asked.full ?? false,
    attachments: asked.attachments ?? true,
    threads: 1,
    readers: setup => {
      let batches = 0;
      const reader = new BatchReader({ ...setup, progress: new SharedArrayBuffer(8) });
      return {
        room: async () => {},
        read: async order => {
          batches += 1;
          await asked.before?.(batches);
          return reader.answer(order);
        },
        close: async () => {},
      };
    },
    now: () => nowMs,
    progress: () => {},
    isStopped: () => false,
  });
};

const maildir = (mailbox: string, name = ''): string => {
  const [local = '', domain = ''] = mailbox.split('@');
  const path = join(folder, 'mail', domain, local, 'Maildir', name);
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(path, part), { recursive: true });
  return path;
};

/** Nothing that changed in the last seconds is taken for settled. */
const settle = (path = join(folder, 'mail')): void => {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) settle(join(path, entry.name));
  }
  const then = new Date(Date.now() - 60_000);
  if (statSync(path).mtime > then) utimesSync(path, then, then);
};

const message = (n: number, text = `My telephone number is 090-1234-${1_000 + n}.`): string =>
  `From: Person <person${n}@example.com>\nTo: taro@example.jp\nMessage-ID: <m${n}@example.com>\nDate: Mon, 29 Jun 2026 10:00:00 +0900\nSubject: Letter\n\n${text}\n`;

let delivered = 0;
const deliver = (path: string, text: string, part = 'cur'): string => {
  delivered += 1;
  const at = join(path, part, `${1_780_000_000 + delivered}.M${delivered}.mx1:2,`);
  writeFileSync(at, text);
  return at;
};

describe('a second scan', () => {
  test('lists nothing in a folder that is as it was, and reads only what is new elsewhere', async () => {
    const taro = maildir('taro@example.jp');
    const hanako = maildir('hanako@example.jp');
    for (let n = 0; n < 5; n += 1) deliver(n % 2 === 0 ? taro : hanako, message(n));
    settle();
    const first = await scanned();
    expect(first.run).toMatchObject({ messages: 5, folders: 2, foldersUnchanged: 0 });
    expect(first.index).toMatchObject({ messages: 5, mailboxes: 2 });
    expect(first.index.people.telephone).toBe(5);
    expect((await scanned()).run).toMatchObject({ messages: 0, folders: 2, foldersUnchanged: 2 });
    deliver(taro, message(9));
    settle();
    const third = await scanned();
    expect(third.run).toMatchObject({ messages: 1, foldersUnchanged: 1 });
    expect(third.index.messages).toBe(6);
    expect(indexedMessages(store)).toHaveLength(6);
    expect(scanText(third)).toContain('6 messages in 2 mailboxes are scanned, 1 of them new');
    expect(ownSchema('scan')(third)).toEqual([]);
  });

  test('knows a message by its unique name, whatever its flags, and marks what is gone', async () => {
    const taro = maildir('taro@example.jp');
    const read = deliver(taro, message(1), 'new');
    const left = deliver(taro, message(2));
    settle();
    await scanned();
    renameSync(read, read.replace('/new/', '/cur/').replace(':2,', ':2,S'));
    unlinkSync(left);
    settle();
    const second = await scanned();
    expect(second.run).toMatchObject({ messages: 0, gone: 1 });
    expect(second.index).toMatchObject({ messages: 2, gone: 1 });
    expect(
      indexedMessages(store)
        .map(({ gone }) => String(gone))
        .toSorted(),
    ).toEqual(['false', 'true']);
    // Somebody puts a backup back.
    writeFileSync(left, message(2));
    settle();
    const third = await scanned();
    expect(third.run.messages).toBe(0);
    expect(third.index.gone).toBe(0);
  });

  test('takes what lay in a folder that is no more for gone', async () => {
    const taro = maildir('taro@example.jp');
    deliver(taro, message(1));
    deliver(maildir('taro@example.jp', '.Sent'), message(2));
    settle();
    await scanned();
    rmSync(join(taro, '.Sent'), { recursive: true });
    settle();
    expect((await scanned()).index).toMatchObject({ messages: 2, gone: 1 });
  });

  test('reads messages anew where settings changed, and counts each once', async () => {
    const taro = maildir('taro@example.jp');
    for (let n = 0; n < 4; n += 1) deliver(taro, message(n, `Kundennummer: KD-${70_000 + n}.`));
    const gone = deliver(taro, message(8, 'Kundennummer: KD-80000.'));
    settle();
    await scanned();
    unlinkSync(gone);
    const asked = {
      settings: {
        ...settings,
        customerNumbers: [{ pattern: 'KD-[0-9]{5}', labels: ['Kundennummer'] }],
      },
    };
    settle();
    const second = await scanned(asked);
    expect(second.run).toMatchObject({ messages: 4, readAnew: 4, gone: 1 });
    expect(second.index.messages).toBe(5);
    expect(second.index.people['customer-number']).toBe(5);
    expect((await scanned(asked)).run).toMatchObject({ messages: 0, foldersUnchanged: 1 });
    const full = await scanned({ ...asked, full: true });
    expect(full.run).toMatchObject({ messages: 4, readAnew: 4 });
    expect(full.index.messages).toBe(5);
    expect(indexedMessages(store)).toHaveLength(5);
  });
});

describe('a scan that breaks off', () => {
  test('knows again what was read of a folder whose first messages were not', async () => {
    const count = 2_200;
    const boxes = ['taro', 'hanako', 'jiro', 'saburo'].map(name => maildir(`${name}@example.jp`));
    for (let n = 0; n < count; n += 1) deliver(boxes[n % 4] ?? '', message(n % 100));
    settle();
    // The first batch takes longer than others, which are kept meanwhile, and than the process lives.
    const before = async (batch: number): Promise<void> => {
      await wait(batch === 1 ? 900 : 400);
      if (batch === 1) throw new Error('killed');
    };
    await expect(scanned({ before })).rejects.toThrow('it broke off');
    const then = await scanned();
    expect(then.run.messages).toBeLessThan(count);
    expect(then.index).toMatchObject({ messages: count, gone: 0, mailboxes: 4 });
    expect(indexedMessages(store)).toHaveLength(count);
  });
});

describe('a scan', () => {
  test('finds a message in many mailboxes in each of them, with its owner', async () => {
    for (const name of ['taro', 'hanako', 'jiro']) {
      deliver(maildir(`${name}@example.jp`), message(1));
    }
    settle();
    await scanned();
    const rows = indexedMessages(store);
    expect(new Set(rows.map(({ mailbox }) => mailbox)).size).toBe(3);
    // Sender, recipient and telephone number; and the owner, who in one of them is the recipient.
    expect(rows.map(({ people }) => people.length).toSorted((a, b) => a - b)).toEqual([3, 4, 4]);
  });

  test('takes copies for one letter only where all that is taken from them is the same', async () => {
    const sent = message(1);
    const letters = [
      sent,
      `Received: from mx (mx.example.com)\n\tby mail01.example.jp\n${sent}`,
      sent.replace('person1@', 'other@'),
      sent.replace('Subject: Letter', 'Subject: Letter of 090-8765-4321'),
      sent.replace('Subject', 'Content-Type: text/html\nSubject'),
      sent.replace('m1@', 'm2@'),
    ];
    for (const letter of letters) deliver(maildir('taro@example.jp'), letter);
    settle();
    await scanned();
    const rows = indexedMessages(store);
    expect(rows.map(({ size }) => size).toSorted((a, b) => a - b)).toEqual(
      letters.map(({ length }) => length).toSorted((a, b) => a - b),
    );
    const kept = (each: (typeof rows)[number]): string =>
      `${each.messageId} ${each.people.join(' ')}`;
    // The two copies and the one in HTML hold the same.
    expect(new Set(rows.map(kept)).size).toBe(4);
  });

  test('says what it could not see, and takes it for anything', async () => {
    const taro = maildir('taro@example.jp');
    deliver(taro, 'CRYPTED\x03\x07 and so on');
    deliver(taro, message(1));
    settle();
    const answer = await scanned();
    expect(answer.unseen).toMatchObject([{ why: 'encrypted', count: 1 }]);
    expect(ownSchema('scan')(answer)).toEqual([]);
    const flags = indexedMessages(store).map(each => each.flags);
    expect(flags.toSorted((a, b) => a - b)).toEqual([
      0,
      messageFlags.unseen | messageFlags.encrypted,
    ]);
    // It is said again as long as it is so.
    expect((await scanned()).unseen).toMatchObject([{ why: 'encrypted', count: 1 }]);
  });

  test('takes a file for what it is, and names a path that is not there', async () => {
    mkdirSync(join(folder, 'mail'));
    writeFileSync(join(folder, 'mail/letter.eml'), message(3));
    const answer = await scanned({ places: [join(folder, 'mail/letter.eml')] });
    expect(answer.index.messages).toBe(1);
    await expect(scanned({ places: [join(folder, 'nowhere')] })).rejects.toThrow(/no such/);
  });
});
