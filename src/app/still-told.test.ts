import { expect, test } from 'vitest';
import { stillTold } from './still-told.ts';

const at = Date.parse('2026-06-29T12:00:00Z');
const part = { component: 'dovecot', rules: ['a', 'b'], baselines: ['mailboxes', 'volume'] };
const reason = 'quiet, please';

const unnamed = (): readonly string[] => [];

test('what is switched off by now is not told any more', () => {
  expect(stillTold({ without: ['a'], allow: [] }, at, unnamed)(part).rules).toEqual(['b']);
  expect(
    stillTold({ without: ['baseline/volume'], allow: [] }, at, unnamed)(part).baselines,
  ).toEqual(['mailboxes']);
  expect(stillTold({ without: ['baseline/*'], allow: [] }, at, unnamed)(part)).toEqual({
    ...part,
    baselines: [],
    noBaseline: 'postern.yaml switches them off or allows all they see',
  });
});

test('what the allow-list keeps back whatever it sees is told to nobody', () => {
  const told = (entry: object) =>
    stillTold({ without: [], allow: [{ reason, ...entry }] }, at, unnamed);
  expect(told({ rule: '*' })(part)).toMatchObject({ rules: [], baselines: [] });
  expect(told({ component: 'Dovecot' })(part)).toMatchObject({ rules: [], baselines: [] });
  expect(told({ rule: 'a', until: '2026-06-29' })(part).rules).toEqual(['b']);
});

test('an entry about somebody, about another component or of the past leaves rules as they are', () => {
  const told = (entry: object) =>
    stillTold({ without: [], allow: [{ reason, ...entry }] }, at, unnamed);
  for (const entry of [
    { rule: '*', who: 'backup@example.jp' },
    { rule: '*', address: '192.0.2.1' },
    { rule: '*', component: 'postfix' },
    { rule: '*', until: '2026-06-28' },
  ]) {
    expect(told(entry)(part)).toEqual(part);
  }
});

test('who asks for whoever it is asks for nobody in particular', () => {
  const told = (entry: object) =>
    stillTold({ without: [], allow: [{ reason, rule: 'a', ...entry }] }, at, unnamed)(part).rules;
  for (const all of [
    { who: '*' },
    { app: '?*' },
    { address: '0.0.0.0/0' },
    { who: '**', app: '*' },
  ])
    expect(told(all)).toEqual(['b']);
  for (const some of [{ who: 'm*' }, { address: '203.0.113.0/24' }, { who: '*', app: 'imap?' }])
    expect(told(some)).toEqual(['a', 'b']);
});

test('an entry may name a rule by its name or title', () => {
  const namesOf = (id: string): readonly string[] => (id === 'a' ? ['bulk_read', 'Bulk read'] : []);
  for (const rule of ['bulk_*', 'BULK READ', 'a']) {
    const allow = [{ reason, rule }];
    expect(stillTold({ without: [], allow }, at, namesOf)(part).rules).toEqual(['b']);
  }
});
