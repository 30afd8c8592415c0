import type { MailboxNaming } from '../mail-store.ts';
import { readTemplate } from './mailbox-template.ts';

/** Homes under which virtual mailboxes lie, not somebody's own: `/home/vmail/example.jp/taro`. */
const serviceUsers: ReadonlySet<string> = new Set([
  'vmail',
  'vpopmail',
  'virtual',
  'mail',
  'mailuser',
  'courier',
  'popuser',
  'cyrus',
  'dovecot',
]);

/** Folders in a home in which a control panel keeps the mailboxes of that home's domains. */
const domainHolders: ReadonlySet<string> = new Set([
  'mail',
  'domains',
  'vmail',
  'virtual',
  'mailnames',
  'maildir',
  'imap',
]);

/** What stands at the end of folders' names and is no domain's. */
const noTopLevel: ReadonlySet<string> = new Set([
  'mbox',
  'mbx',
  'eml',
  'emlx',
  'maildir',
  'd',
  'dir',
  'old',
  'bak',
  'sbd',
  'pst',
  'ost',
  'zip',
  'gz',
  'tar',
  'txt',
]);

/** What lies below a folder named after a host, not after a domain of mailboxes: `/mnt/mail01.example.jp/var`. */
const hostFolders: ReadonlySet<string> = new Set([
  'backup',
  'backups',
  'data',
  'etc',
  'export',
  'home',
  'htdocs',
  'mail',
  'maildirs',
  'mailboxes',
  'mails',
  'mnt',
  'opt',
  'public_html',
  'spool',
  'srv',
  'storage',
  'usr',
  'users',
  'var',
  'vhosts',
  'vmail',
  'www',
]);

const isDomain = (segment: string): boolean => {
  if (segment.startsWith('.') || segment.length > 253) return false;
  const labels = segment.split('.');
  const top = labels.at(-1)?.toLowerCase() ?? '';
  return (
    labels.length > 1 &&
    /^(?:[a-z]{2,}|xn--[a-z0-9-]+)$/.test(top) &&
    !noTopLevel.has(top) &&
    labels.every(label => /^[\p{L}\p{N}_-]+$/u.test(label))
  );
};

const isAddress = (segment: string): boolean => {
  const at = segment.lastIndexOf('@');
  return at > 0 && !segment.startsWith('.') && isDomain(segment.slice(at + 1));
};

interface Owner {
  readonly mailbox: string;
  /** Of the segment behind his own. */
  readonly end: number;
}

/** iRedMail has `t/a/r/taro-2026.01.31.10.20.30` for taro; vpopmail a letter or digit in front of many users. */
const ownerBehind = (
  segments: readonly string[],
  from: number,
  domain: string,
): Owner | undefined => {
  let at = from;
  while (segments[at]?.length === 1 && at - from < 3) {
    const last = segments.slice(at + 1, from + 4).find(each => each.length > 1);
    const levels = segments
      .slice(from, at + 1)
      .join('')
      .replaceAll('_', '')
      .toLowerCase();
    if (last === undefined || !last.toLowerCase().startsWith(levels)) break;
    at += 1;
  }
  const name = segments[at];
  if (name === undefined || name.startsWith('.')) return undefined;
  const local = name.replace(/-\d{4}(?:\.\d{2}){5}$/, '');
  return { mailbox: local.includes('@') ? local : `${local}@${domain}`, end: at + 1 };
};

const homeOwner = (segments: readonly string[]): Owner | undefined => {
  if (segments[0] === 'root') return { mailbox: 'root', end: 1 };
  const home = segments.indexOf('home');
  const user = segments[home + 1];
  if (home < 0 || home > 2 || user === undefined || isDomain(user)) return undefined;
  // Large hosts put a letter in front: /home/t/taro.
  const isLetter = user.length === 1 && segments[home + 2]?.startsWith(user) === true;
  const at = isLetter ? home + 2 : home + 1;
  const name = segments[at];
  return name === undefined || serviceUsers.has(name) ? undefined : { mailbox: name, end: at + 1 };
};

const virtualOwner = (segments: readonly string[], home: Owner | undefined): Owner | undefined => {
  const from = home?.end ?? 0;
  for (let at = from; at < segments.length; at++) {
    const segment = segments[at] ?? '';
    if (home === undefined && isAddress(segment)) return { mailbox: segment, end: at + 1 };
    if (!isDomain(segment) || hostFolders.has(segments[at + 1]?.toLowerCase() ?? '')) continue;
    // In somebody's own home, a folder named as a domain is his, unless a control panel put it there.
    const isHeld = segments.slice(from, at).some(each => domainHolders.has(each.toLowerCase()));
    if (home === undefined || isHeld) return ownerBehind(segments, at + 1, segment);
  }
  return undefined;
};

/** `/var/mail/taro`, `/var/spool/mail/t/taro`. */
const spoolOwner = (segments: readonly string[]): Owner | undefined => {
  const spool = segments[0] === 'var' ? (segments[1] === 'spool' ? 2 : 1) : -1;
  if (spool < 0 || segments[spool] !== 'mail') return undefined;
  const first = segments[spool + 1];
  const isLetter = first?.length === 1 && segments[spool + 2]?.startsWith(first) === true;
  const at = isLetter ? spool + 2 : spool + 1;
  const name = segments[at];
  return name === undefined ? undefined : { mailbox: name, end: at + 1 };
};

const ownerOf = (segments: readonly string[]): Owner | undefined => {
  const home = homeOwner(segments);
  return virtualOwner(segments, home) ?? home ?? spoolOwner(segments);
};

const tail: ReadonlySet<string> = new Set([
  'maildir',
  '.maildir',
  'mailbox',
  'mdbox',
  'sdbox',
  'dbox',
]);

/** What a path says where nobody can tell whose it is: itself, below the root that somebody asked for. */
const ownPath = (segments: readonly string[], root: readonly string[]): string => {
  const below = segments.slice(root.length);
  while (below.length > 0 && tail.has(below.at(-1)?.toLowerCase() ?? '')) below.pop();
  if (below.length > 0) return below.join('/');
  return root.findLast(each => !tail.has(each.toLowerCase())) ?? '/';
};

const segmentsOf = (path: string): readonly string[] => path.split('/').filter(each => each !== '');

/**
 * Whose mail a path holds: by the first of the templates that fits (`/var/vmail/%d/%n`, with Dovecot's
 * variables), else by how mail hosts name folders, else by the path itself.
 *
 * @param root the path that is scanned.
 */
export const namingOf = (root: string, templates: readonly string[] = []): MailboxNaming => {
  const read = templates.map(readTemplate);
  const rootSegments = segmentsOf(root);
  return {
    mailboxOf: path => {
      for (const template of read) {
        const matched = template.match(path);
        if (matched !== undefined) return { ...matched, isTold: true };
      }
      const segments = segmentsOf(path);
      const owner = ownerOf(segments);
      if (owner !== undefined) {
        const within = segments.slice(owner.end).join('/');
        return { mailbox: owner.mailbox, within, isTold: true };
      }
      return { mailbox: ownPath(segments, rootSegments), within: '', isTold: false };
    },
  };
};
