import { openToRead } from './sqlite.ts';

/** A segment of kept lines, as the state of a store knows it. */
export interface KeptSegmentState {
  readonly source: string;
  readonly seq: number;
  /** `2026-06-29`. */
  readonly day: string;
  readonly bytes: number;
  /** First and last time that its lines tell, milliseconds since 1970. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** Rows were made of it. */
  readonly hasRows: boolean;
}

export interface KeptState {
  /** Number of the last segment of each source. */
  readonly sources: ReadonlyMap<string, number>;
  /** Those that are not deleted. */
  readonly segments: readonly KeptSegmentState[];
}

interface SegmentRow {
  readonly source: string;
  readonly seq: number;
  readonly day: string;
  readonly bytes: number;
  readonly first_ms: number | null;
  readonly last_ms: number | null;
  readonly has_rows: number;
}

/** What a store has, at one moment: another process may be writing to it. @throws where it cannot be read */
export const readKeptState = (path: string): KeptState => {
  const database = openToRead(path);
  try {
    database.exec('BEGIN');
    const sources = database.prepare('SELECT id, seq FROM source').all() as unknown as {
      id: string;
      seq: number;
    }[];
    const segments = database
      .prepare(
        `SELECT source, seq, day, bytes, first_ms, last_ms,
           has_rows OR EXISTS (SELECT 1 FROM rows WHERE rows.source = segment.source AND rows.seq = segment.seq) AS has_rows
         FROM segment WHERE deleted = 0 ORDER BY day, source, seq`,
      )
      .all() as unknown as SegmentRow[];
    return {
      sources: new Map(sources.map(({ id, seq }) => [id, seq])),
      segments: segments.map(({ source, seq, day, bytes, first_ms, last_ms, has_rows }) => ({
        source,
        seq,
        day,
        bytes,
        firstMs: first_ms ?? undefined,
        lastMs: last_ms ?? undefined,
        hasRows: has_rows !== 0,
      })),
    };
  } finally {
    database.close();
  }
};
