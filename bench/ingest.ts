/**
 * What it costs to keep a log with all that is read of it, beside pflogsumm(1), which counts the same file, and
 * beside a program that takes five columns out of it into Parquet; then what is kept of it, and what a question costs.
 * The log is one of a provider's host (`mixed-log.ts` says which shares of lines), and with it a log of six kinds of
 * lines in equal parts, each with a queue id or session of its own, as far as speed is concerned.
 *
 *   npm run bench -- ingest [lines] [events of a year]
 */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { mailLog } from './mail-log.ts';
import { type Cost, median, once, print } from './measure.ts';
import { mixedLog } from './mixed-log.ts';

const [lines = 2_000_000, yearEvents = 100_000_000] = process.argv
  .slice(2)
  .filter(word => /^\d+$/.test(word))
  .map(Number);
const pairs = 3;
const person = 'kato909@example.jp';

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const speed = (ms: number): string => `${Math.round(lines / ms)} k lines/s`;

const bytesBelow = (folder: string, ending: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith(ending))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

interface Counted {
  readonly ms: number;
  /** Another process's, as the shell tells it. */
  readonly cpuMs: number;
}

/** What it costs pflogsumm to count a log; undefined where it is not installed. */
const pflogsumm = (path: string): Counted | undefined => {
  const script = 'TIMEFORMAT=\'%U %S\'; time pflogsumm "$0" > /dev/null';
  const started = performance.now();
  const { status, stderr } = spawnSync('bash', ['-c', script, path], { encoding: 'utf8' });
  const ms = performance.now() - started;
  if (status !== 0) return undefined;
  const [user = Number.NaN, system = Number.NaN] = stderr.trim().split(/\s+/).slice(-2).map(Number);
  return { ms, cpuMs: (user + system) * 1_000 };
};

interface Run {
  readonly counted: Counted | undefined;
  readonly kept: Cost;
}

/** Keeps and counts a log, in turn: whatever else the machine does falls on both. */
const compare = (path: string, store: string): readonly Run[] =>
  Array.from({ length: pairs }, () => {
    rmSync(store, { recursive: true, force: true });
    const counted = pflogsumm(path);
    const args = ['ingest', path, '--store', store, '--zone', 'UTC', '--year', '2026', '--quiet'];
    return { counted, kept: once('../bin/postern.js', args) };
  });

/** By wall time, of which others on the machine take their part, and by CPU, if both processors were free. */
const ratiosOf = (runs: readonly Run[]): string => {
  const of = (ratio: (counted: Counted, kept: Cost) => number): string =>
    median(
      runs.flatMap(({ counted, kept }) => (counted === undefined ? [] : ratio(counted, kept))),
    ).toFixed(2);
  if (runs.every(({ counted }) => counted === undefined)) return 'none';
  return `${of((counted, kept) => counted.ms / kept.ms)} × (aim: 1.5, goal: 4; median of ${pairs} pairs); of CPU, on two processors, ${of((counted, kept) => (2 * counted.cpuMs) / kept.cpuMs)} × at most`;
};

const cpuOf = (runs: readonly Run[]): string =>
  `${(median(runs.map(({ kept }) => kept.cpuMs * 1_000)) / lines).toFixed(1)} µs of CPU a line`;

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-ingest-'));
try {
  const path = join(folder, 'mail.log');
  const { log, mix } = mixedLog(lines);
  writeFileSync(path, log);
  const gzip = gzipSync(log, { level: 6 }).length;
  const equal = join(folder, 'equal.log');
  writeFileSync(equal, mailLog(lines));
  const equals = compare(equal, join(folder, 'equal'));
  rmSync(join(folder, 'equal'), { recursive: true });
  const store = join(folder, 'store');
  const runs = compare(path, store);
  const counts = runs.flatMap(({ counted }) => (counted === undefined ? [] : counted));
  const extracted = once('./extract.ts', [path, join(folder, 'columns.parquet')]);
  const raw = bytesBelow(join(store, 'segments'), '.raw.zst');
  const rows = bytesBelow(join(store, 'segments'), '.parquet');
  const all = bytesBelow(store, '');
  const asked = ['events', '--store', store, '--person', person, '--format', 'ndjson', '--quiet'];
  const answer = once('../bin/postern.js', asked);
  const year = join(folder, 'year');
  mkdirSync(year);
  const made = JSON.parse(once('./year-store.ts', [store, year, String(yearEvents)]).stdout) as {
    readonly segments: number;
    readonly events: number;
  };
  const reads = [
    'events',
    '--store',
    year,
    '--person',
    person,
    '--kind',
    'message.read',
    '--quiet',
  ];
  const inYear = once('../bin/postern.js', [...reads, '--format', 'ndjson']);
  print([
    ['log', `made: ${lines} lines, ${mb(log.length)}: ${mix}`],
    [
      'ingest, start to end',
      `${speed(median(runs.map(({ kept }) => kept.ms)))}: parsed, mapped, hashed, signed, durable, rows`,
    ],
    ['  of all its threads', cpuOf(runs)],
    [
      '  peak memory',
      `${Math.max(...runs.map(({ kept }) => kept.peakMiB)).toFixed(0)} MiB (aim: 1000)`,
    ],
    [
      'pflogsumm of the same file',
      counts.length === 0
        ? 'not installed: apt-get install pflogsumm'
        : `${speed(median(counts.map(({ ms }) => ms)))}, ${(median(counts.map(({ cpuMs }) => cpuMs * 1_000)) / lines).toFixed(1)} µs of CPU a line`,
    ],
    ['  ratio', ratiosOf(runs)],
    ['  where all lines differ', `${cpuOf(equals)}, ratio ${ratiosOf(equals)}`],
    [
      'DuckDB, 5 columns, 2 threads',
      `${speed(Number(extracted.stdout))} by regexp_extract into Parquet, nothing else`,
    ],
    [
      'kept, lines and rows',
      `${mb(raw + rows)}: ${((raw + rows) / gzip).toFixed(2)} × gzip -6 (aim: 1.6, goal: 1); lines ${(raw / gzip).toFixed(2)}, rows ${(rows / gzip).toFixed(2)}`,
    ],
    ['  log, seals and state', mb(all - raw - rows)],
    [
      `events of one person`,
      `${answer.ms.toFixed(0)} ms with the start of Node, ${answer.cpuMs.toFixed(0)} ms of CPU, ${answer.stdout.split('\n').length - 1} of ${lines} lines`,
    ],
    [
      `  of a year`,
      `${(inYear.ms / 1_000).toFixed(2)} s (aim: 2), ${(inYear.cpuMs / 1_000).toFixed(2)} s of CPU, ${inYear.stdout.split('\n').length - 1} of ${made.events} events in ${made.segments} segments, linked from the ${readdirSync(join(store, 'segments'), { recursive: true }).filter(name => String(name).endsWith('.parquet')).length} that were kept`,
    ],
    ['    peak memory', `${inYear.peakMiB.toFixed(0)} MiB`],
  ]);
  if (readFileSync(path).length !== log.length) throw new Error('the log was changed');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
