import { decodeModifiedUtf7 } from '../../places/folder-name.ts';

/** Whose a folder of a Cyrus partition is. */
export interface CyrusPlace {
  readonly mailbox: string;
  readonly folder: string;
}

/** The hierarchy of the file system is that of the mailboxes; `^` stands for a dot in a name. */
const nameOf = (segment: string): string => decodeModifiedUtf7(segment).replaceAll('^', '.');

/**
 * `PARTITION/t/user/taro/Sent` and, with virtual domains, `PARTITION/domain/e/example.jp/t/user/taro/Sent`
 * (imapd.conf(5): hashimapspool, virtdomains). Nothing where the path is no user's.
 */
export const cyrusPlace = (path: string): CyrusPlace | undefined => {
  const segments = path.split('/').filter(each => each !== '');
  // A user may call a folder of his `user`: the first one counts.
  const user = segments.indexOf('user');
  const local = segments[user + 1];
  if (user < 0 || local === undefined) return undefined;
  const domainAt = segments.lastIndexOf('domain', user);
  const domain =
    domainAt < 0 ? undefined : segments.slice(domainAt + 1, user).find(each => each.length > 1);
  const name = nameOf(local);
  const folder = segments
    .slice(user + 2)
    .map(nameOf)
    .join('/');
  return {
    mailbox: domain === undefined || name.includes('@') ? name : `${name}@${domain}`,
    folder: folder === '' ? 'INBOX' : folder,
  };
};

/**
 * The name in `cyrus.header` (since 3.6 a list in parentheses): `example.jp!user.taro.Sent`, for partitions
 * in which folders are called by their unique id.
 */
export const cyrusHeaderPlace = (header: Uint8Array): CyrusPlace | undefined => {
  const text = Buffer.from(
    header.buffer,
    header.byteOffset,
    Math.min(header.length, 4_096),
  ).toString('latin1');
  const name = /\bN ("?)((?:[^\s"()!]{1,255}!)?user\.[^"\s()]{1,1000})\1/.exec(text)?.[2];
  if (name === undefined) return undefined;
  const bang = name.indexOf('!');
  const domain = bang < 0 ? '' : `@${name.slice(0, bang)}`;
  const [, local = '', ...folder] = name
    .slice(bang + 1)
    .split('.')
    .map(nameOf);
  return { mailbox: `${local}${domain}`, folder: folder.length === 0 ? 'INBOX' : folder.join('/') };
};
