/**
 * What it costs to say whose data a breach concerns, beside the plainest query by hand over the same files:
 *
 *   npm run bench -- scope          a tenth of the size
 *   npm run bench -- scope --full   14.2 million people, 71 million rows of who is named where, 50 million events
 *
 * What is asked: both bounds, with data types, of a breach of the webmail. The data is made first, which takes some
 * minutes, and is the same in every run; a folder as argument keeps it for the next run.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cost, once, print } from './measure.ts';

const isFull = process.argv.includes('--full');
const given = process.argv.slice(2).find(each => !each.startsWith('--'));
const store = given ?? mkdtempSync(join(tmpdir(), 'postern-scope-'));
const people = isFull ? 14_200_000 : 1_420_000;
const events = isFull ? 50_000_000 : 5_000_000;
const types = 20;
const memory = 3 * 2 ** 30;
const day = 86_400_000;
const toMs = Date.parse('2025-11-30T23:59:59.999Z');

interface Told {
  readonly ms: number;
  readonly readMs?: number;
  readonly listMs?: number;
  readonly row: Readonly<Record<string, number>>;
}

const told = ({ stdout }: Cost): Told => JSON.parse(stdout) as Told;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const mb = (mib: number): string => `${Math.round(mib)} MiB`;

/** Figures that are not the same. */
const differing = (ours: Told['row'], theirs: Told['row']): number =>
  [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].filter(
    name => (ours[name] ?? 0) !== (theirs[name] ?? 0),
  ).length;

const ask = (days: number): readonly (readonly [string, string])[] => {
  const window = [String(toMs - days * day), String(toMs)];
  const ours = once('./scope-run.ts', [store, ...window, String(memory)]);
  const theirs = once('./scope-duckdb.ts', [store, String(types), ...window, '4GB']);
  const [one, other] = [told(ours), told(theirs)];
  const ratio = (other.ms / one.ms).toFixed(1);
  const cpu = (theirs.cpuMs / ours.cpuMs).toFixed(1);
  const { reach = 0, evidenced = 0 } = one.row;
  return [
    [`window of ${days} days`, `${evidenced} people evidenced, ${reach} within reach`],
    [
      '  postern scope',
      `${seconds(one.ms)}, of it events ${seconds(one.readMs ?? 0)}; ${mb(ours.peakMiB)}, ${seconds(ours.cpuMs)} of processors`,
    ],
    [
      '  DuckDB',
      `${seconds(other.ms)}; ${mb(theirs.peakMiB)}, ${seconds(theirs.cpuMs)} of processors`,
    ],
    ['  DuckDB / postern', `${ratio} of the time, ${cpu} of processors`],
    ['  figures that differ', String(differing(one.row, other.row))],
  ];
};

try {
  if (!existsSync(join(store, 'exposure/linked/current'))) {
    const data = once('./scope-data.ts', [store, String(people)]);
    const log = once('./scope-events.ts', [store, String(events), String(people)]);
    print([
      ['people, who is named', `${data.stdout} in ${seconds(data.ms)}`],
      ['events', `${log.stdout} in ${seconds(log.ms)}`],
    ]);
  }
  print(ask(30));
  print(ask(330));
  const window = [String(toMs - 30 * day), String(toMs)];
  const list = once('./scope-run.ts', [store, ...window, String(memory), 'people.parquet']);
  print([
    [
      'list as Parquet',
      `${seconds(told(list).listMs ?? 0)} beside the bounds; ${mb(list.peakMiB)}`,
    ],
  ]);
} finally {
  if (given === undefined) rmSync(store, { recursive: true, force: true });
}
