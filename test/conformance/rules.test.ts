import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mixedLog } from '../../bench/mixed-log.ts';
import { rulesPage, withTables } from '../../scripts/rules-table.ts';
import { loadRules } from '../../src/app/hunt/load-rules.ts';
import { mapsOf } from '../../src/detect/fields/source-map.ts';
import type { Rule } from '../../src/detect/sigma/nodes.ts';
import { RuleTeller, ruleCases, watchedLines } from '../support/rules.ts';

const policy = { rules: [], ownRules: true, without: [], levels: [], placeholders: {} };
const loaded = loadRules({ folders: [], said: '--rules', policy });
const teller = new RuleTeller(loaded);
const fileOf = ({ place }: Rule): string => basename(place.path, '.yml');
const alerting = loaded.rules.filter(({ id }) => loaded.alerting.has(id));
const cases = new Map(ruleCases().map(each => [each.name, each]));

test('all rules are understood, and there are more than 40', () => {
  expect(loaded.problems).toEqual([]);
  expect(alerting.length).toBeGreaterThanOrEqual(40);
});

test('each rule has one case, and each case a rule', () => {
  expect(alerting.map(fileOf).sort()).toEqual([...cases.keys()].sort());
});

describe.each(alerting.map(rule => [fileOf(rule), rule] as const))('%s', (name, rule) => {
  const { match, other, context } = cases.get(name) ?? { match: '', other: '', context: {} };
  const lines = watchedLines(match, context);

  test('says what it is for, whence it comes, and when it errs', () => {
    expect(rule.title.length).toBeLessThanOrEqual(110);
    expect(rule.description).toMatch(/^Case: ./m);
    expect(rule.falsePositives.length).toBeGreaterThan(0);
    expect(rule.tags.filter(tag => /^attack\.t\d{4}(?:\.\d{3})?$/.test(tag))).not.toEqual([]);
    expect(rule.status).toMatch(/^(?:stable|test|experimental)$/);
  });

  test('is told of the lines that it is for', () => {
    const hits = teller.tell(lines).filter(told => told.rule.id === rule.id);
    if (rule.kind === 'correlation') expect(hits).not.toEqual([]);
    else {
      expect(hits.map(told => told.line)).toEqual(
        context.hits ?? lines.map(watched => watched.line),
      );
    }
  });

  test('is not told of others that look like them', () => {
    const others = watchedLines(other, context);
    expect(others.length).toBeGreaterThan(0);
    expect(teller.tell(others).filter(told => told.rule.id === rule.id)).toEqual([]);
  });

  test('is about a log that Postern reads', () => {
    if (rule.kind === 'detection') {
      expect(mapsOf(rule.source, loaded.maps).filter(map => map.events.length > 0)).not.toEqual([]);
    }
  });
});

test('nothing is told of a quarter of an hour of a provider’s ordinary log', () => {
  const { log } = mixedLog(40_000);
  expect(teller.tell(watchedLines(log.toString('latin1')))).toEqual([]);
});

test('docs/rules.md names them all', () => {
  const page = readFileSync(rulesPage, 'utf8');
  // `node scripts/rules-table.ts` writes the tables anew.
  expect(page).toBe(withTables(page));
});
