import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readNotes } from '../src/advisories/feeds/notes/parse.ts';
import { notes } from '../src/advisories/feeds/notes.ts';
import { curatedNotes } from '../src/advisories/notes.generated.ts';
import { ownSchema } from './support/schemas.ts';

const page = readFileSync('docs/advisory-notes.md', 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const complaints = ownSchema('advisory-notes');

describe('the page on notes', () => {
  test('shows a document that can be imported as it stands', () => {
    const document = readNotes(example);
    expect(document).toMatchObject({ product: 'kuroneko-gate', complete: '2026-06-01' });
    expect(notes.sniff('gate.yaml', example.slice(0, 4_096))).toBeGreaterThan(0.9);
    expect(complaints(parse(example, { schema: 'failsafe' }))).toEqual([]);
    // What was read is itself a document of the same form.
    expect(readNotes(JSON.parse(JSON.stringify(document)))).toEqual(document);
  });

  test.each(curatedNotes.map(each => [each.product, each] as const))(
    'says that notes on %s are shipped, which keep to the schema',
    (_, document) => {
      expect(complaints(document)).toEqual([]);
      expect(readNotes(document)).toEqual(document);
      const vendor = document.vendor.split(' ')[0] ?? '';
      expect(page.includes(document.title) || page.includes(vendor)).toBe(true);
    },
  );
});

const base = {
  format: 'postern-notes/1',
  product: 'kuroneko-gate',
  title: 'Kuroneko Gate',
  vendor: 'Kuroneko Mail KK',
  scheme: 'generic',
  source: 'https://example.jp/security',
};
const note = { id: 'gate-1', date: '2026-01-20', title: 'Something', branches: [{ fixed: '1.2' }] };

describe('a mistake is named with its place, by the reader and by the schema', () => {
  test.each([
    ['a key that is none', { ...base, note: [] }, 'the document: note is no key'],
    ['a scheme that is none', { ...base, scheme: 'zimbar', notes: [] }, 'scheme is none of'],
    ['no notes at all', { ...base, source: undefined, notes: [] }, 'source is missing'],
    [
      'a date that is none',
      { ...base, notes: [{ ...note, date: 'soon' }] },
      'notes[0].date is no day',
    ],
    [
      'a sign of another kind',
      { ...base, notes: [{ ...note, sign: 'rumour' }] },
      'notes[0].sign is not release',
    ],
    ['no branch', { ...base, notes: [{ ...note, branches: [] }] }, 'notes[0].branches is missing'],
    [
      'a branch with two ends',
      { ...base, notes: [{ ...note, branches: [{ fixed: '1', through: '1' }] }] },
      'branches[0] needs one of',
    ],
    [
      'an end of what does not begin',
      { ...base, notes: [{ ...note, branches: [{ through: '1', until: '2' }] }] },
      'branches[0].until needs fixed',
    ],
    [
      'an address that leads nowhere',
      { ...base, notes: [{ ...note, urls: ['javascript:alert(1)'] }] },
      'urls[0] is no web address',
    ],
  ])('%s', (_, document, why) => {
    const reading = readNotes(document);
    expect('mistake' in reading ? reading.mistake : '').toContain(why);
    expect(complaints(JSON.parse(JSON.stringify(document)))).not.toEqual([]);
  });

  test.each([
    [
      'a later branch without a beginning',
      { ...base, notes: [{ ...note, branches: [{ fixed: '1' }, { fixed: '2' }] }] },
      'branches[1].from is missing',
    ],
    ['one id for two notes', { ...base, notes: [note, note] }, 'gate-1 is the id of two notes'],
    [
      'a flaw that is not the note’s',
      {
        ...base,
        notes: [
          { ...note, exploited: [{ since: '2026-01-21', by: 'us', flaws: ['CVE-2026-1000'] }] },
        ],
      },
      'none of the note’s flaws',
    ],
    ['a day that does not exist', { ...base, notes: [{ ...note, date: '2026-02-30' }] }, 'no day'],
  ])('%s, which no schema can see', (_, document, why) => {
    const reading = readNotes(document);
    expect('mistake' in reading ? reading.mistake : '').toContain(why);
  });

  test('YAML that unfolds itself, or is none, is a mistake', () => {
    const bomb = `a: &a [x,x]\nb: &b [*a,*a]\nformat: postern-notes/1\nproduct: [*b,*b]\n`;
    const twice = `${example}notes: []\n`;
    expect(readNotes(twice)).toEqual({ mistake: 'a key stands twice in one mapping' });
    for (const text of [bomb, 'format: [', '['.repeat(20_000), 'x'.repeat(2_000_000), '']) {
      expect(readNotes(text)).toHaveProperty('mistake');
    }
  });
});
