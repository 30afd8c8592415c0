import { describe, expect, test } from 'vitest';
import { holdingOf } from '../../../test/support/holding.ts';
import type { FeedEntry } from '../../core/advisory.ts';
import { notes } from '../feeds/notes.ts';
import { osv } from '../feeds/osv.ts';
import { memoryIndex } from '../memory-index.ts';
import type { NoteBranch } from '../notes-document.ts';
import { keyOfNote, keyOfPackage } from '../product-key.ts';
import { type Statement, statementsUnder } from './statements.ts';
import type { Voice } from './voices.ts';

const holding = holdingOf('osv', 'Packagist');

const said = (
  voice: Pick<Voice, 'key' | 'feeds' | 'version'>,
  entries: readonly FeedEntry[],
): Statement | undefined =>
  statementsUnder({ ...voice, rank: 1, packaged: false }, memoryIndex([{ holding, entries }]))[0];

const entriesOf = (reading: ReturnType<typeof osv.read>): readonly FeedEntry[] => {
  if (!('entries' in reading)) throw new Error(reading.refused);
  return reading.entries;
};

describe('the version that mends it', () => {
  const events = (...list: readonly Readonly<Record<string, string>>[]): readonly FeedEntry[] =>
    entriesOf(
      osv.read({
        document: 'all.zip',
        number: 1,
        value: {
          id: 'GHSA-aaaa-bbbb-cccc',
          modified: '2026-06-01T00:00:00Z',
          affected: [
            {
              package: { ecosystem: 'Packagist', name: 'kuroneko/webmail' },
              ranges: [{ type: 'ECOSYSTEM', events: list }],
            },
          ],
        },
      }),
    );
  const fixedIn = (version: string, entries: readonly FeedEntry[]): string | undefined =>
    said({ key: keyOfPackage('Packagist', 'kuroneko/webmail'), feeds: ['osv'], version }, entries)
      ?.fixedIn;

  test('is that of the installed branch', () => {
    const both = events(
      { introduced: '0' },
      { fixed: '1.5.10' },
      { introduced: '1.6.0' },
      { fixed: '1.6.11' },
    );
    expect(fixedIn('1.5.9', both)).toBe('1.5.10');
    expect(fixedIn('1.6.3', both)).toBe('1.6.11');
  });

  test('is not that of an older branch', () => {
    const older = events({ introduced: '0' }, { fixed: '1.5.10' }, { introduced: '1.6.0' });
    expect(fixedIn('1.5.9', older)).toBe('1.5.10');
    expect(fixedIn('1.6.3', older)).toBeUndefined();
  });
});

describe('a vendor’s note of several branches', () => {
  const note = (...branches: readonly NoteBranch[]): readonly FeedEntry[] =>
    entriesOf(
      notes.read({
        document: 'gate.json',
        number: 1,
        value: JSON.stringify({
          format: 'postern-notes/1',
          product: 'kuroneko-gate',
          title: 'Kuroneko Gate',
          vendor: 'Kuroneko Mail KK',
          scheme: 'generic',
          source: 'https://example.jp/security',
          notes: [
            { id: 'gate-1', date: '2026-05-20', title: 'A flaw', urls: [], flaws: [], branches },
          ],
        }),
      }),
    );
  const of = (version: string, entries: readonly FeedEntry[]): unknown => {
    const statement = said({ key: keyOfNote('kuroneko-gate'), feeds: ['notes'], version }, entries);
    return [statement?.outcome, statement?.fixedIn, statement?.unmended];
  };

  test('gives up the one that is given up, and no other', () => {
    const entries = note(
      { unmended: 'Move to 9.' },
      { from: '9.0.0', fixed: '9.2.3', until: '10.0.0' },
    );
    expect(of('8.1', entries)).toEqual(['affected', '9.2.3', 'Move to 9.']);
    expect(of('9.1', entries)).toEqual(['affected', '9.2.3', undefined]);
  });

  test('does not send a later branch back to an older one', () => {
    const entries = note({ fixed: '8.4.17' }, { from: '9.0.0', unmended: 'Replace it.' });
    expect(of('8.1', entries)).toEqual(['affected', '8.4.17', undefined]);
    expect(of('9.1', entries)).toEqual(['affected', undefined, 'Replace it.']);
  });
});
