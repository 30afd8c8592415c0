import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WatchedEvent } from '../../core/watched-event.ts';
import { mapsOf, type SourceMap } from '../fields/source-map.ts';
import { sourceSpace, sourceTest } from '../fields/source-space.ts';
import type { Comparison, DetectionRule, LogSource, Node } from '../sigma/nodes.ts';
import { compileMatcher } from './compile.ts';
import { WatchedRules } from './watched-rules.ts';

const map = (id: string, more: Partial<SourceMap>): SourceMap => ({
  id,
  title: id,
  logSources: [{ product: id }],
  events: [{ components: [id] }],
  fields: new Map(),
  constants: new Map(),
  otherwise: 'own',
  lacking: new Map(),
  advice: '',
  ...more,
});

const maps: readonly SourceMap[] = [
  map('dovecot', { fields: new Map([['who', ['user.name', 'actor.name']]]) }),
  map('mail', {
    logSources: [{ category: 'mail' }],
    events: [{ kinds: ['login'] }, { components: ['cloud'], has: ['record.Op'] }],
    constants: new Map([['vendor', 'x']]),
  }),
  map('cloud', { otherwise: 'record', events: [{ formats: ['json'], unparsed: false }] }),
];

const rule = (id: number, source: LogSource, when: Node): DetectionRule => ({
  kind: 'detection',
  id: String(id),
  title: '',
  level: 'low',
  tags: [],
  falsePositives: [],
  references: [],
  place: { path: 'r.yml', line: 1 },
  source,
  when,
  fields: [],
  filters: [],
});

const values = ['login', 'logout', 'dovecot', 'cloud', 'imap', 'x', 'json', 'anna'];
const texts = fc.constantFrom(...values);
const compares: fc.Arbitrary<Comparison> = fc.oneof(
  texts.map(text => ({ is: 'text' as const, pattern: [text], cased: false })),
  texts.map(text => ({
    is: 'text' as const,
    pattern: [{ wildcard: 'many' } as const, text.slice(1), { wildcard: 'many' } as const],
    cased: true,
  })),
  fc.constantFrom<Comparison>(
    { is: 'null' },
    { is: 'exists', wanted: true },
    { is: 'boolean', value: true },
    { is: 'field', field: 'user.name', where: 'whole', cased: false },
  ),
);
const fields = fc.constantFrom(
  'kind',
  'component',
  'service',
  'format',
  'unparsed',
  'who',
  'user.name',
  'vendor',
  'Op',
  'record.Op',
  'nothing',
);
const { node: nodes } = fc.letrec<{ node: Node }>(tie => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.record({ is: fc.constant('field' as const), field: fields, compare: compares }),
    fc.record({
      is: fc.constant('keyword' as const),
      compare: texts.map(text => ({
        is: 'text' as const,
        pattern: [{ wildcard: 'many' } as const, text, { wildcard: 'many' } as const],
        cased: false,
      })),
    }),
    fc.record({ is: fc.constant('not' as const), of: tie('node') }),
    fc.record({
      is: fc.constantFrom('all' as const, 'any' as const),
      of: fc.array(tie('node'), { maxLength: 4 }),
    }),
  ),
}));
const events: fc.Arbitrary<WatchedEvent> = fc
  .record({
    kind: fc.constantFrom('login' as const, 'logout' as const),
    component: fc.constantFrom('dovecot', 'cloud'),
    service: fc.constantFrom(undefined, 'imap', ''),
    user: fc.constantFrom(undefined, { name: 'anna' }, { name: 'x' }),
    actor: fc.constantFrom(undefined, { name: 'anna' }),
    format: fc.constantFrom(undefined, 'json'),
    isUnparsed: fc.boolean(),
    text: fc.constantFrom('a line', '{"Op":"login"}', '{"Op":["x",null]}', '{"other":"anna"}'),
  })
  .map(({ format, isUnparsed, text, service, user, actor, ...event }) => ({
    format,
    isUnparsed,
    text,
    log: 'log',
    source: 'log',
    seq: 0,
    line: 1,
    timeMs: 0,
    event: {
      ...event,
      outcome: 'success',
      time: { original: '' },
      ...(service === undefined ? {} : { service }),
      ...(user === undefined ? {} : { user }),
      ...(actor === undefined ? {} : { actor }),
    },
  }));

/** A rule by itself. */
const isTrue = (of: DetectionRule, event: WatchedEvent): boolean =>
  mapsOf(of.source, maps).some(
    source => sourceTest(source)(event) && compileMatcher(of, sourceSpace(source))(event),
  );

describe('rules over events of many logs', () => {
  test('are those that hold one by one', () => {
    const sources = fc.constantFrom<LogSource>(
      { product: 'dovecot' },
      { category: 'mail' },
      { product: 'cloud' },
      { product: 'unheard-of' },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(sources, nodes), { minLength: 1, maxLength: 8 }),
        fc.array(events, { minLength: 1, maxLength: 8 }),
        (drawn, all) => {
          const rules = drawn.map(([source, node], index) => rule(index, source, node));
          const watched = new WatchedRules(rules, maps);
          for (const event of all) {
            const expected = new Set(rules.filter(each => isTrue(each, event)).map(({ id }) => id));
            expect(new Set(watched.match(event).map(({ id }) => id))).toEqual(expected);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('are told once, though two log sources are meant', () => {
    const both = map('both', { logSources: [{ product: 'dovecot' }] });
    const when: Node = { is: 'field', field: 'kind', compare: { is: 'exists', wanted: true } };
    const of = rule(1, { product: 'dovecot' }, when);
    const [event] = fc.sample(
      events.filter(each => each.event.component === 'dovecot'),
      1,
    );
    const more = { ...both, events: [{ components: ['dovecot'] }] };
    if (event === undefined) throw new Error('no event');
    expect(new WatchedRules([of], [...maps, more]).match(event)).toEqual([of]);
  });
});
