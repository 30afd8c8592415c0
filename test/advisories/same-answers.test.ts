import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { memoryIndex } from '../../src/advisories/memory-index.ts';
import type { FeedEntry, Holding } from '../../src/core/advisory.ts';
import type { AdvisoryIndex } from '../../src/core/advisory-index.ts';
import { AdvisoryStore } from '../../src/store/advisory-store.ts';
import { entry, flawNames, holdingAbout, productKeys } from './generated.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-index-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let stores = 0;
const newStore = (): AdvisoryStore => {
  stores += 1;
  return new AdvisoryStore(join(base, String(stores)));
};

const fill = (
  store: AdvisoryStore,
  about: Omit<Holding, 'entries' | 'scopes'>,
  entries: readonly FeedEntry[],
): Holding => {
  const writer = store.write(about.feed, about.part);
  for (const each of entries) writer.add(each);
  const holding = writer.seal(about);
  writer.publish();
  return holding;
};

/** Everything that an index can be asked about the names that there are. */
const answers = (index: AdvisoryIndex): unknown => ({
  holdings: index.holdings,
  about: productKeys.map(key => index.about(key)),
  vexAbout: productKeys.map(key => index.vexAbout(key)),
  named: flawNames.map(name => index.named(name)),
  exploited: flawNames.map(name => index.exploited(name)),
  likelihood: flawNames.map(name => index.likelihood(name)),
});

const parts = ['Debian', 'Packagist'] as const;

test('an index in memory and one in files answer alike, in the same order', () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.array(entry, { maxLength: 25 }), fc.array(entry, { maxLength: 10 })),
      entries => {
        const store = newStore();
        const held = parts.map((part, i) => {
          const mine = entries[i] ?? [];
          return { holding: fill(store, holdingAbout('osv', part), mine), entries: mine };
        });
        const open = store.open();
        try {
          expect(open.damaged).toEqual([]);
          expect(answers(open)).toEqual(answers(memoryIndex(held)));
        } finally {
          open.close();
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('what a holding hands out, put into another one, answers alike', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 25 }), entries => {
      const [first, second] = [newStore(), newStore()];
      const about = holdingAbout('osv', 'Debian');
      const holding = fill(first, about, entries);
      const reader = first.read('osv', 'Debian');
      const again = [...reader.entries()];
      reader.close();
      // Copies that a newer one took the place of are not counted, and not handed out.
      expect(again).toHaveLength(holding.entries);
      fill(second, about, again);
      const [one, other] = [first.open(), second.open()];
      try {
        expect(answers(other)).toEqual(answers(one));
      } finally {
        one.close();
        other.close();
      }
    }),
    { numRuns: 75 },
  );
});

test('what was there before, told anew, changes nothing', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 20 }), entries => {
      const store = newStore();
      const about = holdingAbout('osv', 'imported');
      fill(store, about, entries);
      const before = store.open();
      const asked = answers(before);
      before.close();
      const reader = store.read('osv', 'imported');
      const writer = store.write('osv', 'imported');
      for (const each of entries) writer.add(each);
      writer.keepFrom(reader);
      reader.close();
      writer.seal(about);
      writer.publish();
      const after = store.open();
      expect(answers(after)).toEqual(asked);
      after.close();
    }),
    { numRuns: 75 },
  );
});
