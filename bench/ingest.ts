/**
 * What it costs to keep a log with all that is read of it, beside pflogsumm(1), which counts the same file, and
 * beside a program that takes five columns out of it into Parquet; then what is kept of it, and what a question costs.
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
import { median, once, print } from './measure.ts';

const [lines = 2_000_000, yearEvents = 100_000_000] = process.argv
  .slice(2)
  .filter(word => /^\d+$/.test(word))
  .map(Number);
const pairs = 3;
const person = 'sato909@example.jp';

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const speed = (ms: number): string => `${Math.round(lines / ms)} k lines/s`;

const bytesBelow = (folder: string, ending: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith(ending))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

/** Wall time of another program; undefined where it is not installed. */
const timeOf = (program: string, args: readonly string[]): number | undefined => {
  const started = performance.now();
  const { status, error } = spawnSync(program, [...args], { stdio: 'ignore' });
  return error !== undefined || status !== 0 ? undefined : performance.now() - started;
};

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-ingest-'));
try {
  const path = join(folder, 'mail.log');
  const log = mailLog(lines);
  writeFileSync(path, log);
  const gzip = gzipSync(log, { level: 6 }).length;
  const store = join(folder, 'store');
  const ingest = ['ingest', path, '--store', store, '--zone', 'UTC', '--year', '2026', '--quiet'];
  // In turn: whatever else the machine does falls on all of them.
  const runs = Array.from({ length: pairs }, () => {
    rmSync(store, { recursive: true, force: true });
    const counted = timeOf('pflogsumm', [path]);
    const kept = once('../bin/postern.js', ingest);
    const extracted = once('./extract.ts', [path, join(folder, 'columns.parquet')]);
    return { counted, kept, extracted };
  });
  const counts = runs.map(({ counted }) => counted).filter(ms => ms !== undefined);
  const ratios = runs.flatMap(({ counted, kept }) =>
    counted === undefined ? [] : counted / kept.ms,
  );
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
    ['log', `made: ${lines} lines, ${mb(log.length)}`],
    [
      'ingest, start to end',
      `${speed(median(runs.map(({ kept }) => kept.ms)))}: parsed, mapped, hashed, signed, durable, rows`,
    ],
    [
      '  of all its threads',
      `${(median(runs.map(({ kept }) => kept.cpuMs * 1_000)) / lines).toFixed(1)} µs of CPU a line`,
    ],
    [
      '  peak memory',
      `${Math.max(...runs.map(({ kept }) => kept.peakMiB)).toFixed(0)} MiB (aim: 1000)`,
    ],
    [
      'pflogsumm of the same file',
      counts.length === 0 ? 'not installed: apt-get install pflogsumm' : speed(median(counts)),
    ],
    [
      '  ratio',
      counts.length === 0
        ? 'none'
        : `${median(ratios).toFixed(2)} × (aim: 1.5, goal: 4; median of ${pairs} pairs)`,
    ],
    [
      'DuckDB, 5 columns, 2 threads',
      `${speed(median(runs.map(({ extracted }) => Number(extracted.stdout))))} by regexp_extract into Parquet, nothing else`,
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
