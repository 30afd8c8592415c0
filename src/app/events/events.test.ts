import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { ocsfFaults } from '../../../test/support/ocsf.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import { RowPacker } from '../../logs/rows/row-packer.ts';
import { LogClock } from '../../logs/time/clock.ts';
import { ParquetFile } from '../../store/parquet/read.ts';
import { type OpenedStore, openEvidenceStore } from '../evidence/open.ts';
import { LogKeeper } from '../ingest/keep-log.ts';
import { zonesOf } from '../ingest/zones.ts';
import { type AskedFor, questionOf } from './asked-for.ts';
import { type EventsReport, type EventsRequest, tellEvents } from './events.ts';

const zoneOf = zonesOf('UTC', '', 'UTC');
const now = (): Date => new Date('2026-07-02T00:00:00Z');

const login = (stamp: string, user: string, ip: string): string =>
  `${stamp} mail01 dovecot: imap-login: Login: user=<${user}>, method=PLAIN, rip=${ip}, lip=192.0.2.10, mpid=7, TLS, session=<abc>\n`;

const mail = [
  login('Jun 29 08:00:00', 'suzuki@example.jp', '203.0.113.7'),
  login('Jun 29 08:00:01', 'Suzuki@Example.JP', '203.0.113.130'),
  login('Jun 29 23:59:59', 'sato@example.jp', '2001:db8::7'),
  `Jun 29 23:59:59 mail01 dovecot: imap(sato@example.jp)<7><abc>: who knows what this is\n`,
  login('Jun 30 00:00:01', 'suzuki@example.test', '203.0.113.7'),
].join('');
const other = [
  login('Jun 29 07:00:00', 'ito@example.jp', '203.0.113.7'),
  login('Jun 29 12:00:00', "o'hara@example.jp", '203.0.113.7'),
  login('Jun 30 12:00:00', 'ito@example.jp', '203.0.113.7'),
].join('');

const keep = async (opened: OpenedStore, id: string, text: string): Promise<void> => {
  const source = await opened.evidence.source(id);
  const keeper = new LogKeeper({
    source,
    formats: logFormats,
    now: () => now().getTime(),
    rows: new RowPacker(),
  });
  const clock = new LogClock({ zoneOf, writtenByMs: now().getTime() });
  const positionAt = ({ line }: { readonly line: number }): string => JSON.stringify({ line });
  keeper.begin({ name: `/var/log/${id}`, clock, positionAt });
  await keeper.push(Buffer.from(text));
  await keeper.end();
};

const folders: string[] = [];
const newStore = async (): Promise<readonly [string, OpenedStore]> => {
  const store = mkdtempSync(join(tmpdir(), 'postern-events-'));
  folders.push(store);
  return [store, await openEvidenceStore(store, { now, zoneOf })];
};

const filled = async (): Promise<string> => {
  const [store, opened] = await newStore();
  await keep(opened, 'mail.log', mail);
  await keep(opened, 'other.log', other);
  await opened.close();
  return store;
};

interface Told extends EventsReport {
  readonly lines: readonly string[];
  readonly bytes: Buffer;
}

const tell = async (
  store: string,
  asked: Partial<AskedFor> = {},
  more: Partial<EventsRequest> = {},
): Promise<Told> => {
  const lines: string[] = [];
  const parts: Uint8Array[] = [];
  const report = await tellEvents({
    store,
    question: questionOf({ unparsed: false, newestFirst: false, ...asked }),
    zoneOf,
    format: 'ndjson',
    raw: false,
    nowMs: now().getTime(),
    writeLine: line => lines.push(line),
    writeBytes: bytes => parts.push(bytes),
    progress: () => {},
    ...more,
  });
  return { ...report, lines, bytes: Buffer.concat(parts) };
};

interface Ocsf {
  readonly time: number;
  readonly user: { readonly name: string };
  readonly metadata: { readonly sequence: number; readonly log_name: string };
  readonly unmapped: { readonly postern: { readonly segment: string; readonly line: number } };
  readonly raw_data?: string;
}

const eventsOf = ({ lines }: Told): readonly Ocsf[] => lines.map(line => JSON.parse(line) as Ocsf);
const usersOf = (told: Told): readonly string[] => eventsOf(told).map(({ user }) => user.name);

