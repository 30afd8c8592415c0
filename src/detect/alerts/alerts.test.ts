import { describe, expect, test } from 'vitest';
import { ocsfFaults } from '../../../test/support/ocsf.ts';
import type { Sighting } from '../../core/alert.ts';
import { allowedBy, allowedNetwork, dayOfMs } from './allowed.ts';
import { nameless, withNames } from './anonymous.ts';
import { alertFinding } from './finding.ts';
import { addSighting, goesOnWith, openAlert } from './join.ts';

const at = Date.parse('2026-06-29T02:00:00Z');

const sighting = (given: Partial<Sighting> = {}): Sighting => ({
  rule: 'postern-master-user',
  title: 'A master user read a mailbox',
  level: 'high',
  component: 'dovecot',
  who: 'aiko@example.jp',
  timeMs: at,
  sinceMs: at - 60_000,
  sentence: '`dovecot`: aiko@example.jp opened the mailbox of ren.',
  tags: ['attack.t1114.002', 'attack.collection'],
  lines: [{ source: 'mail.log', seq: 3, line: 17 }],
  events: 2,
  ...given,
});

/** Twelve digits that tell names apart. */
const labelOf = (name: string): string =>
  `person-${Buffer.from(name.toLowerCase()).toString('hex').padEnd(12, '0').slice(0, 12)}`;

describe('a sighting that names nobody', () => {
  test('has labels where names stood, in whatever place of the sentence', () => {
    const bare = nameless(sighting({ people: ['ren'] }), labelOf);
    expect(bare.who).toBe(labelOf('aiko@example.jp'));
    expect(bare.sentence).toBe(
      `\`dovecot\`: ${labelOf('aiko@example.jp')} opened the mailbox of ${labelOf('ren')}.`,
    );
    expect(JSON.stringify(bare)).not.toMatch(/aiko|\bren\b/);
  });

  test('keeps words that only contain a name', () => {
    const sentence = 'a read amanda, a-b and a.b; a@example.jp, as a. (a)';
    expect(nameless(sighting({ who: 'a', sentence }), labelOf).sentence).toBe(
      `${labelOf('a')} read amanda, a-b and a.b; ${labelOf('a@example.jp')}, as ${labelOf('a')}. (${labelOf('a')})`,
    );
  });

  test('has no mail address of anybody, even where nobody said that there is one', () => {
    const sentence = 'mail to <mei@example.jp>, "rin@example.test" and user=yui@example.jp.';
    expect(nameless(sighting({ sentence }), labelOf).sentence).not.toContain('@');
  });

  test('keeps an application, which is nobody', () => {
    const bare = nameless(
      sighting({ who: 'roundcube', app: 'roundcube', sentence: '`roundcube` read 412 mailboxes' }),
      labelOf,
    );
    expect(bare.who).toBe('roundcube');
    expect(bare.sentence).toBe('`roundcube` read 412 mailboxes');
  });

  test('gets its names back from whoever knows them', () => {
    const { sentence } = nameless(sighting(), labelOf);
    const names = new Map([[labelOf('aiko@example.jp'), 'aiko@example.jp']]);
    expect(withNames(sentence, names)).toContain('aiko@example.jp opened');
  });
});

describe('an alert', () => {
  const opened = openAlert(nameless(sighting(), labelOf), 'a0123456789', at + 5);

  test('grows with what goes on with it', () => {
    const later = nameless(
      sighting({
        timeMs: at + 1_000,
        level: 'critical',
        sentence: 'more of it',
        address: '203.0.113.9',
        lines: [
          { source: 'mail.log', seq: 3, line: 17 },
          { source: 'mail.log', seq: 4, line: 1 },
        ],
        events: 5,
      }),
      labelOf,
    );
    expect(addSighting(opened, later)).toMatchObject({
      level: 'critical',
      sentence: 'more of it',
      firstMs: at,
      lastMs: at + 1_000,
      sightings: 2,
      events: 7,
      addresses: ['203.0.113.9'],
      lines: [
        { seq: 3, line: 17 },
        { seq: 4, line: 1 },
      ],
    });
  });

  test('is not changed in its words and level by what comes late and is milder', () => {
    const late = nameless(sighting({ timeMs: at - 9, level: 'low', sentence: 'old' }), labelOf);
    const grown = addSighting(opened, late);
    expect(grown).toMatchObject({ level: 'high', sentence: opened.sentence, firstMs: at - 9 });
  });

  test('keeps the first and the newest of a million lines', () => {
    let alert = opened;
    for (let line = 100; line < 400; line += 1) {
      const more = sighting({ lines: [{ source: 'mail.log', seq: 5, line }] });
      alert = addSighting(alert, nameless(more, labelOf));
    }
    expect(alert.lines.length).toBeLessThanOrEqual(20);
    expect(alert.lines[0]).toEqual({ source: 'mail.log', seq: 3, line: 17 });
    expect(alert.lines.at(-1)).toEqual({ source: 'mail.log', seq: 5, line: 399 });
  });

  test('is over when nothing was added for long', () => {
    expect(goesOnWith(opened, at + 60_000, 60_000)).toBe(true);
    expect(goesOnWith(opened, at + 60_001, 60_000)).toBe(false);
    expect(goesOnWith(opened, at - 60_001, 60_000)).toBe(false);
  });
});

