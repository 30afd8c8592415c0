import { messageOf } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { WatchedEvent } from '../../core/watched-event.ts';
import { ColumnTruth, truths } from '../../detect/columns/column-truth.ts';
import { rowKinds } from '../../detect/columns/row-kinds.ts';
import type { PackedHits } from '../../detect/hit-batch.ts';
import { HitPacker, noHits } from '../../detect/hit-packer.ts';
import { type TextColumn, textColumns } from '../../logs/rows/columns.ts';
import { RowDecoder } from '../../logs/rows/decode.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';
import { spanOf } from '../events/ask.ts';
import { KeptLines } from '../events/kept-lines.ts';
import { type OpenSegment, openAgain, openSegment } from '../events/open-segment.ts';
import { placesOf } from '../events/segment-rows.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { hitOfEvent, RowHits } from './hits.ts';
import type { PassLines } from './pipeline.ts';
import { type LineBytes, RowLine } from './row-line.ts';
import { SegmentColumns } from './segment-columns.ts';
import { Scans, SegmentSigns } from './segment-signs.ts';
import { type AskedShape, type ShapeRule, ShapeRules } from './shape-rules.ts';
import { watchedEvent } from './watched.ts';
import type { WatchedRule } from './watched-rule.ts';

/** What rules found in one segment, and what looking cost. */
export interface SegmentFound {
  /** In the order of their times. */
  readonly hits: PackedHits;
  readonly rows: number;
  /** Rows whose line had to be read. */
  readonly read: number;
  /** Rows that no format understands. */
  readonly unparsed: number;
  /** Behind which line the next pass goes on: the last that there is. */
  readonly lastLine: number;
  /** Infinite where there are none. */
  readonly firstMs: number;
  readonly newestMs: number;
  /** Components that its events are from, and the ids of rules that are about them. */
  readonly parts: readonly { readonly component: string; readonly rules: readonly string[] }[];
  readonly unseen: readonly Unseen[];
}

export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Of a segment that cannot be read. */
export const nothingFound: Omit<SegmentFound, 'lastLine' | 'unseen'> = {
  hits: noHits,
  rows: 0,
  read: 0,
  unparsed: 0,
  firstMs: Number.POSITIVE_INFINITY,
  newestMs: Number.NEGATIVE_INFINITY,
  parts: [],
};

const shapeColumns = ['rest', 'kind', 'outcome', 'component', 'service', 'format'] as const;

/** By component, all rules that are about any of its shapes. */
const partsOf = (shapes: readonly AskedShape[]): SegmentFound['parts'] => {
  const parts = new Map<string, Set<string>>();
  const done = new Set<readonly string[]>();
  for (const { component, isUnparsed, about } of shapes) {
    if (isUnparsed) continue;
    const rules = parts.get(component) ?? new Set();
    parts.set(component, rules);
    if (done.has(about)) continue;
    done.add(about);
    for (const rule of about) rules.add(rule);
  }
  return [...parts].map(([component, rules]) => ({ component, rules: [...rules] }));
};

/** Rows of one segment, their columns and their lines. */
export class Rows {
  readonly columns: SegmentColumns;
  readonly placesMs: Float64Array;
  readonly lines: Float64Array;
  private readonly open: OpenSegment;
  private readonly decoder: RowDecoder;
  private readonly times: Float64Array;
  private sequences: Float64Array | undefined;

  constructor(open: OpenSegment, decoder: RowDecoder) {
    const { rows } = open;
    this.open = open;
    this.decoder = decoder;
    this.columns = new SegmentColumns(rows, open.segment.source);
    this.times = rows.numbers('time');
    this.placesMs = placesOf(this.times, spanOf(open.segment)[0]);
    this.lines = rows.numbers('line');
  }

  /** The text of its line. @throws where it cannot be read */
  text(row: number): string {
    this.sequences ??= this.open.rows.numbers('sequence');
    return this.open.text(this.lines[row] ?? 0, this.sequences[row] === 1);
  }

  /** The bytes of its line; undefined where they may begin with what is no part of the text. @throws as `text` does */
  bytes(row: number): LineBytes | undefined {
    this.sequences ??= this.open.rows.numbers('sequence');
    if (this.sequences[row] === 1) return undefined;
    const line = this.lines[row] ?? 0;
    const { firstLine, raw, ends } = this.open.frame(line);
    const end = ends[line - firstLine];
    if (end === undefined) throw new RangeError(`it has no line ${line}`);
    return { raw, start: ends[line - firstLine - 1] ?? 0, end };
  }

  /** The whole event, for which its line is read. @throws where row and line are not of each other */
  event(row: number): WatchedEvent {
    const { segment, rows } = this.open;
    this.sequences ??= rows.numbers('sequence');
    const texts: Partial<Record<TextColumn, string>> = {};
    for (const column of textColumns) {
      const text = this.columns.text(column, row);
      if (text !== undefined) texts[column] = text;
    }
    const time = this.times[row] ?? Number.NaN;
    const line = this.lines[row] ?? 0;
    const sequence = this.sequences[row] ?? Number.NaN;
    const isFirst = sequence === 1;
    const text = this.open.text(line, isFirst);
    const stored = { timeMs: Number.isNaN(time) ? undefined : time, texts };
    const decoded = this.decoder.decode(stored, text);
    const kept = {
      ...decoded,
      source: segment.source,
      seq: segment.seq,
      line,
      sequence: Number.isNaN(sequence) ? undefined : sequence,
      log: texts.log ?? segment.source,
      format: texts.format,
      text: decoded.lines === undefined ? text : this.open.text(line, isFirst, decoded.lines),
    };
    return watchedEvent(kept, this.placesMs[row] ?? 0);
  }
}

