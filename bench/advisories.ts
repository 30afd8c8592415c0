/**
 * Measures the advisory database: the import of a made archive as large as all that OSV holds of Debian
 * and more, beside a program that unpacks and parses the same and keeps nothing; then the matching of
 * 1,000 packages, each time in a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, once, print } from './measure.ts';
import { archiveSize } from './osv-archive.ts';

const matchings = 5;

interface Matched {
  readonly components: number;
  readonly findings: number;
  readonly ms: number;
}

/** Takes a file out of the page cache, where dd(1) can ask for that. */
const coolDown = (path: string): boolean =>
  spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0']).status === 0;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
try {
  const archive = join(folder, 'all.zip');
  const store = join(folder, 'store');
  const bytes = Number(once('./make-archive.ts', [archive]).stdout);
  const limit = once('./parse.ts', [archive]);
  const imported = once('../bin/postern.js', [
    'advisories',
    'import',
    archive,
    '--as',
    'osv/Debian',
    '--store',
    store,
    '--quiet',
  ]);
  const database = join(store, 'advisories', 'osv~Debian.sqlite');
  const matchedOnce = (cold: boolean) => {
    const cost = once('./match.ts', [store]);
    return { ...cost, ...(JSON.parse(cost.stdout) as Matched), whole: cost.ms, cold };
  };
  const runs = Array.from({ length: matchings }, () => matchedOnce(coolDown(database)));
  const warm = Array.from({ length: matchings }, () => matchedOnce(false));
  const [first] = runs;
  print([
    [
      'archive',
      `made: ${archiveSize.advisories} advisories, ${(bytes / 1e6).toFixed(0)} MB of JSON`,
    ],
    ['import', `${seconds(imported.ms)} (aim: 60), ${imported.stdout.trim()}`],
    ['  peak memory', `${imported.peakMiB.toFixed(0)} MiB (aim: 1000)`],
    ['unpack and parse alone', seconds(limit.ms)],
    ['ratio', `${(imported.ms / limit.ms).toFixed(2)} (one pair, whole processes)`],
    ['database', `${(statSync(database).size / 1e6).toFixed(0)} MB`],
    [
      'matching',
      `${seconds(median(runs.map(({ ms }) => ms)))} (aim: 1), ${first?.components} packages, ${first?.findings} findings, ${first?.cold === true ? 'cold from disk' : 'from the page cache'}`,
    ],
    ['  from the page cache', seconds(median(warm.map(({ ms }) => ms)))],
    ['  with the start of Node', seconds(median(runs.map(({ whole }) => whole)))],
    [
      '  peak memory',
      `${Math.max(...runs.map(({ peakMiB }) => peakMiB)).toFixed(0)} MiB (aim: 300)`,
    ],
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
