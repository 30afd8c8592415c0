import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { holdingAbout, productKeys } from '../../test/advisories/generated.ts';
import type { FeedEntry } from '../core/advisory.ts';
import { AdvisoryStore } from './advisory-store.ts';
import { LoneNames } from './lone-names.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-store-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let stores = 0;
const newFolder = (): string => {
  stores += 1;
  return join(base, String(stores));
};

const [roundcube] = productKeys;
if (roundcube === undefined) throw new Error('there are no keys');

const advisory = (id: string, modified = '2026-06-01'): FeedEntry => ({
  kind: 'advisory',
  advisory: {
    feed: 'osv',
    id,
    aliases: [],
    covers: [],
    title: `About ${id}, ${modified}`,
    modified,
    severities: [],
    references: [],
    affected: [
      {
        key: roundcube,
        product: 'roundcube',
        scheme: 'generic',
        spans: [],
        rest: 'affected',
        fixed: [],
      },
    ],
  },
});

const fill = (store: AdvisoryStore, part: string, ids: readonly string[]): void => {
  const writer = store.write('osv', part);
  for (const id of ids) writer.add(advisory(id));
  writer.seal(holdingAbout('osv', part));
  writer.publish();
};

const idsIn = (store: AdvisoryStore): readonly string[] => {
  const open = store.open();
  try {
    return open.about(roundcube).map(each => each.advisory.id);
  } finally {
    open.close();
  }
};

const module = (path: string): string => JSON.stringify(new URL(path, import.meta.url).pathname);

/** Another process that goes on putting copies of a holding into force, each of 400 records of one mark. */
const writingForEver = (folder: string): string => `
  import { AdvisoryStore } from ${module('./advisory-store.ts')};
  const store = new AdvisoryStore(${JSON.stringify(folder)});
  const unlock = store.lock();
  store.tidy();
  for (let round = 1; ; round += 1) {
    const writer = store.write('osv', 'Debian');
    for (let i = 0; i < 400; i += 1) {
      writer.add({ kind: 'advisory', advisory: {
        feed: 'osv', id: 'CVE-2026-' + (1000 + i), aliases: [], covers: [], title: 'round ' + round,
        severities: [], references: [], affected: [{ key: ${JSON.stringify(roundcube)}, product: 'x',
        scheme: 'generic', spans: [], rest: 'affected', fixed: [] }] } });
    }
    writer.seal(${JSON.stringify(holdingAbout('osv', 'Debian'))});
    writer.publish();
    if (round === 1) process.stdout.write('ready');
  }`;

const child = (script: string) =>
  spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

describe('whoever is killed', () => {
  test('leaves a whole copy in force, the lock to the next, and partial files that the next removes', async () => {
    const folder = newFolder();
    const store = new AdvisoryStore(folder);
    for (let kill = 0; kill < 8; kill += 1) {
      const writer = child(writingForEver(folder));
      await once(writer.stdout, 'data');
      expect(() => store.lock()).toThrow('another run of Postern is at work');
      await pause(Math.floor((kill * 37) % 90));
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      const open = store.open();
      const titles = open.about(roundcube).map(each => each.advisory.title);
      open.close();
      expect(open.damaged).toEqual([]);
      expect([titles.length, new Set(titles).size]).toEqual([400, 1]);
    }
    const unlock = store.lock();
    store.tidy();
    expect(readdirSync(store.folder).sort()).toEqual(['changing.lock', 'osv~Debian.sqlite']);
    unlock();
  });

  test('leaves no download behind but what can be gone on with', () => {
    const store = new AdvisoryStore(newFolder());
    const downloads = store.downloads();
    writeFileSync(join(downloads, 'osv_Debian'), 'whole, and never read');
    writeFileSync(join(downloads, '.osv_Debian.0123456789abcdef.part'), 'half');
    writeFileSync(join(store.folder, 'osv~Debian.json.partial'), '{');
    store.tidy();
    expect(readdirSync(downloads)).toEqual(['.osv_Debian.0123456789abcdef.part']);
    expect(readdirSync(store.folder)).toEqual(['downloads']);
  });
});

