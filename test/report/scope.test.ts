import { expect, test } from 'vitest';
import type { ScopeReport } from '../../src/core/scope-report.ts';
import { width } from '../../src/report/plain.ts';
import { scopeHtml } from '../../src/report/scope/html.ts';
import { scopeJson } from '../../src/report/scope/json.ts';
import { scopeText, stretchesOf } from '../../src/report/scope/text.ts';
import { ownSchema } from '../support/schemas.ts';
import { countOf, scopeReport } from '../support/scope-report.ts';

const day = (n: number): string => `2026-06-${String(n).padStart(2, '0')}`;

const full: ScopeReport = scopeReport({
  case: { name: 'webmail-2026', version: 2 },
  sentence: 'Of 1,200 people within reach, the data of 31 is shown to have been read.',
  evidenced: countOf(31, { customers: { active: 20, dormant: 6, former: 5 }, deletable: 4 }),
  withinReach: countOf(1_200, { others: 340, probable: 12 }),
  types: [
    {
      type: 'my-number',
      title: 'My Number',
      sensitivity: 'identity',
      evidenced: { own: 2, shared: 5, weak: 5 },
      withinReach: { own: 0, shared: 0, weak: 7 },
    },
  ],
  tenants: [
    {
      tenant: '東日本ネット',
      evidenced: { people: 31, active: 20, dormant: 6, former: 5 },
      withinReach: { people: 1_200, active: 900, dormant: 200, former: 100 },
    },
  ],
  coverage: [
    {
      log: 'dovecot: /var/log/mail.log',
      question: 'who read what',
      days: [1, 2, 3, 4, 5].map(n =>
        n === 3
          ? { day: day(n), is: 'lost', why: 'its spool was damaged' }
          : { day: day(n), is: 'kept' },
      ),
    },
  ],
  timeline: [{ at: '2026-06-02T02:11:09.000Z', what: 'first evidence' }],
  basis: [
    {
      rule: 'message-read',
      title: 'reads that name their messages',
      bound: 'evidenced',
      evidence: 44,
      people: 31,
      messages: 40,
      counted: 0,
      first: { where: 'mail/3/4711', at: '2026-06-02T02:11:09.000Z' },
    },
  ],
  unknown: [
    { what: '23 messages', why: 'encrypted parts', how: 'Nobody without the key can tell.' },
  ],
  deadlines: [
    {
      regime: 'appi',
      title: 'Japan: APPI',
      source: 'art. 26',
      to: 'authority',
      what: 'preliminary report',
      due: '2026-06-20T09:00:00.000Z',
      within: '3 to 5 days',
      applies: 'yes',
      why: 'unauthorised access',
    },
  ],
  picture: {
    nodes: [
      { column: 0, name: 'roundcube', people: 1_200 },
      { column: 1, name: 'read stored mail', people: 1_200 },
    ],
    flows: [{ column: 0, from: 'roundcube', to: 'read stored mail', people: 1_200 }],
  },
  changes: {
    since: 1,
    evidenced: { in: 3, out: 1 },
    withinReach: { in: 0, out: 0 },
    because: ['the customer list is another'],
  },
});

/** The same with names that somebody hostile chose. */
const hostile: ScopeReport = {
  ...full,
  sentence: '<script>alert(1)</script>\u001b[31m ‮evil',
  tenants: full.tenants.map(tenant => ({ ...tenant, tenant: '"><img src=x onerror=1>\u0007' })),
  picture: {
    nodes: [{ column: 0, name: '</svg><b>', people: 3 }],
    flows: [],
  },
};

test.each([
  ['nothing but numbers', scopeReport()],
  ['everything', full],
  ['hostile names', hostile],
])('as JSON it keeps to its schema: %s', (_, report) => {
  expect(ownSchema('scope')(JSON.parse(scopeJson(report)))).toEqual([]);
});

test('as text it reads in the order in which somebody decides, in 100 columns', () => {
  const text = scopeText(full);
  const order = [
    'Of 1,200 people',
    'How many',
    'By data type',
    'By tenant',
    'What the logs of that time can tell',
    'What happened',
    'People',
    'Why people are counted',
    'What cannot be known',
    'What must be done',
    'Since version 1',
    'What this rests on',
  ].map(title => text.indexOf(title));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order).not.toContain(-1);
  for (const report of [full, hostile]) {
    for (const line of scopeText(report).split('\n')) expect(width(line)).toBeLessThanOrEqual(100);
  }
  expect(text).toContain('2026-06-03 LOST: its spool was damaged');
  expect(text).toMatch(/My Number \(identity\) +2 to 5 +\? 7/);
  expect(text).toContain('mail/3/4711');
});

test('no control character of a name reaches the terminal', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  expect(scopeText(hostile)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test('as a page it runs nothing, asks nobody, and shows both numbers, the gap and the picture', () => {
  const page = scopeHtml(full);
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/<script|https?:\/\/|url\((?!#)/);
  expect(page).toContain('<b>31</b> people');
  expect(page).toContain('<b>1,200</b> people');
  expect(page).toMatch(/class="day fail"[^>]*><title>2026-06-03: lost, its spool was damaged/);
  expect(page).toContain('id="reach"');
  const evil = scopeHtml(hostile);
  expect(evil).not.toMatch(/<script|<img|<\/svg><b>/);
});

test('days of one state are one stretch, and a gap of one day is not lost among them', () => {
  expect(
    full.coverage.flatMap(log => stretchesOf(log)).map(({ from, to, is }) => [from, to, is]),
  ).toEqual([
    [day(1), day(2), 'kept'],
    [day(3), day(3), 'lost'],
    [day(4), day(5), 'kept'],
  ]);
});
