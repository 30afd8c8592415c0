import { basename } from 'node:path';
import type { EvidenceSource } from '../../evidence/options.ts';
import type { LogFile } from '../../intake/log-files.ts';
import { type FileIdentity, Generations, headBytes } from './generations.ts';

/** A log that the evidence has, at its absolute path. */
export interface KnownLog {
  readonly log: string;
  readonly source: EvidenceSource;
}

/** Whether a file is one of a log's, beyond doubt: many a file begins with the same few bytes. */
const isOf = (generations: Generations, file: FileIdentity): boolean => {
  const [likely] = generations.candidates(file);
  if (likely === undefined) return false;
  const isSame = likely.device === file.device && likely.inode === file.inode;
  return isSame || likely.head.bytes === headBytes;
};

/**
 * Gives files back to the log that they were written as, where rotation puts them into another folder (`olddir`):
 * by the same name, `mail.log` and `old/mail.log.1`, lie files that were read as the other log's.
 *
 * @param logs the files of each log, by where they lie now.
 */
export const withMoved = async <File extends LogFile>(
  logs: ReadonlyMap<string, readonly File[]>,
  known: readonly KnownLog[],
  identityOf: (file: File) => Promise<FileIdentity | undefined>,
): Promise<ReadonlyMap<string, readonly File[]>> => {
  const byName = new Map<string, KnownLog[]>();
  for (const each of known) {
    const name = basename(each.log);
    byName.set(name, [...(byName.get(name) ?? []), each]);
  }
  const loaded = new Map<string, Generations>();
  const generationsOf = ({ log, source }: KnownLog): Generations => {
    const generations = loaded.get(log) ?? new Generations(source);
    loaded.set(log, generations);
    return generations;
  };
  const out = new Map<string, File[]>();
  const give = (log: string, file: File): void => {
    const files = out.get(log);
    if (files === undefined) out.set(log, [file]);
    else files.push(file);
  };
  for (const [log, files] of logs) {
    const namesakes = byName.get(basename(log)) ?? [];
    const own = namesakes.find(each => each.log === log);
    const others = namesakes.filter(each => each !== own);
    for (const file of files) {
      const identity = others.length === 0 ? undefined : await identityOf(file);
      const isOwn =
        identity === undefined || (own !== undefined && isOf(generationsOf(own), identity));
      const other = isOwn ? undefined : others.find(each => isOf(generationsOf(each), identity));
      give(other?.log ?? log, file);
    }
  }
  return out;
};
