import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ImapFlow, type ImapTransport } from 'imapflow';
import { createTransport } from 'nodemailer';
import { password } from './host.ts';

/** Binds the client to an address of loopback of its own, so that a log can tell it from others. */
const from = (localAddress: string): ImapTransport => ({
  connect: ({ host, port, secure }, onConnect) =>
    secure
      ? connectTls(
          { socket: connectPlain({ host, port, localAddress }), rejectUnauthorized: false },
          onConnect,
        )
      : connectPlain({ host, port, localAddress }, onConnect),
});

export interface Login {
  readonly user: string;
  readonly from: string;
  readonly pass?: string;
}

/** A mailbox, opened by a real client; closed again, whatever `use` does. */
export const withImap = async (
  port: number,
  login: Login & { readonly secure?: boolean },
  use: (client: ImapFlow) => Promise<void>,
): Promise<void> => {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: login.secure ?? false,
    auth: { user: login.user, pass: login.pass ?? password },
    transport: from(login.from),
    logger: false,
    disableAutoIdle: true,
  });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.logout();
  }
};

export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  /** With its angle brackets. */
  readonly id: string;
  readonly subject: string;
}

/** Hands a message in; with `auth` as somebody. Gives the recipients that the server did not take. */
export const handIn = async (
  port: number,
  localAddress: string,
  letter: Letter,
  auth?: { readonly user: string; readonly pass: string },
): Promise<readonly string[]> => {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    secure: false,
    ignoreTLS: true,
    localAddress,
    name: 'client.test',
    ...(auth === undefined ? {} : { auth }),
  });
  try {
    const sent: { rejected?: unknown } = await transport.sendMail({
      from: letter.from,
      to: [...letter.to],
      messageId: letter.id,
      subject: letter.subject,
      text: 'A letter.\n',
    });
    return Array.isArray(sent.rejected) ? sent.rejected.map(String) : [];
  } finally {
    transport.close();
  }
};

export const rawLetter = (id: string, subject: string): string =>
  `From: erin@remote.test\r\nTo: bob@example.test\r\nSubject: ${subject}\r\nMessage-ID: ${id}\r\n\r\nA letter.\r\n`;
