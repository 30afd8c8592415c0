import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FeedId, Holding } from '../core/advisory.ts';
import type { AdvisoryIndex } from '../core/advisory-index.ts';
import { messageOf } from '../core/errors.ts';
import { isBefore } from '../core/stamp.ts';
import { HoldingReader } from './holding-reader.ts';
import { HoldingWriter } from './holding-writer.ts';
import { lock } from './lock.ts';

const suffix = '.sqlite';

/** What is remembered of the last try to fetch a holding. */
export interface FetchMemory {
  /** RFC 3339. */
  readonly on: string;
  readonly failed?: string;
  /** When its server last said that the copy here is what it has now. RFC 3339. */
  readonly confirmed?: string;
  readonly etag?: string;
  readonly lastModified?: string;
  /** Address that answered, without secrets. */
  readonly from: string;
  /** Mark of the address that was asked: validators of another one mean nothing. */
  readonly asked?: string;
  /** Digest that its server published with the copy. */
  readonly sha256?: string;
}

const isMemory = (value: unknown): value is FetchMemory =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every(each => typeof each === 'string') &&
  'on' in value &&
  'from' in value;

/** A holding whose file cannot be read. */
export interface DamagedHolding {
  readonly name: string;
  readonly why: string;
}

export interface OpenAdvisories extends AdvisoryIndex {
  /** Those that could not be opened, and those that broke since: these are not among `holdings` any more. */
  readonly damaged: readonly DamagedHolding[];
  close(): void;
}

const nameCharactersMax = 150;

/** `osv~Debian`; what a file name should not hold is escaped, and a long name ends in its digest. */
const nameOf = (feed: FeedId, part: string): string => {
  const escaped = encodeURIComponent(Buffer.from(part).toString('utf8'))
    .replaceAll('.', '%2E')
    .replaceAll('*', '%2A');
  return escaped.length <= nameCharactersMax
    ? `${feed}~${escaped}`
    : `${feed}~${escaped.slice(0, nameCharactersMax - 65).replace(/%.?$/, '')}-${createHash('sha256').update(part).digest('hex')}`;
};

