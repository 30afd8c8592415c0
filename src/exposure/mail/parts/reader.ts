import type { RawHeader } from '../headers/block.ts';
import { readHeaders } from '../headers/block.ts';
import { decodeWords } from '../headers/encoded-words.ts';
import { sameWords } from '../text/plain-lines.ts';
import { undoTransfer } from '../transfer/transfer.ts';
import { EncodedAttachment } from './attachment.ts';
import type { Section } from './boundaries.ts';
import { guessBoundary, sectionsOf } from './boundaries.ts';
import type { Collected } from './collected.ts';
import { isCms, isTnefPart, openCms, readTnefPart } from './enclosed-part.ts';
import type { PartHeaders } from './part-headers.ts';
import { readPartHeaders } from './part-headers.ts';
import { readTextPart } from './text-part.ts';

/** Where in the message a part stands. */
export interface Place {
  /** Nesting of multiparts and messages together. */
  readonly level: number;
  /** Nesting of attached messages. */
  readonly depth: number;
  /** What a part is that does not say (RFC 2046 5.1.5). */
  readonly fallback: string;
  readonly isEncrypted?: boolean;
}

const plain: PartHeaders = {
  type: 'text/plain',
  parameters: new Map(),
  encoding: 'identity',
  isAttachment: false,
  name: '',
};

/** Parts of type text that are documents of their own, read with the attachments. */
const notText = new Set(['text/rtf', 'text/xml', 'text/vcard', 'text/x-vcard', 'text/directory']);

const messageTypes = new Set(['message/rfc822', 'message/global', 'message/news']);

/** Reports and headers of other messages: text, though not called so. */
const textTypes = new Set([
  'message/delivery-status',
  'message/disposition-notification',
  'message/feedback-report',
  'message/external-body',
  'message/global-delivery-status',
  'message/global-disposition-notification',
  'message/http',
]);

const headerTypes = new Set(['text/rfc822-headers', 'message/global-headers', 'text/rfc822']);

const encryptedTypes = new Set(['application/pgp-encrypted', 'application/x-pgp-encrypted']);

const attach = (
  raw: Buffer,
  headers: PartHeaders,
  collected: Collected,
  encrypted: boolean,
): void => {
  const { name, type, encoding } = headers;
  if (encrypted) collected.fault('encrypted', `${type} ${name}`.trim());
  collected.attach(
    new EncodedAttachment(
      { name, type, ...(encrypted ? { encrypted } : {}) },
      raw,
      encoding,
      collected.limits.decodedBytesMax,
    ),
  );
};

/** Which headers of an attached message name people. */
const addressHeaders = new Set([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'date',
  'delivered-to',
]);

/** Subject and address headers of an attached message, as texts before its parts; its file's name goes with them. */
const readAttachedHeaders = (
  headers: readonly RawHeader[],
  depth: number,
  fileName: string,
  collected: Collected,
): void => {
  for (const { name, folded } of headers) {
    if (name === 'subject') {
      collected.text({ text: decodeWords(folded), kind: 'subject', charset: 'utf-8', depth });
    }
  }
  const lines = headers
    .filter(({ name }) => addressHeaders.has(name))
    .map(({ name, folded }) => `${name}: ${decodeWords(folded)}`);
  collected.text({
    text: lines.join('\n'),
    kind: 'plain',
    charset: 'utf-8',
    depth,
    ...(fileName === '' ? {} : { name: fileName }),
  });
};

/** Reads a message that is a part of another. */
const readAttached = (
  raw: Buffer,
  { name }: PartHeaders,
  place: Place,
  collected: Collected,
): void => {
  const block = readHeaders(raw, 0, raw.length, collected.limits);
  if (block.over) collected.fault('header-bytes', 'headers of an attached message');
  const depth = place.depth + 1;
  readAttachedHeaders(block.headers, depth, name, collected);
  readBody(
    raw.subarray(block.bodyFrom),
    readPartHeaders(block.headers, 'text/plain'),
    {
      level: place.level + 1,
      depth,
      fallback: 'text/plain',
    },
    collected,
  );
};

const isHtml = (bytes: Buffer): boolean =>
  /^\s{0,20}<(?:!doctype|html|head|body)\b/i.test(
    bytes.toString('latin1', 0, Math.min(60, bytes.length)),
  );

/** Text whatever it is called: for what could not be taken apart. */
const readRest = (raw: Buffer, place: Place, collected: Collected, isOutside = false): void => {
  const type = isHtml(raw) ? 'text/html' : 'text/plain';
  readTextPart(raw, { ...plain, type }, { depth: place.depth, isOutside }, collected);
};

/** The note to programs that know no MIME. */
const isUsualNote = (bytes: Buffer): boolean =>
  bytes.length < 600 && /mime|multi-?part|s\/mime/i.test(bytes.toString('latin1', 0, bytes.length));

const isBlank = (bytes: Buffer): boolean => {
  for (const byte of bytes.subarray(0, 4_096)) if (byte > 32) return false;
  return bytes.length <= 4_096;
};

const readOutside = (raw: Buffer, place: Place, collected: Collected): void => {
  if (isBlank(raw) || isUsualNote(raw)) return;
  readRest(raw, place, collected, true);
};

const readSection = (raw: Buffer, place: Place, collected: Collected): void => {
  const block = readHeaders(raw, 0, raw.length, collected.limits);
  if (block.over) collected.fault('header-bytes', 'headers of a part');
  readBody(
    raw.subarray(block.bodyFrom),
    readPartHeaders(block.headers, place.fallback),
    place,
    collected,
  );
};

