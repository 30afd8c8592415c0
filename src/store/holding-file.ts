import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  Advisory,
  Exploited,
  FeedEntry,
  Holding,
  Likelihood,
  VexStatement,
} from '../core/advisory.ts';
import { openToFill, openToRead } from './sqlite.ts';

/** Another number: files of another shape, which are fetched anew and never guessed at. */
const shape = 1;

const scopesMax = 500;

const tables = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE advisory (n INTEGER PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL);
  CREATE TABLE about (key TEXT NOT NULL, n INTEGER NOT NULL);
  CREATE TABLE named (id TEXT NOT NULL, n INTEGER NOT NULL);
  CREATE TABLE statement (n INTEGER PRIMARY KEY, document TEXT NOT NULL, body TEXT NOT NULL);
  CREATE TABLE vex (key TEXT NOT NULL, n INTEGER NOT NULL);
  CREATE TABLE exploited (flaw TEXT NOT NULL, body TEXT NOT NULL);
  CREATE TABLE likelihood (flaw TEXT NOT NULL, score REAL NOT NULL, percentile REAL, day TEXT);
`;

/** Made when everything is in: one sort is faster than a million places found one by one. */
const indexes = `
  CREATE UNIQUE INDEX advisory_id ON advisory (id);
  CREATE INDEX about_key ON about (key, n);
  CREATE INDEX named_id ON named (id, n);
  CREATE INDEX statement_document ON statement (document);
  CREATE INDEX vex_key ON vex (key, n);
  CREATE INDEX exploited_flaw ON exploited (flaw);
  CREATE INDEX likelihood_flaw ON likelihood (flaw);