test('one at a time changes the database; reading goes on meanwhile', () => {
  const folder = newFolder();
  const store = new AdvisoryStore(folder);
  fill(store, 'Debian', ['CVE-2026-1']);
  const unlock = store.lock();
  expect(() => new AdvisoryStore(folder).lock()).toThrow(`at work in ${store.folder}`);
  expect(idsIn(store)).toEqual(['CVE-2026-1']);
  unlock();
  store.lock()();
});

test('who reads while a new copy comes into force goes on with the old one', () => {
  const store = new AdvisoryStore(newFolder());
  fill(store, 'Debian', ['CVE-2026-1']);
  const open = store.open();
  fill(store, 'Debian', ['CVE-2026-2']);
  expect(open.about(roundcube).map(each => each.advisory.id)).toEqual(['CVE-2026-1']);
  open.close();
  expect(idsIn(store)).toEqual(['CVE-2026-2']);
});

test('nothing of what was given up, or only sealed, is visible', () => {
  const store = new AdvisoryStore(newFolder());
  fill(store, 'Debian', ['CVE-2026-1']);
  const writer = store.write('osv', 'Debian');
  writer.add(advisory('CVE-2026-2'));
  expect(idsIn(store)).toEqual(['CVE-2026-1']);
  writer.seal(holdingAbout('osv', 'Debian'));
  expect(idsIn(store)).toEqual(['CVE-2026-1']);
  writer.abandon();
  writer.abandon();
  expect(readdirSync(store.folder)).toEqual(['osv~Debian.sqlite']);
});

test('more advisories about one product than are kept at hand answer to each of their names', () => {
  const store = new AdvisoryStore(newFolder());
  const writer = store.write('osv', 'Debian');
  const ids = Array.from({ length: 3_000 }, (_, i) => `CVE-2026-${10_000 + i}`);
  for (const [i, id] of ids.entries()) {
    const entry = advisory(`DEBIAN-${id}`);
    if (entry.kind !== 'advisory') continue;
    // Every tenth shares a name with the one before.
    const aliases = i % 10 === 9 ? [id, ids[i - 1] ?? ''] : [id];
    writer.add({ ...entry, advisory: { ...entry.advisory, aliases } });
  }
  writer.seal(holdingAbout('osv', 'Debian'));
  writer.publish();
  const open = store.open();
  try {
    const named = (): readonly (readonly string[])[] =>
      ids.map(id => open.named(id).map(each => each.advisory.id));
    const expected = ids.map((id, i) =>
      i % 10 === 8 ? [`DEBIAN-${id}`, `DEBIAN-${ids[i + 1]}`] : [`DEBIAN-${id}`],
    );
    expect(open.about(roundcube)).toHaveLength(3_000);
    expect(named()).toEqual(expected);
    expect(named()).toEqual(expected);
  } finally {
    open.close();
  }
});

test('a name that was counted twice is never called lone, whichever slot it shares', () => {
  const lone = new LoneNames();
  const names = Array.from({ length: 20_000 }, (_, i) => `CVE-2026-${10_000 + i}`);
  for (const [i, name] of names.entries()) {
    for (let times = 0; times <= i % 3; times += 1) lone.count(name);
  }
  const called = names.map(name => lone.isLone(name));
  expect(called.filter((isLone, i) => isLone && i % 3 !== 0)).toEqual([]);
  // Shared slots are few.
  expect(called.filter(Boolean).length).toBeGreaterThan(6_600);
});

