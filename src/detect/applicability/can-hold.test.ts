import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldSpace } from '../fields/field-space.ts';
import { compileMatcher } from '../matching/compile.ts';
import { fieldsOf } from '../sigma/fields-of.ts';
import type { Node } from '../sigma/nodes.ts';
import { chanceOf } from './can-hold.ts';

type Event = Readonly<Record<string, string>>;

const space: FieldSpace<Event> = {
  getter: field => event => event[field],
  texts: event => Object.values(event),
  timeMs: () => 0,
};

const names = ['a', 'b', 'c'] as const;
const words = ['x', 'y'] as const;

const { node } = fc.letrec<{ node: Node }>(tie => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      is: fc.constant('field' as const),
      field: fc.constantFrom(...names),
      compare: fc.oneof(
        fc.record({
          is: fc.constant('text' as const),
          pattern: fc.constantFrom(...words).map(word => [word]),
          cased: fc.constant(true),
        }),
        fc.constant({ is: 'null' as const }),
        fc.record({ is: fc.constant('exists' as const), wanted: fc.boolean() }),
      ),
    }),
    fc.record({ is: fc.constant('not' as const), of: tie('node') }),
    fc.record({
      is: fc.constantFrom('all' as const, 'any' as const),
      of: fc.array(tie('node'), { maxLength: 3 }),
    }),
  ),
}));

/** Every event that has some fields and no others. */
const eventsWith = (fields: readonly string[]): readonly Event[] =>
  fields.reduce<readonly Event[]>(
    (events, field) =>
      events.flatMap(event => [event, ...words.map(word => ({ ...event, [field]: word }))]),
    [{}],
  );

test('says that a rule cannot hold only where no event makes it hold', () => {
  fc.assert(
    fc.property(node, fc.subarray([...names]), (when, present) => {
      const has = new Set<string>(present);
      const chance = chanceOf(when, field =>
        has.has(field) ? { holds: true, fails: true } : undefined,
      );
      const matches = compileMatcher({ when }, space);
      const answers = new Set(eventsWith(present).map(matches));
      if (answers.has(true)) expect(chance.holds).toBe(true);
      if (answers.has(false)) expect(chance.fails).toBe(true);
    }),
  );
});

test('names all fields of a condition, those that it compares with included', () => {
  const found = fieldsOf({
    is: 'all',
    of: [
      { is: 'not', of: { is: 'field', field: 'a', compare: { is: 'null' } } },
      {
        is: 'field',
        field: 'b',
        compare: { is: 'field', field: 'c', where: 'whole', cased: false },
      },
      { is: 'keyword', compare: { is: 'text', pattern: ['x'], cased: false } },
    ],
  });
  expect([...found]).toEqual(['a', 'b', 'c']);
});
