/** `authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=bob rhost=192.0.2.1  user=bob`. */
export interface PamFailure {
  readonly tty: string;
  /** Who asked, as the service names him: for most the name that was tried, for sshd nobody. */
  readonly remoteUser: string;
  /** Address or name; empty where nobody came from anywhere. */
  readonly remoteHost: string;
  /** Whose password was wrong; pam_unix leaves out whom it does not know. */
  readonly user: string;
  /** Other hosts stand in the line, and were not taken. */
  readonly forged: boolean;
}

const begin =
  /^(?:\d{1,9} more )?authentication failures?; logname=\S* uid=\d* euid=\d* tty=(\S*) ruser=/;
const hostMark = / rhost=(\S*)/g;
const hostsMax = 20;

interface Reading {
  readonly remoteUser: string;
  readonly remoteHost: string;
  readonly user: string;
}

/** The ways to read it: the host may be any that stands there, for both names are the client's. */
const readingsOf = (rest: string): readonly Reading[] =>
  [...` ${rest}`.matchAll(hostMark)].slice(-hostsMax).flatMap(match => {
    const remoteUser = rest.slice(0, Math.max(0, match.index - 1));
    const tail = rest.slice(match.index + match[0].length - 1).trim();
    const user = tail.startsWith('user=')
      ? tail.slice('user='.length)
      : tail === ''
        ? ''
        : undefined;
    return user === undefined ? [] : [{ remoteUser, remoteHost: match[1] ?? '', user }];
  });

/**
 * What PAM's modules say of a password that was wrong (pam_unix(8), pam_sss(8)). The client types both names, and may
 * type ` rhost=` with them: a service names him twice alike, or once. Where that leaves several hosts, it is the first
 * one if no name stands before it, for what stands there the service writes, and else the last.
 */
export const pamFailure = (text: string): PamFailure | undefined => {
  const head = begin.exec(text);
  if (head === null) return undefined;
  const readings = readingsOf(text.slice(head[0].length).trimEnd());
  const first = readings[0];
  const alike = readings.filter(
    ({ remoteUser, user }) => remoteUser === '' || user === '' || remoteUser === user,
  );
  const taken = first?.remoteUser === '' ? first : (alike.at(-1) ?? readings.at(-1));
  if (taken === undefined) return undefined;
  return {
    tty: head[1] ?? '',
    ...taken,
    forged: (text.match(/\brhost=/g)?.length ?? 0) > 1,
  };
};

const locks: readonly RegExp[] = [
  /^Consecutive login failures for user (.{1,255}) account temporarily locked$/,
  /^user (.{1,255}?) (?:\(\d{1,10}\) )?tally \d{1,10}, deny \d{1,10}$/,
];

/** Whom pam_faillock(8) or pam_tally2(8) lets in no more, for so many wrong passwords were tried. */
export const pamLocked = (text: string): string | undefined => {
  for (const lock of locks) {
    const name = lock.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
};
