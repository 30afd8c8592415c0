import type { MailFiles } from '../../mail-store.ts';

const listBytesMax = 256 << 20;
const uidMax = 0xff_ff_ff_ff;

/** Maildir's unique name: what stands before its flags and, in Dovecot's names, before its sizes. */
export const uniqueName = (fileName: string): string => {
  const end = fileName.search(/[:;!,]/);
  return end < 0 ? fileName : fileName.slice(0, end);
};

/** `25006 W2222 S2208 :1276528487.M364837P9451.host,S=1355,W=1394`, in version 1 `25006 1276528487...`. */
const readLine = (line: string): { readonly uid: number; readonly name: string } | undefined => {
  const space = line.indexOf(' ');
  const uid = Number(line.slice(0, space));
  if (space < 1 || !Number.isInteger(uid) || uid < 1 || uid > uidMax) return undefined;
  const colon = line.indexOf(' :', space);
  return { uid, name: line.slice(colon < 0 ? space + 1 : colon + 2) };
};

/**
 * UIDs by unique name, of `dovecot-uidlist` (versions 1 and 3) or Courier's `courierimapuiddb`. A name that
 * stands there twice was given a new UID: the later counts.
 */
const readUidList = (text: string): ReadonlyMap<string, number> => {
  const uids = new Map<string, number>();
  const first = text.indexOf('\n');
  if (!/^[13] /.test(text) || first < 0) return uids;
  for (let at = first + 1; at < text.length; ) {
    const end = text.indexOf('\n', at);
    // A last line without its end is being written.
    if (end < 0) break;
    const entry = readLine(text.slice(at, end));
    if (entry !== undefined) uids.set(uniqueName(entry.name), entry.uid);
    at = end + 1;
  }
  return uids;
};

export const uidListNames: readonly string[] = ['dovecot-uidlist', 'courierimapuiddb'];

const none: ReadonlyMap<string, number> = new Map();

export const uidsIn = async (
  files: MailFiles,
  folder: string,
): Promise<ReadonlyMap<string, number>> => {
  for (const name of uidListNames) {
    const pieces: Uint8Array[] = [];
    let have = 0;
    for (;;) {
      const piece = await files.read(`${folder}/${name}`, have);
      if (piece === undefined || piece.bytes.length === 0 || have > listBytesMax) break;
      pieces.push(piece.bytes);
      have += piece.bytes.length;
    }
    if (have > 0) return readUidList(Buffer.concat(pieces).toString('latin1'));
  }
  return none;
};
