import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime, { type Address, type Email } from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { outsideData } from '../../../test/support/outside-data.ts';
import { readMessage } from './read-message.ts';

const folder = process.env['POSTERN_MAIL_SAMPLES'];

const filesIn = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)],
  );

const squash = (text: string): string => text.replaceAll(/[\s>]+/g, ' ').trim();

const addressesOf = ({ from, sender, replyTo, to, cc, bcc }: Email): readonly string[] =>
  [from, sender, ...(replyTo ?? []), ...(to ?? []), ...(cc ?? []), ...(bcc ?? [])]
    .filter((address): address is Address => address !== undefined)
    .flatMap(address => address.group ?? [address])
    .map(({ address }) => address ?? '')
    .filter(address => /^[\w.+-]+@[\w.-]+$/.test(address));

/** What postal-mime leaves undecoded or lays out in its own way: rules of attached messages, links, damaged bytes. */
const isComparable = (word: string): boolean => /^[\p{L}\p{N}.,@-]{4,}$/u.test(word);

describe.skipIf(folder === undefined)(`real mail, ${outsideData} (POSTERN_MAIL_SAMPLES)`, () => {
  test('holds what postal-mime finds in it, and no less', async () => {
    const missing: string[] = [];
    let words = 0;
    let wordsMissing = 0;
    for (const path of filesIn(folder ?? '')) {
      const bytes = readFileSync(path);
      // Lines that end with CR alone are one line to postal-mime; a sound is no message.
      if (!bytes.includes(10) || path.endsWith('.wav')) continue;
      const message = readMessage(bytes);
      const other = await new PostalMime().parse(bytes);
      // `jdoe@test . example` is one address (RFC 5322 A.6.3); postal-mime ends it at the space.
      const mine = [...message.senders, ...message.recipients].map(({ address }) => address);
      for (const address of addressesOf(other))
        if (!mine.some(one => one.startsWith(address))) missing.push(`${path}: ${address}`);
      const all = squash(message.texts.map(({ text }) => text).join(' '));
      for (const word of squash(`${other.subject ?? ''} ${other.text ?? ''}`).split(' ')) {
        if (!isComparable(word)) continue;
        words++;
        if (!all.includes(word)) wordsMissing++;
      }
    }
    expect(missing).toEqual([]);
    expect(words).toBeGreaterThan(100_000);
    expect(wordsMissing / words).toBeLessThan(0.000_5);
  }, 60_000);
});
