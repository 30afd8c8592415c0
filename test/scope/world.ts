import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WorldMessage {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly received: number;
}

const eml = ({ id, from, to, body, received }: WorldMessage): string =>
  [
    `From: ${from}`,
    `To: ${to}`,
    'Subject: news',
    `Message-ID: ${id}`,
    `Date: ${new Date(received).toUTCString()}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    body,
    '',
  ].join('\r\n');

/** Writes mail as a mail server would: `mail/DOMAIN/USER/Maildir/cur/…`, each message in its recipient's mailbox. */
export const writeMaildirs = (folder: string, messages: readonly WorldMessage[]): void => {
  const made = new Set<string>();
  for (const [n, message] of messages.entries()) {
    const [user = '', domain = ''] = message.to.split('@');
    const maildir = join(folder, 'mail', domain, user, 'Maildir');
    if (!made.has(maildir)) {
      for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(maildir, part), { recursive: true });
      made.add(maildir);
    }
    const text = eml(message);
    const name = `${Math.floor(message.received / 1_000)}.M${n}P1.mx,S=${Buffer.byteLength(text)}:2,S`;
    writeFileSync(join(maildir, 'cur', name), text);
  }
};

/** A host without anything on it: nothing is known of what reaches what. */
export const writeBareHost = (folder: string): void => {
  mkdirSync(join(folder, 'host/etc'), { recursive: true });
  writeFileSync(join(folder, 'host/etc/hostname'), 'mx1\n');
};
