import type { MailFiles, ReadMessage, StoredMessage } from '../../mail-store.ts';
import { messageInFile } from '../../places/stored-bytes.ts';
import { uidsIn, uniqueName } from './uid-list.ts';

const parts = ['new', 'cur'] as const;
type Part = (typeof parts)[number];

/** Flags that a message gets most often while somebody reads: tried before its folder is listed again. */
const likelyFlags: readonly string[] = ['S', '', 'RS', 'ST', 'T', 'FS', 'Sa'];
const listingsMax = 3;

interface Lying {
  readonly part: Part;
  readonly name: string;
}

/** What lies in `new` and `cur`, by unique name. Whoever moves to `cur` meanwhile is seen there: it comes last. */
const listed = async (files: MailFiles, path: string): Promise<Map<string, Lying>> => {
  const lying = new Map<string, Lying>();
  for (const part of parts) {
    const folder = `${path}/${part}`;
    let before = (await files.stat(folder))?.modifiedMs;
    for (let listings = 0; listings < listingsMax; listings++) {
      for (const { name, kind } of await files.list(folder)) {
        if (kind === 'folder' || kind === 'other' || name.startsWith('.')) continue;
        lying.set(uniqueName(name), { part, name });
      }
      // A folder that changes while it is listed may leave out what was renamed in it.
      const after = (await files.stat(folder))?.modifiedMs;
      if (after === before) break;
      before = after;
    }
  }
  return lying;
};

/** Finds messages again that were given flags, or moved from `new` to `cur`, since they were listed. */
class Whereabouts {
  private again: ReadonlyMap<string, Lying> | undefined;
  private state = '';
  private readonly files: MailFiles;
  private readonly path: string;

  constructor(files: MailFiles, path: string) {
    this.files = files;
    this.path = path;
  }

  async read(unique: string, was: Lying): Promise<ReadMessage> {
    for await (const { part, name } of this.guesses(unique, was)) {
      const path = `${this.path}/${part}/${name}`;
      const piece = await this.files.read(path);
      if (piece !== undefined) return messageInFile(this.files, piece);
      // It is there and was not given: why is in the notes.
      if ((await this.files.stat(path)) !== undefined) return { state: 'unseen', why: 'forbidden' };
    }
    return { state: 'gone' };
  }

  private async *guesses(unique: string, was: Lying): AsyncIterable<Lying> {
    yield was;
    const bare = was.name.replace(/[:;!]2,[A-Za-z]*$/, '');
    const mark = /[:;!](?=2,[A-Za-z]*$)/.exec(was.name)?.[0] ?? ':';
    for (const flags of likelyFlags) yield { part: 'cur', name: `${bare}${mark}2,${flags}` };
    const now = (await this.listedNow()).get(unique);
    if (now !== undefined) yield now;
  }

  private async listedNow(): Promise<ReadonlyMap<string, Lying>> {
    const times: (number | undefined)[] = [];
    for (const part of parts)
      times.push((await this.files.stat(`${this.path}/${part}`))?.modifiedMs);
    const state = times.join(' ');
    if (this.again === undefined || state !== this.state) {
      this.again = await listed(this.files, this.path);
      this.state = state;
    }
    return this.again;
  }
}

const sizePattern = /,S=(\d{1,15})/;

/** A unique name begins with the second of delivery. */
const receivedOf = (unique: string): number | undefined => {
  const seconds = Number(/^(\d{9,11})\./.exec(unique)?.[1] ?? Number.NaN);
  return Number.isNaN(seconds) ? undefined : seconds * 1_000;
};

export async function* maildirMessages(
  files: MailFiles,
  path: string,
): AsyncGenerator<StoredMessage> {
  const lying = await listed(files, path);
  const uids = await uidsIn(files, path);
  const whereabouts = new Whereabouts(files, path);
  for (const unique of [...lying.keys()].sort()) {
    const was = lying.get(unique);
    if (was === undefined) continue;
    const uid = uids.get(unique);
    const size = sizePattern.exec(was.name)?.[1];
    const received = receivedOf(unique);
    yield {
      key: unique,
      ...(uid === undefined ? {} : { uid }),
      ...(size === undefined ? {} : { sizeBytes: Number(size) }),
      ...(received === undefined ? {} : { received }),
      lies: { path: `${path}/${was.part}/${was.name}` },
      read: () => whereabouts.read(unique, was),
    };
  }
}
