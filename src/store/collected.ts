import { openToRead } from './sqlite.ts';

/** A log as it is collected. */
export interface CollectedSource {
  readonly source: string;
  /** Path of the log, where it is one. */
  readonly log: string | undefined;
  /** It is a log, or comes over the network: what comes through a pipe comes as long as somebody feeds it. */
  readonly goesOn: boolean;
  /** On which it was first read, `2026-06-29`. */
  readonly addedDay: string;
  /** Milliseconds since 1970: up to when all of it was read. */
  readonly readMs: number | undefined;
}

/** Days of which lines of a source may be missing, `2026-06-29`, and the leaf that says so. */
export interface MissingDays {
  readonly source: string;
  readonly fromDay: string;
  readonly toDay: string;
  readonly why: string;
  readonly leaf: number;
}

/** Times of lines that were kept and are no more. */
interface DeletedTimes {
  readonly source: string;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface CollectedState {
  readonly sources: readonly CollectedSource[];
  readonly missing: readonly MissingDays[];
  readonly deleted: readonly DeletedTimes[];
}

/** How the logs of a store are collected, at one moment. @throws where that cannot be read */
export const readCollected = (path: string): CollectedState => {
  const database = openToRead(path);
  try {
    database.exec('BEGIN');
    const sources = database
      .prepare(
        `SELECT id AS source, added_day AS addedDay, read_to_end AS readMs,
           (SELECT value FROM note WHERE note.source = source.id AND key = 'log') AS log,
           EXISTS (SELECT 1 FROM note WHERE note.source = source.id AND key IN ('log', 'listener'))
             OR EXISTS (SELECT 1 FROM note WHERE key = 'peer/' || source.id) AS goesOn
         FROM source WHERE retired = 0`,
      )
      .all() as unknown as {
      source: string;
      addedDay: string;
      readMs: number | null;
      log: string | null;
      goesOn: number;
    }[];
    const missing = database
      .prepare(
        'SELECT source, from_day AS fromDay, to_day AS toDay, why, leaf FROM gap ORDER BY leaf',
      )
      .all() as unknown as MissingDays[];
    const deleted = database
      .prepare(
        `SELECT source, first_ms AS firstMs, last_ms AS lastMs FROM segment
         WHERE deleted > 0 AND first_ms IS NOT NULL AND last_ms IS NOT NULL`,
      )
      .all() as unknown as DeletedTimes[];
    return {
      sources: sources.map(({ source, addedDay, readMs, log, goesOn }) => ({
        source,
        addedDay,
        log: log ?? undefined,
        goesOn: goesOn !== 0,
        readMs: readMs ?? undefined,
      })),
      missing,
      deleted,
    };
  } finally {
    database.close();
  }
};
