import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findingsOf, momentMs, parseCase } from './case-file.ts';

const whole = `
case: webmail-2026
aware: 2026-06-17T09:00:00+09:00
cause: a hole in a webmail plug-in
measures: [switched off, keys changed]
breaches:
  - component: roundcube/twofactor
    from: 2026-06-01
    to: 2026-06-17
    addresses: [203.0.113.0/24]
  - accounts: [taro@example.jp]
    from: 2026-06-10T00:00:00Z
    to: 2026-06-11T12:30:00Z
findings:
  - name: a list that the attacker left
    contracts: [C-1, C-2]
    types: [email]
`;

test('a case is read with its breaches, findings and moments', () => {
  const asked = parseCase('case.yaml', whole);
  expect(asked).toMatchObject({
    name: 'webmail-2026',
    awareMs: Date.parse('2026-06-17T00:00:00Z'),
    malicious: true,
    breaches: [
      {
        component: 'roundcube/twofactor',
        fromMs: Date.parse('2026-06-01T00:00:00Z'),
        toMs: Date.parse('2026-06-17T23:59:59.999Z'),
      },
      { accounts: ['taro@example.jp'] },
    ],
    findings: [{ name: 'a list that the attacker left', contracts: ['C-1', 'C-2'] }],
  });
  expect(findingsOf(asked).map(({ subject, value }) => `${subject} ${value}`)).toEqual([
    'component roundcube/twofactor',
    'address 203.0.113.0/24',
    'account taro@example.jp',
  ]);
});

test.each([
  ['breaches: []', /case\.yaml:1:1: neither breaches nor findings/],
  [
    'breaches:\n  - { component: x, from: 2026-06-17, to: 2026-06-01 }',
    /case\.yaml:2: breaches\[0\]: its window ends before it begins/,
  ],
  ['breaches:\n  - { from: 2026-06-01, to: 2026-06-17 }', /nothing says what was breached/],
  [
    'breaches:\n  - { component: x, from: yesterday, to: 2026-06-17 }',
    /case\.yaml:2:.*expected a day or a time/,
  ],
  ['breaches:\n  - { component: x, from: 2026-02-30, to: 2026-06-17 }', /expected a day or a time/],
  ['case: ../../etc\nbreaches: []', /expected letters/],
  ['breeches: []', /unknown key "breeches"/],
])('%s is refused with its place', (source, message) => {
  expect(() => parseCase('case.yaml', source)).toThrow(message);
});

test('a moment is what the calendar has, with its zone, and a day as an end is the whole day', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1971-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
      date => {
        const second = Math.floor(date.getTime() / 1_000) * 1_000;
        const iso = new Date(second).toISOString();
        expect(momentMs(iso)).toBe(second);
        expect(momentMs(iso.slice(0, 10), true)).toBe(
          (momentMs(iso.slice(0, 10)) ?? 0) + 86_399_999,
        );
        expect(momentMs(iso.replace(/\.000Z$/, '+09:00'))).toBe(second - 9 * 3_600_000);
      },
    ),
  );
  for (const none of ['', '2026', '2026-13-01', '2026-06-31', '12:00', '2026-06-01T25:00:00Z']) {
    expect(momentMs(none), none).toBeUndefined();
  }
});