describe('what is allowed', () => {
  const allow = (entry: object): boolean =>
    allowedBy([{ reason: 'known', ...entry }])(
      sighting({ address: '2001:db8::7', app: 'archive', name: 'dovecot_master' }),
    ) !== undefined;

  test.each([
    [{ rule: 'postern-*' }, true],
    [{ rule: '*master user*' }, true],
    [{ rule: 'dovecot_*' }, true],
    [{ rule: 'other' }, false],
    [{ who: 'AIKO@*' }, true],
    [{ component: 'dovecot', app: 'archive' }, true],
    [{ component: 'dovecot', app: 'backup' }, false],
    [{ address: '2001:db8::/32' }, true],
    [{ address: '203.0.113.0/24' }, false],
    [{ rule: '*', until: '2026-06-29' }, true],
    [{ rule: '*', until: '2026-06-28' }, false],
  ])('%j: %s', (entry, expected) => {
    expect(allow(entry)).toBe(expected);
  });

  test('a sighting without an address is in no network, and one without a name nobody', () => {
    const bare = sighting({ who: undefined });
    expect(allowedBy([{ address: '0.0.0.0/0', reason: 'x' }])(bare)).toBeUndefined();
    expect(allowedBy([{ who: '*', reason: 'x' }])(bare)).toBeUndefined();
  });

  test.each(['', '203.0.113.9/33', 'host.example.jp', '203.0.113.0/24/8', 'fe80::1%eth0'])(
    '"%s" is no network',
    text => {
      expect(allowedNetwork(text)).toBeUndefined();
    },
  );

  test('days of times that no calendar has are days all the same', () => {
    expect([Number.NaN, -Infinity, Infinity, 1e300].map(dayOfMs)).toHaveLength(4);
  });
});

describe('a finding', () => {
  const options = { activity: 'create', nowMs: at, version: '0.1.0' } as const;

  test.each([
    ['of a rule', sighting({ address: '203.0.113.9', kind: 'login.impersonated' })],
    ['of a baseline', sighting({ rule: 'baseline/mailboxes-per-hour', tags: [], who: undefined })],
    ['of an application', sighting({ who: 'sogo', app: 'sogo', tags: ['attack.collection'] })],
  ])('%s is one that OCSF takes', (_, given) => {
    let alert = openAlert(nameless(given, labelOf), 'a0123456789', at);
    expect(ocsfFaults(alertFinding(alert, options))).toEqual([]);
    alert = addSighting(alert, nameless({ ...given, address: '2001:db8::1', app: 'x' }, labelOf));
    const suppressed = { until: '2026-07-31', why: 'the archive does that' };
    const finding = alertFinding(alert, { ...options, activity: 'update', suppressed });
    expect(ocsfFaults(finding)).toEqual([]);
    expect(finding).toMatchObject({ status: 'Suppressed', is_alert: false });
  });

  test('has the techniques of its rule, the sub-technique with its technique', () => {
    const alert = openAlert(nameless(sighting(), labelOf), 'a0123456789', at);
    expect(alertFinding(alert, options)['finding_info']).toMatchObject({
      attacks: [{ technique: { uid: 'T1114' }, sub_technique: { uid: 'T1114.002' } }],
    });
  });
});
