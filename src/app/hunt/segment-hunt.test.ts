import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { emptyWatch } from '../../core/watch-policy.ts';
import type { WatchedEvent } from '../../core/watched-event.ts';
import type { SourceMap } from '../../detect/fields/source-map.ts';
import { sourceSpace } from '../../detect/fields/source-space.ts';
import { watchedSpace } from '../../detect/fields/watched-space.ts';
import { WatchedRules } from '../../detect/matching/watched-rules.ts';
import type { Comparison, DetectionRule, Node } from '../../detect/sigma/nodes.ts';
import { makeSegment } from '../../evidence/segment.ts';
import { rowsPath, segmentPath } from '../../evidence/verify/segment-file.ts';
import { RowDecoder } from '../../logs/rows/decode.ts';
import { KeptLines } from '../events/kept-lines.ts';
import { openSegment } from '../events/open-segment.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import { zonesOf } from '../ingest/zones.ts';
import { rowsOfSegment } from '../rows/parse-segment.ts';
import { rowsFile } from '../rows/rows-file.ts';
import { hitOfEvent } from './hits.ts';
import { loadRules } from './load-rules.ts';
import { everything } from './prepare.ts';
import { Rows, SegmentHunt } from './segment-hunt.ts';
import { watchRules } from './watch-rules.ts';

const zoneOf = zonesOf('UTC', '', 'UTC');
const day = '2026-06-29';
const store = mkdtempSync(join(tmpdir(), 'postern-segments-'));
afterAll(() => rmSync(store, { recursive: true, force: true }));

const logsBelow = (folder: string, name: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith(name))
    .sort()
    .map(path => join(folder, path));

/** Real lines of every format, a segment each, and those that Postern's rules are tried on. */
const keep = async (): Promise<readonly StoreSegment[]> => {
  const logs = [
    ...logsBelow('test/fixtures/formats', 'input.log'),
    ...logsBelow('test/fixtures/rules', 'match.log'),
  ];
  const segments: StoreSegment[] = [];
  for (const [i, log] of logs.entries()) {
    const raw = readFileSync(log);
    if (raw.length === 0) continue;
    const rows = rowsOfSegment(raw, { day, log, zoneOf, linesBefore: 0 });
    const segment = await makeSegment(raw, undefined);
    const file = rowsFile({ rows, raw, frames: segment.frames, createdBy: 'test' });
    if (file === undefined) throw new Error(`${log}: rows of other lines`);
    const source = `log${i}`;
    const [path, rowsAt] = [segmentPath, rowsPath].map(each => join(store, each(source, day, 1)));
    for (const [at, bytes] of [
      [path ?? '', segment.file],
      [rowsAt ?? '', file],
    ] as const) {
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, bytes);
    }
    const times = { firstMs: undefined, lastMs: undefined };
    segments.push({
      source,
      seq: 1,
      day,
      bytes: raw.length,
      hasRows: true,
      ...times,
      path: path ?? '',
      rows: rowsAt ?? '',
    });
  }
  return segments;
};

/** Every event, put together whole. */
const eventsOf = async (segment: StoreSegment): Promise<readonly WatchedEvent[]> => {
  const lines = new KeptLines();
  const open = await openSegment(segment, { lines, zoneOf, note: () => {} });
  if (open === undefined) throw new Error('it cannot be opened');
  const rows = new Rows(open, new RowDecoder());
  return Array.from({ length: open.rows.rows }, (_, row) => rows.event(row));
};

let segments: readonly StoreSegment[] = [];
let events: readonly WatchedEvent[] = [];
beforeAll(async () => {
  segments = await keep();
  events = (await Promise.all(segments.map(eventsOf))).flat();
});

const hitsByColumns = async (
  rules: Parameters<typeof watchRules>[0],
): Promise<{ readonly hits: readonly unknown[]; readonly read: number }> => {
  const hunt = new SegmentHunt({ rules: watchRules(rules), zoneOf, window: everything });
  const hits: unknown[] = [];
  let read = 0;
  for (const segment of segments) {
    const found = await hunt.hunt({ segment, from: 0 }, () => {});
    hits.push(...found.hits);
    read += found.read;
    expect(found.unseen).toEqual([]);
  }
  return { hits, read };
};

const inOrder = (hits: readonly unknown[]): readonly string[] =>
  hits.map(hit => JSON.stringify(hit)).toSorted();

test('rules that ship find by columns what they find in whole events', async () => {
  const run = loadRules({ folders: [], said: '', policy: emptyWatch });
  const watched = watchRules(run);
  const byId = new Map(watched.map(each => [each.rule.id, each]));
  const all = new WatchedRules(
    run.rules.filter(rule => rule.kind === 'detection'),
    run.maps,
  );
  const expected = events.flatMap(event =>
    all.match(event).flatMap(({ id }) => {
      const rule = byId.get(id);
      return rule === undefined ? [] : [hitOfEvent(rule, event)];
    }),
  );
  const { hits, read } = await hitsByColumns(run);
  expect(expected.length).toBeGreaterThan(100);
  expect(inOrder(hits)).toEqual(inOrder(expected));
  expect(read).toBeLessThan(events.length);
});

