/**
 * What a hunt over 10 million stored events costs: Postern's rules, and those of a folder (SigmaHQ's rules for mail),
 * beside one full DuckDB scan of the columns that they touch.
 *
 *   npm run bench -- hunt [FOLDER OF RULES] [EVENTS]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, once, print } from './measure.ts';

const [folder = '', events = '10000000'] = process.argv.slice(2);
const folders = folder === '' ? [] : [folder];
const runs = 3;

/** Of `postern events --format parquet`: what rules ask for by name, and the line, for keywords and records. */
const named =
  'time,kind,outcome,user,actor,address,client_host,component,service,app,folder,message_ids,senders,recipients,count,bytes,session,detail,flags,unparsed,log,format';
const withLine = `${named},raw_data`;

const work = mkdtempSync(join(tmpdir(), 'postern-bench-hunt-'));
const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
try {
  const small = join(work, 'small');
  const big = join(work, 'big');
  const flat = join(work, 'flat.parquet');
  once('./hunt-store.ts', [small, '1']);
  once('../bin/postern.js', [
    'events',
    '--store',
    small,
    '--format',
    'parquet',
    '--raw',
    '--out',
    flat,
  ]);
  const made = JSON.parse(once('./hunt-store.ts', [big, events]).stdout) as {
    readonly events: number;
    readonly rounds: number;
    readonly segments: number;
  };
  const ours = Array.from({ length: runs }, () => {
    const cost = once('./hunt-run.ts', [big, ...folders]);
    return { ...cost, said: JSON.parse(cost.stdout) as Record<string, number> };
  });
  const scans = [named, withLine].map(columns =>
    Array.from({ length: runs }, () => {
      const cost = once('./hunt-duckdb.ts', [flat, String(made.rounds), columns]);
      return { ...cost, said: JSON.parse(cost.stdout) as { readonly ms: number } };
    }),
  );
  const [first] = ours;
  const wall = median(ours.map(({ said }) => said['ms'] ?? Number.NaN));
  const [byName = Number.NaN, byLine = Number.NaN] = scans.map(each =>
    median(each.map(({ said }) => said.ms)),
  );
  print([
    ['events', `${count(made.events)} in ${count(made.segments)} segments`],
    [
      'rules',
      `${count(first?.said['run'] ?? 0)} run, ${count(first?.said['about'] ?? 0)} about these logs, ${count(first?.said['fired'] ?? 0)} found something`,
    ],
    ['lines read', count(first?.said['read'] ?? 0)],
    [
      'hunt',
      `${seconds(wall)}, CPU ${seconds(median(ours.map(({ cpuMs }) => cpuMs)))}, ${count(Math.max(...ours.map(({ peakMiB }) => peakMiB)))} MiB`,
    ],
    ['events/s', count(made.events / (wall / 1_000))],
    [
      'DuckDB, named columns',
      `${seconds(byName)}, CPU ${seconds(median(scans[0]?.map(({ cpuMs }) => cpuMs) ?? []))}; hunt takes ${(wall / byName).toFixed(1)} x`,
    ],
    [
      'DuckDB, lines as well',
      `${seconds(byLine)}, CPU ${seconds(median(scans[1]?.map(({ cpuMs }) => cpuMs) ?? []))}; hunt takes ${(wall / byLine).toFixed(1)} x`,
    ],
    ['flat file', `${count(statSync(flat).size / 2 ** 20)} MiB, read ${count(made.rounds)} times`],
  ]);
} finally {
  rmSync(work, { recursive: true, force: true });
}
