import type { FileView } from './files.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Bytes of a file as text; what in them is not text is noted. */
export const decodeText = (
  { note }: Pick<FileView, 'note'>,
  path: string,
  bytes: Uint8Array,
): string => {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    note({
      what: path,
      why: 'is not valid UTF-8; it was read byte by byte as Latin-1, and names in it may be wrong',
      how: 'Save it as UTF-8.',
    });
  }
  if (text.includes('\0')) {
    note({
      what: path,
      why: 'holds NUL bytes, at which the program that owns it may stop reading',
      how: 'Remove the NUL bytes.',
    });
    text = text.replaceAll('\0', '\ufffd');
  }
  return text;
};
