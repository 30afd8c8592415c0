import { readFileSync } from 'node:fs';

/** Where mail is read from, and who logs in there. */
export interface ImapServer {
  readonly host: string;
  readonly port: number;
  /** From the first byte, by STARTTLS before anything is said, or not at all: on this machine only. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  /** Authorities to be believed beside or instead of the system's, as PEM. */
  readonly ca?: string;
  readonly login: ImapLogin;
}

export type ImapLogin =
  /** Each account by itself, with its own password. */
  | { readonly as: 'user' }
  /**
   * An administrator in the name of each account: `account*master` as Dovecot wants it (auth_master_user_separator),
   * or, where there is no separator, by the authorization identity of SASL PLAIN (Cyrus, Dovecot, Courier).
   */
  | {
      readonly as: 'master';
      readonly master: string;
      readonly separator?: string;
      readonly password: string;
    };

export interface ImapAccount {
  /** As logs name him: `taro@example.jp`. */
  readonly name: string;
  /** His own, where the list has it. */
  readonly password?: string;
}

type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

/**
 * `imaps://imap.example.jp`, `imap://127.0.0.1:10143`: `imap` means STARTTLS, and no encryption where the
 * server is this machine. A password in it is refused: arguments are read by everybody on a host.
 */
export const readImapUrl = (
  text: string,
): Read<{ readonly server: Omit<ImapServer, 'login'>; readonly user?: string }> => {
  if (!URL.canParse(text)) return { ok: false, why: 'is no address of a server' };
  const url = new URL(text);
  if (url.protocol !== 'imap:' && url.protocol !== 'imaps:') {
    return { ok: false, why: 'must begin with imaps:// or imap://' };
  }
  if (url.password !== '') {
    return { ok: false, why: 'has a password in it: name a file with --password-file instead' };
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === '') return { ok: false, why: 'names no server' };
  const isImplicit = url.protocol === 'imaps:';
  const tls = isImplicit ? 'implicit' : isThisMachine(host) ? 'none' : 'starttls';
  const port = url.port === '' ? (isImplicit ? 993 : 143) : Number(url.port);
  const user = decodeURIComponent(url.username);
  return { ok: true, value: { server: { host, port, tls }, ...(user === '' ? {} : { user }) } };
};

export const isImapUrl = (text: string): boolean => /^imaps?:\/\//.test(text);

const accountsBytesMax = 512 << 20;

/** One account on a line, its own password behind a tab where it has one; `#` begins a remark. */
export const readAccounts = (text: string): readonly ImapAccount[] => {
  const accounts = new Map<string, ImapAccount>();
  for (const line of text.split('\n')) {
    const [name = '', password] = line.replace(/\r$/, '').split('\t', 2);
    const trimmed = name.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    accounts.set(trimmed, password === undefined ? { name: trimmed } : { name: trimmed, password });
  }
  return [...accounts.values()];
};

export const accountsIn = (path: string): readonly ImapAccount[] => {
  const bytes = readFileSync(path);
  if (bytes.length > accountsBytesMax)
    throw new Error('the list of accounts is longer than is read');
  return readAccounts(bytes.toString('utf8'));
};

/** Of `--password-file`, its first line; else of the environment. */
export const passwordOf = (
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  const text =
    file === undefined ? environment['POSTERN_IMAP_PASSWORD'] : readFileSync(file, 'utf8');
  const line = text?.split(/\r?\n/, 1)[0];
  return line === '' ? undefined : line;
};
