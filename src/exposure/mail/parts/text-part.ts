import { decodeText } from '../charsets/decode.ts';
import { charsetOf } from '../charsets/labels.ts';
import { htmlToText } from '../html/html-text.ts';
import { metaCharset } from '../html/meta-charset.ts';
import type { MailText } from '../message.ts';
import { joinFlowed } from '../text/flowed.ts';
import { plainLines } from '../text/plain-lines.ts';
import { undoTransfer } from '../transfer/transfer.ts';
import { uuFiles } from '../transfer/uuencode.ts';
import { EncodedAttachment } from './attachment.ts';
import type { Collected } from './collected.ts';
import type { PartHeaders } from './part-headers.ts';

export interface TextPlace {
  /** Nesting of attached messages. */
  readonly depth: number;
  /** Before the first or behind the last boundary. */
  readonly isOutside?: boolean;
  /** Its long lines are folded (RFC 5545 3.1), also in the middle of words. */
  readonly isCalendar?: boolean;
  /** File name, empty where there is none. */
  readonly name?: string;
}

const htmlTypes = new Set(['text/html', 'text/x-amp-html', 'text/enriched', 'text/richtext']);
const tableTypes = new Set([
  'text/csv',
  'text/tab-separated-values',
  'text/comma-separated-values',
  'text/x-csv',
]);

/** By its type, and where that says no more than that it is text, by its name. */
const kindOf = (type: string, name: string): MailText['kind'] => {
  if (htmlTypes.has(type) || (type === 'text/plain' && /\.x?html?$/i.test(name))) return 'html';
  return tableTypes.has(type) || (type === 'text/plain' && /\.(?:csv|tsv)$/i.test(name))
    ? 'csv'
    : 'plain';
};

const beginMark = Buffer.from('begin ');
const filesMax = 100;

/** Plain text without the files that stand uuencoded in it; they become attachments. */
const withoutFiles = (bytes: Buffer, collected: Collected): Buffer => {
  if (!bytes.includes(beginMark)) return bytes;
  const files = uuFiles(bytes, filesMax);
  if (files.length === 0) return bytes;
  const pieces: Buffer[] = [];
  let from = 0;
  for (const file of files) {
    pieces.push(bytes.subarray(from, file.lineFrom));
    from = file.lineTo;
    collected.attach(
      new EncodedAttachment(
        { name: file.name, type: 'application/octet-stream' },
        bytes.subarray(file.from, file.to),
        'uuencode',
        collected.limits.decodedBytesMax,
      ),
    );
  }
  pieces.push(bytes.subarray(from));
  return Buffer.concat(pieces);
};

const pgpBegin = '-----BEGIN PGP MESSAGE-----';
const pgpEnd = '-----END PGP MESSAGE-----';
const pgpMax = 100;

/** Takes PGP's encrypted blocks out of a text: they hold nothing that can be found, and look like much. */
const withoutPgp = (text: string, collected: Collected): string => {
  let from = text.indexOf(pgpBegin);
  if (from < 0) return text;
  let out = '';
  let at = 0;
  for (let count = 0; from >= 0 && count < pgpMax; count++) {
    const end = text.indexOf(pgpEnd, from);
    const to = end < 0 ? text.length : end + pgpEnd.length;
    out += text.slice(at, from);
    collected.fault('encrypted', 'a PGP message in the text');
    collected.attach(
      new EncodedAttachment(
        { name: '', type: 'application/pgp-encrypted', encrypted: true },
        Buffer.from(text.slice(from, to)),
        'identity',
        collected.limits.decodedBytesMax,
      ),
    );
    at = to;
    from = text.indexOf(pgpBegin, to);
  }
  return out + text.slice(at);
};

/** Adds a decoded text in the form that is searched. */
export const addText = (
  bytes: Buffer,
  kind: MailText['kind'],
  parameters: ReadonlyMap<string, string>,
  place: TextPlace,
  collected: Collected,
): void => {
  const said = parameters.get('charset');
  // A label nobody knows says less than the document itself.
  const label =
    kind === 'html' && (said === undefined || charsetOf(said) === undefined)
      ? (metaCharset(bytes) ?? said)
      : said;
  const { text, charset, fault } = decodeText(bytes, label);
  if (fault !== undefined) collected.fault('charset', fault);
  let lines = plainLines(text);
  if (kind === 'html') lines = htmlToText(lines);
  else if (place.isCalendar === true) lines = lines.replaceAll(/\n[ \t]/g, '');
  else {
    if (parameters.get('format')?.toLowerCase() === 'flowed') {
      lines = joinFlowed(lines, parameters.get('delsp')?.toLowerCase() === 'yes');
    }
    lines = withoutPgp(lines, collected);
  }
  const { depth, name = '' } = place;
  if (lines === '' && name === '') return;
  const added = { text: lines, kind, charset, depth, ...(name === '' ? {} : { name }) };
  if (place.isOutside === true) collected.outside.push(added);
  else collected.text(added);
};

/** Files that mail programs sent as text. */
const magics = [
  '%PDF-',
  'PK\x03\x04',
  '\x89PNG',
  'GIF8',
  '\xff\xd8\xff',
  '\xd0\xcf\x11\xe0',
  '\x1f\x8b\x08',
  'Rar!',
];

const isBinary = (bytes: Buffer): boolean => {
  const first = bytes[0] ?? 0;
  if (
    !(
      first === 37 ||
      first === 80 ||
      first >= 0x80 ||
      first === 71 ||
      first === 0x1f ||
      first === 82
    )
  )
    return false;
  const head = bytes.toString('latin1', 0, Math.min(8, bytes.length));
  return magics.some(magic => head.startsWith(magic));
};

/** Reads a part that is text; what turns out to be none becomes an attachment. */
export const readTextPart = (
  raw: Buffer,
  headers: PartHeaders,
  place: TextPlace,
  collected: Collected,
): void => {
  const { bytes, behind, isBroken } = undoTransfer(collected.allowed(raw), headers.encoding);
  if (isBroken) collected.fault('encoding', `${headers.encoding} with other text in it`);
  if (isBinary(bytes)) {
    const { type, name } = headers;
    collected.attach(
      new EncodedAttachment(
        { type, name },
        raw,
        headers.encoding,
        collected.limits.decodedBytesMax,
      ),
    );
    return;
  }
  collected.spend(bytes.length + (behind?.length ?? 0));
  const kind = kindOf(headers.type, headers.name);
  const content = kind === 'plain' ? withoutFiles(bytes, collected) : bytes;
  addText(content, kind, headers.parameters, place, collected);
  if (behind !== undefined) addText(behind, 'plain', new Map(), place, collected);
};
