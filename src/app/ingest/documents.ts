import type { Unseen } from '../../core/unseen.ts';
import { documentsIn } from '../../intake/archive.ts';
import { DocumentError, type DocumentLimits, type FaultKind } from '../../intake/documents.ts';
import { jsonPieces } from '../../intake/json-pieces.ts';
import type { LogFile } from '../../intake/log-files.ts';
import { type Content, contentOf } from '../../logs/sources/content.ts';
import { JournalExport } from '../../logs/sources/journal-export.ts';

/** Logs are as long as they are; they are read in pieces, so that this costs no memory. */
const limits: Partial<DocumentLimits> = {
  documentBytesMax: Number.MAX_SAFE_INTEGER,
  archiveBytesMax: 64 * 2 ** 30,
  totalBytesMax: Number.MAX_SAFE_INTEGER,
  // A log of one line again and again packs to a thousandth; nothing of it is held.
  ratioMax: 5_000,
};

/** A log as it lies in a file, or in an archive. */
export interface LogDocument {
  /** The file's path, and behind it the place in the archive. */
  readonly name: string;
  readonly content: Content;
  /** The first bytes, in UTF-8. */
  readonly head: Uint8Array;
  /** The text, in UTF-8. @throws DocumentError */
  readonly chunks: AsyncIterable<Uint8Array>;
}

const headBytes = 4_096;

interface Peeked {
  readonly head: Uint8Array;
  readonly all: AsyncGenerator<Uint8Array>;
}

const peek = async (chunks: AsyncIterable<Uint8Array>): Promise<Peeked> => {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let have = 0;
  while (have < headBytes) {
    const next = await iterator.next();
    // A chunk of no bytes is a pause: what came is what there is to look at.
    if (next.done === true || (next.value.length === 0 && have > 0)) break;
    first.push(Uint8Array.from(next.value));
    have += next.value.length;
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* first.splice(0);
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  };
  return { head: Buffer.concat(first).subarray(0, headBytes), all: all() };
};

async function* recoded(
  chunks: AsyncIterable<Uint8Array>,
  littleEndian: boolean,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(littleEndian ? 'utf-16le' : 'utf-16be');
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** The same bytes, and what their beginning shows them to be. */
export const looked = async (
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<LogDocument> => {
  const { head, all } = await peek(chunks);
  const content = contentOf(head);
  if (content.kind !== 'utf-16') return { name, content, head, chunks: all };
  return looked(name, recoded(all, content.littleEndian));
};

const how = (kind: FaultKind): string => {
  switch (kind) {
    case 'truncated':
    case 'damaged':
    case 'checksum':
      return 'Fetch the file anew where it is whole; what stands before the damage was read.';
    case 'unreadable':
      return 'Run Postern as somebody who may read it.';
    case 'too-much':
    case 'too-large':
    case 'ratio':
    case 'method':
    case 'nested':
    case 'encrypted':
      return 'Unpack it yourself, and name the unpacked files.';
    case 'path':
    case 'duplicate':
    case 'link':
    case 'special':
    case 'name':
    case 'depth':
      return 'Name the log itself.';
  }
};

/** The logs in one file; what cannot be read of it goes to `unseen`. */
export async function* logDocuments(
  file: LogFile,
  note: (unseen: Unseen) => void,
): AsyncGenerator<LogDocument> {
  const documents = documentsIn(file.path, limits);
  for await (const document of documents) {
    const inner = document.name.indexOf('/');
    const name = inner < 0 ? file.path : `${file.path}${document.name.slice(inner)}`;
    try {
      yield await looked(name, document.chunks());
    } catch (thrown) {
      // It stands in the report, which is noted below.
      if (!(thrown instanceof DocumentError)) throw thrown;
    }
  }
  for (const { kind, name, why } of documents.report.faults) {
    const inner = name.indexOf('/');
    const what = inner < 0 ? file.path : `${file.path}${name.slice(inner)}`;
    note({ what, why, how: how(kind) });
  }
}

interface RecordOf {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
}

/** Of what is no document of lines: the records of a JSON document, the entries of the journal, a line each. */
export async function* recordsIn(
  document: LogDocument,
  note: (unseen: Unseen) => void,
): AsyncGenerator<RecordOf> {
  const { name, content, chunks } = document;
  if (content.kind === 'journal') {
    yield* entriesIn(document, note);
    return;
  }
  const path = content.kind === 'records' ? content.path : [];
  const pieces = jsonPieces(chunks, path, { piecesMax: Number.MAX_SAFE_INTEGER });
  for await (const { text, index } of pieces) yield { text, number: index + 1 };
  for (const { why, offset } of pieces.report.faults) {
    note({
      what: name,
      why: `at byte ${offset}: ${why}`,
      how: 'Export it anew; records before it were read.',
    });
  }
}

async function* entriesIn(
  { name, chunks }: LogDocument,
  note: (unseen: Unseen) => void,
): AsyncGenerator<RecordOf> {
  const texts: string[] = [];
  const journal = new JournalExport(({ text }) => texts.push(text));
  let number = 0;
  const taken = (): readonly RecordOf[] =>
    texts.splice(0).map(text => ({ text, number: (number += 1) }));
  for await (const chunk of chunks) {
    journal.push(chunk);
    yield* taken();
  }
  journal.end();
  yield* taken();
  const { damage, fieldsCut } = journal.report;
  if (damage !== undefined) {
    const how = 'Export it anew; entries before it were read.';
    note({ what: name, why: `at byte ${damage.offset}: ${damage.why}`, how });
  }
  if (fieldsCut > 0) {
    note({
      what: name,
      why: `${fieldsCut} fields of its entries are longer than 1 MiB and were left away (POSTERN_LEFT_AWAY names them)`,
      how: 'Keep the journal itself where they matter.',
    });
  }
}
