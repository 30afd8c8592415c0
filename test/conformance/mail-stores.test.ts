import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { MailStore } from '../../src/exposure/mail-store.ts';
import { mailStores } from '../../src/exposure/stores.generated.ts';
import { zip } from '../support/archives.ts';
import { mailIn, mailTree } from '../support/mail-tree.ts';

const mail = 'From: erin@example.test\nTo: taro@example.jp\nSubject: x\n\nText.\n';
const line = 'From erin@example.test Thu Nov 26 07:40:20 2026\n';
const u1 = `2 M1e C6b07e863\n\x01\x02N          ${mail.length.toString(16).padStart(16, '0')}\n${mail}\n\x01\x03\nR6b07e863\n\n`;

/** Something of each store, and the names it may bear. */
const seeds: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['a/cur/1795680356.M1P1.host:2,S', Buffer.from(mail)],
  ['a/cur/1795680357.M1P1.host:2,S', gzipSync(mail)],
  ['h/mail.7z', Buffer.from('377abcaf271c0004', 'hex')],
  ['a/dovecot-uidlist', Buffer.from('3 V1 N9 Gx\n1 :1795680356.M1P1.host\n')],
  ['mail/Sent', Buffer.from(`${line}${mail}\n${line}${mail}`)],
  ['mail/Packed', gzipSync(`${line}${mail}`)],
  ['mail/mmdf', Buffer.from(`\x01\x01\x01\x01\n${mail}\x01\x01\x01\x01\n`)],
  ['b/1.eml', Buffer.from(mail)],
  ['b/2.emlx', Buffer.from(`${mail.length}\n${mail}<plist/>`)],
  ['c/cyrus.header', Buffer.from('%(N user.taro)')],
  ['c/cyrus.index', Buffer.alloc(300, 17)],
  ['c/1.', Buffer.from(mail)],
  ['d/mailboxes/INBOX/dbox-Mails/u.1', Buffer.from(u1)],
  ['e/storage/m.1', Buffer.from(u1)],
  ['e/storage/dovecot.map.index.log', Buffer.from(`\x01\x03\x28\x00${'\x07\0\0\0'.repeat(9)}`)],
  ['e/mailboxes/INBOX/dbox-Mails/dovecot.index', Buffer.alloc(200, 7)],
  ['f.ndjson', Buffer.from(`{"id":"1","raw":"${Buffer.from(mail).toString('base64url')}"}\n`)],
  [
    'g.zip',
    zip([
      { name: 'a.eml', bytes: mail },
      { name: 'b.mbox', bytes: `${line}${mail}` },
    ]),
  ],
];

/** A thread for each would take longer than all the others; its own test damages one. */
const quick: readonly MailStore[] = mailStores.filter(({ id }) => id !== 'pst');

describe('every mail store', () => {
  const tree = mailTree();
  afterAll(() => tree.remove());

  test('has an id that its file is named after, and reads a mailbox of its own', async () => {
    for (const [name, bytes] of seeds) tree.write(`/${name}`, bytes);
    const found = await mailIn(tree.files, '/', { stores: quick });
    expect(new Set(found.map(({ store }) => store))).toEqual(new Set(quick.map(({ id }) => id)));
    // Two of Maildir, four of mbox and MMDF, three files, two of dbox, one of JSON, two of zip.
    expect(found.filter(({ text }) => text.includes('Subject: x'))).toHaveLength(14);
    expect(
      new Set(
        found.map(
          ({ message, folder, mailbox, store }) => `${store} ${mailbox} ${folder} ${message.key}`,
        ),
      ).size,
    ).toBe(found.length);
  });

  test('cut off anywhere, and with noise in it: it never throws, and gives no more than there is', async () => {
    const damage = fc.record({
      seed: fc.nat(seeds.length - 1),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      noise: fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ seed, cut, noise }) => {
        const [name, bytes] = seeds[seed] ?? ['', Buffer.alloc(0)];
        const damaged = Buffer.from(bytes.subarray(0, Math.ceil(bytes.length * cut)));
        for (const [at, value] of noise)
          if (damaged.length > 0) damaged[at % damaged.length] = value;
        tree.write(`/${name}`, damaged);
        const top = `/${name.split('/')[0] ?? ''}`;
        const found = await mailIn(tree.files, top, { stores: quick });
        expect(found.length).toBeLessThan(40);
        expect(found.every(({ text }) => text.length < 10_000)).toBe(true);
        tree.write(`/${name}`, bytes);
      }),
      { numRuns: 250 },
    );
    expect(JSON.stringify(tree.files.unseen)).not.toMatch(/taro|Sent|eml|host/);
  });
});
