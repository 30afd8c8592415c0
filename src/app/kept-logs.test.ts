import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openEvidenceStore } from './evidence/open.ts';
import { keptLogs } from './kept-logs.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-kept-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const [store, root] = [join(base, 'store'), join(base, 'root')];
mkdirSync(join(root, 'var/log'), { recursive: true });
writeFileSync(join(root, 'var/log/mail.log'), 'x\n');
symlinkSync('mail.log', join(root, 'var/log/maillog'));

let now = new Date('2026-06-26T10:00:00Z');
const { evidence, close } = await openEvidenceStore(store, { now: () => now });
const path = join(root, 'var/log/mail.log');
const mine = await evidence.source('mail', { host: 'mx1', path });
const other = await evidence.source('other', {
  host: 'mx2',
  path: join(root, 'var/log/other.log'),
});
const nameless = await evidence.source('nameless', { path: join(root, 'var/log/third.log') });
for (const day of ['2026-06-26', '2026-06-27', '2026-06-28', '2026-06-29']) {
  now = new Date(`${day}T10:00:00Z`);
  for (const source of [mine, other, nameless]) {
    await source.append(Buffer.from(`${day}\n`), day, { day });
  }
}
await mine.gap('2026-06-28', '2026-06-28', 'the file was cut off');
await evidence.policy({ id: 'all', keepDays: 700, why: 'agreed' });
now = new Date('2026-06-30T00:10:00Z');
for (const source of [mine, other, nameless]) source.readToEnd();
await evidence.seal();
await close();

const paths = ['/var/log/mail.log', '/var/log/other.log', '/var/log/third.log'];
const asked = { store, root, paths, here: 'mx1' };

describe('a store', () => {
  test('tells of the logs of this host what its seals say', () => {
    const kept = keptLogs(asked);
    expect(kept?.broken).toBeUndefined();
    expect([...(kept?.logs ?? [])]).toEqual([
      [
        '/var/log/mail.log',
        {
          source: 'mail',
          addedDay: '2026-06-26',
          firstDay: '2026-06-26',
          lastDay: '2026-06-29',
          keepsDays: 700,
          missing: [{ day: '2026-06-28', is: 'lost', why: 'the file was cut off' }],
          retired: false,
        },
      ],
    ]);
  });

  test('knows a log by where it lies, through links, and not that of another machine or folder', () => {
    const logs = (more: Partial<typeof asked>) => [
      ...(keptLogs({ ...asked, ...more })?.logs.keys() ?? []),
    ];
    expect(logs({ paths: ['/var/log/maillog'] })).toEqual(['/var/log/maillog']);
    expect(logs({ here: 'mx3' })).toEqual([]);
    expect(logs({ here: 'mx2' })).toEqual(['/var/log/other.log']);
    expect(logs({ root: '/' })).toEqual([]);
  });

  test('has a log that comes by a pipe where somebody says so', () => {
    const said = [
      { source: 'nameless', path: '/var/log/journal' },
      { source: 'nobody', path: '/var/log/mail.log' },
      { source: 'mail', path: '/var/log/elsewhere' },
    ];
    const kept = keptLogs({ ...asked, paths: ['/var/log/journal', '/var/log/mail.log'], said });
    expect([...(kept?.logs ?? [])].map(([log, { source, said: by }]) => [log, source, by])).toEqual(
      [
        ['/var/log/mail.log', 'mail', undefined],
        ['/var/log/journal', 'nameless', true],
      ],
    );
  });

  test('accounts for no day before it took a log in hand, but for those that have lines', async () => {
    const young = join(base, 'young');
    const at = new Date('2026-06-30T10:00:00Z');
    const opened = await openEvidenceStore(young, { now: () => at });
    const source = await opened.evidence.source('mail', { host: 'mx1', path });
    for (const day of ['2026-06-26', '2026-06-28', '2026-06-30']) {
      await source.append(Buffer.from(`${day}\n`), day, { day });
    }
    source.readToEnd();
    await opened.evidence.seal();
    await opened.close();
    const kept = keptLogs({ ...asked, store: young })?.logs.get('/var/log/mail.log');
    expect(kept).toMatchObject({ firstDay: '2026-06-26', lastDay: '2026-06-29' });
    expect(kept?.missing.map(({ day, is }) => [day, is])).toEqual([
      ['2026-06-27', 'open'],
      ['2026-06-29', 'open'],
    ]);
  });

  test('that has lines of a day that is not over has sealed none', async () => {
    const young = join(base, 'new');
    const at = new Date('2026-06-30T10:00:00Z');
    const opened = await openEvidenceStore(young, { now: () => at });
    const source = await opened.evidence.source('mail', { host: 'mx1', path });
    await source.append(Buffer.from('x\n'), '1', { day: '2026-06-30' });
    await opened.evidence.seal();
    await opened.close();
    const kept = keptLogs({ ...asked, store: young })?.logs.get('/var/log/mail.log');
    expect(kept).toMatchObject({ firstDay: '2026-06-30', missing: [] });
    expect(kept?.lastDay).toBeUndefined();
  });

  test('that is none has nothing to say', () => {
    expect(keptLogs({ ...asked, store: base })).toBeUndefined();
  });
});

// The last: they break the store.
test.each([
  ['segments/mail/2026-06-27/00000002.raw.zst', true],
  ['segments/other/2026-06-27/00000002.raw.zst', false],
  ['log/tile/entries/000.p/14', true],
])('a byte of %s that is another: broken is %s', (file, isBroken) => {
  const bytes = readFileSync(join(store, file));
  const hurt = Buffer.from(bytes);
  hurt[60] = (hurt[60] ?? 0) ^ 1;
  writeFileSync(join(store, file), hurt);
  expect(keptLogs(asked)?.broken !== undefined).toBe(isBroken);
  writeFileSync(join(store, file), bytes);
});
