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
import { HoldingReader, HoldingWriter } from './holding-file.ts';
import { isAlive, lock } from './lock.ts';

const suffix = '.sqlite';

/** What is remembered of the last try to fetch a holding. */
export interface FetchMemory {
  /** RFC 3339. */
  readonly on: string;
  readonly failed?: string;
  readonly etag?: string;
  readonly lastModified?: string;
  /** Address that answered, without secrets. */
  readonly from: string;
  /** Mark of the address that was asked: validators of another one mean nothing. */
  readonly asked?: string;
  /** Digest that its server published with the copy. */
  readonly sha256?: string;
}

/** A holding whose file cannot be read. */
export interface DamagedHolding {
  readonly name: string;
  readonly why: string;
}

export interface OpenAdvisories extends AdvisoryIndex {
  readonly damaged: readonly DamagedHolding[];
  close(): void;
}

/** `osv~Debian`; what a file name should not hold is escaped. */
const nameOf = (feed: FeedId, part: string): string =>
  `${feed}~${encodeURIComponent(part).replaceAll('.', '%2E').replaceAll('*', '%2A').slice(0, 150)}`;

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

  pathOf(feed: FeedId, part: string): string {
    return join(this.folder, nameOf(feed, part) + suffix);
  }

  memoryOf(feed: FeedId, part: string): FetchMemory | undefined {
    try {
      return JSON.parse(readFileSync(this.memoryPath(feed, part), 'utf8')) as FetchMemory;
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

  /** @returns what lets the next one in; throws when another process is changing the database. */
  lock(): () => void {
    return lock(this.folder, 'update');
  }

  /** Removes what interrupted runs left; those of this machine's living processes stay. */
  tidy(): void {
    for (const name of this.names()) {
      const owner = /\.(\d+)\.partial$/.exec(name)?.[1];
      if (owner !== undefined && !isAlive(Number(owner))) {
        rmSync(join(this.folder, name), { force: true });
      }
    }
  }

  /** Opens every holding. One that is damaged is named, and the others answer. */
  open(): OpenAdvisories {
    const readers: HoldingReader[] = [];
    const damaged: DamagedHolding[] = [];
    for (const name of this.names().filter(each => each.endsWith(suffix))) {
      try {
        readers.push(new HoldingReader(join(this.folder, name)));
      } catch (thrown) {
        damaged.push({
          name: decodeURIComponent(name.slice(0, -suffix.length)).replace('~', '/'),
          why: messageOf(thrown),
        });
      }
    }
    const holdings = readers.map(({ holding }) => this.asLastSeen(holding));
    const each = readers.map((reader, i) => ({ reader, holding: holdings[i] ?? reader.holding }));
    return {
      holdings,
      damaged,
      about: key =>
        each.flatMap(({ reader, holding }) =>
          reader.about(key).map(advisory => ({ holding, advisory })),
        ),
      vexAbout: key =>
        each.flatMap(({ reader, holding }) =>
          reader.vexAbout(key).map(statement => ({ holding, statement })),
        ),
      named: id =>
        each.flatMap(({ reader, holding }) =>
          reader.named(id).map(advisory => ({ holding, advisory })),
        ),
      exploited: flaw => readers.flatMap(reader => reader.exploited(flaw)),
      likelihood: flaw =>
        readers.map(reader => reader.likelihood(flaw)).find(found => found !== undefined),
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
  private asLastSeen(holding: Holding): Holding {
    const memory = this.memoryOf(holding.feed, holding.part);
    if (memory === undefined) return holding;
    if (memory.failed !== undefined) {
      return { ...holding, failed: { on: memory.on, why: memory.failed } };
    }
    // Its server said that nothing had changed: then it is as good as new.
    return holding.asOfBasis === 'server' && memory.on > holding.asOf
      ? { ...holding, asOf: memory.on }
      : holding;
  }

  private memoryPath(feed: FeedId, part: string): string {
    return join(this.folder, `${nameOf(feed, part)}.json`);
  }

  private names(): readonly string[] {
    try {
      return readdirSync(this.folder).sort();
    } catch {
      return [];
    }
  }

  private made(folder: string): string {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    chmodSync(folder, 0o755);
    return folder;
  }
}
