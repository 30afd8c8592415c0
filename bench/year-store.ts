/** Makes a store of a year of events: a few segments that were kept, each linked under many days. */
import { linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dayAfter } from '../src/evidence/days.ts';
import { rowsPath, segmentPath } from '../src/evidence/verify/segment-file.ts';
import { SqliteEvidenceState } from '../src/store/evidence-state.ts';
import { readKeptState } from '../src/store/kept-segments.ts';
import { ParquetFile } from '../src/store/parquet/read.ts';

const [from = '', to = '', wanted = '0'] = process.argv.slice(2);
const source = 'year.log';
const kept = readKeptState(join(from, 'state.sqlite')).segments.filter(each => each.hasRows);
const rows = kept.map(
  ({ source: id, day, seq }) =>
    new ParquetFile(readFileSync(join(from, rowsPath(id, day, seq)))).rows,
);
const each = rows.reduce((sum, count) => sum + count, 0) / rows.length;
const count = Math.ceil(Number(wanted) / each);
mkdirSync(to, { recursive: true });
const state = new SqliteEvidenceState(join(to, 'state.sqlite'));
let events = 0;
const segments = Array.from({ length: count }, (_, i) => {
  const model = kept[i % kept.length];
  if (model === undefined) throw new Error('no segments');
  events += rows[i % kept.length] ?? 0;
  const day = dayAfter('2025-06-01', Math.floor((i * 365) / count));
  const seq = i + 1;
  for (const path of [segmentPath, rowsPath]) {
    const target = join(to, path(source, day, seq));
    if (seq === 1 || i % 50 === 0 || !readdirSync(dirname(dirname(target))).includes(day)) {
      mkdirSync(dirname(target), { recursive: true });
    }
    linkSync(join(from, path(model.source, model.day, model.seq)), target);
  }
  return {
    source,
    seq,
    day,
    leaf: i,
    lines: 0,
    bytes: model.bytes,
    storedBytes: 0,
    // As if its lines were of that day.
    firstMs: Date.parse(`${day}T00:00:00Z`),
    lastMs: Date.parse(`${day}T23:59:59Z`),
    hasRows: true,
  };
});
state.commit({
  expected: { size: 0, root: Buffer.alloc(32) },
  head: { size: count, root: Buffer.alloc(32), checkpoint: '' },
  leaves: [],
  sources: [{ id: source, addedDay: '2025-06-01', seq: count }],
  segments,
});
state.close();
process.stdout.write(JSON.stringify({ segments: count, events }));
