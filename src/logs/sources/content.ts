import { type Joined, joinedOf } from './joined-lines.ts';
import { isJournalExport } from './journal-export.ts';

/** What a log's first bytes show it to be. */
export type Content =
  /** `joined`: its records lie over several of them. */
  | { readonly kind: 'lines'; readonly joined?: Joined }
  /** Windows writes exports so. */
  | { readonly kind: 'utf-16'; readonly littleEndian: boolean }
  /** One JSON document; its records are the elements of what the path leads to. */
  | { readonly kind: 'records'; readonly path: readonly string[] }
  /** `journalctl -o export`; its entries are the records. */
  | { readonly kind: 'journal' }
  /** No log that one can read as text. */
  | { readonly kind: 'binary'; readonly why: string; readonly how: string };

/** Names under which exports of cloud services hold their records. */
const listNames =
  /^\{(?:[^[\]{}]|\[\s*\]){0,2000}?"(value|items|entries|records|Records|events|logs|results|data)"\s*:\s*\[\s*[{\]]/;

const nulShareMax = 0.3;

const isBinary = (head: Uint8Array): boolean => {
  let nuls = 0;
  for (const byte of head) if (byte === 0) nuls += 1;
  return nuls > head.length * nulShareMax;
};

const startsWith = (head: Uint8Array, ...bytes: readonly number[]): boolean =>
  bytes.every((byte, i) => head[i] === byte);

/** Is asked of the first 4,096 bytes, or as many as there are. */
export const contentOf = (head: Uint8Array): Content => {
  if (startsWith(head, 0xff, 0xfe)) return { kind: 'utf-16', littleEndian: true };
  if (startsWith(head, 0xfe, 0xff)) return { kind: 'utf-16', littleEndian: false };
  // LPKSHHRH.
  if (startsWith(head, 0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48)) {
    return {
      kind: 'binary',
      why: "it is a file of the journal, in systemd's own form",
      how: 'Export it: journalctl --file FILE -o export | postern ingest -',
    };
  }
  if (
    isJournalExport(Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1'))
  ) {
    return { kind: 'journal' };
  }
  if (head.length >= 64 && isBinary(head)) {
    return {
      kind: 'binary',
      why: 'it is no text',
      how: 'Name the logs themselves, or leave it out.',
    };
  }
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  // `[22/Nov/2026…` and `[{"a":1}]`: only the latter is a list of records.
  if (/^\[\s*\{/.test(text)) return { kind: 'records', path: [] };
  const list = listNames.exec(text);
  if (list !== null) return { kind: 'records', path: [list[1] ?? 'value'] };
  const joined = joinedOf(text);
  return joined === undefined ? { kind: 'lines' } : { kind: 'lines', joined };
};
