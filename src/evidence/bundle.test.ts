import { describe, expect, test } from 'vitest';
import { lineOf, SimulatedStore } from '../../test/support/evidence-run.ts';
import { type BundleRange, planBundle } from './bundle.ts';
import { readManifest, verifyBundle } from './verify/bundle.ts';
import type { StoreReader } from './verify/reader.ts';

/** Two sources, three days, a day that is missing of one of them, a hold, and a day that was deleted. */
const store = new SimulatedStore();
store.nowMs = Date.parse('2026-06-27T10:00:00Z');
const evidence = await store.open({ segmentBytes: 100 });
const dovecot = await evidence.source('dovecot');
const postfix = await evidence.source('postfix');
for (const day of ['2026-06-27', '2026-06-28', '2026-06-29']) {
  store.nowMs = Date.parse(`${day}T10:00:00Z`);
  for (let n = 0; n < 6; n += 2) {
    const lines = Buffer.from(lineOf('dovecot', n) + lineOf('dovecot', n + 1));
    await dovecot.append(lines, `${day} ${n}`);
  }
  if (day !== '2026-06-28') await postfix.append(Buffer.from(lineOf('postfix', 1)), day);
  await evidence.flush();
}
await postfix.gap('2026-06-28', '2026-06-28', 'the host was off');
await evidence.hold({
  id: 'case-7',
  source: 'dovecot',
  fromDay: '2026-06-28',
  toDay: '2026-06-29',
  why: 'a break-in',
});
store.nowMs = Date.parse('2026-06-30T00:10:00Z');
dovecot.readToEnd();
postfix.readToEnd();
await evidence.seal();
await evidence.policy({ id: 'all', keepDays: 2, why: 'two days are agreed' });
await evidence.prune();
await evidence.close();

const keys = [store.signer.verifierKey];

const bundleOf = (range: BundleRange): Map<string, Buffer> => {
  const planned = planBundle(store.reader, range);
  if (!planned.ok) throw new Error(planned.why);
  return new Map([...planned.bundle.files()].map(({ path, bytes }) => [path, Buffer.from(bytes)]));
};

const readerOf = (files: ReadonlyMap<string, Buffer>): StoreReader => ({
  read: path => files.get(path),
  list: folder => {
    const within = [...files.keys()].filter(path => path.startsWith(`${folder}/`));
    return [
      ...new Set(within.map(path => path.slice(folder.length + 1).split('/')[0] ?? '')),
    ].toSorted();
  },
});

const verified = (files: ReadonlyMap<string, Buffer>, deep = false) => {
  const manifest = readManifest(files.get('bundle.json'));
  if (manifest === undefined) throw new Error('it has no manifest');
  return verifyBundle(readerOf(files), manifest, { keys, deep });
};

describe('a bundle', () => {
  test('holds the lines of its days and no others, and all of the log', () => {
    const files = bundleOf({ sources: ['dovecot'], fromDay: '2026-06-29', toDay: '2026-06-29' });
    const segments = [...files.keys()].filter(path => path.startsWith('segments/'));
    expect(segments).toEqual([
      'segments/dovecot/2026-06-29/00000007.raw.zst',
      'segments/dovecot/2026-06-29/00000008.raw.zst',
      'segments/dovecot/2026-06-29/00000009.raw.zst',
    ]);
    const found = verified(files, true);
    expect(found).toMatchObject({
      ok: true,
      trust: 'given',
      here: { segments: 3, lines: 6, deleted: 0 },
      uncovered: [],
    });
    expect(found.lines).toBe(20);
  });

  test('is the same, byte for byte, whenever it is made of the same log', () => {
    expect([...bundleOf({})]).toEqual([...bundleOf({})]);
  });

  test('of a case holds the days and the source of its hold', () => {
    const files = bundleOf({ case: 'case-7' });
    expect(verified(files)).toMatchObject({
      ok: true,
      scope: { case: 'case-7', sources: ['dovecot'], fromDay: '2026-06-28', toDay: '2026-06-29' },
      here: { segments: 6, lines: 12 },
    });
  });

  test('says which of its days may lack something, and what was deleted', () => {
    const { ok, here, uncovered } = verified(bundleOf({}));
    expect([ok, here]).toEqual([true, { segments: 7, lines: 13, deleted: 4 }]);
    expect(uncovered.map(({ source, day, why }) => `${day} ${source}: ${why}`)).toEqual([
      '2026-06-27 dovecot: 3 of its segments were deleted, as a policy asked',
      '2026-06-27 postfix: 1 of its segments were deleted, as a policy asked',
      '2026-06-28 postfix: the host was off',
    ]);
  });

  test('of days before there was anything is covered by no seal', () => {
    const files = bundleOf({ sources: ['postfix'], fromDay: '2026-06-25' });
    expect(verified(files).uncovered.slice(0, 1)).toEqual([
      { source: 'postfix', day: '2026-06-25', why: 'no seal accounts for it' },
    ]);
  });

  test('of nothing is refused, with the reason', () => {
    const why = (range: BundleRange): string => {
      const planned = planBundle(store.reader, range);
      return planned.ok ? '' : planned.why;
    };
    expect(why({ sources: ['nobody'] })).toBe('there is no source nobody');
    expect(why({ case: 'case-8' })).toBe('there is no hold case-8');
    expect(why({ fromDay: '2026-07-09' })).toBe('there is no line of these days');
    expect(why({ toDay: '2026-06-27' })).toContain('segments of these days were deleted');
  });
});

describe('a bundle that was altered', () => {
  const files = bundleOf({ case: 'case-7' });
  // What helps a reader, and is no evidence.
  const helpers = new Set(['README.txt', 'check.go']);

  test('is found, whichever file is gone', () => {
    for (const path of files.keys()) {
      if (helpers.has(path) || path === 'bundle.json') continue;
      const hurt = new Map(files);
      hurt.delete(path);
      expect([path, verified(hurt).ok]).toEqual([path, false]);
    }
  });

  test('is found, whichever byte is another', () => {
    for (const [path, bytes] of files) {
      if (helpers.has(path) || path === 'bundle.json') continue;
      for (let i = 0; i < bytes.length; i += 23) {
        const hurt = Buffer.from(bytes);
        hurt[i] = (hurt[i] ?? 0) ^ 2;
        expect([path, i, verified(new Map(files).set(path, hurt)).ok]).toEqual([path, i, false]);
      }
    }
  });

  test('so that it claims more than it holds is found, and of another log', () => {
    const text = files.get('bundle.json')?.toString('utf8') ?? '';
    const saying = (from: string, to: string) => {
      expect(text).toContain(from);
      return verified(new Map(files).set('bundle.json', Buffer.from(text.replace(from, to))));
    };
    const more = saying('"fromDay": "2026-06-28"', '"fromDay": "2026-06-26"');
    expect(more.uncovered.map(({ day }) => day)).toEqual(['2026-06-26', '2026-06-27']);
    expect(saying('"dovecot"', '"postfix"').broken[0]?.why).toBe('the file is missing');
    expect(saying('evidence"', 'else"').broken[0]?.why).toContain('another log');
    expect(readManifest(Buffer.from(text.replace('2026-06-28', 'soon')))).toBeUndefined();
  });
});
