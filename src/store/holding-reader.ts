import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  Advisory,
  Exploited,
  FeedEntry,
  Holding,
  Likelihood,
  VexStatement,
} from '../core/advisory.ts';
import { byBytes } from '../core/byte-order.ts';
import { openToRead } from './sqlite.ts';

/** Another number: files of another shape, which are fetched anew and never guessed at. */
export const shape = 2;

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

const advisoriesOf = (table: 'about' | 'named'): string =>
  `SELECT advisory.n, alone, body FROM ${table} JOIN advisory ON advisory.n = ${table}.n`;

/** Every name under which an advisory is found. */
export const namesOf = ({ id, aliases, covers }: Advisory): readonly string[] => [
  ...new Set([id, ...aliases, ...covers]),
];

/** Advisories that are held parsed: those about one component are asked for by several of their names. */
const parsedMax = 2_048;

/** A row of the table of advisories. `alone`: no other one in the file bears one of its names. */
interface AdvisoryRow {
  readonly n: number;
  readonly alone: number;
  readonly body: string;
}

/** The file of one holding, asked by name. */
export class HoldingReader {
  readonly holding: Holding;
  private readonly database: DatabaseSync;
  private readonly questions: Readonly<
    Record<'about' | 'vex' | 'named' | 'exploited' | 'likelihood', StatementSync>
  >;
  /** Tables with anything in them: of most sources, most are empty, and are asked thousands of times. */
  private readonly filled: ReadonlySet<string>;
  private readonly parsed = new Map<number, Advisory>();
  /** Of those, by each name that no other one bears: what is known of a product answers for its flaws. */
  private readonly alone = new Map<string, readonly [Advisory]>();

  /** Throws when the file is damaged or of another shape. */
  constructor(path: string) {
    this.database = openToRead(path);
    try {
      const meta = this.database.prepare('SELECT value FROM meta WHERE name = ?');
      if (meta.get('shape')?.['value'] !== String(shape)) {
        throw new Error('it was written by another version of Postern');
      }
      this.holding = JSON.parse(String(meta.get('holding')?.['value'])) as Holding;
      const prepare = (sql: string): StatementSync => this.database.prepare(sql);
      this.questions = {
        about: prepare(`${advisoriesOf('about')} WHERE key = ?`),
        named: prepare(`${advisoriesOf('named')} WHERE named.id = ?`),
        vex: prepare(
          'SELECT body FROM statement WHERE n IN (SELECT n FROM vex WHERE key = ?) ORDER BY n',
        ),
        exploited: prepare('SELECT body FROM exploited WHERE flaw = ? ORDER BY rowid'),
        likelihood: prepare('SELECT * FROM likelihood WHERE flaw = ? ORDER BY rowid DESC LIMIT 1'),
      };
      this.filled = new Set(
        ['advisory', 'vex', 'exploited', 'likelihood'].filter(
          table => prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined,
        ),
      );
    } catch (thrown) {
      this.database.close();
      throw thrown;
    }
  }

  about(key: string): readonly Advisory[] {
    return this.advisories('about', key);
  }

  named(id: string): readonly Advisory[] {
    return this.alone.get(id) ?? this.advisories('named', id);
  }

  vexAbout(key: string): readonly VexStatement[] {
    return this.bodies('vex', key) as VexStatement[];
  }

  exploited(flaw: string): readonly Exploited[] {
    return this.bodies('exploited', flaw) as Exploited[];
  }

  likelihood(flaw: string): Likelihood | undefined {
    if (!this.filled.has('likelihood')) return undefined;
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

  private advisories(question: 'about' | 'named', name: string): readonly Advisory[] {
    if (!this.filled.has('advisory')) return [];
    // In one question: asking for the numbers first and then for each body takes four times as long.
    return (this.questions[question].all(name) as unknown as AdvisoryRow[])
      .map(row => this.advisory(row))
      .sort((a, b) => byBytes(a.id, b.id));
  }

  private advisory({ n, alone, body }: AdvisoryRow): Advisory {
    const known = this.parsed.get(n);
    if (known !== undefined) return known;
    const advisory = JSON.parse(body) as Advisory;
    if (this.parsed.size >= parsedMax) {
      this.parsed.clear();
      this.alone.clear();
    }
    this.parsed.set(n, advisory);
    if (alone === 1) for (const name of namesOf(advisory)) this.alone.set(name, [advisory]);
    return advisory;
  }

  private bodies(question: 'vex' | 'exploited', key: string): unknown[] {
    if (!this.filled.has(question)) return [];
    return this.questions[question].all(key).map(row => JSON.parse(String(row['body'])) as unknown);
  }
}
