import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Advisory, FeedEntry, Holding, VexStatement } from '../core/advisory.ts';
import { isBefore } from '../core/stamp.ts';
import { type BodyAt, BodyFile } from './body-file.ts';
import { type HoldingReader, namesOf, shape } from './holding-reader.ts';
import { LoneNames } from './lone-names.ts';
import { openToFill } from './sqlite.ts';

const scopesMax = 500;
/** Of hostile data, which may name a release in each record. */
const scopesHeldMax = 10_000;

const tables = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE advisory (n INTEGER PRIMARY KEY, id TEXT NOT NULL, alone INTEGER NOT NULL, body TEXT NOT NULL);
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

interface ScopeIn {
  readonly name: string;
  count: number;
}

/** An advisory that is in. */
interface RowIn {
  readonly body: BodyAt;
  /** The first product that it names: advisories about one product lie side by side, and are read at once. */
  readonly key: string;
  readonly modified?: string;
  readonly scopes: readonly ScopeIn[];
}

/** Statements of one document that are in, and the newest date of one. */
interface StatementsIn {
  readonly rows: number[];
  newest?: string;
}

/** Whether `a` is the earlier, where both are known. */
const isKnownBefore = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && isBefore(a, b);

const laterOf = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || isKnownBefore(a, b) ? b : a;

