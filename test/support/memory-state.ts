import type {
  ControlState,
  DayOfSource,
  EvidenceChange,
  EvidenceHead,
  EvidenceState,
  GapState,
  RowsState,
  SealState,
  SegmentState,
  SourceState,
} from '../../src/core/evidence-state.ts';
import type { SimulatedDisk } from './simulated-disk.ts';

/** The state of a store in memory: what is committed survives a kill, and each commit is a chance for one. */
export class MemoryState implements EvidenceState {
  disk: SimulatedDisk;
  private now: EvidenceHead | undefined;
  private leaves = new Map<number, Buffer>();
  private known = new Map<string, SourceState>();
  private readonly records = new Map<string, number>();
  private readonly noted = new Map<string, Map<string, string>>();
  private readonly kept: SegmentState[] = [];
  private readonly missing: GapState[] = [];
  private readonly seals: SealState[] = [];
  private readonly decided: ControlState[] = [];
  /** Segments that are deleted: their files are gone, or not yet. */
  private readonly gone = new Map<SegmentState, boolean>();

  /** Rows that were made anew, and whether they lie where they belong. */
  private readonly anew = new Map<string, RowsState & { readonly placed: boolean }>();

  constructor(disk: SimulatedDisk) {
    this.disk = disk;
  }

  head(): EvidenceHead | undefined {
    return this.now;
  }

  commit(change: EvidenceChange): void {
    this.disk.step('commit');
    if ((this.now?.size ?? 0) !== change.expected.size) throw new Error('stale');
    this.now = change.head;
    for (const [i, bytes] of change.leaves.entries()) {
      this.leaves.set(change.expected.size + i, Buffer.from(bytes));
    }
    for (const source of change.sources ?? []) this.known.set(source.id, source);
    this.kept.push(...(change.segments ?? []));
    this.missing.push(...(change.gaps ?? []));
    if (change.seal !== undefined) this.seals.push(change.seal);
    this.decided.push(...(change.controls ?? []));
    for (const key of change.records?.keys ?? []) {
      this.records.set(Buffer.from(key).toString('hex'), change.records?.leaf ?? 0);
    }
    for (const { source, first, last } of change.deletes ?? []) {
      for (const each of this.kept) {
        if (each.source === source && first <= each.seq && each.seq <= last)
          this.gone.set(each, false);
      }
    }
    for (const rows of change.rows ?? []) {
      this.anew.set(`${rows.source} ${rows.seq}`, { ...rows, placed: false });
    }
    // A kill may come when all is done and nobody has heard of it yet.
    this.disk.step('committed');
  }

  staged(): { readonly first: number; readonly leaves: readonly Buffer[] } {
    const all = [...this.leaves].toSorted(([a], [b]) => a - b);
    return {
      first: all[0]?.[0] ?? this.now?.size ?? 0,
      leaves: all.map(([, bytes]) => bytes),
    };
  }

  applied(size: number): void {
    this.disk.step('applied');
    for (const index of this.leaves.keys()) if (index < size) this.leaves.delete(index);
  }

  sources(): readonly SourceState[] {
    return [...this.known.values()];
  }

  hasRecord(key: Uint8Array): boolean {
    return this.records.has(Buffer.from(key).toString('hex'));
  }

  putSources(sources: readonly SourceState[]): void {
    this.disk.step('put sources');
    for (const source of sources) this.known.set(source.id, source);
  }

  notes(source: string): ReadonlyMap<string, string> {
    return new Map(this.noted.get(source));
  }

  note(source: string, key: string, value: string): void {
    this.disk.step('note');
    this.noted.set(source, new Map(this.noted.get(source)).set(key, value));
  }

  days(from = '', to = '9999'): readonly DayOfSource[] {
    const out = new Map<string, DayOfSource>();
    for (const { source, day, seq, lines, bytes } of this.kept) {
      if (day < from || day > to) continue;
      const before = out.get(`${day} ${source}`);
      out.set(`${day} ${source}`, {
        source,
        day,
        first: before?.first ?? seq,
        last: seq,
        segments: (before?.segments ?? 0) + 1,
        lines: (before?.lines ?? 0) + lines,
        bytes: (before?.bytes ?? 0) + bytes,
      });
    }
    return [...out].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  }

  segments(source: string): readonly SegmentState[] {
    return this.kept.filter(each => each.source === source && !this.gone.has(each));
  }

  gaps(): readonly GapState[] {
    return this.missing;
  }

  controls(): readonly ControlState[] {
    return this.decided;
  }

  leaving(): readonly SegmentState[] {
    return [...this.gone].filter(([, isGone]) => !isGone).map(([each]) => each);
  }

  left(segment: SegmentState): void {
    this.disk.step('left');
    this.gone.set(segment, true);
  }

  rowsGeneration(source: string, seq: number): number {
    return this.anew.get(`${source} ${seq}`)?.generation ?? 1;
  }

  unplacedRows(): readonly RowsState[] {
    return [...this.anew.values()].filter(({ placed }) => !placed);
  }

  placedRows(rows: RowsState): void {
    this.disk.step('placed rows');
    this.anew.set(`${rows.source} ${rows.seq}`, { ...rows, placed: true });
  }

  lastSeal(): SealState | undefined {
    return this.seals.at(-1);
  }

  close(): void {
    // There is nothing to let go of.
  }
}