/** Marks the form of an alternative that only says again what the one before it said. */
const markRepeated = (from: number, middle: number, collected: Collected): void => {
  const { texts } = collected;
  if (middle - from !== 1 || texts.length - middle !== 1) return;
  const left = texts[from];
  const right = texts[middle];
  if (left === undefined || right === undefined || !sameWords(left.text, right.text)) return;
  texts[middle] = { ...right, repeats: true };
};

const readSections = (
  raw: Buffer,
  sections: readonly Section[],
  place: Place,
  isAlternative: boolean,
  collected: Collected,
): void => {
  let from = collected.texts.length;
  for (const section of sections) {
    const bytes = raw.subarray(section.from, section.to);
    if (section.isOutside) {
      readOutside(bytes, place, collected);
      continue;
    }
    if (!collected.takePart()) {
      collected.fault('parts', `more than ${collected.limits.partsMax}`);
      readRest(raw.subarray(section.from), place, collected, true);
      return;
    }
    const middle = collected.texts.length;
    readSection(bytes, place, collected);
    if (isAlternative && middle > from) markRepeated(from, middle, collected);
    from = middle;
  }
};

const readMultipart = (
  raw: Buffer,
  headers: PartHeaders,
  place: Place,
  collected: Collected,
): void => {
  if (isBlank(raw)) return;
  const said = headers.parameters.get('boundary')?.trimEnd();
  const partsMax = collected.parts;
  let cut = said === undefined || said === '' ? undefined : sectionsOf(raw, said, partsMax);
  if (cut === undefined) {
    const guessed = guessBoundary(raw);
    cut = guessed === undefined ? undefined : sectionsOf(raw, guessed, partsMax);
    collected.fault(
      'boundary',
      cut === undefined ? 'no boundary in a multipart' : 'the boundary was guessed',
    );
  }
  if (cut === undefined) {
    readRest(undoTransfer(collected.allowed(raw), headers.encoding).bytes, place, collected);
    return;
  }
  if (!cut.isClosed) collected.fault('boundary', 'the closing boundary is missing');
  if (cut.isOver) collected.fault('parts', `more than ${collected.limits.partsMax}`);
  const { type } = headers;
  readSections(
    raw,
    cut.sections,
    {
      level: place.level + 1,
      depth: place.depth,
      fallback: type === 'multipart/digest' ? 'message/rfc822' : 'text/plain',
      ...(type === 'multipart/encrypted' || place.isEncrypted === true
        ? { isEncrypted: true }
        : {}),
    },
    type === 'multipart/alternative',
    collected,
  );
};

const decoded = (raw: Buffer, headers: PartHeaders, collected: Collected): Buffer => {
  if (headers.encoding === 'identity') return raw;
  const { bytes } = undoTransfer(collected.allowed(raw), headers.encoding);
  collected.spend(bytes.length);
  return bytes;
};

/** S/MIME: what was signed is read, what was encrypted is said to be. */
const readCmsPart = (
  raw: Buffer,
  headers: PartHeaders,
  place: Place,
  collected: Collected,
): void => {
  const opened = openCms(decoded(raw, headers, collected), headers, collected);
  if (opened === undefined || opened === 'encrypted' || place.level >= collected.limits.depthMax) {
    attach(raw, headers, collected, opened === 'encrypted');
    return;
  }
  collected.spend(opened.content.length);
  readSection(
    opened.content,
    { ...place, level: place.level + 1, fallback: 'text/plain' },
    collected,
  );
};

/** Reads a body by what its headers say, and everything in it. */
export const readBody = (
  raw: Buffer,
  headers: PartHeaders,
  place: Place,
  collected: Collected,
): void => {
  const { type } = headers;
  if (headers.strangeEncoding !== undefined) {
    collected.fault('encoding', `not known: ${headers.strangeEncoding.slice(0, 60)}`);
  }
  const isContainer =
    type.startsWith('multipart/') || messageTypes.has(type) || type === 'message/partial';
  if (isContainer && place.level >= collected.limits.depthMax) {
    collected.fault('depth', `deeper than ${collected.limits.depthMax}`);
    readRest(raw, place, collected);
  } else if (type.startsWith('multipart/')) readMultipart(raw, headers, place, collected);
  else if (place.isEncrypted === true || encryptedTypes.has(type))
    attach(raw, headers, collected, true);
  else if (messageTypes.has(type))
    readAttached(decoded(raw, headers, collected), headers, place, collected);
  else if (type === 'message/partial' && headers.parameters.get('number') === '1') {
    readAttached(decoded(raw, headers, collected), headers, place, collected);
  } else if (isCms(headers)) readCmsPart(raw, headers, place, collected);
  else if (isTnefPart(headers)) {
    const bytes = decoded(raw, headers, collected);
    if (!readTnefPart(bytes, place.depth, collected)) attach(raw, headers, collected, false);
  } else if (headerTypes.has(type)) {
    const bytes = decoded(raw, headers, collected);
    readAttachedHeaders(
      readHeaders(bytes, 0, bytes.length, collected.limits).headers,
      place.depth + 1,
      headers.name,
      collected,
    );
  } else if (
    (type.startsWith('text/') && !notText.has(type)) ||
    textTypes.has(type) ||
    type === 'message/partial'
  ) {
    const isCalendar = type === 'text/calendar';
    readTextPart(raw, headers, { depth: place.depth, name: headers.name, isCalendar }, collected);
  } else attach(raw, headers, collected, false);
};