/** `osv/Debian` of `osv~Debian.sqlite`; a name that is none of ours as it stands. */
const shownName = (file: string): string => {
  const name = file.slice(0, -suffix.length);
  try {
    return decodeURIComponent(name).replace('~', '/').replace(/\/$/, '');
  } catch {
    return name;
  }
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

interface Held {
  readonly name: string;
  readonly reader: HoldingReader;
  readonly holding: Holding;
}

/**
 * The advisory database: a folder with a file for each holding, each replaced as a whole. Deleting one
 * forgets that holding and nothing else.
 */
export class AdvisoryStore {
  readonly folder: string;

  /** @param store the folder of `--store`; it need not be there yet. */
  constructor(store: string) {
    this.folder = join(store, 'advisories');
  }

  exists(): boolean {
    return existsSync(this.folder);
  }

  /** Folder for downloads in progress: on the same disk, and kept so that they can be resumed. */
  downloads(): string {
    this.made(this.folder);
    return this.made(join(this.folder, 'downloads'));
  }

  write(feed: FeedId, part: string): HoldingWriter {
    this.made(this.folder);
    const path = this.pathOf(feed, part);
    return new HoldingWriter(path, `${path}.${process.pid}.partial`);
  }

  has(feed: FeedId, part: string): boolean {
    return existsSync(this.pathOf(feed, part));
  }

  /** The copy in force; undefined where there is none, or none that can be read. */
  holdingOf(feed: FeedId, part: string): Holding | undefined {
    if (!this.has(feed, part)) return undefined;
    try {
      const reader = this.read(feed, part);
      reader.close();
      return this.asLastSeen(reader.holding);
    } catch {
      return undefined;
    }
  }

  pathOf(feed: FeedId, part: string): string {
    return join(this.folder, nameOf(feed, part) + suffix);
  }

  memoryOf(feed: FeedId, part: string): FetchMemory | undefined {
    try {
      const value: unknown = JSON.parse(readFileSync(this.memoryPath(feed, part), 'utf8'));
      return isMemory(value) ? value : undefined;
    } catch {
      // Not there, or half written by a full disk: then nothing is remembered, and all is fetched.
      return undefined;
    }
  }

  remember(feed: FeedId, part: string, memory: FetchMemory): void {
    this.made(this.folder);
    const path = this.memoryPath(feed, part);
    writeFileSync(`${path}.partial`, JSON.stringify(memory));
    renameSync(`${path}.partial`, path);
  }

  /** Forgets the last try, before a copy of other origin takes the place: its validators mean nothing then. */
  forget(feed: FeedId, part: string): void {
    rmSync(this.memoryPath(feed, part), { force: true });
  }

  /** @returns what lets the next one in; throws when another process is changing the database. */
  lock(): () => void {
    return lock(this.folder, 'changing');
  }

  /**
   * Removes what interrupted runs left; only for who holds the lock, and before anything is written.
   * Downloads that can be gone on with stay.
   */
  tidy(): void {
    for (const name of this.names()) {
      if (name.endsWith('.partial')) rmSync(join(this.folder, name), { force: true });
    }
    const downloads = join(this.folder, 'downloads');
    for (const name of namesIn(downloads)) {
      if (!name.startsWith('.')) rmSync(join(downloads, name), { force: true, recursive: true });
    }
  }

  /**
   * Opens every holding. One that is damaged is named, and the others answer; so is one whose damage
   * shows only when it is asked.
   */
  open(onDamage: (found: DamagedHolding) => void = () => {}): OpenAdvisories {
    const held: Held[] = [];
    const damaged: DamagedHolding[] = [];
    const found = (name: string, thrown: unknown): void => {
      const each = { name: shownName(name), why: messageOf(thrown) };
      damaged.push(each);
      onDamage(each);
    };
    for (const name of this.names().filter(each => each.endsWith(suffix))) {
      try {
        const reader = new HoldingReader(join(this.folder, name));
        held.push({ name, reader, holding: this.asLastSeen(reader.holding) });
      } catch (thrown) {
        found(name, thrown);
      }
    }
    const readers = held.map(({ reader }) => reader);
    const ask = <T>(question: (each: Held) => readonly T[]): readonly T[] =>
      held.slice().flatMap(each => {
        try {
          return question(each);
        } catch (thrown) {
          held.splice(held.indexOf(each), 1);
          found(each.name, thrown);
          return [];
        }
      });
    return {
      get holdings() {
        return held.map(({ holding }) => holding);
      },
      damaged,
      about: key =>
        ask(({ reader, holding }) => reader.about(key).map(advisory => ({ holding, advisory }))),
      vexAbout: key =>
        ask(({ reader, holding }) =>
          reader.vexAbout(key).map(statement => ({ holding, statement })),
        ),
      named: id =>
        ask(({ reader, holding }) => reader.named(id).map(advisory => ({ holding, advisory }))),
      exploited: flaw => ask(({ reader }) => reader.exploited(flaw)),
      likelihood: flaw =>
        ask(({ reader }) => {
          const likelihood = reader.likelihood(flaw);
          return likelihood === undefined ? [] : [likelihood];
        })[0],
      close: () => {
        for (const reader of readers) reader.close();
      },
    };
  }

  /** One holding's file; the caller closes it. Throws when it is damaged. */
  read(feed: FeedId, part: string): HoldingReader {
    return new HoldingReader(this.pathOf(feed, part));
  }

  /** A holding with what later tries to fetch it found. */
  asLastSeen(holding: Holding): Holding {
    const memory = this.memoryOf(holding.feed, holding.part);
    if (memory === undefined) return holding;
    const { confirmed, failed, on } = memory;
    return {
      ...holding,
      // Its server said that nothing had changed: then it is as good as new.
      ...(confirmed !== undefined &&
      holding.asOfBasis === 'server' &&
      isBefore(holding.asOf, confirmed)
        ? { asOf: confirmed }
        : {}),
      ...(failed === undefined ? {} : { failed: { on, why: failed } }),
    };
  }

  private memoryPath(feed: FeedId, part: string): string {
    return join(this.folder, `${nameOf(feed, part)}.json`);
  }

  private names(): readonly string[] {
    return namesIn(this.folder);
  }

  private made(folder: string): string {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    chmodSync(folder, 0o755);
    return folder;
  }
}
