import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { standingOf } from '../../test/support/plain-evaluation.ts';
import type { Standing } from '../core/advisory.ts';
import {
  asWritten,
  joined,
  type Stretch,
  type StretchStatement,
  statementOf,
} from './stretches.ts';

const version = fc.integer({ min: 0, max: 9 }).map(String);
const standing = fc.constantFrom<Standing>('affected', 'not-affected', 'unknown');

const stretch: fc.Arbitrary<Stretch> = fc
  .record({
    from: fc.option(version, { nil: undefined }),
    after: fc.boolean(),
    to: fc.option(version, { nil: undefined }),
    including: fc.boolean(),
    standing,
  })
  .map(({ from, after, to, including, standing }) => ({
    ...(from === undefined ? {} : { from, after }),
    ...(to === undefined ? {} : { to, including }),
    standing,
  }));

const statement: fc.Arbitrary<StretchStatement> = fc.record({
  stretches: fc.array(stretch, { maxLength: 5 }),
  rest: standing,
});

/** Between the whole numbers lie versions that are no ends: 3.5. */
const asked = Array.from({ length: 21 }, (_, i) =>
  i % 2 === 0 ? String(i / 2) : `${(i - 1) / 2}.5`,
);

const holds = ({ from, after, to, including }: Stretch, at: number): boolean =>
  (from === undefined || at > Number(from) || (at === Number(from) && !after)) &&
  (to === undefined || at < Number(to) || (at === Number(to) && including === true));

/** What the statements say, by plain arithmetic. */
const meant = (
  statements: readonly StretchStatement[],
  at: number,
  manner: 'within' | 'between',
): Standing => {
  const said: Standing[] = [];
  const rests: Standing[] = [];
  for (const { stretches, rest } of statements) {
    const held = stretches.find(each => holds(each, at));
    if (held === undefined) rests.push(rest);
    else said.push(held.standing);
  }
  const all = manner === 'between' || said.length === 0 ? [...said, ...rests] : said;
  const affected = all.includes('affected');
  const spared = all.includes('not-affected');
  return affected === spared ? 'unknown' : affected ? 'affected' : 'not-affected';
};

describe('statements on one product', () => {
  test.each(['within', 'between'] as const)(
    'joined %s a source say what each of them says',
    manner => {
      fc.assert(
        fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), statements => {
          const spans = joined('generic', statements, manner);
          for (const each of asked) {
            const only = statements.length === 1 ? statements[0] : undefined;
            const at = Number(each);
            const wanted =
              only === undefined
                ? meant(statements, at, manner)
                : (only.stretches.find(one => holds(one, at))?.standing ?? only.rest);
            expect([each, standingOf('generic', spans, each)]).toEqual([each, wanted]);
          }
          // What mends it is not affected, and is the end of something that is.
          for (const fix of spans.fixed) {
            if (statements.length > 1 || (statements[0]?.stretches.length ?? 0) > 1) {
              expect(standingOf('generic', spans, fix)).not.toBe('affected');
            }
          }
        }),
        { numRuns: 1_000 },
      );
    },
  );

  test('say the same when they are read again', () => {
    fc.assert(
      fc.property(statement, one => {
        const spans = joined('generic', [one], 'within');
        const again = joined('generic', [statementOf(spans)], 'within');
        for (const each of asked) {
          expect(standingOf('generic', again, each)).toBe(standingOf('generic', spans, each));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('that cannot be put in order are unknown where they contradict each other, and stand where they do not', () => {
    const torn: StretchStatement = {
      stretches: [
        { to: 'not a version', standing: 'affected' },
        { from: '2.0', to: '3.0', standing: 'not-affected' },
      ],
      rest: 'not-affected',
    };
    expect(joined('deb', [torn], 'within')).toMatchObject({
      spans: [{ standing: 'unknown' }, { standing: 'unknown' }],
      rest: 'unknown',
      fixed: [],
    });
    const agreeing: StretchStatement = {
      stretches: torn.stretches.map(each => ({ ...each, standing: 'affected' as const })),
      rest: 'not-affected',
    };
    expect(joined('deb', [agreeing], 'within')).toMatchObject({
      spans: [{ before: 'not a version', standing: 'affected' }, { standing: 'affected' }],
      rest: 'not-affected',
      fixed: [],
    });
  });

  test('cost no more than can be afforded', () => {
    const many = Array.from(
      { length: 5_000 },
      (_, i): Stretch => ({
        from: `${i}.0`,
        to: `${i}.5`,
        standing: i % 2 === 0 ? 'affected' : 'not-affected',
      }),
    );
    const start = performance.now();
    const { rest, spans } = joined('generic', [{ stretches: many, rest: 'affected' }], 'within');
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(rest).toBe('unknown');
    expect(spans.length).toBeLessThanOrEqual(300);
  });

  test('one by one become a list', () => {
    expect(
      asWritten({
        stretches: [{ from: '1.2', to: '1.2', including: true, standing: 'affected' }],
        rest: 'unknown',
      }),
    ).toEqual({ spans: [], versions: ['1.2'], rest: 'unknown', fixed: [] });
  });
});
