import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { correlation } from '../../../test/support/correlations.ts';
import type { Hit } from '../../detect/hit.ts';
import { HuntState } from '../../store/hunt-state.ts';
import { CorrelationMemory } from './correlation-memory.ts';

const key = new Uint8Array(32).fill(7);
const many = correlation('many', {
  type: 'event_count',
  rules: ['a'],
  condition: [{ relation: 'gte', value: 4 }],
});
const loaded = { rules: [many], fingerprint: 'f1' };

const hit = (line: number): Hit => ({
  rule: 'a',
  timeMs: line * 1000,
  values: { user: 'mori@example.jp' },
  user: 'mori@example.jp',
  component: 'dovecot',
  kind: 'login',
  source: 'mail.log',
  seq: 1,
  line,
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-memory-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A run that takes some hits. @returns lines at which the correlation held, and why it began anew */
const run = (
  lines: readonly number[],
  { isKept = true, by = key, rules = loaded } = {},
): { readonly held: readonly number[]; readonly lost: string | undefined } => {
  const state = new HuntState(folder);
  try {
    const memory = new CorrelationMemory(state, by, rules);
    return state.transaction(() => {
      for (const line of lines) memory.correlator.add(hit(line));
      const held = memory.correlator.advance(Number.POSITIVE_INFINITY).map(({ last }) => last.line);
      if (isKept) memory.keep();
      return { held, lost: memory.lost };
    });
  } finally {
    state.close();
  }
};

test('a run goes on where the run before stopped', () => {
  expect(run([1, 2]).held).toEqual([]);
  expect(run([3]).held).toEqual([]);
  expect(run([4]).held).toEqual([4]);
  expect(run([5]).held).toEqual([5]);
});

test('what a run did not keep it takes again, and tells again', () => {
  run([1, 2, 3]);
  expect(run([4], { isKept: false }).held).toEqual([4]);
  expect(run([4]).held).toEqual([4]);
  expect(run([4]).held).toEqual([]);
});

test('many small passes leave few pieces, and those are enough', () => {
  const state = new HuntState(folder);
  const memory = new CorrelationMemory(state, key, loaded);
  const count = state.transaction(() => {
    for (let line = 1; line <= 700; line += 1) {
      memory.correlator.add(hit(line * 100));
      memory.correlator.advance(Number.POSITIVE_INFINITY);
      memory.keep();
    }
    return state.database.prepare('SELECT count(*) AS count FROM correlation_piece').get()?.[
      'count'
    ];
  });
  state.close();
  expect(Number(count)).toBeLessThan(310);
  expect(run([70_001, 70_002, 70_003]).held).toEqual([70_003]);
});

test('of other rules nothing is gone on with', () => {
  run([1, 2, 3]);
  expect(run([4], { rules: { rules: [many], fingerprint: 'f2' } }).held).toEqual([]);
});

test('with another key it begins anew, and says so', () => {
  run([1, 2, 3]);
  const other = new Uint8Array(32).fill(8);
  const { held, lost } = run([4], { by: other });
  expect(held).toEqual([]);
  expect(lost).toMatch(/sealed with another key/);
  expect(run([5, 6, 7], { by: other })).toEqual({ held: [7], lost: undefined });
});

test('nobody is named in the file', () => {
  run([1, 2, 3]);
  const bytes = readFileSync(HuntState.pathIn(folder));
  expect(bytes.includes('mori')).toBe(false);
});
