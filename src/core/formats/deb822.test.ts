import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { parseChangelog } from '../../advisories/local/apt/changelog.ts';
import type { FileView } from '../files.ts';
import { apkEntries } from './apk-db.ts';
import { pickStanzas } from './apt-lists.ts';
import { stanzas, stanzasIn } from './deb822.ts';

test('reads paragraphs with continuation lines, comments and carriage returns', () => {
  const text =
    'Package: postfix\r\n# a comment\nDescription: short\n long\n .\n\n\nPackage: exim4\nVersion: 4\n';
  expect([...stanzas(text)].map(({ fields, line }) => [line, Object.fromEntries(fields)])).toEqual([
    [1, { package: 'postfix', description: 'short\nlong\n.' }],
    [8, { package: 'exim4', version: '4' }],
  ]);
});

const word = fc.stringMatching(/^[a-z][a-z0-9+.-]{0,12}$/);

test('finds the paragraphs of the wanted packages wherever the pieces are cut', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1, maxLength: 30 }),
      fc.array(fc.nat(2_000), { maxLength: 12 }),
      fc.boolean(),
      (names, cuts, open) => {
        const text = names
          .map(
            name => `Package: ${name}\nVersion: 1.${name.length}\nDescription: ${'x'.repeat(40)}\n`,
          )
          .join('\n');
        const bytes = Buffer.from(open ? text.trimEnd() : `${text}\n`);
        const wanted = new Set(names.filter((_, i) => i % 3 === 0));
        const at = [...new Set(cuts.map(cut => cut % bytes.length))].toSorted((a, b) => a - b);
        const pieces = [...at, bytes.length].map((end, i) => bytes.subarray(at[i - 1] ?? 0, end));
        const found = [...pickStanzas(pieces, wanted)].flatMap(each =>
          [...stanzas(each)].flatMap(({ fields }) => fields.get('package') ?? []),
        );
        expect(found.filter(name => wanted.has(name)).toSorted()).toEqual([...wanted].toSorted());
      },
    ),
    { numRuns: 500 },
  );
});

test('never throws, whatever the text, and gives no more than there is', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      'Package: a',
      'Package:',
      ' continued',
      ':',
      '#',
      'P:x',
      'F:etc',
      'R:',
      'V',
    ),
    fc.constantFrom(
      'a (1) b; urgency=low',
      '  * CVE-2026-1',
      ' -- A <a@b>  Mon, 09 Mar 2026 00:00:00 +0000',
      ' -- ',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), rows => {
      const text = rows.join('\n');
      const bound = text.split('\n').length + 1;
      expect([...stanzas(text)].length).toBeLessThanOrEqual(bound);
      expect([...apkEntries(text)].length).toBeLessThanOrEqual(bound);
      expect(parseChangelog(text).length).toBeLessThanOrEqual(bound);
      expect([...pickStanzas([Buffer.from(text)], new Set(['a']))].length).toBeLessThanOrEqual(
        bound,
      );
    }),
    { numRuns: 1_000 },
  );
});

test('reads a file in pieces as it reads it whole, with the same lines', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('Package: a\n', 'V: 1\n', '\n', ' x\n', '\r\n', 'é: ü\n', 'b'), {
        maxLength: 60,
      }),
      fc.integer({ min: 1, max: 9 }),
      (rows, step) => {
        const text = rows.join('');
        const bytes = Buffer.from(text);
        const files: FileView = {
          ...memoryView({ '/s': text }),
          *chunks() {
            for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
          },
        };
        const wanted = new Set(['package', 'v', 'é']);
        expect([...stanzasIn(files, '/s', 1 << 20, wanted)]).toEqual([...stanzas(text, wanted)]);
      },
    ),
    { numRuns: 500 },
  );
});

test('takes time that grows with the text alone', () => {
  const started = performance.now();
  const nasty = `${'Package: a\n'.repeat(100_000)}${' '.repeat(500_000)}`;
  expect([...stanzas(nasty)].length).toBeGreaterThan(1);
  parseChangelog(`a (${'('.repeat(300_000)}\n -- ${'<'.repeat(300_000)}`);
  expect(performance.now() - started).toBeLessThan(3_000);
});
