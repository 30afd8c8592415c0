import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  mailStoreLimits,
  openMailFiles,
  type RealMailFiles,
} from '../../src/app/scan/mail-files.ts';
import { foldersBelow } from '../../src/exposure/mail-folders.ts';
import type {
  MailFolder,
  MailStore,
  MailStoreLimits,
  ReadMessage,
  StoredMessage,
} from '../../src/exposure/mail-store.ts';
import { namingOf } from '../../src/exposure/places/mailbox-naming.ts';
import { mailStores } from '../../src/exposure/stores.generated.ts';

export interface TreeMessage {
  readonly mailbox: string;
  readonly folder: string | undefined;
  readonly store: string;
  readonly message: StoredMessage;
  readonly read: ReadMessage;
  /** What was read, as Latin-1; empty where nothing was. */
  readonly text: string;
}

/** Folders and messages of mail that lie below a path of a root. */
export const mailIn = async (
  files: RealMailFiles,
  path: string,
  {
    templates = [],
    stores = mailStores,
  }: { templates?: readonly string[]; stores?: readonly MailStore[] } = {},
): Promise<readonly TreeMessage[]> => {
  const found: TreeMessage[] = [];
  for await (const folder of foldersBelow(path, files, stores, namingOf(path, templates))) {
    found.push(...(await messagesIn(folder)));
  }
  return found;
};

export const messagesIn = async (folder: MailFolder): Promise<readonly TreeMessage[]> => {
  const found: TreeMessage[] = [];
  for await (const message of folder.messages()) {
    const read = await message.read();
    const text = read.state === 'read' ? Buffer.from(read.bytes).toString('latin1') : '';
    found.push({
      mailbox: folder.mailbox,
      folder: folder.name,
      store: folder.store,
      message,
      read,
      text,
    });
  }
  return found;
};

export interface MailTree {
  readonly root: string;
  readonly files: RealMailFiles;
  write(path: string, content: string | Uint8Array, modifiedMs?: number): void;
  remove(): void;
}

/** A root of its own, on disk, with these files in it. */
export const mailTree = (
  content: Readonly<Record<string, string | Uint8Array>> = {},
  limits: Partial<MailStoreLimits> = {},
): MailTree => {
  const root = mkdtempSync(join(tmpdir(), 'postern-mail-'));
  const write: MailTree['write'] = (path, bytes, modifiedMs) => {
    const at = join(root, path);
    if (path.endsWith('/')) return void mkdirSync(at, { recursive: true });
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, bytes);
    if (modifiedMs !== undefined) utimesSync(at, modifiedMs / 1_000, modifiedMs / 1_000);
  };
  for (const [path, bytes] of Object.entries(content)) write(path, bytes);
  const files = openMailFiles({ root, roots: ['/'], limits: { ...mailStoreLimits, ...limits } });
  return {
    root,
    files,
    write,
    remove: () => {
      files.close();
      rmSync(root, { recursive: true });
    },
  };
};
