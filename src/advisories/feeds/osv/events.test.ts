import fc from 'fast-check';
import { expect, test } from 'vitest';
import { standingOf } from '../../../../test/support/plain-evaluation.ts';
import { asWritten } from '../../stretches.ts';
import { readEvents } from './events.ts';

type RawEvent = Readonly<Record<string, string>>;

const version = fc.integer({ min: 0, max: 9 }).map(String);
const event: fc.Arbitrary<RawEvent> = fc.oneof(
  { weight: 4, arbitrary: version.map(introduced => ({ introduced })) },
  { weight: 4, arbitrary: version.map(fixed => ({ fixed })) },
  { weight: 2, arbitrary: version.map((last): RawEvent => ({ last_affected: last })) },
  { weight: 1, arbitrary: fc.constantFrom('*', '4', '7').map(limit => ({ limit })) },
);

/** The schema's pseudocode, read word for word, over plain numbers; `introduced: 0` lies before 0. */
const isVulnerable = (events: readonly RawEvent[], at: number): boolean => {
  const limits = events.flatMap(({ limit }) => (limit === undefined ? [] : [limit]));
  const isWithin = limits.length === 0 || limits.some(limit => limit === '*' || at < Number(limit));
  if (!isWithin) return false;
  const place = ({ introduced, fixed, last_affected: last }: RawEvent): number =>
    introduced === '0' ? -1 : Number(introduced ?? fixed ?? last);
  const sorted = events
    .filter(({ limit }) => limit === undefined)
    .sort(
      (a, b) =>
        place(a) - place(b) ||
        Number(a['last_affected'] !== undefined) - Number(b['last_affected'] !== undefined),
    );
  let vulnerable = false;
  for (const { introduced, fixed, last_affected: last } of sorted) {
    if (introduced !== undefined && (introduced === '0' || at >= Number(introduced)))
      vulnerable = true;
    else if (fixed !== undefined && at >= Number(fixed)) vulnerable = false;
    else if (last !== undefined && at > Number(last)) vulnerable = false;
  }
  return vulnerable;
};

test('events say of each version what the schema’s evaluation says', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 7 }), events => {
      fc.pre(events.some(({ introduced }) => introduced !== undefined));
      const { stretches, certain } = readEvents({ type: 'ECOSYSTEM', events }, 'generic');
      expect(certain).toBe(true);
      const spans = asWritten({ stretches, rest: 'not-affected' });
      for (let at = 0; at < 11; at += 0.5) {
        const found = standingOf('generic', spans, String(at));
        expect([at, found]).toEqual([at, isVulnerable(events, at) ? 'affected' : 'not-affected']);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['no event', []],
  ['nothing that begins', [{ fixed: '1.0' }]],
  ['an event that says nothing', [{ introduced: '0' }, { repaired: '1.0' }]],
  ['an end that is no text', [{ introduced: '0' }, { fixed: 1 }]],
  ['an end that is too long', [{ introduced: '0' }, { fixed: '1'.repeat(5_000) }]],
  ['versions that do not compare', [{ introduced: '1.0' }, { fixed: 'Ü' }]],
  ['a limit that does not compare', [{ introduced: '1.0' }, { limit: 'Ü' }]],
])('%s leaves it open', (_, events) => {
  const { stretches, certain } = readEvents({ type: 'ECOSYSTEM', events }, 'deb');
  expect(certain).toBe(false);
  expect(stretches.every(({ standing }) => standing === 'unknown')).toBe(true);
});
