/**
 * All rules over a store, and nothing remembered.
 *
 *   node bench/hunt-run.ts STORE [FOLDER OF RULES]
 */

import { everything } from '../src/app/hunt/prepare.ts';
import { runBacktest } from '../src/app/hunt/run-backtest.ts';
import { emptyWatch } from '../src/core/watch-policy.ts';

const [store = '', ...folders] = process.argv.slice(2);
const started = performance.now();
const {
  lines,
  rules,
  backtest = [],
  notes,
} = await runBacktest(
  {
    store,
    policy: emptyWatch,
    folders,
    said: 'rules',
    only: [],
    shown: { from: 'informational', components: [] },
    zone: 'UTC',
    names: false,
    key: undefined,
    now: Date.now,
    say: () => {},
  },
  everything,
);
const ms = performance.now() - started;
const { run, about } = rules;
const fired = backtest.length;
process.stdout.write(JSON.stringify({ ms, ...lines, run, about, fired, notes: notes.length }));
