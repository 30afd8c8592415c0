import type { ListResponse } from 'imapflow';
import type { MailFolder } from '../../exposure/mail-store.ts';
import { ImapFolderReader } from './imap/folder.ts';
import type { ImapAccount, ImapServer } from './imap/server.ts';
import { ImapSession, ImapTrouble } from './imap/session.ts';
import { mailStoreLimits } from './mail-files.ts';

export interface ImapScan {
  readonly server: ImapServer;
  readonly accounts: Iterable<ImapAccount>;
  /** Told of what is there and cannot be read; the account is a name, and leaves as a count or a pseudonym only. */
  readonly note: (account: string, why: string) => void;
  readonly messageBytesMax?: number;
}

const isFolder = ({ flags }: ListResponse): boolean =>
  !flags.has('\\Noselect') && !flags.has('\\NonExistent');

/** Levels are slashes everywhere; other servers have dots, and INBOX in front of all that is below it. */
export const folderNameOf = ({
  path,
  delimiter,
}: Pick<ListResponse, 'path' | 'delimiter'>): string => {
  const levels = delimiter === '' || delimiter === '/' ? path : path.split(delimiter).join('/');
  return levels.toUpperCase() === 'INBOX' ? 'INBOX' : levels.replace(/^INBOX\//i, '');
};

/**
 * The folders of mail of every account on a server, read by IMAP without a trace in the mailboxes: flags, `\Recent`
 * and what is new stay as they were (test/real/mail-stores.test.ts holds a real Dovecot to it).
 */
export async function* imapFolders({
  server,
  accounts,
  note,
  messageBytesMax = mailStoreLimits.messageBytesMax,
}: ImapScan): AsyncGenerator<MailFolder> {
  for (const account of accounts) {
    const session = new ImapSession(server, account, messageBytesMax + (1 << 20));
    try {
      yield* accountFolders(session, account, note, messageBytesMax);
    } catch (thrown) {
      if (!(thrown instanceof ImapTrouble)) throw thrown;
      note(account.name, thrown.message);
    } finally {
      await session.close();
    }
  }
}

async function* accountFolders(
  session: ImapSession,
  { name: mailbox }: ImapAccount,
  note: ImapScan['note'],
  messageBytesMax: number,
): AsyncGenerator<MailFolder> {
  const listed = await session.use(client => client.list({ listOnly: true }));
  for (const folder of listed.filter(isFolder)) {
    const { path } = folder;
    const state = await stateOf(session, path);
    if (state === 'refused') {
      note(mailbox, 'has a folder that the server does not open');
      continue;
    }
    yield {
      store: 'imap',
      mailbox,
      name: folderNameOf(folder),
      ...(state === undefined ? {} : { state }),
      messages: () =>
        new ImapFolderReader(session, path, messageBytesMax).messages(why => note(mailbox, why)),
    };
  }
}

/** What is new has a number behind the last, and what is gone is missing in the count. */
const stateOf = async (session: ImapSession, path: string): Promise<string | undefined> => {
  const status = await session.use(client =>
    client.status(path, { messages: true, uidNext: true, uidValidity: true }),
  );
  if (status === false) return 'refused';
  const { uidValidity, uidNext, messages } = status;
  if (uidValidity === undefined || uidNext === undefined || messages === undefined)
    return undefined;
  return `${uidValidity} ${uidNext} ${messages}`;
};
