import type { Place } from './place.ts';

/** A program on the host that reads a log and may tell somebody. */
export interface Watcher {
  readonly name: string;
  /**
   * Paths or globs of the files that it reads, as its settings name them; the folder of the journal
   * when it reads all of that, `journal:dovecot.service` when it reads one unit's lines.
   */
  readonly logPaths: readonly string[];
  /** Whom or what it tells, in words: "root by mail", "https://wazuh.example.jp". */
  readonly tells?: string;
  readonly because: Place;
}
