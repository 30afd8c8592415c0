import { describe, expect, test } from 'vitest';
import type { SegmentTally } from '../../detect/baselines/tally.ts';
import { makeSegment } from '../../evidence/segment.ts';
import { ParquetFile } from '../../store/parquet/read.ts';
import { zonesOf } from '../ingest/zones.ts';
import { rowsOfSegment } from '../rows/parse-segment.ts';
import { rowsFile } from '../rows/rows-file.ts';
import { digestSegment } from './baselines-digest.ts';
import { BaselineNames } from './baselines-names.ts';

const day = '2026-06-29';
const session = 'session=<AAAAAAAAAAB>';
const login = (user: string, ip: string): string =>
  `dovecot: imap-login: Login: user=<${user}>, method=PLAIN, rip=${ip}, lip=192.0.2.10, mpid=7, TLS, ${session}`;

const lines = [
  `01:00:01 mail01 ${login('mori@example.jp', '203.0.113.5')}`,
  `01:00:09 mail01 ${login('Mori@example.jp', '203.0.113.5')}`,
  `01:04:00 mail01 dovecot: imap(mori@example.jp)<7><AAAAAAAAAAB>: Disconnected: Logged out in=20 out=900 deleted=0 expunged=0 trashed=0 hdr_count=3 hdr_bytes=300 body_count=2 body_bytes=900`,
  `01:05:00 mail01 dovecot: imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<ueda@example.jp>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.10, TLS, session=<AAAAAAAAAAC>`,
  `01:06:00 mail01 postfix/submission/smtpd[9]: 4jabc1zzzzzz: client=unknown[203.0.113.7], sasl_method=PLAIN, sasl_username=sato@example.jp`,
  `01:12:00 mail01 dovecot: auth(helpdesk,192.0.2.40,sasl:plain,master)<AAAAAAAAAAD>: Master user logging in as ueda@example.jp`,
  `01:12:00 mail01 dovecot: imap-login: Login: user=<ueda@example.jp>, method=PLAIN, rip=192.0.2.40, lip=192.0.2.10, mpid=8, TLS, session=<AAAAAAAAAAD>`,
].map(line => `${day}T${line.slice(0, 8)}+00:00${line.slice(8)}\n`);

const digest = async (from: number): Promise<SegmentTally> => {
  const raw = Buffer.from(lines.join(''));
  const zoneOf = zonesOf('UTC', '', 'UTC');
  const rows = rowsOfSegment(raw, { day, log: '/var/log/mail.log', zoneOf, linesBefore: 0 });
  const { frames } = await makeSegment(raw, undefined);
  const file = rowsFile({ rows, raw, frames, createdBy: 'test' });
  if (file === undefined) throw new Error('rows of other lines');
  const names = new BaselineNames(new Uint8Array(32));
  return digestSegment(new ParquetFile(file), { source: 'mail.log', seq: 1, day }, from, names);
};

/** Entries in words. */
const told = ({ components, names: { texts } }: SegmentTally): readonly string[] =>
  components.flatMap(of =>
    Array.from(of.windows, (window, i) => {
      const name = (column: Int32Array): string => texts[column[i] ?? -1] ?? '-';
      const at = new Date(window * 600_000).toISOString().slice(11, 16);
      const who = [of.users, of.actors, of.addresses].map(name).join(' ');
      const counts = `${of.rows[i] ?? 0} rows ${of.reads[i] ?? 0} reads`;
      return `${of.component} ${at} ${who} ${counts} ${of.firstLines[i] ?? 0}-${of.lastLines[i] ?? 0}`;
    }),
  );

describe('what baselines take from a segment', () => {
  test('is who was in which mailbox: not who failed, who hands mail in, nor one act twice', async () => {
    const tally = await digest(0);
    expect(told(tally)).toEqual([
      'dovecot 01:00 mori@example.jp - 203.0.113.5 2 rows 1 reads 1-3',
      'dovecot 01:00 Mori@example.jp - 203.0.113.5 1 rows 0 reads 2-2',
      'dovecot 01:10 ueda@example.jp helpdesk 192.0.2.40 1 rows 0 reads 6-6',
    ]);
    const { ids, texts } = tally.names;
    const idOf = (text: string): number | undefined => ids[texts.indexOf(text)];
    // However he writes himself, it is he.
    expect(idOf('Mori@example.jp')).toBe(idOf('mori@example.jp'));
    expect(idOf('mori@example.jp')).not.toBe(idOf('ueda@example.jp'));
    expect(Number.isSafeInteger(idOf('mori@example.jp'))).toBe(true);
  });

  test('goes on behind the line that was seen', async () => {
    expect(told(await digest(3))).toEqual([
      'dovecot 01:10 ueda@example.jp helpdesk 192.0.2.40 1 rows 0 reads 6-6',
    ]);
    const { firstMs, components } = await digest(lines.length);
    expect([firstMs, components]).toEqual([undefined, []]);
  });
});
