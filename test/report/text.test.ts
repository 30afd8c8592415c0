import { describe, expect, test } from 'vitest';
import { componentId } from '../../src/core/component.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { findingsOf } from '../../src/report/findings.ts';
import { inventoryText } from '../../src/report/inventory-text.ts';
import { cut, fit, printable, width, wrap } from '../../src/report/plain.ts';
import { text } from '../../src/report/text.ts';
import { allPass, answerWith, component, hostileAnswer } from '../support/answers.ts';
import { manyAnswers } from './answers.ts';

const columnsMax = 100;
const acts =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

/** @param pasted lines of remedies, which stay whole however wide they are. */
const keepsToPage = (written: string, pasted: ReadonlySet<string> = new Set()): void => {
  for (const line of written.split('\n')) {
    if (!pasted.has(line)) expect(width(line), line).toBeLessThanOrEqual(columnsMax);
  }
  expect(written).not.toMatch(acts);
};

const fail = (why: string, weight: number, remedy = `# mend ${why}`): Verdict => ({
  state: 'fail',
  why,
  evidence: [{ what: 'said here', path: '/etc/x.conf', line: 4 }],
  remedy,
  weight,
});

describe('text', () => {
  test.each(manyAnswers())('%s fits 100 columns and nothing in it acts', (_, answer) => {
    const pasted = new Set(
      findingsOf(answer).flatMap(({ verdict }) =>
        printable(verdict.remedy ?? '')
          .replaceAll('\t', '    ')
          .split('\n'),
      ),
    );
    keepsToPage(text(answer, { color: false }), pasted);
    keepsToPage(text(answer, { color: false, verbose: true }), pasted);
    keepsToPage(inventoryText(answer));
  });

  test('the sentence comes first, then a row for each component with its six states', () => {
    const off: Verdict = { state: 'not-applicable', why: 'off', evidence: [] };
    const rows = text(
      answerWith([
        component('postfix', {
          checks: {
            ...allPass,
            patched: { state: 'unknown', why: 'no index', evidence: [], remedy: '# look' },
            logged: fail('it is off', 70),
            retained: off,
          },
        }),
        component('postfix/filter', { partOf: componentId('postfix'), enabled: false }),
      ]),
      { color: false },
    ).split('\n');
    expect(rows[0]).toBe('2 parts of the mail platform found.');
    const states = (row: string | undefined): readonly string[] =>
      (row ?? '').trim().split(/ +/).slice(-6);
    const at = rows.findIndex(row => row.startsWith('COMPONENT'));
    expect(states(rows[at])).toEqual([
      'inventoried',
      'patched',
      'logged',
      'retained',
      'monitored',
      'contained',
    ]);
    expect(rows[at + 1]).toMatch(/^postfix {2,}1\.2\.3/);
    expect(states(rows[at + 1])).toEqual(['✓', 'unknown', 'fail', '–', '✓', '✓']);
    expect(rows[at + 2]).toMatch(/^ {2}filter {2,}\(off\) 1\.2\.3/);
  });

  test('the worst ten findings follow with their remedies, what fails before what is unknown', () => {
    const parts = Array.from({ length: 14 }, (_, i) =>
      component(`part${i}`, {
        checks: {
          ...allPass,
          logged:
            i < 12
              ? fail(`reason ${i}`, 40 + i)
              : { ...fail(`reason ${i}`, 99), state: 'unknown' as const },
        },
      }),
    );
    const written = text(answerWith(parts), { color: false });
    const titles = written.split('\n').filter(line => /^ ?\d+\. /.test(line));
    expect(titles).toHaveLength(10);
    expect(titles[0]).toBe('1. FAIL logged: part11');
    expect(titles[9]).toBe('10. FAIL logged: part2');
    expect(written).toContain('# mend reason 11');
    expect(written).toContain('see /etc/x.conf:4; docs/checks/logged.md');
    expect(written).toContain('4 more; --verbose');
    const all = text(answerWith(parts), { color: false, verbose: true });
    expect(all.split('\n').filter(line => /^ ?\d+\. /.test(line))).toHaveLength(14);
    expect(all).toContain('UNKNOWN logged: part12');
  });

  test('a program of its own is not indented below whoever comes before it in the alphabet', () => {
    const rows = text(
      answerWith([
        component('mailman'),
        component('mailman/hyperkitty'),
        component('nginx', { platform: 'web-front' }),
        component('roundcube@/srv/www', { platform: 'roundcube' }),
        component('roundcube@/srv/www/acl', { platform: 'roundcube' }),
      ]),
      { color: false },
    ).split('\n');
    const at = rows.findIndex(row => row.startsWith('COMPONENT'));
    expect(rows.slice(at + 1, at + 6).map(row => row.split(/ {2,}1\.2/)[0])).toEqual([
      'mailman',
      '  hyperkitty',
      'nginx',
      'roundcube@/srv/www',
      '  acl',
    ]);
  });

  test('one fault of forty plug-ins is one thing to mend', () => {
    const host = component('roundcube', { checks: { ...allPass, logged: fail('it is off', 70) } });
    const plugins = Array.from({ length: 40 }, (_, i) =>
      component(`roundcube/plugin${i}`, {
        partOf: host.id,
        checks: {
          ...allPass,
          logged: {
            ...fail('it is off (in the log of roundcube, which it runs through)', 70),
            remedy: '# mend it is off',
          },
        },
      }),
    );
    const written = text(answerWith([host, ...plugins]), { color: false });
    expect(written).toContain('WHAT TO MEND FIRST (1 of 1)');
    expect(written).toContain('1. FAIL logged: roundcube and 40 more');
  });

  test('an accepted risk stays a failure, marked, and goes to the end', () => {
    const accepted: Verdict = {
      ...fail('accepted one', 99),
      exception: { reason: 'replaced in spring', until: '2027-03-31', expired: false },
    };
    const expired: Verdict = {
      ...fail('expired one', 10),
      exception: { reason: 'was to be replaced', until: '2026-03-31', expired: true },
    };
    const written = text(
      answerWith([
        component('a', { checks: { ...allPass, patched: accepted } }),
        component('b', { checks: { ...allPass, patched: expired } }),
      ]),
      { color: false },
    );
    expect(written).toMatch(/^a .* fail\* /m);
    expect(written).toMatch(/^b .* fail {2,}/m);
    expect(written.indexOf('expired one')).toBeLessThan(written.indexOf('accepted one'));
    expect(written).toContain('accepted until 2026-03-31 (expired): was to be replaced');
  });

  test('a remedy stands at the margin with every line whole, to be pasted as it is', () => {
    const wide = `    option = ${'word '.repeat(30)}end`;
    const remedy = `# in a file:\nsetting {\n  on = yes\n}\n${wide}`;
    const parts = [component('a', { checks: { ...allPass, logged: fail('x', 50, remedy) } })];
    const written = text(answerWith(parts), { color: false });
    expect(written).toContain(`\n\n${remedy}\n`);
  });

  test('a comment wider than the page is wrapped into comments', () => {
    const remedy = `# ${'word '.repeat(30)}end\non`;
    const parts = [component('a', { checks: { ...allPass, logged: fail('x', 50, remedy) } })];
    const lines = text(answerWith(parts), { color: false }).split('\n');
    const at = lines.indexOf('on');
    expect(lines.slice(at - 2, at).every(line => line.startsWith('# word'))).toBe(true);
  });

  test('what one act mends in several parts is one finding, with the lines of each part', () => {
    const yaml = (id: string, need: string): string =>
      `# in postern.yaml (below the key, where it is there already):\ncomponents:\n  - match: "${id}"\n    needs: [${need}]\ntenants:\n  - name: <company>`;
    const parts = ['a', 'b'].map(id =>
      component(id, {
        checks: {
          ...allPass,
          contained: { ...fail('not stated', 10, yaml(id, `${id}-data`)), cause: 'not stated' },
        },
      }),
    );
    const written = text(answerWith(parts), { color: false });
    expect(written).toContain('WHAT TO MEND FIRST (1 of 1)');
    expect(written).toContain(
      'components:\n  - match: "a"\n    needs: [a-data]\n  - match: "b"\n    needs: [b-data]\ntenants:\n  - name: <company>\n',
    );
  });

  test('several acts for one check are several findings, and what follows from them comes last', () => {
    const logged: Verdict = {
      ...fail('both', 70),
      parts: [
        { ...fail('logins', 70, '# in x.conf:\nlogins = yes'), cause: 'logins' },
        { ...fail('reads', 60, '# in x.conf:\nreads = yes'), cause: 'reads' },
      ],
    };
    const parts = [
      component('a', {
        checks: { ...allPass, logged, monitored: { ...fail('nothing', 99), follows: 'logged' } },
      }),
      component('b', { checks: { ...allPass, patched: { ...fail('open', 1), state: 'unknown' } } }),
    ];
    const titles = text(answerWith(parts), { color: false })
      .split('\n')
      .filter(line => /^\d\. /.test(line));
    expect(titles).toEqual([
      '1. FAIL logged: a',
      '2. FAIL logged: a',
      '3. UNKNOWN patched: b',
      '4. FAIL monitored: a',
    ]);
  });

  test('colour is only ever the colour', () => {
    const answer = hostileAnswer();
    const painted = text(answer, { color: true });
    expect(painted.replaceAll(/\u001b\[(?:0|1|2|31|32|33)m/g, '')).toBe(
      text(answer, { color: false }),
    );
  });
});

describe('columns', () => {
  test('wide characters take two', () => {
    expect(width('日本')).toBe(4);
    expect(width('😀a')).toBe(3);
    expect(fit('日本語', 5)).toBe('日本…');
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(fit('ab', 4)).toBe('ab  ');
  });

  test('a word as long as a book is broken, and quickly', () => {
    const lines = wrap('x'.repeat(1_000_000), 100).split('\n');
    expect(lines).toHaveLength(10_000);
    expect(wrap('one two three', 7, '  ')).toBe('  one\n  two\n  three');
  });

  test('what a terminal would act on is shown as a replacement', () => {
    expect(printable('\u001b[31m\u202e\u{e0041}')).toBe('\ufffd[31m\ufffd\ufffd');
    expect(printable('plain\ttext\nhere é 日本 😀')).toBe('plain\ttext\nhere é 日本 😀');
  });
});