let store = '';
beforeAll(async () => {
  store = await filled();
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('events', () => {
  test('of all sources come in the order of their times, each with its place', async () => {
    const told = await tell(store);
    const events = eventsOf(told);
    const times = events.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(told.events).toBe(events.length);
    expect(events.length).toBeGreaterThanOrEqual(7);
    for (const event of events) expect(ocsfFaults(event)).toEqual([]);
    expect(events[0]).toMatchObject({
      user: { name: 'ito@example.jp' },
      metadata: { sequence: 1, log_name: '/var/log/other.log', original_time: 'Jun 29 07:00:00' },
      unmapped: { postern: { segment: 'other.log/1', line: 1, format: 'dovecot' } },
    });
    expect(told.unseen).toEqual([]);
    expect(usersOf(await tell(store, { newestFirst: true, limit: '1' }))).toEqual([
      'ito@example.jp',
    ]);
    expect((await tell(store, { limit: '2' })).hasMore).toBe(true);
  });

  test.each([
    [{ person: 'suzuki@example.jp' }, ['suzuki@example.jp', 'Suzuki@Example.JP']],
    [{ person: 'SUZUKI' }, ['suzuki@example.jp', 'Suzuki@Example.JP', 'suzuki@example.test']],
    [{ person: 'suzuki@example' }, []],
    [{ person: 'uzuki' }, []],
    [{ person: "o'hara@example.jp" }, ["o'hara@example.jp"]],
    [{ address: '203.0.113.128/25' }, ['Suzuki@Example.JP']],
    [{ address: '2001:DB8:0::/48', component: 'Dovecot' }, ['sato@example.jp']],
    [{ person: 'ito', from: '2026-06-30' }, ['ito@example.jp']],
    [{ person: 'suzuki', to: '2026-06-29T08:00:00' }, ['suzuki@example.jp']],
    [
      { person: 'suzuki', to: '2026-06-29T17:00+09:00' },
      ['suzuki@example.jp', 'Suzuki@Example.JP'],
    ],
    [{ person: 'suzuki', kind: 'login', outcome: 'failure' }, []],
    [{ source: 'other.log', kind: 'login', to: '2026-06-29T10:00' }, ['ito@example.jp']],
  ] as const)('%j', async (asked, users) => {
    expect(usersOf(await tell(store, { kind: 'login', ...asked }))).toEqual(users);
  });

  test.each([
    [{ address: 'here' }, '--address "here"'],
    [{ address: '203.0.113.0/33' }, '--address'],
    [{ kind: 'logn' }, '--kind "logn"'],
    [{ from: 'yesterday' }, '--from "yesterday"'],
    [{ from: '2026-06-30', to: '2026-06-29' }, '--from comes after --to'],
    [{ limit: '0' }, '--limit "0"'],
    [{ outcome: 'maybe' }, '--outcome "maybe"'],
    [{ source: 'nowhere' }, '--source "nowhere": there is no such source'],
    [{ unparsed: true, person: 'a' }, '--unparsed and --person'],
  ] as const)('%j is a mistake', async (asked, said) => {
    await expect(tell(store, asked)).rejects.toThrow(said);
  });

  test('are nobody else’s, whatever a name holds', async () => {
    const names = [
      "' OR '1'='1",
      '" OR 1=1 --',
      '%',
      '_',
      '*',
      '.*',
      '\\',
      '$1',
      'suzuki@example.jp\u0000',
      'suzuki@',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(...names), fc.string({ unit: 'binary' })),
        async person => {
          fc.pre(
            !/^(suzuki|sato|ito|o'hara)(@|$)/i.test(person) ||
              person.endsWith('\u0000') ||
              person === 'suzuki@',
          );
          expect((await tell(store, { person })).events).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('leave out lines that no format understands, and tell of them', async () => {
    const told = await tell(store, {}, { raw: true });
    const raws = eventsOf(told).map(event => event.raw_data);
    const all = `${mail}${other}`.split('\n');
    for (const raw of raws) expect(all).toContain(raw);
    const unparsed = await tell(store, { unparsed: true }, { raw: true });
    expect(unparsed.events).toBe(told.unparsed);
    for (const line of unparsed.lines) expect(JSON.parse(line)).toMatchObject({ unparsed: true });
  });

  test('are told no further when nobody listens any more', async () => {
    const gone = new Error('gone');
    const writeLine = (): void => {
      throw gone;
    };
    await expect(tell(store, {}, { writeLine })).rejects.toThrow(gone);
  });

  test('as a table, for a spreadsheet and as Parquet', async () => {
    const asked = { person: "o'hara" };
    const text = (await tell(store, asked, { format: 'text' })).lines;
    expect(text[0]).toMatch(/^TIME \(UTC\) +WHAT +WHO +FROM +THROUGH/);
    expect(text[1]).toMatch(
      /^2026-06-29T12:00:00Z +login +o'hara@example.jp +203.0.113.7 +dovecot\/imap/,
    );
    const csv = (await tell(store, asked, { format: 'csv' })).lines;
    expect(csv).toHaveLength(2);
    expect(csv[1]).toContain(
      "2026-06-29T12:00:00.000Z,login,success,o'hara@example.jp,,203.0.113.7,",
    );
    const parquet = new ParquetFile((await tell(store, asked, { format: 'parquet' })).bytes);
    expect(parquet.rows).toBe(1);
    expect(parquet.dictionary('user')?.at(0)).toBe("o'hara@example.jp");
    expect([...parquet.numbers('time')]).toEqual([Date.parse('2026-06-29T12:00:00Z')]);
    expect(
      (await tell(store, { person: 'nobody' }, { format: 'parquet' })).bytes.length,
    ).toBeGreaterThan(100);
  });
});

const rowsIn = (folder: string): readonly string[] =>
  readdirSync(join(folder, 'segments'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.parquet'))
    .map(name => join(folder, 'segments', name))
    .toSorted();

describe('a store', () => {
  test('whose rows are damaged or missing is read all the same, and the file is named', async () => {
    const damaged = await filled();
    const expected = (await tell(damaged)).lines;
    const [first = '', second = '', third = ''] = rowsIn(damaged);
    const bytes = readFileSync(first);
    bytes[Math.floor(bytes.length / 3)] = (bytes[Math.floor(bytes.length / 3)] ?? 0) ^ 0xff;
    writeFileSync(first, bytes);
    unlinkSync(second);
    writeFileSync(third, '');
    const told = await tell(damaged);
    expect(told.unseen.map(({ what }) => what).toSorted()).toEqual([first, second, third]);
    const bare = (line: string): unknown => {
      const { metadata: _, ...event } = JSON.parse(line) as Ocsf;
      return event;
    };
    expect(told.lines.map(bare)).toEqual(expected.map(bare));
  });

  test('with any byte of its rows damaged tells the same of a person, or names the file', async () => {
    const damaged = await filled();
    const asked = { person: 'suzuki', kind: 'login' };
    const bare = ({ unmapped, time, user }: Ocsf): unknown => [unmapped.postern.line, time, user];
    const expected = eventsOf(await tell(damaged, asked)).map(bare);
    const [path = ''] = rowsIn(damaged);
    const whole = readFileSync(path);
    expect(whole.toString('latin1')).toContain('PSTF');
    for (let at = 0; at < whole.length; at += 13) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, bytes);
      const told = await tell(damaged, asked);
      const isNamed = told.unseen.some(({ what }) => what === path);
      if (!isNamed) expect(eventsOf(told).map(bare), `byte ${at}`).toEqual(expected);
    }
  });

  test('whose rows say not of whom they tell is looked through', async () => {
    const older = await filled();
    for (const path of rowsIn(older)) {
      const bytes = readFileSync(path);
      bytes.write('none', bytes.lastIndexOf('PSTF'), 'latin1');
      writeFileSync(path, bytes);
    }
    for (const asked of [{ person: 'suzuki' }, { person: 'nobody' }, { person: 'sato' }]) {
      expect(await tell(older, asked)).toEqual(await tell(store, asked));
    }
  });

  test('that another process writes to is read as it is, what is in no segment yet included', async () => {
    const [writing, opened] = await newStore();
    try {
      await keep(opened, 'mail.log', mail);
      expect(usersOf(await tell(writing, { kind: 'login' }))).toHaveLength(4);
      await opened.evidence.flush();
      await keep(opened, 'other.log', other);
      const told = await tell(writing, { kind: 'login' });
      expect([usersOf(told).length, told.unseen]).toEqual([7, []]);
    } finally {
      await opened.close();
    }
    expect(usersOf(await tell(writing, { kind: 'login' }))).toHaveLength(7);
  });

  test('that holds no logs is a mistake', async () => {
    await expect(tell(join(store, 'none'))).rejects.toThrow('holds no logs');
  });
});