test('a file of an earlier version of Postern is not asked, says why, and makes room for one that was made anew', () => {
  const store = new AdvisoryStore(newFolder());
  fill(store, 'Debian', ['CVE-2026-1']);
  const database = new DatabaseSync(store.pathOf('osv', 'Debian'));
  database.exec("UPDATE meta SET value = '1' WHERE name = 'shape'");
  database.close();
  const told: string[] = [];
  const open = store.open(({ why }) => told.push(why));
  expect(open.about(roundcube)).toEqual([]);
  open.close();
  expect(told).toEqual(['it was written by another version of Postern']);
  // Nobody tells its server that there is a copy: it would answer that nothing has changed.
  expect(store.holdingOf('osv', 'Debian')).toBeUndefined();
  fill(store, 'Debian', ['CVE-2026-2']);
  expect(idsIn(store)).toEqual(['CVE-2026-2']);
});

describe('a file that is damaged', () => {
  test.each<readonly [string, (path: string) => void]>([
    ['is empty', path => truncateSync(path, 0)],
    ['is something else', path => writeFileSync(path, 'no database at all'.repeat(200))],
    ['is cut off', path => truncateSync(path, 4_096)],
    [
      'is of another shape',
      path => {
        const database = new DatabaseSync(path);
        database.exec("UPDATE meta SET value = '99' WHERE name = 'shape'");
        database.close();
      },
    ],
    [
      'is a folder',
      path => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('because it %s, is named, and the others answer', (_, damage) => {
    const store = new AdvisoryStore(newFolder());
    fill(store, 'Debian', ['CVE-2026-1']);
    fill(store, 'Packagist', ['CVE-2026-2']);
    damage(store.pathOf('osv', 'Debian'));
    const told: string[] = [];
    const open = store.open(({ name }) => told.push(name));
    expect(open.about(roundcube).map(each => each.advisory.id)).toEqual(['CVE-2026-2']);
    expect(open.holdings.map(({ part }) => part)).toEqual(['Packagist']);
    expect(told).toEqual(['osv/Debian']);
    expect(store.holdingOf('osv', 'Debian')).toBeUndefined();
    open.close();
  });

  test('in its middle is named when that is asked for, and is no judge from then on', () => {
    const store = new AdvisoryStore(newFolder());
    const ids = Array.from({ length: 3_000 }, (_, i) => `CVE-2026-${10_000 + i}`);
    fill(store, 'Debian', ids);
    fill(store, 'Packagist', ['CVE-2026-2']);
    const path = store.pathOf('osv', 'Debian');
    const bytes = readFileSync(path);
    // Everything but the first pages, where the table of tables and the description of the holding are.
    writeFileSync(path, bytes.fill(0xa5, 10 * 4_096));
    const told: string[] = [];
    const open = store.open(({ name }) => told.push(name));
    const found = [...open.about(roundcube), ...open.named('CVE-2026-12999')];
    expect(found.map(each => each.advisory.id)).toEqual(['CVE-2026-2']);
    expect(told).toEqual(['osv/Debian']);
    expect(open.holdings.map(({ part }) => part)).toEqual(['Packagist']);
    open.close();
  });

  test('and bears no name of ours is named as it is', () => {
    const store = new AdvisoryStore(newFolder());
    fill(store, 'Debian', ['CVE-2026-1']);
    writeFileSync(join(store.folder, '%zz.sqlite'), 'x');
    expect(store.open().damaged.map(({ name }) => name)).toEqual(['%zz']);
  });
});

describe('a store that nobody may write', () => {
  const readOnly = newFolder();
  mkdirSync(readOnly);
  const mounts =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', readOnly]).status === 0;
  afterAll(() => {
    if (mounts) spawnSync('umount', ['-l', readOnly]);
  });

  test.skipIf(!mounts)('(mounted read-only: needs root) is read all the same', () => {
    const store = new AdvisoryStore(readOnly);
    fill(store, 'Debian', ['CVE-2026-1']);
    expect(spawnSync('mount', ['-o', 'remount,ro', readOnly]).status).toBe(0);
    expect(idsIn(store)).toEqual(['CVE-2026-1']);
    expect(() => store.lock()).toThrow();
    expect(spawnSync('mount', ['-o', 'remount,rw', readOnly]).status).toBe(0);
  });

  test.skipIf(!mounts)('(a disk of 2 MB that is full: needs root) keeps the copy before', () => {
    const store = new AdvisoryStore(readOnly);
    fill(store, 'Debian', ['CVE-2026-1']);
    const writer = store.write('osv', 'Debian');
    expect(() => {
      for (let i = 0; i < 40_000; i += 1) writer.add(advisory(`CVE-2026-${10_000 + i}`));
      writer.seal(holdingAbout('osv', 'Debian'));
    }).toThrow(/full|no space/);
    writer.abandon();
    expect(idsIn(store)).toEqual(['CVE-2026-1']);
    expect(readdirSync(store.folder).filter(name => name.endsWith('.partial'))).toEqual([]);
  });
});

test('a part may be called anything', () => {
  const store = new AdvisoryStore(newFolder());
  const parts = [
    '../../x',
    'a/b',
    '.',
    '',
    'é*?',
    'Rocky Linux',
    'p'.repeat(100),
    '漢'.repeat(100),
    `${'漢'.repeat(99)}字`,
  ];
  for (const part of parts) fill(store, part, [`CVE-2026-${parts.indexOf(part)}`]);
  const open = store.open();
  expect(open.damaged).toEqual([]);
  expect(open.holdings.map(({ part }) => part).sort()).toEqual([...parts].sort());
  open.close();
  expect(readdirSync(join(store.folder, '..'))).toEqual(['advisories']);
});

test('the advisories are readable for those who may not write it', () => {
  const folder = newFolder();
  const script = `
    import { AdvisoryStore } from ${module('./advisory-store.ts')};
    process.umask(0o077);
    const store = new AdvisoryStore(${JSON.stringify(folder)});
    store.downloads();
    const writer = store.write('osv', 'Debian');
    writer.seal(${JSON.stringify(holdingAbout('osv', 'Debian'))});
    writer.publish();`;
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', script]).status).toBe(0);
  const modeOf = (name: string): number => statSync(join(folder, 'advisories', name)).mode & 0o777;
  expect([modeOf('.'), modeOf('osv~Debian.sqlite')]).toEqual([0o755, 0o644]);
});

test('what is remembered of the last try is believed only where it is whole', () => {
  const store = new AdvisoryStore(newFolder());
  fill(store, 'Debian', ['CVE-2026-1']);
  const path = join(store.folder, 'osv~Debian.json');
  for (const text of ['null', '[]', '"x"', '{"on":1,"from":"x"}', '{"on":"2026', '']) {
    writeFileSync(path, text);
    expect(store.memoryOf('osv', 'Debian'), text).toBeUndefined();
    expect(store.holdingOf('osv', 'Debian')?.asOf).toBe('2026-06-01T00:00:00.000Z');
  }
  chmodSync(path, 0o644);
  expect(existsSync(path)).toBe(true);
});

test('the age of a copy is renewed only by a server that says that it still has the same', () => {
  const store = new AdvisoryStore(newFolder());
  const writer = store.write('osv', 'Debian');
  writer.add(advisory('CVE-2026-1'));
  writer.seal(holdingAbout('osv', 'Debian', { asOfBasis: 'server' }));
  writer.publish();
  const seen = (): unknown => store.holdingOf('osv', 'Debian');
  store.remember('osv', 'Debian', { on: '2026-06-05T00:00:00.000Z', from: 'x' });
  expect(seen()).toMatchObject({ asOf: '2026-06-01T00:00:00.000Z' });
  store.remember('osv', 'Debian', {
    on: '2026-06-06T00:00:00.000Z',
    from: 'x',
    confirmed: '2026-06-04T00:00:00.000Z',
    failed: 'it did not answer',
  });
  expect(seen()).toMatchObject({
    asOf: '2026-06-04T00:00:00.000Z',
    failed: { on: '2026-06-06T00:00:00.000Z', why: 'it did not answer' },
  });
});
