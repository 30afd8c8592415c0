import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { baseOf, dirOf, joinPath } from '../../core/paths.ts';
import type { Unseen } from '../../core/unseen.ts';
import type {
  MailEntry,
  MailFiles,
  MailFolder,
  MailName,
  MailPiece,
  MailStoreLimits,
} from '../../exposure/mail-store.ts';
import { stateOf } from '../../exposure/places/stored-bytes.ts';
import { openFile } from '../../host/handle.ts';
import { makeResolver, type Resolver } from '../../host/resolve.ts';
import { FolderHandles, inFolder, openHandle } from './folder-handles.ts';
import { openMailNotes } from './mail-notes.ts';
import { nameOf } from './path-bytes.ts';
import { type PstSource, pstFolders } from './pst.ts';
import { zipFolders } from './zip-folders.ts';

export const mailStoreLimits: MailStoreLimits = {
  // Providers take mail of 25 to 150 MB; personal data stands in its first parts.
  messageBytesMax: 64 << 20,
  entriesMax: 4_000_000,
  depthMax: 40,
};

export interface RealMailFiles extends MailFiles {
  readonly unseen: readonly Unseen[];
  /** How often something was noted so far, by whomever. */
  readonly noted: number;
  close(): void;
}

interface MailFilesOptions {
  /** The inspected root: `/`, or where another machine's file system is mounted. */
  readonly root: string;
  /** Paths within it that somebody asked for; notes may name these and nothing below them. */
  readonly roots: readonly string[];
  readonly limits?: MailStoreLimits;
  readonly pseudonymOf?: (path: string) => string;
}

const linksMax = 40;
/** Steps that the resolver remembers before it begins anew: it is asked for links only. */
const resolvedMax = 20_000;
/** Reading is done where it is asked for; now and then everybody else has a turn. */
const turnAfter = 64;

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'error';

const isAbsence = (code: string): boolean =>
  code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ESTALE';

const entryOf = (stats: Stats): MailEntry => ({
  kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other',
  sizeBytes: stats.size,
  modifiedMs: stats.mtimeMs,
  identity: `${stats.dev}:${stats.ino}`,
});

const mailName = (entry: Dirent<Buffer>): MailName => ({
  name: nameOf(entry.name),
  kind: entry.isFile()
    ? 'file'
    : entry.isDirectory()
      ? 'folder'
      : entry.isSymbolicLink()
        ? 'link'
        : 'other',
});

const byName = (a: MailName, b: MailName): number => (a.name < b.name ? -1 : 1);

/** The content behind a handle, its access time unchanged where the system lets us: owner or root. */
const openContent = (handle: number): number => {
  const path = `/proc/self/fd/${handle}`;
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  try {
    return openSync(path, flags | constants.O_NOATIME);
  } catch (thrown) {
    if (codeOf(thrown) !== 'EPERM') throw thrown;
    return openSync(path, flags);
  }
};

class HostMailFiles implements RealMailFiles {
  readonly limits: MailStoreLimits;
  readonly foreign: NonNullable<MailFiles['foreign']>;
  private readonly hostRoot: string;
  private readonly notes: ReturnType<typeof openMailNotes>;
  /** Linux alone can open what lies in a folder by the folder's handle. */
  private readonly handles: FolderHandles | undefined;
  private resolver: Resolver;
  private resolved = 0;
  private turns = 0;

  constructor({ root, roots, limits = mailStoreLimits, pseudonymOf }: MailFilesOptions) {
    const real = realpathSync(root);
    this.hostRoot = real === '/' ? '' : real;
    this.limits = limits;
    this.notes = openMailNotes(roots, pseudonymOf);
    this.resolver = this.newResolver();
    this.handles = process.platform === 'linux' ? new FolderHandles(this.hostRoot) : undefined;
    this.foreign = {
      pst: (path, mailbox) => this.pst(path, mailbox),
      zip: (path, mailbox) => this.zip(path, mailbox),
    };
  }

  get unseen(): readonly Unseen[] {
    return this.notes.all;
  }

  get noted(): number {
    return this.notes.count;
  }

  close(): void {
    this.handles?.close();
  }

  nowMs(): number {
    return Date.now();
  }

  note(path: string, why: string): void {
    this.notes.add(path, why);
  }

  async list(path: string): Promise<readonly MailName[]> {
    await this.turn();
    const entries = this.attempt(path, 'listed', inner => {
      const folder = this.handles?.at(inner);
      const place = folder === undefined ? this.hostRoot + inner : `/proc/self/fd/${folder}`;
      return readdirSync(place, { withFileTypes: true, encoding: 'buffer' });
    });
    if (entries === undefined) return [];
    const { entriesMax } = this.limits;
    if (entries.length > entriesMax) this.note(path, `holds more than ${entriesMax} entries`);
    return entries.slice(0, entriesMax).map(mailName).sort(byName);
  }

  async stat(path: string): Promise<MailEntry | undefined> {
    await this.turn();
    const stats = this.attempt(path, 'looked at', inner => {
      const found = this.look(inner);
      // Links are followed by whoever asks: `attempt` comes again with where it leads.
      return found.isSymbolicLink() ? undefined : found;
    });
    return stats === undefined ? undefined : entryOf(stats);
  }

  async read(path: string, from = 0, bytesMax?: number): Promise<MailPiece | undefined> {
    await this.turn();
    const most = Math.min(bytesMax ?? Number.POSITIVE_INFINITY, this.limits.messageBytesMax);
    return this.attempt(path, 'read', inner => this.readAt(path, inner, from, most));
  }