export interface SegmentHuntOptions {
  readonly rules: readonly WatchedRule[];
  readonly zoneOf: ZoneOf;
  readonly window: TimeWindow;
}

/** Asks the rules of segments, by columns first; the lines of rows that columns do not decide are read. */
export class SegmentHunt {
  private readonly options: SegmentHuntOptions;
  private readonly shapes: ShapeRules;
  private readonly scans: Scans;
  private readonly decoder = new RowDecoder();
  private readonly keptLines = new KeptLines();
  private unseen: Unseen[] = [];

  constructor(options: SegmentHuntOptions) {
    this.options = options;
    this.shapes = new ShapeRules(options.rules);
    this.scans = new Scans(this.shapes.signs);
  }

  /** @param opened the lines, where somebody has opened them already */
  async hunt(
    { segment, from }: PassLines,
    alsoOf: (file: ParquetFile) => void,
    opened?: OpenSegment,
  ): Promise<SegmentFound> {
    this.unseen = [];
    const opening = {
      lines: this.keptLines,
      zoneOf: this.options.zoneOf,
      note: (unseen: Unseen) => this.unseen.push(unseen),
    };
    const look = (open: OpenSegment | undefined): SegmentFound => {
      if (open === undefined) return { ...nothingFound, lastLine: from, unseen: this.unseen };
      const found = this.look(open, from);
      alsoOf(open.rows);
      return found;
    };
    if (opened !== undefined) return look(opened);
    try {
      return look(await openSegment(segment, opening));
    } catch (thrown) {
      return look(await openAgain(segment, opening, thrown));
    }
  }

  /** @throws RangeError where rows are damaged */
  private look(open: OpenSegment, from: number): SegmentFound {
    const rows = new Rows(open, this.decoder);
    const { columns, placesMs, lines } = rows;
    const count = open.rows.rows;
    const kinds = rowKinds(
      count,
      shapeColumns.map(name => columns.column(name)),
    );
    const shapes = Array.from(kinds.example, row => this.shapeOf(columns, row));
    const { fromMs, toMs } = this.options.window;
    const keys = new Set(shapes.flatMap(shape => shape.keys));
    const scan = this.scans.for(new Set(shapes.flatMap(shape => shape.signs)));
    const signs = new SegmentSigns(open, rows, scan, keys);
    const line = new RowLine(
      row => rows.text(row),
      row => rows.bytes(row),
    );
    const truth = new ColumnTruth(
      columns.column,
      row => placesMs[row] ?? 0,
      row => line.at(row),
      signs.has,
    );
    const packer = new HitPacker();
    const hits = new RowHits(packer, columns, truth);
    const rowsOf = new Int32Array(kinds.count);
    let read = 0;
    let lastLine = from;
    let firstMs = Number.POSITIVE_INFINITY;
    let newestMs = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < count; row += 1) {
      const line = lines[row] ?? 0;
      if (line <= from) continue;
      if (line > lastLine) lastLine = line;
      const place = placesMs[row] ?? 0;
      if (place < fromMs || place > toMs) continue;
      if (place < firstMs) firstMs = place;
      if (place > newestMs) newestMs = place;
      const kind = kinds.kindOf[row] ?? 0;
      rowsOf[kind] = (rowsOf[kind] ?? 0) + 1;
      const shape = shapes[kind];
      if (shape === undefined || shape.rules.length === 0) continue;
      const isPlain = shape.keys.length > 0 && signs.isWithoutKeys(row);
      const rules = isPlain ? shape.withoutKeys : shape.rules;
      if (rules.length > 0 && this.row(open, rows, rules, truth, row, hits)) read += 1;
    }
    const seen = shapes.flatMap((shape, kind) => {
      const shapeRows = rowsOf[kind] ?? 0;
      return shapeRows === 0 ? [] : [{ shape, rows: shapeRows }];
    });
    const sum = (of: typeof seen): number => of.reduce((total, each) => total + each.rows, 0);
    const { source, seq } = open.segment;
    return {
      hits: packer.end(source, seq),
      rows: sum(seen),
      read,
      unparsed: sum(seen.filter(({ shape }) => shape.isUnparsed)),
      lastLine,
      firstMs,
      newestMs,
      parts: partsOf(seen.map(({ shape }) => shape)),
      unseen: this.unseen,
    };
  }

  private shapeOf(columns: SegmentColumns, row: number): AskedShape {
    const [rest, kind, outcome, component, service, format] = shapeColumns.map(name =>
      columns.text(name, row),
    );
    return this.shapes.of({ rest, kind, outcome, component, service, format });
  }

  /** @returns whether its line had to be read */
  private row(
    open: OpenSegment,
    rows: Rows,
    rules: readonly ShapeRule[],
    truth: ColumnTruth,
    row: number,
    hits: RowHits,
  ): boolean {
    let event: WatchedEvent | undefined;
    try {
      for (const rule of rules) {
        const answer = truth.at(rule.residual, row);
        if (answer === truths.no) continue;
        if (answer === truths.yes && rule.fields !== undefined) {
          if (hits.add(rule, row, rows.lines[row] ?? 0, rows.placesMs[row] ?? 0)) continue;
        }
        event ??= rows.event(row);
        if (answer === truths.yes || rule.watched.matches(event)) {
          hits.addHit(hitOfEvent(rule.watched, event));
        }
      }
    } catch (thrown) {
      this.damaged(open, thrown);
      return true;
    }
    return event !== undefined;
  }

  /** Said once for a segment. */
  private damaged({ segment }: OpenSegment, thrown: unknown): void {
    if (this.unseen.some(({ what }) => what === segment.path)) return;
    const how = 'Run postern evidence verify.';
    this.unseen.push({ what: segment.path, why: messageOf(thrown), how });
  }
}