/** Of two copies of one advisory the one that its source changed last; without dates the later read. */
const isOlder = (candidate: Advisory, known: string | undefined): boolean =>
  isKnownBefore(candidate.modified, known);

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
  private readonly rows = new Map<string, RowIn>();
  /** Statements that a newer copy of their document took the place of: taken out once, at the end. */
  private readonly outdated: number[] = [];
  private readonly bodies: BodyFile;
  private readonly lone = new LoneNames();
  private readonly documents = new Map<string, StatementsIn>();
  private readonly flaws = new Set<string>();
  /** Each scope, and the number of advisories that are in and name it. */
  private readonly scopes = new Map<string, ScopeIn>();
  private nextStatement = 0;
  private count = 0;
  private isOpen = true;

  constructor(path: string, partial: string) {
    this.path = path;
    this.partial = partial;
    rmSync(partial, { force: true });
    this.database = openToFill(partial);
    this.bodies = new BodyFile(`${partial.replace(/\.partial$/, '')}.bodies.partial`);
    this.database.exec(tables);
    this.database.exec('BEGIN');
    this.statements = {
      advisory: this.database.prepare('INSERT INTO advisory VALUES (?, ?, ?, ?)'),
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

  /**
   * Takes over from a copy before whatever was not read anew, and what is newer there: an import adds, it
   * does not replace.
   */
  keepFrom(before: HoldingReader): void {
    const flaws = new Set(this.flaws);
    const read = new Map(this.documents);
    const newest = new Map<string, string | undefined>();
    for (const entry of before.entries()) {
      if (entry.kind !== 'vex') continue;
      const { document, on } = entry.statement;
      newest.set(document, laterOf(newest.get(document), on));
    }
    for (const entry of before.entries()) {
      if (entry.kind !== 'vex') {
        if (!this.isTold(entry, flaws)) this.add(entry);
        continue;
      }
      const { document } = entry.statement;
      const mine = read.get(document);
      if (mine !== undefined) {
        if (!isKnownBefore(mine.newest, newest.get(document))) continue;
        this.outdated.push(...mine.rows);
        this.count -= mine.rows.length;
        read.delete(document);
      }
      this.add(entry);
    }
  }

  /** Takes over the advisories of these names that were not read anew. */
  keepAdvisories(before: HoldingReader, wanted: (id: string) => boolean): void {
    for (const entry of before.entries()) {
      if (entry.kind !== 'advisory' || !wanted(entry.advisory.id)) continue;
      if (!this.rows.has(entry.advisory.id)) this.add(entry);
    }
  }

  /** Writes down all that was added, and what it is; nobody sees it yet. */
  seal(about: Omit<Holding, 'entries' | 'scopes'>): Holding {
    const holding: Holding = {
      ...about,
      entries: this.count,
      scopes: [...this.scopes.values()]
        .flatMap(({ name, count }) => (count > 0 ? [name] : []))
        .sort()
        .slice(0, scopesMax),
    };
    const meta = this.database.prepare('INSERT INTO meta VALUES (?, ?)');
    meta.run('shape', String(shape));
    meta.run('holding', JSON.stringify(holding));
    this.writeAdvisories();
    this.dropOutdated();
    this.database.exec('COMMIT');
    this.database.exec(indexes);
    this.close();
    // Whoever asks need not be who filled it.
    chmodSync(this.partial, 0o644);
    sync(this.partial);
    return holding;
  }

  /** Puts what was sealed in the place of the copy before. */
  publish(path: string = this.path): void {
    renameSync(this.partial, path);
    sync(dirname(path));
  }

  /** Leaves everything as it was. */
  abandon(): void {
    this.close();
    rmSync(this.partial, { force: true });
  }

  private addAdvisory(advisory: Advisory): void {
    const known = this.rows.get(advisory.id);
    if (known !== undefined) {
      this.count -= 1;
      if (isOlder(advisory, known.modified)) return;
      for (const scope of known.scopes) scope.count -= 1;
    }
    const scopes = this.scopesOf(advisory);
    for (const scope of scopes) scope.count += 1;
    // Of an older copy whose place this one takes, they stay counted: looking a name up is never wrong.
    for (const name of namesOf(advisory)) this.lone.count(name);
    this.rows.set(advisory.id, {
      body: this.bodies.put(JSON.stringify(advisory)),
      key: advisory.affected[0]?.key ?? '',
      scopes,
      ...(advisory.modified === undefined ? {} : { modified: advisory.modified }),
    });
  }

  private writeAdvisories(): void {
    const rows = [...this.rows].sort(([, a], [, b]) =>
      a.key < b.key ? -1 : a.key > b.key ? 1 : a.body.at - b.body.at,
    );
    this.rows.clear();
    let n = 0;
    for (const [id, row] of rows) {
      n += 1;
      const body = this.bodies.get(row.body);
      const advisory = JSON.parse(body) as Advisory;
      const names = namesOf(advisory);
      const alone = names.every(name => this.lone.isLone(name));
      this.statements.advisory.run(n, id, alone ? 1 : 0, body);
      // Withdrawn ones stay, so that an older copy does not come back, and nothing leads to them.
      if (advisory.withdrawn !== undefined) continue;
      for (const key of new Set(advisory.affected.map(product => product.key))) {
        this.statements.about.run(key, n);
      }
      for (const name of names) this.statements.named.run(name, n);
    }
  }

  private scopesOf({ affected, withdrawn }: Advisory): readonly ScopeIn[] {
    const found = new Set<ScopeIn>();
    for (const { key, release } of withdrawn === undefined ? affected : []) {
      if (release === undefined) continue;
      const name = `${key.split('|')[1] ?? ''}:${release}`.toLowerCase();
      const scope = this.scopes.get(name) ?? { name, count: 0 };
      if (this.scopes.size >= scopesHeldMax && !this.scopes.has(name)) continue;
      this.scopes.set(name, scope);
      found.add(scope);
    }
    return [...found];
  }

  /** Whether the copy that is being made says the same, or something newer. */
  private isTold(entry: Exclude<FeedEntry, { kind: 'vex' }>, flaws: ReadonlySet<string>): boolean {
    switch (entry.kind) {
      case 'advisory': {
        const known = this.rows.get(entry.advisory.id);
        if (known === undefined) return false;
        return !isKnownBefore(known.modified, entry.advisory.modified);
      }
      case 'exploited':
        return flaws.has(entry.exploited.flaw);
      case 'likelihood':
        return flaws.has(entry.likelihood.flaw);
    }
  }

  /** One pass over each table, however many copies there were. */
  private dropOutdated(): void {
    if (this.outdated.length === 0) return;
    this.database.exec('CREATE TEMP TABLE outdated (n INTEGER PRIMARY KEY)');
    const put = this.database.prepare('INSERT OR IGNORE INTO outdated VALUES (?)');
    for (const n of this.outdated) put.run(n);
    for (const table of ['statement', 'vex']) {
      this.database.exec(`DELETE FROM ${table} WHERE n IN (SELECT n FROM outdated)`);
    }
  }

  private close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.database.close();
    this.bodies.close();
  }

  private addStatement(statement: VexStatement): void {
    this.nextStatement += 1;
    const n = this.nextStatement;
    const { document, on } = statement;
    const mine = this.documents.get(document) ?? { rows: [] };
    mine.rows.push(n);
    const newest = laterOf(mine.newest, on);
    if (newest !== undefined) mine.newest = newest;
    this.documents.set(document, mine);
    this.statements.statement.run(n, document, JSON.stringify(statement));
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
