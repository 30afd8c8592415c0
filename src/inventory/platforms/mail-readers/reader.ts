import type { AccessLog } from '../../../core/access-log.ts';

/** An account on another server whose mail is fetched. Its user name is nobody's business here. */
export interface Account {
  readonly host: string;
  /** `IMAP`, `POP3`, … */
  readonly protocol: string;
  readonly line: number;
  /** Whether fetched messages are removed on the server; undefined where that depends on more. */
  readonly removes?: boolean;
  /** Line that holds the password itself, in clear. */
  readonly secretLine?: number;
  /** Messages are written back to the server. */
  readonly writes?: boolean;
}

/** What one configuration file, or one command line, sets up. */
export interface ReaderUse {
  readonly accounts: readonly Account[];
  /** What it could not make out, in words. */
  readonly unclear?: string;
  /** Settings that decide what is logged. */
  readonly settings: ReadonlyMap<string, { readonly value: string; readonly line: number }>;
}

/** How a use is started: it decides where its messages go. */
export interface Started {
  readonly by: 'cron' | 'systemd' | 'init' | 'nothing';
  readonly unit?: string;
  /** Arguments of the command, without the program. */
  readonly args: readonly string[];
}

/** A program that fetches other people's mail into this host, a file each. */
export interface MailReader {
  readonly tool: string;
  readonly supplier: string;
  readonly binaries: readonly string[];
  readonly packages: readonly string[];
  /** Configuration for the whole host. */
  readonly system: readonly string[];
  /** Globs below a home folder. */
  readonly home: readonly string[];
  /** Options of the command that name a configuration file. */
  readonly fileOptions: readonly string[];
  /** Option that names the folder that a relative file lies in. */
  readonly folderOption?: string;
  /** A file that is not its configuration answers undefined. */
  read(text: string): ReaderUse | undefined;
  /** For programs whose accounts stand on the command line. */
  readArguments?(args: readonly string[], line: number): ReaderUse | undefined;
  logs(use: ReaderUse, started: Started, path: string): readonly AccessLog[];
}
