/**
 * What `postern confirm` costs on a host, beside a plain walk of the same root in the same run.
 *
 *   npm run bench                 on a host that is made for it
 *   npm run bench -- --root DIR   on a real one
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { confirm } from '../src/app/confirm.ts';
import { emptyConfiguration } from '../src/core/policy.ts';
import { openRoot } from '../src/host/view.ts';
import { markers } from '../src/inventory/take.ts';
import { hostSize, makeHost } from './host.ts';
import { median, once, print } from './measure.ts';

const runs = 9;
const { values } = parseArgs({ options: { root: { type: 'string' } } });
const made = values.root === undefined ? mkdtempSync(join(tmpdir(), 'postern-bench-')) : undefined;
const root = values.root ?? `${made}/root`;
try {
  if (made !== undefined) makeHost(root);
  const files = openRoot(root, markers);
  const { components } = confirm({
    files,
    configuration: emptyConfiguration,
    target: { root },
    now: new Date(),
  });
  // In turn, A B A B: whatever else the machine does falls on both.
  const pairs = Array.from({ length: runs }, () => ({
    confirm: once('../bin/postern.js', ['confirm', '--root', root, '--format', 'json']),
    walk: once('./walk.ts', [root]),
  }));
  const ratio = median(pairs.map(pair => pair.confirm.ms / pair.walk.ms));
  const rows: readonly (readonly [string, string])[] = [
    [
      'host',
      made === undefined
        ? root
        : `made: ${hostSize.packages} packages, ${hostSize.offered} on offer`,
    ],
    ['components', String(components.length)],
    [
      'files opened',
      `${files.cost.filesOpened}, ${(files.cost.bytesRead / (1 << 20)).toFixed(1)} MiB read`,
    ],
    [
      'confirm, start to report',
      `${(median(pairs.map(pair => pair.confirm.ms)) / 1000).toFixed(2)} s (aim: 1.5)`,
    ],
    [
      '  peak memory',
      `${Math.max(...pairs.map(pair => pair.confirm.peakMiB)).toFixed(0)} MiB (aim: 250)`,
    ],
    ['plain walk of the root', `${(median(pairs.map(pair => pair.walk.ms)) / 1000).toFixed(2)} s`],
    ['ratio, median of pairs', `${ratio.toFixed(2)} (${runs} pairs, whole processes)`],
  ];
  print(rows);
} finally {
  if (made !== undefined) rmSync(made, { recursive: true, force: true });
}
