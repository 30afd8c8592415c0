import { setTimeout as sleep } from 'node:timers/promises';
import { AuthenticationFailure, ImapFlow, type ImapFlowOptions } from 'imapflow';
import type { ImapAccount, ImapServer } from './server.ts';

/** Why an account cannot be read, in words without names or what a server said: it may hold names. */
export class ImapTrouble extends Error {
  override readonly name = 'ImapTrouble';
}

/** How long is waited before it is tried again, in seconds. */
const pauses: readonly number[] = [1, 5, 15, 60];

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';

const isRefused = (thrown: unknown): boolean =>
  thrown instanceof AuthenticationFailure ||
  (thrown instanceof Error &&
    'authenticationFailed' in thrown &&
    thrown.authenticationFailed === true);

/** What the server answered with NO or BAD: asking again gives the same. BYE is a connection that ends. */
const isAnswer = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  'responseStatus' in thrown &&
  (thrown.responseStatus === 'NO' || thrown.responseStatus === 'BAD');

const isUnencrypted = (thrown: unknown): boolean =>
  thrown instanceof Error && 'tlsFailed' in thrown && thrown.tlsFailed === true;

const isCertificate = (code: string): boolean => /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code);

const troubleOf = (thrown: unknown): ImapTrouble | undefined => {
  if (isRefused(thrown)) return new ImapTrouble('cannot be logged in to (the server refuses)');
  const code = codeOf(thrown);
  if (isCertificate(code)) {
    return new ImapTrouble(`is not read: the server’s certificate is not to be trusted (${code})`);
  }
  return isUnencrypted(thrown)
    ? new ImapTrouble('is not read: the server does not encrypt the connection')
    : undefined;
};

const authOf = (
  { login }: ImapServer,
  account: ImapAccount,
): NonNullable<ImapFlowOptions['auth']> => {
  if (login.as === 'user') return { user: account.name, pass: account.password };
  const { master, separator, password } = login;
  return separator === undefined
    ? { user: master, pass: password, authzid: account.name, loginMethod: 'AUTH=PLAIN' }
    : { user: `${account.name}${separator}${master}`, pass: password };
};

/** Once it is over, however it ended. */
const settled = async (done: Promise<unknown>): Promise<void> => {
  await Promise.allSettled([done]);
};

/**
 * One account's connection, made anew where it breaks. Only commands that change nothing go over it: LIST, STATUS,
 * EXAMINE and UID FETCH with BODY.PEEK. Nothing is switched on, since servers keep what CONDSTORE needs
 * in a mailbox from then on.
 */
export class ImapSession {
  private readonly server: ImapServer;
  private readonly account: ImapAccount;
  private readonly literalBytesMax: number;
  private client: ImapFlow | undefined;
  private before: Promise<void> = Promise.resolve();
  private examined: { readonly path: string; readonly uidValidity: bigint } | undefined;

  constructor(server: ImapServer, account: ImapAccount, literalBytesMax: number) {
    this.server = server;
    this.account = account;
    this.literalBytesMax = literalBytesMax;
  }

  /**
   * One at a time: what is asked of one folder must not be answered from another.
   *
   * @param act may be done more than once, where the connection breaks meanwhile.
   * @throws ImapTrouble
   */
  use<T>(act: (client: ImapFlow) => Promise<T>): Promise<T> {
    const mine = this.before.then(() => this.tried(act));
    this.before = settled(mine);
    return mine;
  }

  private async tried<T>(act: (client: ImapFlow) => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await act(await this.connected());
      } catch (thrown) {
        const trouble = thrown instanceof ImapTrouble ? thrown : troubleOf(thrown);
        if (trouble !== undefined) throw trouble;
        if (isAnswer(thrown)) throw new ImapTrouble('is refused by the server');
        this.drop();
        const pause = pauses[tries];
        if (pause === undefined) {
          throw new ImapTrouble(
            `cannot be read: the connection fails (${codeOf(thrown) || 'error'})`,
          );
        }
        await sleep(pause * 1_000);
      }
    }
  }

  /** EXAMINE, so that no flag changes, `\Recent` included. @returns its UIDVALIDITY */
  async examine(client: ImapFlow, path: string): Promise<bigint> {
    if (this.examined?.path === path && client.mailbox !== false) return this.examined.uidValidity;
    this.examined = undefined;
    const { uidValidity } = await client.mailboxOpen(path, { readOnly: true });
    this.examined = { path, uidValidity };
    return uidValidity;
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    this.examined = undefined;
    if (client?.usable === true) await client.logout().catch(() => {});
    client?.close();
  }

  private async connected(): Promise<ImapFlow> {
    if (this.client?.usable === true) return this.client;
    this.drop();
    const { host, port, tls, ca } = this.server;
    const client = new ImapFlow({
      host,
      port,
      secure: tls === 'implicit',
      ...(tls === 'implicit' ? {} : { doSTARTTLS: tls === 'starttls' }),
      auth: authOf(this.server, this.account),
      ...(ca === undefined ? {} : { tls: { ca } }),
      logger: false,
      clientInfo: { name: 'postern' },
      disableAutoIdle: true,
      disableAutoEnable: true,
      disableIMAP4rev2: true,
      disableCompression: true,
      maxLiteralSize: this.literalBytesMax,
      maxResponseSize: this.literalBytesMax * 2,
      maxLineLength: 64 << 20,
      connectionTimeout: 30_000,
      socketTimeout: 120_000,
    });
    // Whoever waits for an answer is told so; without a listener, Node.js would end.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (thrown) {
      client.close();
      throw thrown;
    }
    this.client = client;
    return client;
  }

  private drop(): void {
    this.client?.close();
    this.client = undefined;
    this.examined = undefined;
  }
}
