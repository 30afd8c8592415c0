import type { DurableFile, DurableFiles } from '../../src/core/durable-files.ts';
import type { StoreReader } from '../../src/evidence/verify/reader.ts';

/** What becomes of one operation, and of the process with it. */
export type Fault =
  /** The process is gone before the operation; half of a write may be done. */
  'kill' | 'EIO' | 'ENOSPC';

class Killed extends Error {
  override readonly name = 'Killed';
}

interface Inode {
  live: Buffer;
  /** What is on the disk whatever happens. */
  synced: Buffer;
  /** Writes since: each may reach the disk or not, in any order. */
  unsynced: { readonly at: number; readonly bytes: Buffer }[];
}

type Change =
  | { readonly kind: 'link'; readonly path: string; readonly inode: Inode }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly inode: Inode };

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const concernsFolder = (change: Change, folder: string): boolean =>
  change.kind === 'rename'
    ? folderOf(change.to) === folder || folderOf(change.from) === folder
    : folderOf(change.path) === folder;

/** Numbers that look random and are the same in every run. */
export const numbersFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** A disk that forgets what was not synced, and fails where a test wants it to. */
export class SimulatedDisk implements DurableFiles {
  private live = new Map<string, Inode>();
  private onDisk = new Map<string, Inode>();
  private changes: Change[] = [];
  private folders = new Set<string>(['']);
  private fault: { readonly at: number; readonly kind: Fault } | undefined;
  private dead = false;
  /** Operations so far that a fault could have hit, and what each was. */
  operations: string[] = [];

  failAt(at: number, kind: Fault): void {
    this.fault = { at, kind };
  }

  /** One more operation; throws when it is the one that fails. `half` is what of it was done all the same. */
  step(what: string, half: () => void = () => undefined): void {
    if (this.dead) throw new Killed('the process is gone');
    const number = this.operations.push(what) - 1;
    if (this.fault?.at !== number) return;
    half();
    if (this.fault.kind === 'kill') {
      this.dead = true;
      throw new Killed(`killed at operation ${number}: ${what}`);
    }
    const { kind } = this.fault;
    throw Object.assign(new Error(`${kind}: ${what}`), { code: kind });
  }

  /** The process is gone, and with `power` all that was not synced, or any part of it. */
  restart(power: boolean, random: () => number): SimulatedDisk {
    const next = new SimulatedDisk();
    next.folders = new Set(this.folders);
    const entries = power ? new Map(this.onDisk) : this.live;
    if (power) {
      for (const change of this.changes) if (random() < 0.5) apply(entries, change);
    }
    const copies = new Map<Inode, Inode>();
    for (const [path, inode] of entries) {
      const content = power ? contentAfterPowerCut(inode, random) : inode.live;
      const copy = copies.get(inode) ?? { live: content, synced: content, unsynced: [] };
      copies.set(inode, copy);
      next.live.set(path, copy);
    }
    next.onDisk = new Map(next.live);
    return next;
  }

  create(path: string): Promise<DurableFile> {
    return this.try(`create ${path}`, () => {
      if (!this.folders.has(folderOf(path))) throw new Error(`ENOENT: ${path}`);
      const known = this.live.get(path);
      const inode = known ?? { live: Buffer.alloc(0), synced: Buffer.alloc(0), unsynced: [] };
      inode.live = Buffer.alloc(0);
      inode.synced = Buffer.alloc(0);
      inode.unsynced = [];
      if (known === undefined) this.change({ kind: 'link', path, inode });
      return this.fileOf(path, inode);
    });
  }

  read(path: string): Promise<Buffer | undefined> {
    if (this.dead) return Promise.reject(new Killed('the process is gone'));
    const found = this.live.get(path);
    return Promise.resolve(found && Buffer.from(found.live));
  }

  list(folder: string): Promise<readonly string[]> {
    return Promise.resolve(this.reader().list(folder));
  }

  makeFolder(path: string): Promise<void> {
    return this.try(`mkdir ${path}`, () => {
      this.folders.add(path);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.try(`rename ${to}`, () => {
      const inode = this.live.get(from);
      if (inode === undefined) throw new Error(`ENOENT: ${from}`);
      this.change({ kind: 'rename', from, to, inode });
    });
  }

  unlink(path: string): Promise<void> {
    return this.try(`unlink ${path}`, () => this.change({ kind: 'unlink', path }));
  }

  syncFolder(path: string): Promise<void> {
    return this.try(`fsync folder ${path}`, () => {
      const mine = this.changes.filter(change => concernsFolder(change, path));
      for (const change of mine) apply(this.onDisk, change);
      this.changes = this.changes.filter(change => !mine.includes(change));
    });
  }

  /** For the verifier, and for tests. */
  reader(): StoreReader & { readonly paths: () => readonly string[] } {
    return {
      read: path => {
        const found = this.live.get(path);
        return found && Buffer.from(found.live);
      },
      list: folder => {
        const prefix = folder === '' ? '' : `${folder}/`;
        const names = [...this.live.keys(), ...this.folders]
          .filter(path => path.startsWith(prefix) && path !== folder)
          .map(path => path.slice(prefix.length).split('/')[0] ?? '');
        return [...new Set(names)].filter(name => name !== '').toSorted();
      },
      paths: () => [...this.live.keys()].toSorted(),
    };
  }

  /** Somebody changes a file behind the store's back; `undefined` takes it away. */
  tamper(path: string, bytes: Buffer | undefined): void {
    if (bytes === undefined) this.live.delete(path);
    else this.live.set(path, { live: bytes, synced: bytes, unsynced: [] });
    this.onDisk = new Map(this.live);
  }

  private fileOf(path: string, inode: Inode): DurableFile {
    const append = (bytes: Uint8Array): void => {
      const copy = Buffer.from(bytes);
      inode.unsynced.push({ at: inode.live.length, bytes: copy });
      inode.live = Buffer.concat([inode.live, copy]);
    };
    const sync = (): void => {
      inode.synced = inode.live;
      inode.unsynced = [];
    };
    const half = (bytes: Uint8Array) => () => append(bytes.subarray(0, bytes.length >> 1));
    return {
      write: bytes => this.try(`write ${path}`, () => append(bytes), half(bytes)),
      dataSync: () => this.try(`fdatasync ${path}`, sync),
      sync: () => this.try(`fsync ${path}`, sync),
      close: () => Promise.resolve(),
    };
  }

  private change(change: Change): void {
    apply(this.live, change);
    this.changes.push(change);
  }

  private async try<T>(what: string, work: () => T, half?: () => void): Promise<T> {
    await Promise.resolve();
    this.step(what, half);
    return work();
  }
}

const apply = (entries: Map<string, Inode>, change: Change): void => {
  switch (change.kind) {
    case 'link':
      entries.set(change.path, change.inode);
      break;
    case 'unlink':
      entries.delete(change.path);
      break;
    case 'rename':
      entries.delete(change.from);
      entries.set(change.to, change.inode);
      break;
  }
};

/** Each write that was not synced is there or not; where only a later one is, there is a hole before it. */
const contentAfterPowerCut = ({ synced, unsynced }: Inode, random: () => number): Buffer => {
  let content = Buffer.from(synced);
  for (const { at, bytes } of unsynced) {
    const kept = random() < 0.5 ? bytes : bytes.subarray(0, Math.floor(bytes.length * random()));
    if (random() < 0.4 || kept.length === 0) continue;
    if (content.length < at + kept.length) {
      content = Buffer.concat([content, Buffer.alloc(at + kept.length - content.length)]);
    }
    kept.copy(content, at);
  }
  return content;
};