  private async *pst(path: string, mailbox: string): AsyncGenerator<MailFolder> {
    const source: PstSource = {
      open: () => this.attempt(path, 'read', inner => this.opened(path, inner)),
      state: await stateOf(this, [path]),
      messageBytesMax: this.limits.messageBytesMax,
      note: why => this.note(path, why),
    };
    yield* pstFolders(source, mailbox);
  }

  private async *zip(path: string, mailbox: string): AsyncGenerator<MailFolder> {
    const open = (): number | undefined =>
      this.attempt(path, 'read', inner => this.opened(path, inner));
    yield* zipFolders({ open, path, files: this, state: await stateOf(this, [path]) }, mailbox);
  }

  private look(inner: string): Stats {
    if (this.handles === undefined || inner === '/') return lstatSync(this.hostRoot + inner);
    return lstatSync(inFolder(this.handles.at(dirOf(inner)), baseOf(inner)));
  }

  private readAt(path: string, inner: string, from: number, most: number): MailPiece | undefined {
    const fd = this.opened(path, inner);
    if (fd === undefined) return undefined;
    try {
      const stats = fstatSync(fd);
      const wanted = Math.max(0, Math.min(most, stats.size - from));
      // A buffer of its own, not a piece of Node.js's pool: it may be handed to another thread.
      const bytes = new Uint8Array(Buffer.allocUnsafeSlow(wanted).buffer);
      let have = 0;
      while (have < wanted) {
        const count = readSync(fd, bytes, have, wanted - have, from + have);
        if (count === 0) break;
        have += count;
      }
      return { bytes: have === wanted ? bytes : bytes.slice(0, have), entry: entryOf(stats) };
    } finally {
      closeSync(fd);
    }
  }

  /** @returns nothing for a link, which is followed by whoever asks. */
  private opened(path: string, inner: string): number | undefined {
    const fd = this.open(inner);
    if (fd === 'link') return undefined;
    if (fd !== 'no file') return fd;
    this.note(path, 'is no regular file');
    throw new Noted();
  }

  /** A FIFO or a device is looked at and not opened. */
  private open(inner: string): number | 'link' | 'no file' {
    if (this.handles === undefined) {
      const seen = lstatSync(this.hostRoot + inner);
      if (seen.isSymbolicLink()) return 'link';
      return seen.isFile() ? openFile(this.hostRoot, inner, seen) : 'no file';
    }
    const handle = openHandle(this.handles.at(dirOf(inner)), baseOf(inner));
    try {
      const stats = fstatSync(handle);
      if (stats.isSymbolicLink()) return 'link';
      return stats.isFile() ? openContent(handle) : 'no file';
    } finally {
      closeSync(handle);
    }
  }

  /**
   * Does something with a path; where a link is in the way, with the path that it leads to within the root;
   * where a folder's handle turns out to be of a folder that was moved, with a new one.
   *
   * @param act answers `undefined` when a link is at the path's end.
   */
  private attempt<T>(
    path: string,
    done: 'read' | 'listed' | 'looked at',
    act: (inner: string) => T | undefined,
  ): T | undefined {
    const plain = joinPath(path);
    if (plain.includes('\0')) return undefined;
    try {
      const result = this.fresh(plain, act);
      if (result !== undefined) return result;
    } catch (thrown) {
      if (thrown instanceof Noted) return undefined;
      const code = codeOf(thrown);
      // A link in the middle is no folder to a handle.
      if (code !== 'ENOTDIR') return this.failed(path, code, done);
    }
    return this.followed(path, plain, done, act);
  }

  private fresh<T>(inner: string, act: (inner: string) => T | undefined): T | undefined {
    try {
      return act(inner);
    } catch (thrown) {
      if (!isAbsence(codeOf(thrown)) || this.handles === undefined) throw thrown;
      this.handles.forget(inner);
      return act(inner);
    }
  }

  private followed<T>(
    path: string,
    plain: string,
    done: 'read' | 'listed' | 'looked at',
    act: (inner: string) => T | undefined,
  ): T | undefined {
    if (this.resolved++ > resolvedMax) {
      this.resolver = this.newResolver();
      this.resolved = 0;
    }
    const found = this.resolver.resolve(plain);
    if (found.at === 'absent') return undefined;
    if (found.at === 'unseen') {
      // What the resolver says may name where a link leads.
      const code = /\((E[A-Z]+)\)/.exec(found.why)?.[1];
      this.note(
        path,
        code === undefined
          ? 'is a link that leads nowhere within the root'
          : `cannot be ${done} (${code})`,
      );
      return undefined;
    }
    if (found.inner === plain) return undefined;
    try {
      return this.fresh(found.inner, act);
    } catch (thrown) {
      return thrown instanceof Noted ? undefined : this.failed(path, codeOf(thrown), done);
    }
  }

  private failed(path: string, code: string, done: string): undefined {
    if (!isAbsence(code)) this.note(path, `cannot be ${done} (${code})`);
    return undefined;
  }

  private newResolver(): Resolver {
    return makeResolver(this.hostRoot, linksMax, () => false);
  }

  private async turn(): Promise<void> {
    this.turns += 1;
    if (this.turns % turnAfter === 0) await new Promise<void>(done => setImmediate(done));
  }
}

/** Thrown where it has been noted already. */
class Noted extends Error {}

/** The mail below a root, read and never written: see `MailFiles`. */
export const openMailFiles = (options: MailFilesOptions): RealMailFiles =>
  new HostMailFiles(options);
