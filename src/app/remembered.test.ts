import { describe, expect, test } from 'vitest';
import type { Past } from '../core/memory.ts';
import type { PatchFacts, Since } from '../core/patch.ts';
import { earlierDeadlines, rememberedPatch } from './remembered.ts';

const now = new Date('2026-06-29T06:00:00Z');
const owner = { ecosystem: 'deb', name: 'roundcube-core', version: '1' } as const;

const waiting = (since: Since): PatchFacts => ({
  waiting: { state: 'update', version: '2', security: true, since, remedy: 'apt install' },
  history: [],
  support: { state: 'supported', until: '2028-06-30', why: 'supported' },
});

const seenOn = (day: string | undefined): Past => ({
  firstSeen: () => undefined,
  isNew: () => false,
  steps: () => [],
  deadlines: () => [],
  waitingSince: (name, version) =>
    name === 'deb:roundcube-core' && version === '2' ? day : undefined,
});

const since = (given: Since, seen: string | undefined): Since | undefined => {
  const { waiting: found } =
    rememberedPatch(waiting(given), owner, seenOn(seen), now) ?? waiting(given);
  return found.state === 'update' ? found.since : undefined;
};

describe('since when an update is waiting', () => {
  const open: Since = { basis: 'the index offers it' };

  test('is bounded by the first run that saw it', () => {
    expect(since(open, '2026-06-20T00:00:00.000Z')).toEqual({
      notAfter: '2026-06-20T00:00:00.000Z',
      basis: 'the index offers it; Postern saw it waiting on 2026-06-20',
    });
    expect(since({ ...open, notBefore: '2026-06-01' }, '2026-06-20T00:00:00.000Z')).toMatchObject({
      notBefore: '2026-06-01',
      notAfter: '2026-06-20T00:00:00.000Z',
    });
    expect(since({ ...open, notAfter: '2026-06-25' }, '2026-06-20T00:00:00.000Z')).toMatchObject({
      notAfter: '2026-06-20T00:00:00.000Z',
    });
  });

  test.each<readonly [string, Since, string | undefined]>([
    ['no run saw it', open, undefined],
    [
      'the host itself knows better',
      { ...open, notAfter: '2026-06-10' },
      '2026-06-20T00:00:00.000Z',
    ],
    ['the clock of that run was ahead', open, '2027-01-01T00:00:00.000Z'],
    [
      'the clock of that run was behind',
      { ...open, notBefore: '2026-06-01' },
      '1970-01-01T00:00:00.000Z',
    ],
  ])('stays as it is where %s', (_, given, seen) => {
    expect(since(given, seen)).toEqual(given);
  });
});

test('the deadlines that a flaw had before the one of today', () => {
  const at = { component: 'roundcube', flaw: 'CVE-2026-10001' };
  const second = { on: '2026-06-05', why: 'exploited', computed: '2026-06-02T06:00:00Z' };
  const first = { on: '2026-06-20', why: 'a fix is public', computed: '2026-06-01T06:00:00Z' };
  const past: Past = { ...seenOn(undefined), deadlines: () => [second, first] };
  const today = (on: string) =>
    earlierDeadlines(at, { on, why: 'computed', triage: false }, past).earlierDeadlines;
  expect(today('2026-06-05')).toEqual([first]);
  expect(today('2026-06-03')).toEqual([second, first]);
  expect(earlierDeadlines(at, { on: '2026-06-05', why: 'x', triage: false }, undefined)).toEqual(
    {},
  );
});
