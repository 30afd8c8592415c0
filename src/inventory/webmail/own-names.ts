import type { FileView } from '../../core/files.ts';
import { isLoopback } from '../joining/endpoint.ts';
import { readSettings } from '../syntax/postfix-main.ts';

const textOf = (files: FileView, path: string): string =>
  files.stat(path) === undefined ? '' : (files.text(path) ?? '');

/** `myhostname`, as far as it is written out. */
const postfixName = (files: FileView): string => {
  const name = readSettings(textOf(files, '/etc/postfix/main.cf')).settings.get('myhostname');
  const text = name?.value.text.trim().toLowerCase() ?? '';
  return /^[a-z\d-]+(?:\.[a-z\d-]+)+$/.test(text.slice(0, 253)) ? text : '';
};

const imapServers = [
  '/usr/sbin/dovecot',
  '/usr/local/sbin/dovecot',
  '/usr/sbin/cyrmaster',
  '/usr/libexec/cyrus-imapd/cyrus-master',
  '/usr/lib/cyrus-imapd/cyrus-master',
  '/usr/lib/courier/courier/imaplogin',
  '/usr/bin/imapd',
] as const;

/** Lines of `/etc/hosts`: an address and its names. */
const hostsLines = (files: FileView): readonly (readonly string[])[] =>
  textOf(files, '/etc/hosts')
    .split('\n')
    .slice(0, 2_000)
    .map(line => (line.split('#')[0] ?? '').trim().toLowerCase().split(/\s+/))
    .filter(([address, name]) => address !== undefined && name !== undefined);

/**
 * Names under which this host goes, in small letters, as far as its own files tell: its host name,
 * what `/etc/hosts` gives the same address, and, where it has an IMAP server that could be meant,
 * the name by which its Postfix goes. (A relay may bear the name of the server behind it.)
 */
export const ownNames = (files: FileView): ReadonlySet<string> => {
  const hostname = textOf(files, '/etc/hostname').trim().toLowerCase();
  const isOwn = ([address, ...names]: readonly string[]): boolean =>
    isLoopback(address ?? '') || (hostname !== '' && names.includes(hostname));
  const listed = hostsLines(files)
    .filter(isOwn)
    .flatMap(([, ...names]) => names);
  const hasImap = imapServers.some(path => files.stat(path) !== undefined);
  const all = [
    hostname,
    textOf(files, '/etc/mailname').trim().toLowerCase(),
    ...listed,
    ...(hasImap ? [postfixName(files)] : []),
  ];
  return new Set(all.filter(name => name !== ''));
};
