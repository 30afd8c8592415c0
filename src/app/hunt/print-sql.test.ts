import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Duck, openDuck } from '../../../test/support/duck.ts';
import { ruleCases, watchedLines } from '../../../test/support/rules.ts';
import type { WatchedEvent } from '../../core/watched-event.ts';
import type { KeptEvent } from '../events/kept-event.ts';
import { EventParquet } from '../events/parquet-rows.ts';
import { keptJson } from '../events/render.ts';
import { toolVersion } from '../version.ts';
import { loadRules } from './load-rules.ts';
import { printSql, sqlTarget, sqlTargetOf } from './print-sql.ts';
import { watchRules } from './watch-rules.ts';

const policy = { rules: [], ownRules: true, without: [], levels: [], placeholders: {} };
const loaded = loadRules({ folders: [], said: '--rules', policy });
const everyRule = { ...loaded, alerting: new Set(loaded.rules.map(({ id }) => id)) };

const keptOf = (watched: WatchedEvent): KeptEvent => ({
  parsed: watched.isUnparsed ? { unparsed: 'not understood' } : { event: watched.event },
  source: watched.source,
  seq: watched.seq,
  line: watched.line,
  sequence: watched.line,
  log: watched.log,
  format: watched.format,
  text: watched.text,
});

/** OCSF's classes for changes have no place for the request that made them. */
const isWhole = ({ event }: WatchedEvent): boolean =>
  event.request === undefined || /^(?:web|api)\.request$/.test(event.kind);

/** Lines of all cases of our own rules, each case a segment. */
const lines = ruleCases()
  .flatMap(({ match, other, context }, seq) =>
    [...watchedLines(match, context), ...watchedLines(other, context)].map((each, line) => ({
      ...each,
      source: 'cases',
      seq,
      line: line + 1,
    })),
  )
  .filter(isWhole);

let duck: Duck;
let folder = '';
beforeAll(async () => {
  duck = await openDuck();
  folder = mkdtempSync(join(tmpdir(), 'postern-sql-'));
  const parts: Uint8Array[] = [];
  const parquet = new EventParquet(bytes => parts.push(bytes), true, 0);
  for (const each of lines) parquet.add(keptOf(each));
  parquet.end();
  writeFileSync(join(folder, 'events.parquet'), Buffer.concat(parts));
  const context = { toolVersion, processedMs: 0 };
  const texts = lines.map(each => keptJson(keptOf(each), context, true));
  writeFileSync(join(folder, 'events.ndjson'), `${texts.join('\n')}\n`);
});
afterAll(() => {
  duck.close();
  rmSync(folder, { recursive: true });
});

const statementsOf = (text: string): readonly string[] => text.split(/\n\n(?=-- )/);

const matched = new Map(
  watchRules(loaded).map(({ rule, matches }) => [
    rule.id,
    lines.filter(matches).map(({ seq, line }) => `cases/${seq}/${line}`),
  ]),
);

/** Some of the rules, for each is a query that has to be planned. */
const oneIn = (step: number): typeof everyRule => {
  const some = loaded.rules.filter((rule, at) => at % step === 0 || rule.kind === 'correlation');
  return { ...loaded, alerting: new Set(some.map(({ id }) => id)) };
};

const wanted = ({ rules, alerting }: typeof everyRule): readonly unknown[] =>
  rules.flatMap(({ id, kind }) =>
    kind === 'detection' && alerting.has(id) ? [[id, (matched.get(id) ?? []).toSorted()]] : [],
  );

const answers = async (
  rules: typeof everyRule,
  table: string,
  placeOf: (row: Readonly<Record<string, unknown>>) => string,
): Promise<readonly unknown[]> => {
  const { text, left } = printSql(rules, sqlTargetOf(table));
  const asked = rules.rules.filter(({ id }) => rules.alerting.has(id));
  expect(left).toEqual([]);
  const found: unknown[] = [];
  for (const [at, sql] of statementsOf(text).entries()) {
    const rule = asked[at];
    const rows = await duck.rows(sql);
    if (rule?.kind === 'detection') found.push([rule.id, rows.map(placeOf).toSorted()]);
  }
  return found;
};

describe('our own rules in SQL', () => {
  test('find in Parquet of kept events what they find in the lines', async () => {
    const rules = oneIn(3);
    const found = await answers(
      rules,
      `events:${join(folder, 'events.parquet')}`,
      row => `${String(row['segment'])}/${String(row['line'])}`,
    );
    expect(found).toEqual(wanted(rules));
  });

  test('find it in OCSF', async () => {
    const rules = oneIn(7);
    const found = await answers(rules, `ocsf:${join(folder, 'events.ndjson')}`, ({ json }) => {
      const event = JSON.parse(String(json));
      const { segment, line } = event.unmapped?.postern ?? event;
      return `${segment}/${line}`;
    });
    expect(found).toEqual(wanted(rules));
  });

  test('are statements that DuckDB takes, of whatever table', async () => {
    await duck.run('CREATE TABLE events (something INTEGER)');
    await duck.run('CREATE TABLE records (json JSON)');
    for (const target of [sqlTarget, sqlTargetOf('json:records@when')]) {
      for (const sql of statementsOf(printSql(oneIn(5), target).text))
        expect(await duck.rows(sql)).toEqual([]);
    }
  });
});

test.each(['x', 'flat:', 'json:a@', 'flat:a..b'])('%s is no table', word => {
  expect(() => printSql(everyRule, sqlTargetOf(word))).toThrow(/--table/);
});
