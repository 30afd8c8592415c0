import type { Unseen } from '../../core/unseen.ts';
import { mailboxPseudonym, pathPseudonym, shownPseudonym } from '../../exposure/index/names.ts';
import { foldersBelow } from '../../exposure/mail-folders.ts';
import type { MailFolder, Wanted } from '../../exposure/mail-store.ts';
import type { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { namingOf } from '../../exposure/places/mailbox-naming.ts';
import { mailStores } from '../../exposure/stores.generated.ts';
import type { ImapAccount, ImapServer } from './imap/server.ts';
import { openMailFiles, type RealMailFiles } from './mail-files.ts';
import { openMailNotes } from './mail-notes.ts';

/** A place that mail is read from. */
interface ScanSource {
  /** Its path within the root, or its address without a password. */
  readonly place: string;
  folders(): AsyncIterable<MailFolder>;
}

export interface ScanSources {
  readonly all: readonly ScanSource[];
  /** Of files on this machine: the inspected root as threads need it. */
  readonly hostRoot: string;
  readonly messageBytesMax: number;
  /** How often something was not seen so far. */
  notes(): number;
  readonly unseen: readonly Unseen[];
  /** Counts the folders of paths ahead of whoever reads them; those of servers and of Outlook's files are not counted. */
  count(isStopped: () => boolean): Promise<number>;
  /** @returns a path that is not there */
  missing(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A mail server that is read by IMAP, and whose mailboxes. */
export interface ImapPlace {
  /** As it was named. */
  readonly place: string;
  readonly server: ImapServer;
  readonly accounts: readonly ImapAccount[];
}

export interface SourcesAsked {
  readonly root: string;
  /** Paths within the root. */
  readonly paths: readonly string[];
  readonly servers: readonly ImapPlace[];
  /** How paths name mailboxes, where settings say so: `/var/vmail/%d/%n`. */
  readonly templates: readonly string[];
  /** Where within a path mail is looked for, where that is not everywhere. */
  readonly wanted?: ReadonlyMap<string, (path: string) => Wanted>;
  readonly pseudonyms: Pseudonyms;
}

/** Outlook's files and archives take as long to be listed as to be read. */
const countedStores = mailStores.filter(({ id }) => id !== 'pst' && id !== 'zip');

const pathSource = (
  path: string,
  templates: readonly string[],
  files: RealMailFiles,
  wanted: ((path: string) => Wanted) | undefined,
): ScanSource => ({
  place: path,
  folders: () => foldersBelow(path, files, mailStores, namingOf(path, templates), wanted),
});

const serverSource = (
  { place, server, accounts }: ImapPlace,
  note: (account: string, why: string) => void,
): ScanSource => ({
  place,
  folders: async function* folders(): AsyncGenerator<MailFolder> {
    // Whoever reads files needs no mail client.
    const { imapFolders } = await import('./imap.ts');
    yield* imapFolders({ server, accounts, note });
  },
});

export const openSources = ({
  root,
  paths,
  servers,
  templates,
  wanted,
  pseudonyms,
}: SourcesAsked): ScanSources => {
  const pseudonymOf = (path: string): string => pathPseudonym(pseudonyms, path);
  const files = openMailFiles({ root, roots: paths, pseudonymOf });
  const places = servers.map(({ place }) => place);
  const serverNotes = openMailNotes(places, path => {
    const account = path.slice(path.lastIndexOf('\n') + 1);
    return `mailbox ${shownPseudonym(mailboxPseudonym(pseudonyms, account)).slice(0, 16)}`;
  });
  return {
    all: [
      ...paths.map(path => pathSource(path, templates, files, wanted?.get(path))),
      ...servers.map(server =>
        serverSource(server, (account, why) =>
          serverNotes.add(`${server.place}/\n${account}`, why),
        ),
      ),
    ],
    hostRoot: root === '/' ? '' : root,
    messageBytesMax: files.limits.messageBytesMax,
    notes: () => files.noted + serverNotes.count,
    get unseen() {
      return [...files.unseen, ...serverNotes.all];
    },
    count: async isStopped => {
      const ahead = openMailFiles({ root, roots: [] });
      let count = 0;
      try {
        for (const path of paths) {
          const folders = foldersBelow(
            path,
            ahead,
            countedStores,
            namingOf(path, []),
            wanted?.get(path),
          );
          for await (const _ of folders) {
            if (isStopped()) return count;
            count += 1;
          }
        }
      } finally {
        ahead.close();
      }
      return count;
    },
    missing: async () => {
      for (const path of paths) if ((await files.stat(path)) === undefined) return path;
      return undefined;
    },
    close: async () => {
      files.close();
    },
  };
};
