import { decodeText } from '../mail/charsets/decode.ts';
import type { CompoundFile } from './cfb.ts';

const streamMax = 134_217_728;
const piecesMax = 200_000;

/** Marks of Word in its text (MS-DOC 2.4.1): paragraphs, cells, breaks; a field's code and result stay. */
const readable = (text: string): string =>
  text
    .replaceAll(/\r|\x0b|\x0c/g, '\n')
    .replaceAll('\x07', '\t')
    .replaceAll(/[\x01-\x08\x0e-\x1f]/g, ' ');

/** Text of a Word 97 to 2003 document, by its piece table (MS-DOC 2.8.35); a text of undefined where that is not found. */
export const wordText = (
  file: CompoundFile,
): { readonly text?: string; readonly isEncrypted: boolean } => {
  const find = (name: string): Buffer | undefined => {
    const entry = file.entries.find(each => each.name === name && each.kind === 2);
    return entry === undefined ? undefined : file.stream(entry, streamMax);
  };
  const document = find('WordDocument');
  if (document === undefined || document.length < 0x1aa) return { isEncrypted: false };
  const flags = document.readUInt16LE(10);
  if ((flags & 0x100) !== 0) return { isEncrypted: true };
  const table = find((flags & 0x200) === 0 ? '0Table' : '1Table');
  const from = document.readUInt32LE(0x1a2);
  const length = document.readUInt32LE(0x1a6);
  if (table === undefined || from + length > table.length) return { isEncrypted: false };
  const text = piecesText(document, table.subarray(from, from + length));
  return { isEncrypted: false, ...(text === undefined ? {} : { text }) };
};

const piecesText = (document: Buffer, clx: Buffer): string | undefined => {
  let at = 0;
  // Property changes stand before the piece table.
  while (clx[at] === 1 && at + 3 <= clx.length) at += 3 + clx.readUInt16LE(at + 1);
  if (clx[at] !== 2 || at + 5 > clx.length) return undefined;
  const size = clx.readUInt32LE(at + 1);
  const table = clx.subarray(at + 5, at + 5 + size);
  const count = Math.min(piecesMax, Math.floor((table.length - 4) / 12));
  const out: string[] = [];
  let left = document.length;
  for (let piece = 0; piece < count && left > 0; piece++) {
    const characters = table.readUInt32LE(piece * 4 + 4) - table.readUInt32LE(piece * 4);
    const place = table.readUInt32LE((count + 1) * 4 + piece * 8 + 2);
    if (characters <= 0) continue;
    const isNarrow = (place & 0x40000000) !== 0;
    const from = isNarrow ? (place & 0x3fffffff) >> 1 : place & 0x3fffffff;
    const bytes = document.subarray(from, from + characters * (isNarrow ? 1 : 2));
    // Pieces that lie over each other could make a text of any length.
    left -= bytes.length;
    out.push(isNarrow ? decodeText(bytes, 'windows-1252').text : bytes.toString('utf16le'));
  }
  return readable(out.join(''));
};
