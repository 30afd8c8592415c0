import { expect, test } from 'vitest';
import { type KeptFor, replayDwell } from './dwell.ts';
import { dwellCases } from './dwell-cases.ts';

const statesWith = (...kept: readonly KeptFor[]): Readonly<Record<string, string>> =>
  Object.fromEntries(replayDwell(kept).map(({ id, state }) => [id, state]));

test('half a year loses the first line of the longest, a year of the longest but one is enough', () => {
  expect(statesWith({ keepsDays: 180 })).toMatchObject({
    'active-mail-2025': 'gone',
    'electoral-commission-2021': 'gone',
    'cisco-asyncos-2025': 'kept',
    'kddi-2026': 'unknown',
  });
  expect(statesWith({ keepsDays: 365 })).toMatchObject({
    'active-mail-2025': 'kept',
    'electoral-commission-2021': 'gone',
  });
  // Entered on 1 August at the earliest, found on 31 October of the next year at the latest.
  expect(statesWith({ keepsDays: 456 })['electoral-commission-2021']).toBe('kept');
  expect(statesWith({ keepsDays: 455 })['electoral-commission-2021']).toBe('unknown');
  expect(statesWith({ keepsDays: 396 })['electoral-commission-2021']).toBe('unknown');
  expect(statesWith({ keepsDays: 395 })['electoral-commission-2021']).toBe('gone');
});

test('a day is counted to the day', () => {
  const iij = replayDwell([{ keepsDays: 250 }]).find(({ id }) => id === 'active-mail-2025');
  expect(iij).toMatchObject({ days: { least: 250, most: 250 }, state: 'kept' });
  expect(statesWith({ keepsDays: 249 })['active-mail-2025']).toBe('gone');
});

test('the log that is kept shortest decides, and is named', () => {
  const kept = [
    { source: 'mail.log', keepsDays: null },
    { source: 'access.log', keepsDays: 90 },
  ];
  const found = replayDwell(kept).find(({ id }) => id === 'active-mail-2025');
  expect(found).toMatchObject({ state: 'gone', gone: ['access.log'], unsure: [] });
});

test('what nothing deletes is there, even where no day is known', () => {
  expect(new Set(Object.values(statesWith({ keepsDays: null })))).toEqual(new Set(['kept']));
});

test('every case says where its days are from, and was entered before it was found', () => {
  for (const { id, entered, found } of dwellCases) {
    for (const day of [entered, found]) {
      expect([id, 'unknown' in day ? day.unknown : day.source]).not.toContain('');
    }
    if ('unknown' in entered || 'unknown' in found) continue;
    expect((entered.notBefore ?? '') <= (found.notAfter ?? '')).toBe(true);
  }
});
