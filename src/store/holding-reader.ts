import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  Advisory,
  Exploited,
  FeedEntry,
  Holding,
  Likelihood,
  VexStatement,
} from '../core/advisory.ts';
import { openToRead } from './sqlite.ts';

/** Another number: files of another shape, which are fetched anew and never guessed at. */
export const shape = 1;

/** Rows of a holding's file as entries; of a damaged one it throws. */
function* entriesIn(database: DatabaseSync): Generator<FeedEntry> {
  const bodies = (table: string): IterableIterator<Record<string, unknown>> =>
    database.prepare(`SELECT body FROM ${table} ORDER BY rowid`).iterate();
  for (const { body } of bodies('advisory')) {
    yield { kind: 'advisory', advisory: JSON.parse(String(body)) as Advisory };
  }
  for (const { body } of bodies('statement')) {
    yield { kind: 'vex', statement: JSON.parse(String(body)) as VexStatement };
  }
  for (const { body } of bodies('exploited')) {
    yield { kind: 'exploited', exploited: JSON.parse(String(body)) as Exploited };
  }
  for (const row of database.prepare('SELECT * FROM likelihood ORDER BY rowid').iterate()) {
    yield { kind: 'likelihood', likelihood: likelihoodOf(row) };
  }
}

const likelihoodOf = (row: Readonly<Record<string, unknown>>): Likelihood => ({
  flaw: String(row['flaw']),
  score: Number(row['score']),
  ...(row['percentile'] === null ? {} : { percentile: Number(row['percentile']) }),
  ...(typeof row['day'] === 'string' ? { on: row['day'] } : {}),
});

/** The file of one holding, asked by name. */
export class HoldingReader {
  readonly holding: Holding;
  private readonly database: DatabaseSync;
  private readonly questions: Readonly<
    Record<'about' | 'vex' | 'named' | 'exploited' | 'likelihood', StatementSync>
  >;

  /** Throws when the file is damaged or of another shape. */
  constructor(path: string) {
    this.database = openToRead(path);
    try {
      const meta = this.database.prepare('SELECT value FROM meta WHERE name = ?');
      if (meta.get('shape')?.['value'] !== String(shape)) {
        throw new Error('it was written by another version of Postern');
      }
      this.holding = JSON.parse(String(meta.get('holding')?.['value'])) as Holding;
      const advisories = (table: string, column: string): StatementSync =>
        this.database.prepare(
          `SELECT body FROM advisory WHERE n IN (SELECT n FROM ${table} WHERE ${column} = ?) ORDER BY id`,
        );
      this.questions = {
        about: advisories('about', 'key'),
        named: advisories('named', 'id'),
        vex: this.database.prepare(
          'SELECT body FROM statement WHERE n IN (SELECT n FROM vex WHERE key = ?) ORDER BY n',
        ),
        exploited: this.database.prepare(
          'SELECT body FROM exploited WHERE flaw = ? ORDER BY rowid',
        ),
        likelihood: this.database.prepare(
          'SELECT * FROM likelihood WHERE flaw = ? ORDER BY rowid DESC LIMIT 1',
        ),
      };
    } catch (thrown) {
      this.database.close();
      throw thrown;
    }
  }

  about(key: string): readonly Advisory[] {
    return this.bodies('about', key) as Advisory[];
  }

  named(id: string): readonly Advisory[] {
    return this.bodies('named', id) as Advisory[];
  }

  vexAbout(key: string): readonly VexStatement[] {
    return this.bodies('vex', key) as VexStatement[];
  }

  exploited(flaw: string): readonly Exploited[] {
    return this.bodies('exploited', flaw) as Exploited[];
  }

  likelihood(flaw: string): Likelihood | undefined {
    const row = this.questions.likelihood.get(flaw);
    return row === undefined ? undefined : likelihoodOf(row);
  }

  /** Everything in it, in the same order each time; withdrawn advisories, too. */
  *entries(): Generator<FeedEntry> {
    yield* entriesIn(this.database);
  }

  close(): void {
    this.database.close();
  }

  private bodies(question: 'about' | 'named' | 'vex' | 'exploited', key: string): unknown[] {
    return this.questions[question].all(key).map(row => JSON.parse(String(row['body'])) as unknown);
  }
}
