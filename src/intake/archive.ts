import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { type Batch, DocumentReader } from './document-reader.ts';
import { type Document, type DocumentLimits, type Documents, documentLimits } from './documents.ts';
import { filesBelow } from './folder.ts';
import type { Item } from './handed.ts';
import { Ledger, TooMuch } from './ledger.ts';
import { FileSource } from './source.ts';

export type { Document, Documents } from './documents.ts';

const isLink = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ELOOP';

async function* fromFile(
  path: string,
  item: Item,
  reader: DocumentReader,
  ledger: Ledger,
  follow: boolean,
): AsyncGenerator<Batch> {
  let descriptor: number;
  try {
    // Without waiting: a pipe that nobody writes to would hold us for ever.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW);
    descriptor = openSync(path, flags);
  } catch (thrown) {
    ledger.breach(isLink(thrown) ? 'link' : 'unreadable', item.name, messageOf(thrown));
    return;
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isFile()) yield* reader.read(new FileSource(descriptor, stat.size), item);
    else ledger.fault('special', item.name, 'it is neither a file nor a folder');
  } finally {
    closeSync(descriptor);
  }
}

async function* all(path: string, ledger: Ledger): AsyncGenerator<Document> {
  const reader = new DocumentReader(ledger);
  const top = basename(path);
  try {
    for (const file of filesBelow(path, ledger)) {
      const turn = ledger.entry();
      if (turn !== undefined) await turn;
      const name = file.below === '' ? top : `${top}/${file.below}`;
      const item = { name, base: basename(file.path), nesting: 0 };
      for await (const batch of fromFile(file.path, item, reader, ledger, file.below === '')) {
        yield* batch;
      }
    }
    ledger.close();
  } catch (thrown) {
    if (!(thrown instanceof TooMuch)) throw thrown;
    ledger.breach('too-much', top, thrown.message);
  }
}

/**
 * The documents in a file, a folder (recursively, in the order of their names, links not followed) or an
 * archive: zip, tar, gzip, zstd, xz and what is made of them, told apart by their first bytes. Names are
 * labels only. Nothing is written to disk but a packed archive inside another one, to a file without a
 * name. What is bad ends up in the report; checksums within xz are not compared.
 */
export const documentsIn = (path: string, limits: Partial<DocumentLimits> = {}): Documents => {
  const ledger = new Ledger({ ...documentLimits, ...limits });
  return { report: ledger, [Symbol.asyncIterator]: () => all(path, ledger) };
};
