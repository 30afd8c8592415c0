import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { ExposurePolicy, ImapLogin, SecretPlace } from '../../core/exposure-policy.ts';
import { accountsIn, type ImapAccount, passwordOf, readImapUrl } from './imap/server.ts';
import type { ImapPlace } from './sources.ts';

export interface ImapAsked {
  /** Addresses of servers. */
  readonly urls: readonly string[];
  readonly policy: Pick<ExposurePolicy, 'imap'>;
  /** What paths of `postern.yaml` are relative to. */
  readonly folder: string | undefined;
  /** `--accounts`: whose mailboxes an administrator reads. */
  readonly accounts: string | undefined;
  /** `--password-file` */
  readonly passwordFile: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const reading = <T>(what: string, read: () => T): T => {
  try {
    return read();
  } catch (thrown) {
    throw new UsageError(`scan: ${what}: cannot be read: ${messageOf(thrown)}`);
  }
};

const secretOf = (secret: SecretPlace, { folder, environment }: ImapAsked): string | undefined => {
  if ('variable' in secret) return environment[secret.variable];
  const path = resolve(folder ?? '.', secret.file);
  return reading(path, () => readFileSync(path, 'utf8')).split(/\r?\n/, 1)[0];
};

/** What `postern.yaml` says of a server: `imaps://scan@imap.example.jp` is of all that begins so. */
const loginFor = (url: string, { policy }: ImapAsked): ImapLogin | undefined =>
  policy.imap.find(({ server }) => {
    const bare = server.replace(/\/+$/, '');
    return url === bare || url.startsWith(`${bare}/`);
  });

const placeOf = (url: string, asked: ImapAsked): ImapPlace => {
  const read = readImapUrl(url);
  if (!read.ok) throw new UsageError(`scan: ${url.slice(0, 200)}: ${read.why}`);
  const { server, user } = read.value;
  const known = loginFor(url.replace(/\/+$/, ''), asked);
  const said = known === undefined ? undefined : secretOf(known.password, asked);
  const given = reading(asked.passwordFile ?? 'the password', () =>
    passwordOf(asked.passwordFile, asked.environment),
  );
  const password = given ?? said;
  const certificates = known?.certificates;
  const ca =
    certificates === undefined
      ? undefined
      : reading(certificates, () =>
          readFileSync(resolve(asked.folder ?? '.', certificates), 'utf8'),
        );
  const authorities = ca === undefined ? {} : { ca };
  const { accounts: list } = asked;
  const listed = list === undefined ? undefined : reading(list, () => accountsIn(list));
  if (user === undefined) {
    if (listed === undefined) {
      throw new UsageError(
        `scan: ${url.slice(0, 200)}: who logs in there? imaps://USER@HOST/, or --accounts FILE with their passwords`,
      );
    }
    return {
      place: url,
      server: { ...server, ...authorities, login: { as: 'user' } },
      accounts: listed,
    };
  }
  if (password === undefined) {
    throw new UsageError(
      `scan: ${url.slice(0, 200)}: there is no password: exposure.imap in postern.yaml, --password-file or POSTERN_IMAP_PASSWORD`,
    );
  }
  if (listed === undefined) {
    const account: ImapAccount = { name: user, password };
    return {
      place: url,
      server: { ...server, ...authorities, login: { as: 'user' } },
      accounts: [account],
    };
  }
  const login = { as: 'master', master: user, password } as const;
  return { place: url, server: { ...server, ...authorities, login }, accounts: listed };
};

/** Servers that are to be read, with all that is needed to log in there. @throws UsageError */
export const imapPlaces = (asked: ImapAsked): readonly ImapPlace[] =>
  asked.urls.map(url => placeOf(url, asked));
