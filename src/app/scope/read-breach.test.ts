import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logFormats } from '../../logs/formats.generated.ts';
import { RowPacker } from '../../logs/rows/row-packer.ts';
import { LogClock } from '../../logs/time/clock.ts';
import type { Breach } from '../../scope/breach.ts';
import { ScopePlan } from '../../scope/plan.ts';
import { storeSegments } from '../events/store-segments.ts';
import { type OpenedStore, openEvidenceStore } from '../evidence/open.ts';
import { LogKeeper } from '../ingest/keep-log.ts';
import { zonesOf } from '../ingest/zones.ts';
import { basesIn } from './people-sets.ts';
import { readBreach } from './read-breach.ts';

const store = mkdtempSync(join(tmpdir(), 'breach-'));
afterAll(() => rmSync(store, { recursive: true }));
const zoneOf = zonesOf('UTC', '', 'UTC');
const now = (): Date => new Date('2026-07-02T00:00:00Z');

const keep = async (opened: OpenedStore, id: string, lines: readonly string[]): Promise<void> => {
  const source = await opened.evidence.source(id);
  const rows = new RowPacker();
  const keeper = new LogKeeper({ source, formats: logFormats, now: () => now().getTime(), rows });
  const clock = new LogClock({ zoneOf, writtenByMs: now().getTime() });
  const positionAt = ({ line }: { readonly line: number }): string => JSON.stringify({ line });
  keeper.begin({ name: `/var/log/${id}`, clock, positionAt });
  await keeper.push(Buffer.from(lines.map(line => `${line}\n`).join('')));
  await keeper.end();
};

const login = (time: string, user: string, ip: string, session: string): string =>
  `Jun 29 ${time} mail01 dovecot: imap-login: Login: user=<${user}>, method=PLAIN, rip=${ip}, lip=192.0.2.10, mpid=7, TLS, session=<${session}>`;
const ended = (time: string, user: string, session: string, bodies: number): string =>
  `Jun 29 ${time} mail01 dovecot: imap(${user})<7><${session}>: Disconnected: Logged out in=9 out=9 deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=${bodies} body_bytes=${bodies * 9}`;
const shown = (time: string, ip: string, uid: number): string =>
  `${ip} - - [29/Jun/2026:${time} +0000] "GET /?_task=mail&_uid=${uid}&_mbox=INBOX&_action=show HTTP/1.1" 200 5123 "-" "Mozilla/5.0 (X11)"`;
const entered = (time: string, user: string, ip: string): string =>
  `[29-Jun-2026 ${time} +0000]: <f8k2h1d9> Successful login for ${user} (ID: 7) from ${ip} in session f8k2h1d9a1b2`;

beforeAll(async () => {
  const opened = await openEvidenceStore(store, { now, zoneOf });
  await keep(opened, 'mail.log', [
    // Straight, through the webmail, and one whose attempt failed.
    login('08:00:00', 'taro@example.jp', '203.0.113.7', 'a1'),
    ended('08:00:30', 'taro@example.jp', 'a1', 4),
    login('09:00:01', 'hanako@example.jp', '192.0.2.20', 'b1'),
    ended('09:00:02', 'hanako@example.jp', 'b1', 3),
    login('09:30:00', 'hanako@example.jp', '192.0.2.20', 'b2'),
    login('10:00:01', 'jiro@example.jp', '192.0.2.20', 'c1'),
    'Jun 29 11:00:00 mail01 dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<goro@example.jp>, method=PLAIN, rip=192.0.2.20, lip=192.0.2.10, TLS, session=<d1>',
  ]);
  await keep(opened, 'userlogins.log', [
    entered('08:59:00', 'hanako@example.jp', '198.51.100.9'),
    entered('09:59:00', 'jiro@example.jp', '203.0.113.8'),
  ]);
  await keep(opened, 'access.log', [
    shown('09:00:01', '198.51.100.9', 7),
    shown('10:00:01', '203.0.113.8', 9),
    shown('23:00:00', '203.0.113.99', 1),
  ]);
  await opened.close();
});

const webmail: Breach = {
  component: { id: 'roundcube', hosts: ['192.0.2.20'], behind: ['dovecot'] },
  window: {
    fromMs: Date.parse('2026-06-29T00:00:00Z'),
    toMs: Date.parse('2026-06-29T23:59:59Z'),
  },
  reach: { mailboxes: 'all' },
  gaps: [],
};

/** Rules by mailbox, and by messages of folders. */
const told = async (breach: Breach): Promise<readonly string[]> => {
  const plan = new ScopePlan(undefined);
  const { segments } = storeSegments(store, () => {});
  const note = (unseen: unknown): void => expect(unseen).toBeUndefined();
  await readBreach({ breach, segments, zoneOf, note, plan });
  const boxes = plan
    .namedMailboxes()
    .flatMap(({ name, stretches }) =>
      stretches.flatMap(({ bits }) => basesIn(bits).map(basis => `${basis} ${name}`)),
    );
  const uids = plan.namedFolders().flatMap(({ mailbox, folder, number }) =>
    Array.from({ length: plan.uids.count }, (_, entry) => entry)
      .filter(entry => plan.uids.keys[3 * entry] === number)
      .map(
        entry =>
          `${basesIn(plan.uids.bits[entry] ?? 0).join()} ${mailbox} ${folder} ${plan.uids.keys[3 * entry + 1] ?? 0}`,
      ),
  );
  const everything = plan.everything().flatMap(({ bits }) => basesIn(bits));
  return [...boxes, ...uids, ...everything].toSorted();
};

describe('what a store shows of a breach', () => {
  test('of a webmail: its sessions, and whose messages it showed', async () => {
    expect(await told(webmail)).toEqual(
      [
        'bodies-counted hanako@example.jp',
        'login hanako@example.jp',
        'login jiro@example.jp',
        'message-shown hanako@example.jp INBOX 7',
        'message-shown jiro@example.jp INBOX 9',
        // Nobody logged in from there, and no session was opened then: it may have been anybody's.
        'unclear',
      ].toSorted(),
    );
  });

  test('of an address that came through it: what was opened for its requests, and no more', async () => {
    const isAddress = (ip: string): boolean => ip === '198.51.100.9';
    expect(await told({ ...webmail, isAddress })).toEqual(
      [
        'bodies-counted hanako@example.jp',
        'login hanako@example.jp',
        'message-shown hanako@example.jp INBOX 7',
      ].toSorted(),
    );
  });

  test('of the server itself, an account, a session, another window', async () => {
    const server: Breach = { ...webmail, component: { id: 'dovecot' } };
    expect(await told({ ...server, accounts: ['TARO'] })).toEqual([
      'bodies-counted taro@example.jp',
      'login taro@example.jp',
    ]);
    expect(await told({ ...server, sessions: ['b2'] })).toEqual(['login hanako@example.jp']);
    const window = { fromMs: 0, toMs: Date.parse('2026-06-29T08:00:00Z') };
    expect(await told({ ...server, window })).toEqual(['login taro@example.jp']);
    expect(await told({ ...server, component: { id: 'sogo' } })).toEqual([]);
  });
});
