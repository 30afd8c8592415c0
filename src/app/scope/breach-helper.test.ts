import { mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeSegment } from '../../evidence/segment.ts';
import { rowsPath, segmentPath } from '../../evidence/verify/segment-file.ts';
import { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import type { Breach } from '../../scope/breach.ts';
import { ScopePlan } from '../../scope/plan.ts';
import { storeSegments } from '../events/store-segments.ts';
import { zonesOf } from '../ingest/zones.ts';
import { rowsOfDraft } from '../rows/parse-draft.ts';
import { rowsFile } from '../rows/rows-file.ts';
import { BreachTurns } from './breach-turns.ts';
import { basesIn } from './people-sets.ts';
import { type ReadBreach, type ReadBreachRequest, readBreach } from './read-breach.ts';

const zoneOf = zonesOf('UTC', '', 'UTC');
const names = new Pseudonyms(new Uint8Array(32).fill(7));
const store = mkdtempSync(join(tmpdir(), 'postern-breach-helper-'));
const segments = 30;
const day = '2026-06-29';

/** Sessions of the webmail's host that read bodies, named messages, and what its web server showed. */
const linesOf = (seq: number): readonly string[] => {
  const at = (second: number): string =>
    `${String(seq % 24).padStart(2, '0')}:00:${String(second).padStart(2, '0')}`;
  const box = (user: string, session: string): string =>
    `Jun 29 ${at(5)} mail01 dovecot: imap(${user})<7><${session}>: `;
  const own = `u${seq % 7}@example.jp`;
  return [
    ...[own, 'taro@example.jp', `only${seq}@example.jp`].map(
      user =>
        `Jun 29 ${at(1)} mail01 dovecot: imap-login: Login: user=<${user}>, method=PLAIN, rip=192.0.2.20, lip=192.0.2.10, mpid=7, TLS, session=<s${user[0]}${seq}>`,
    ),
    `${box(own, `su${seq}`)}delete: box=INBOX, uid=${seq}, msgid=<m${seq % 4}@example.jp>, size=9`,
    `${box('taro@example.jp', `st${seq}`)}Disconnected: Logged out in=9 out=9 deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=${seq} body_bytes=9`,
    `Jun 29 ${at(7)} mail01 dovecot: imap(${own})<7><su${seq}>: who knows what this is`,
  ];
};
const webLinesOf = (seq: number): readonly string[] => [
  `198.51.100.${seq} - - [29/Jun/2026:${String(seq % 24).padStart(2, '0')}:00:02 +0000] "GET /?_task=mail&_uid=${seq}&_mbox=INBOX&_action=show HTTP/1.1" 200 5123 "-" "Mozilla/5.0 (X11)"`,
];

const put = async (source: string, seq: number, lines: readonly string[]): Promise<void> => {
  const raw = Buffer.from(lines.map(line => `${line}\n`).join(''));
  const { file, frames } = await makeSegment(raw);
  const rows = rowsOfDraft({ source, seq, day, raw, to: '' }, zoneOf, []);
  mkdirSync(join(store, 'segments', source, day), { recursive: true });
  writeFileSync(join(store, segmentPath(source, day, seq)), file);
  const made = rowsFile({ rows, raw, frames, createdBy: 'test' });
  writeFileSync(join(store, rowsPath(source, day, seq)), made ?? '');
};

/** How many segments the other thread took before this one takes its first. */
let given = 0;

beforeAll(async () => {
  const take: unknown = Reflect.get(BreachTurns.prototype, 'take');
  if (typeof take !== 'function') throw new Error('nobody takes anything');
  vi.spyOn(BreachTurns.prototype, 'take').mockImplementation(function (this: BreachTurns) {
    const clock = new Int32Array(new SharedArrayBuffer(4));
    const until = performance.now() + 5_000;
    while (!this.isTold(4) && performance.now() < until) Atomics.wait(clock, 0, 0, 2);
    if (this.isTold(4)) given += 1;
    return Reflect.apply(take, this, []) as number | undefined;
  });
  for (let seq = 1; seq <= segments; seq += 1) {
    await put('mail.log', seq, linesOf(seq));
    if (seq % 5 === 0) await put('access.log', seq, webLinesOf(seq));
  }
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(store, { recursive: true, force: true });
});

const breach: Breach = {
  component: { id: 'roundcube', hosts: ['192.0.2.20'], behind: ['dovecot'] },
  window: { fromMs: Date.parse(`${day}T01:00:00Z`), toMs: Date.parse(`${day}T22:59:59Z`) },
  reach: { mailboxes: 'all' },
  gaps: [],
};

interface Told {
  readonly read: ReadBreach;
  readonly plan: unknown;
  readonly notes: readonly string[];
}

const told = async (
  about: Breach,
  isHelped: boolean,
  tuning: ReadBreachRequest['tuning'] = {},
): Promise<Told> => {
  const plan = new ScopePlan(id => names.of('message-id', id));
  const notes: string[] = [];
  const read = await readBreach({
    breach: about,
    segments: storeSegments(store, () => {}).segments,
    zoneOf,
    note: ({ what, why }) => notes.push(`${what} ${why}`),
    plan,
    help: isHelped ? { key: names.forThread() } : undefined,
    tuning: { segmentsMin: 1, ...tuning },
  });
  const boxes = plan.namedMailboxes();
  const owners = new Map(boxes.map(({ name, number }) => [number, name]));
  const { ids, uids } = plan;
  const entries = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
  const spans = boxes.flatMap(({ name, stretches }) =>
    stretches.map(({ bits, ...span }) => JSON.stringify([name, basesIn(bits), span])),
  );
  const sought = [
    ...entries(ids.count).map(i => [
      [...ids.keys.subarray(3 * i, 3 * i + 3)],
      owners.get(ids.owner[i] ?? 0),
      basesIn(ids.bits[i] ?? 0),
    ]),
    ...plan.namedFolders().flatMap(({ mailbox, folder, number }) =>
      entries(uids.count)
        .filter(i => uids.keys[3 * i] === number)
        .map(i => [mailbox, folder, uids.keys[3 * i + 1], basesIn(uids.bits[i] ?? 0)]),
    ),
  ].map(each => JSON.stringify(each));
  return {
    read,
    plan: [spans.toSorted(), sought.toSorted(), plan.everything(), plan.restsOn, plan.records],
    notes,
  };
};

const breaches: readonly (readonly [string, Breach])[] = [
  ['a webmail', breach],
  ['a server', { ...breach, component: { id: 'dovecot' } }],
  ['an account', { ...breach, component: { id: 'dovecot' }, accounts: ['taro'] }],
  ['a session', { ...breach, component: { id: 'dovecot' }, sessions: ['st3', 'st17'] }],
];

describe('two threads that read a store for a breach', () => {
  test.each(breaches)('find what one finds: %s', async (_, about) => {
    for (const wholesMax of [100_000, 20]) {
      const alone = await told(about, false, { wholesMax });
      expect(alone.read.events).toBeGreaterThan(0);
      expect(await told(about, true, { wholesMax })).toEqual(alone);
    }
    expect(given).toBeGreaterThan(0);
  });

  test('find it in lines whose rows are damaged or missing, and name these', async () => {
    for (let seq = 2; seq <= segments; seq += 2) {
      const path = join(store, rowsPath('mail.log', day, seq));
      const bytes = readFileSync(path);
      const at = Math.floor((bytes.length * seq) / (segments + 1));
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      writeFileSync(path, bytes);
    }
    unlinkSync(join(store, rowsPath('mail.log', day, 27)));
    for (const wholesMax of [100_000, 20]) {
      const alone = await told(breach, false, { wholesMax });
      expect(alone.notes.length).toBeGreaterThan(5);
      expect(await told(breach, true, { wholesMax })).toEqual(alone);
    }
  });
});
