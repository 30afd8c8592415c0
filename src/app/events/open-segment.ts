import { readFileSync } from 'node:fs';
import { messageOf } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import { readSpool } from '../../evidence/spool.ts';
import { readSegmentFile } from '../../evidence/verify/segment-file.ts';
import { ParquetFile } from '../../store/parquet/read.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { lineText } from '../rows/line-text.ts';
import { rowsFile, rowsLayout } from '../rows/rows-file.ts';
import { Frame, frameIndexOf, type KeptLines } from './kept-lines.ts';
import { linesBeforeSpool } from './lines-before.ts';
import type { SpooledLines, StoreSegment } from './store-segments.ts';

/** The text of a line of the segment, 1-based, and of those that follow it in one record. @throws */
export type TextOfLine = (line: number, isFirst: boolean, count?: number) => string;

export interface OpenSegment {
  readonly segment: StoreSegment;
  readonly rows: ParquetFile;
  readonly text: TextOfLine;
  /** The bytes that a line stands in, 1-based. @throws */
  readonly frame: (line: number) => Frame;
}

export interface OpenSegmentOptions {
  readonly lines: KeptLines;
  /** Of stamps that name none, where lines have to be read again. */
  readonly zoneOf: ZoneOf;
  readonly note: (unseen: Unseen) => void;
  /** How a file of rows is read, where it is not of use for longer than these bytes are. @throws */
  readonly readFile?: (path: string) => Buffer;
}

const how =
  'Run postern evidence verify; postern evidence reparse makes rows anew of lines that are whole.';

const isMissing = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';

const readRows = (path: string, { readFile = readFileSync }: OpenSegmentOptions): ParquetFile => {
  const rows = new ParquetFile(readFile(path));
  const layout = rows.metadata.get('postern.layout');
  if (layout !== String(rowsLayout)) {
    throw new RangeError(`its layout is ${layout ?? 'not named'}, not ${rowsLayout}`);
  }
  return rows;
};

/** Reads the lines themselves: rows of them are made here, and forgotten. */
const parsed = async (
  segment: StoreSegment,
  raw: Buffer,
  { zoneOf }: OpenSegmentOptions,
): Promise<OpenSegment | undefined> => {
  // Loading all formats takes longer than most questions, of which few need them.
  const { rowsOfDraft } = await import('../rows/parse-draft.ts');
  const { source, seq, day, spool } = segment;
  const { from, to = '' } = spool ?? {};
  const draft = { source, seq, day, raw, to, ...(from === undefined ? {} : { from }) };
  const context = spool === undefined ? [] : linesBeforeSpool(spool);
  const file = rowsFile({ rows: rowsOfDraft(draft, zoneOf, context), raw, createdBy: 'postern' });
  if (file === undefined) return undefined;
  const frame = new Frame(1, raw);
  const { ends } = frame;
  return {
    segment,
    rows: new ParquetFile(file),
    text: (line, isFirst, count = 1) => {
      const texts: string[] = [];
      for (let at = line - 1; at < line - 1 + count; at += 1) {
        texts.push(lineText(raw, ends[at - 1] ?? 0, ends[at] ?? raw.length, isFirst));
      }
      return texts.join('\n');
    },
    frame: () => frame,
  };
};

/** What cannot be read at all is named. */
const attempt = async (
  path: string,
  { note }: OpenSegmentOptions,
  open: () => Promise<OpenSegment | undefined>,
): Promise<OpenSegment | undefined> => {
  try {
    const opened = await open();
    if (opened === undefined) note({ what: path, why: 'its lines cannot be told apart', how });
    return opened;
  } catch (thrown) {
    note({ what: path, why: isMissing(thrown) ? 'the file is missing' : messageOf(thrown), how });
    return undefined;
  }
};

/** Lines whose rows are missing or damaged are read again. */
const readAgain = (
  segment: StoreSegment,
  options: OpenSegmentOptions,
): Promise<OpenSegment | undefined> =>
  attempt(segment.path, options, async () => {
    const read = readSegmentFile(readFileSync(segment.path));
    if (!read.ok) throw new RangeError(read.why);
    return await parsed(segment, read.raw, options);
  });

const openSpooled = async (
  segment: StoreSegment,
  { path, goodBytes }: SpooledLines,
  options: OpenSegmentOptions,
): Promise<OpenSegment | undefined> => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    if (!isMissing(thrown)) {
      options.note({ what: path, why: messageOf(thrown), how });
      return undefined;
    }
    // Meanwhile it became a segment.
    const { spool: _, ...made } = segment;
    return await openSegment({ ...made, hasRows: true }, options);
  }
  const { frames } = readSpool(bytes.subarray(0, goodBytes));
  return await attempt(path, options, () =>
    parsed(segment, Buffer.concat(frames.map(frame => frame.bytes)), options),
  );
};

/** The rows of a segment; undefined, and noted, where there is no reading it. */
export const openSegment = async (
  segment: StoreSegment,
  options: OpenSegmentOptions,
): Promise<OpenSegment | undefined> => {
  const { spool, hasRows, path } = segment;
  if (spool !== undefined) return await openSpooled(segment, spool, options);
  if (!hasRows) return await readAgain(segment, options);
  try {
    const rows = readRows(segment.rows, options);
    const index = frameIndexOf(rows);
    return {
      segment,
      rows,
      text: (line, isFirst, count) => options.lines.text(path, index, line, isFirst, count),
      frame: line => options.lines.frame(path, index, line),
    };
  } catch (thrown) {
    return await openAgain(segment, options, thrown);
  }
};

/** Where rows turned out to be missing or damaged: they are named, and the lines read again. */
export const openAgain = async (
  segment: StoreSegment,
  options: OpenSegmentOptions,
  thrown: unknown,
): Promise<OpenSegment | undefined> => {
  const why = isMissing(thrown) ? 'the file is missing' : messageOf(thrown);
  options.note({ what: segment.rows, why: `${why}; the lines were read again`, how });
  return await readAgain(segment, options);
};
