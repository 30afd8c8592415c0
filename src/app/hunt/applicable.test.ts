import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownSchema } from '../../../test/support/schemas.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import { RowPacker } from '../../logs/rows/row-packer.ts';
import { LogClock } from '../../logs/time/clock.ts';
import { fitsText } from '../../report/hunt/fits-text.ts';
import { openEvidenceStore } from '../evidence/open.ts';
import { LogKeeper } from '../ingest/keep-log.ts';
import { zonesOf } from '../ingest/zones.ts';
import { applicableRules } from './applicable.ts';

const store = mkdtempSync(join(tmpdir(), 'applicable-'));
afterAll(() => rmSync(store, { recursive: true }));
const zoneOf = zonesOf('UTC', '', 'UTC');
const now = (): Date => new Date('2026-07-02T00:00:00Z');

const logs: Readonly<Record<string, readonly string[]>> = {
  'mail.log': [
    'Jun 29 08:00:00 mail01 dovecot: imap-login: Login: user=<taro@example.jp>, method=PLAIN, rip=203.0.113.7, lip=192.0.2.10, mpid=7, TLS, session=<a1>',
    'Jun 29 08:00:01 mail01 postfix/smtpd[7]: connect from unknown[203.0.113.9]',
  ],
  'access.log': [
    '203.0.113.7 - - [29/Jun/2026:08:00:00 +0000] "GET /?_task=mail&_uid=7&_mbox=INBOX&_action=show HTTP/1.1" 200 5123 "-" "Mozilla/5.0"',
  ],
};

let fits: Awaited<ReturnType<typeof applicableRules>>;

beforeAll(async () => {
  const opened = await openEvidenceStore(store, { now, zoneOf });
  for (const [id, lines] of Object.entries(logs)) {
    const source = await opened.evidence.source(id);
    const rows = new RowPacker();
    const keeper = new LogKeeper({ source, formats: logFormats, now: () => now().getTime(), rows });
    const clock = new LogClock({ zoneOf, writtenByMs: now().getTime() });
    const positionAt = ({ line }: { readonly line: number }): string => JSON.stringify({ line });
    keeper.begin({ name: `/var/log/${id}`, clock, positionAt });
    await keeper.push(Buffer.from(lines.map(line => `${line}\n`).join('')));
    await keeper.end();
  }
  await opened.evidence.flush();
  await opened.close();
  const policy = { rules: [], ownRules: true, without: [], levels: [], placeholders: {} };
  fits = await applicableRules({ folders: [], said: '--rules', policy, store, zone: 'UTC' });
});

const fileOf = (path: string): string => path.replace(/^.*[/\\]|\.yml$/g, '');

const statesOf = (files: readonly string[]): readonly string[] =>
  files.map(
    file =>
      fits.rules.find(({ place }) => fileOf(place.path) === file)?.fit.state ?? `no rule ${file}`,
  );

test('says of the rules that ship which logs of a store they are for', () => {
  expect(
    statesOf(['roundcube_rce_upload', 'dovecot_process_crashed', 'postfix_smuggling_attempts']),
  ).toEqual(['applies', 'applies', 'applies']);
  expect(statesOf(['dovecot_master_user_login', 'm365_reads_throttled'])).toEqual([
    'waits',
    'cannot',
  ]);
  expect(fits.logs).toMatchObject([
    { source: 'access.log', log: '/var/log/access.log', components: ['web-front'], events: 1 },
    { source: 'mail.log', components: ['dovecot', 'postfix'], events: 2 },
  ]);
});

test('is shown with what each reason holds back and what would change it', () => {
  const text = fitsText(fits, {});
  expect(text).toMatch(/^\d+ rules: \d+ can tell of something in your logs, \d+ wait/);
  expect(text).toContain('auth_user=<%{auth_user}>');
  expect(text).toContain('Collect the unified audit log');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  expect(fitsText(fits, { verbose: true }).length).toBeGreaterThan(text.length);
});

test('is written as its schema says', () => {
  expect(ownSchema('hunt-rules')({ schema: 'postern.hunt-rules/1', ...fits })).toEqual([]);
});
