import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findLogs, type LogFile } from '../../intake/log-files.ts';
import { rotatedName } from '../../logs/sources/rotation-order.ts';

/** The files of a folder, by the logs that their names say they are of. */
const filesByLog = (folder: string): ReadonlyMap<string, readonly string[]> => {
  const out = new Map<string, string[]>();
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(folder, entry.name);
      const { log } = rotatedName(path);
      const known = out.get(log);
      if (known === undefined) out.set(log, [path]);
      else known.push(path);
    }
  } catch {
    // What may not be looked at was not named either.
  }
  return out;
};

/** What lies beside the files that were named: what was written before a rotation may lie in one of them. */
export class Siblings {
  private readonly named: ReadonlySet<string>;
  private readonly folders = new Map<string, ReadonlyMap<string, readonly string[]>>();

  /** @param named everything that was named, whatever log it is of. */
  constructor(named: ReadonlySet<string>) {
    this.named = named;
  }

  /** Files of a log that were not named. */
  of(log: string): readonly LogFile[] {
    const folder = dirname(log);
    const files = this.folders.get(folder) ?? filesByLog(folder);
    this.folders.set(folder, files);
    const paths = files.get(log) ?? [];
    return findLogs(paths.filter(path => !this.named.has(path))).files;
  }

  /**
   * Files of a log as they lie now, named ones as well.
   *
   * @param own the files of the log that were named; others that were are of other logs, whatever they are called.
   */
  now(log: string, own: ReadonlySet<string>): readonly LogFile[] {
    const paths = filesByLog(dirname(log)).get(log) ?? [];
    return findLogs(paths.filter(path => own.has(path) || !this.named.has(path))).files;
  }
}