`;

/** Of two copies of one advisory the one that its source changed last; without dates the later read. */
const isOlder = (candidate: Advisory, known: string | undefined): boolean =>
  known !== undefined && candidate.modified !== undefined && candidate.modified < known;

/**
 * Fills the file of one holding under a name that nobody reads, and gives it its own when it is whole:
 * who looks meanwhile sees the copy before, and who is killed leaves it in force.
 */
export class HoldingWriter {
  private readonly path: string;
  private readonly partial: string;
  private readonly database: DatabaseSync;
  private readonly statements: Readonly<
    Record<
      'advisory' | 'about' | 'named' | 'statement' | 'vex' | 'exploited' | 'likelihood',
      StatementSync
    >
  >;
  /** Row and date of each advisory that is in. */
  private readonly rows = new Map<string, { readonly n: number; readonly modified?: string }>();
  private readonly documents = new Set<string>();
  private readonly flaws = new Set<string>();
  private readonly scopes = new Set<string>();
  private nextRow = 0;
  private nextStatement = 0;
  private count = 0;

  constructor(path: string, partial: string) {
    this.path = path;
    this.partial = partial;
    rmSync(partial, { force: true });
    this.database = openToFill(partial);
    this.database.exec(tables);
    this.database.exec('BEGIN');
    this.statements = {
      advisory: this.database.prepare('INSERT INTO advisory VALUES (?, ?, ?)'),
      about: this.database.prepare('INSERT INTO about VALUES (?, ?)'),
      named: this.database.prepare('INSERT INTO named VALUES (?, ?)'),
      statement: this.database.prepare('INSERT INTO statement VALUES (?, ?, ?)'),
      vex: this.database.prepare('INSERT INTO vex VALUES (?, ?)'),
      exploited: this.database.prepare('INSERT INTO exploited VALUES (?, ?)'),
      likelihood: this.database.prepare('INSERT INTO likelihood VALUES (?, ?, ?, ?)'),
    };
  }

  add(entry: FeedEntry): void {
    this.count += 1;
    switch (entry.kind) {
      case 'advisory':
        this.addAdvisory(entry.advisory);
        break;
      case 'vex':
        this.documents.add(entry.statement.document);
        this.addStatement(entry.statement);
        break;
      case 'exploited':
        this.flaws.add(entry.exploited.flaw);
        this.statements.exploited.run(entry.exploited.flaw, JSON.stringify(entry.exploited));
        break;
      case 'likelihood': {
        const { flaw, score, percentile, on } = entry.likelihood;
        this.flaws.add(flaw);
        this.statements.likelihood.run(flaw, score, percentile ?? null, on ?? null);
        break;
      }
    }
  }

  /** Takes over from the copy before whatever was not read anew: an import adds, it does not replace. */
  keepFrom(path: string): void {
    const before = openToRead(path);
    try {
      const flaws = new Set(this.flaws);
      for (const entry of entriesIn(before)) {
        if (!this.isTold(entry, flaws)) this.add(entry);
      }
    } finally {
      before.close();
    }
  }

  /** @returns the holding as it was written down. */
  finish(about: Omit<Holding, 'entries' | 'scopes'>): Holding {
    const holding: Holding = {
      ...about,
      entries: this.count,
      scopes: [...this.scopes].sort().slice(0, scopesMax),
    };
    const meta = this.database.prepare('INSERT INTO meta VALUES (?, ?)');
    meta.run('shape', String(shape));
    meta.run('holding', JSON.stringify(holding));
    this.database.exec('COMMIT');
    this.database.exec(indexes);
    this.database.close();
    sync(this.partial);
    renameSync(this.partial, this.path);
    sync(dirname(this.path));
    return holding;
  }

  /** Leaves everything as it was. */
  abandon(): void {
    this.database.close();
    rmSync(this.partial, { force: true });
  }

  private addAdvisory(advisory: Advisory): void {
    const known = this.rows.get(advisory.id);
    if (known !== undefined) {
      this.count -= 1;
      if (isOlder(advisory, known.modified)) return;
      for (const table of ['advisory', 'about', 'named']) {
        this.database.prepare(`DELETE FROM ${table} WHERE n = ?`).run(known.n);
      }
    }
    this.nextRow += 1;
    const n = this.nextRow;
    this.rows.set(advisory.id, {
      n,
      ...(advisory.modified === undefined ? {} : { modified: advisory.modified }),
    });
    this.statements.advisory.run(n, advisory.id, JSON.stringify(advisory));
    // Withdrawn ones stay, so that an older copy does not come back, and nothing leads to them.
    if (advisory.withdrawn !== undefined) return;
    for (const key of new Set(advisory.affected.map(product => product.key))) {
      this.statements.about.run(key, n);
    }
    for (const id of new Set([advisory.id, ...advisory.aliases, ...advisory.covers])) {
      this.statements.named.run(id, n);
    }
    for (const { key, release } of advisory.affected) {
      if (release === undefined || this.scopes.size >= scopesMax) continue;
      this.scopes.add(`${key.split('|')[1] ?? ''}:${release}`.toLowerCase());
    }
  }

  /** Whether the copy that is being made says the same, or something newer. */
  private isTold(entry: FeedEntry, flaws: ReadonlySet<string>): boolean {
    switch (entry.kind) {
      case 'advisory': {
        const known = this.rows.get(entry.advisory.id);
        return (
          known !== undefined &&
          !(known.modified !== undefined && known.modified < (entry.advisory.modified ?? ''))
        );
      }
      case 'vex':
        return this.documents.has(entry.statement.document);
      case 'exploited':
        return flaws.has(entry.exploited.flaw);
      case 'likelihood':
        return flaws.has(entry.likelihood.flaw);
    }
  }

  private addStatement(statement: VexStatement): void {
    this.nextStatement += 1;
    const n = this.nextStatement;
    this.statements.statement.run(n, statement.document, JSON.stringify(statement));
    for (const key of new Set(statement.products.map(product => product.key))) {
      this.statements.vex.run(key, n);
    }
  }
}

const sync = (path: string): void => {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

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
        exploited: this.database.prepare('SELECT body FROM exploited WHERE flaw = ?'),
        likelihood: this.database.prepare('SELECT * FROM likelihood WHERE flaw = ?'),
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
