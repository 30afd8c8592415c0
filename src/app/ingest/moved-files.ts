import { basename } from 'node:path';
import type { EvidenceSource } from '../../evidence/options.ts';
import type { LogFile } from '../../intake/log-files.ts';
import { type FileIdentity, Generations, markOf } from './generations.ts';

/** A log that the evidence has, at its absolute path. */
export interface KnownLog {
  readonly log: string;
  readonly source: EvidenceSource;
}

interface Loaded {
  readonly log: string;
  readonly generations: Generations;
}

/** Many a file begins with the same few bytes. Whether it goes on the same is looked at before it is read. */
const headBytesMin = 512;

/** Whether a file seems to be one of a log's. */
const isOf = ({ generations }: Loaded, file: FileIdentity): boolean => {
  const [likely] = generations.candidates(file);
  if (likely === undefined) return false;
  const isSame = likely.device === file.device && likely.inode === file.inode;
  return isSame || likely.head.bytes >= headBytesMin;
};

/** The files that were read of all logs, by how they begin and where they lay. */
class Known {
  readonly logs: readonly Loaded[];
  /** By their lengths. */
  private readonly heads = new Map<number, Map<string, Loaded>>();
  private readonly places = new Map<string, Loaded>();

  constructor(known: readonly KnownLog[]) {
    this.logs = known.map(({ log, source }) => ({ log, generations: new Generations(source) }));
    for (const each of this.logs) {
      for (const { head, device, inode } of each.generations.all) {
        if (head.bytes >= headBytesMin) {
          const heads = this.heads.get(head.bytes) ?? new Map<string, Loaded>();
          this.heads.set(head.bytes, heads.set(head.sha256, each));
        }
        this.places.set(`${device} ${inode}`, each);
      }
    }
  }

  /** The log that a file is of, whatever it is called. */
  find(file: FileIdentity): Loaded | undefined {
    const likely = this.places.get(`${file.device} ${file.inode}`);
    if (likely !== undefined && isOf(likely, file)) return likely;
    for (const [bytes, heads] of this.heads) {
      if (bytes > file.head.length) continue;
      const found = heads.get(markOf(file.head.subarray(0, bytes), 0).sha256);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/**
 * Gives files back to the log that they were written as, where rotation puts them into another folder (`olddir`) or
 * calls them otherwise (`extension`): a name that the evidence has no log of, and bytes that were read as another's.
 *
 * @param logs the files of each log, by what they are called now.
 */
export const withMoved = async <File extends LogFile>(
  logs: ReadonlyMap<string, readonly File[]>,
  knownLogs: readonly KnownLog[],
  identityOf: (file: File) => Promise<FileIdentity | undefined>,
): Promise<ReadonlyMap<string, readonly File[]>> => {
  if (knownLogs.length === 0) return logs;
  const known = new Known(knownLogs);
  const byName = new Map<string, Loaded[]>();
  for (const each of known.logs) {
    const name = basename(each.log);
    byName.set(name, [...(byName.get(name) ?? []), each]);
  }
  const out = new Map<string, File[]>();
  for (const [log, files] of logs) {
    const namesakes = byName.get(basename(log)) ?? [];
    const own = namesakes.find(each => each.log === log);
    const others = namesakes.filter(each => each !== own);
    let otherwise = log;
    for (const file of files) {
      const isAsked = own === undefined || others.length > 0;
      const identity = isAsked ? await identityOf(file) : undefined;
      let of: string | undefined;
      if (identity !== undefined && own === undefined) of = known.find(identity)?.log;
      else if (identity !== undefined && own !== undefined && !isOf(own, identity)) {
        of = others.find(each => isOf(each, identity))?.log;
      }
      // What lies with files of a log, and was never seen, came between them.
      if (own === undefined && of !== undefined && basename(of) === basename(log)) otherwise = of;
      const to = of ?? otherwise;
      out.set(to, [...(out.get(to) ?? []), file]);
    }
  }
  return out;
};