const fields = `
  kind outcome component service host folder user.name actor.name app.name app.uid from.ip
  from.port from.host through.ip detail count bytes session tls authMethod direction flags
  messages.to format log messages.messageId messages.from messages.queueId messages.uid
  source request.path request.stem request.query request.status request.method
  request.userAgent unparsed time line change.name record.Operation record.ClientIP
  record.eventType actor.user.name resources.uid service.name http_request.url.path Both
  Constant Nowhere eventUid user.uid pid
`
  .trim()
  .split(/\s+/);
const map: SourceMap = {
  id: 'test',
  title: 'everything',
  logSources: [{ category: 'everything' }],
  events: [{}],
  fields: new Map([['Both', ['actor.name', 'user.name', 'record.UserId']]]),
  constants: new Map([['Constant', 'always']]),
  otherwise: 'own',
  lacking: new Map([['Nowhere', 'there is none']]),
  advice: 'none',
};
const space = sourceSpace(map);

/** A text that an event has in the field, or a part of it. */
const textsOf = (field: string): readonly string[] => {
  const get = space.getter(field) ?? watchedSpace.getter(field);
  const found = new Set(events.flatMap(event => get?.(event) ?? []).map(String));
  return [...found].slice(0, 300);
};

const compareOf = (field: string): fc.Arbitrary<Comparison> => {
  const texts = textsOf(field);
  const text = texts.length === 0 ? fc.constant('x') : fc.constantFrom(...texts);
  const cased = fc.boolean();
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ is: fc.constant('text'), pattern: text.map(each => [each]), cased }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        is: fc.constant('text'),
        pattern: fc
          .tuple(text, fc.nat(8), fc.nat(6))
          .map(([each, from, length]) => [
            { wildcard: 'many' as const },
            each.slice(from, from + length + 1),
            { wildcard: 'many' as const },
          ]),
        cased,
      }),
    },
    { weight: 1, arbitrary: fc.constant<Comparison>({ is: 'null' }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant('exists'), wanted: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        is: fc.constant('number'),
        relation: fc.constantFrom('gt' as const, 'lte' as const, 'eq' as const, 'neq' as const),
        value: fc.constantFrom(0, 1, 200, 443, 1_000),
      }),
    },
    { weight: 1, arbitrary: fc.constant<Comparison>({ is: 'cidr', network: '203.0.113.0/24' }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant('boolean'), value: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.constant<Comparison>({ is: 'regex', source: '[a-c]\\d', flags: ['i'] }),
    },
    {
      weight: 1,
      arbitrary: fc.constant<Comparison>({
        is: 'field',
        field: 'user.name',
        where: 'whole',
        cased: false,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constant<Comparison>({ is: 'time', part: 'hour', relation: 'gt', value: 9 }),
    },
  );
};

test('any rule finds by columns what it finds in whole events', async () => {
  const compares = new Map(fields.map(field => [field, compareOf(field)]));
  const leaf: fc.Arbitrary<Node> = fc.constantFrom(...fields).chain(field =>
    fc.oneof(
      {
        weight: 15,
        arbitrary: (compares.get(field) ?? fc.constant<Comparison>({ is: 'null' })).map(
          compare => ({ is: 'field' as const, field, compare }),
        ),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom('login', 'suzuki', 'Operation', 'status=sent').map(word => ({
          is: 'keyword' as const,
          compare: { is: 'text' as const, pattern: [word], cased: false },
        })),
      },
    ),
  );
  const node = fc.letrec<{ node: Node }>(tie => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.record({
        is: fc.constantFrom('all' as const, 'any' as const),
        of: fc.array(tie('node'), { maxLength: 4 }),
      }),
      fc.record({ is: fc.constant('not' as const), of: tie('node') }),
    ),
  })).node;
  const nodes = fc.sample(node, { numRuns: 60, seed: 20_260_629 });
  const rules = nodes.map(
    (when, i): DetectionRule => ({
      id: `rule${i}`,
      title: `rule ${i}`,
      level: 'low',
      tags: [],
      falsePositives: [],
      references: [],
      place: { path: 'test', line: 1 },
      kind: 'detection',
      fields: [],
      filters: [],
      source: { category: 'everything' },
      when,
    }),
  );
  const run = {
    rules,
    maps: [map],
    fields: new Map(rules.map(({ id }, i) => [id, fields.slice(i % 40, (i % 40) + 3)])),
  };
  const watched = watchRules(run);
  const expected = watched.flatMap(each =>
    events.filter(each.matches).map(event => hitOfEvent(each, event)),
  );
  const { hits } = await hitsByColumns(run);
  expect(expected.length).toBeGreaterThan(1_000);
  expect(inOrder(hits)).toEqual(inOrder(expected));
});
