import { decodeText } from '../mail/charsets/decode.ts';
import { unpackRtf } from '../mail/enclosed/compressed-rtf.ts';
import { htmlToText } from '../mail/html/html-text.ts';
import { metaCharset } from '../mail/html/meta-charset.ts';
import { rtfToText } from '../mail/text/rtf.ts';
import { type CfbEntry, CompoundFile } from './cfb.ts';
import { excelText } from './old-excel.ts';
import { powerPointText } from './old-powerpoint.ts';
import { wordText } from './old-word.ts';
import type { Opening } from './opened.ts';

export interface InnerFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const streamMax = 67_108_864;

/** Properties of Outlook's messages that hold text (MS-OXPROPS), by the hexadecimal number in their stream's name. */
const textProperties: readonly (readonly [string, string])[] = [
  ['0037', 'subject'],
  ['0C1A', 'from'],
  ['0C1F', 'from'],
  ['5D01', 'from'],
  ['0E04', 'to'],
  ['0E03', 'cc'],
  ['0E02', 'bcc'],
  ['1000', ''],
];

/** Of a recipient: name, address, address in SMTP's form. */
const recipientProperties = ['3001', '3003', '39FE'];

const depthMax = 4;

class MessageFile {
  private readonly file: CompoundFile;
  private readonly name: string;
  private readonly opening: Opening;
  readonly inner: InnerFile[] = [];

  constructor(file: CompoundFile, name: string, opening: Opening) {
    this.file = file;
    this.name = name;
    this.opening = opening;
  }

  read(storage: CfbEntry | undefined, depth: number): void {
    if (depth > depthMax) {
      this.opening.miss(this.name, 'attachment-size');
      return;
    }
    const entries = this.file.children(storage);
    for (const [id, label] of textProperties) {
      const text = this.text(entries, id);
      if (text === '') continue;
      if (label === 'subject') this.opening.text(text, 'subject', this.name);
      else this.opening.text(label === '' ? text : `${label}: ${text}`, 'plain', this.name);
    }
    this.body(entries);
    for (const entry of entries) {
      if (entry.name.startsWith('__recip_version1.0_')) this.recipient(entry);
      else if (entry.name.startsWith('__attach_version1.0_')) this.attachment(entry, depth);
    }
  }

  private body(entries: readonly CfbEntry[]): void {
    const html = this.bytes(entries, '__substg1.0_10130102');
    const rtf = this.bytes(entries, '__substg1.0_10090102');
    if (html !== undefined) {
      const { text } = decodeText(html, metaCharset(html));
      this.opening.text(htmlToText(text), 'html', this.name);
    } else if (rtf !== undefined) {
      this.opening.text(rtfToText(unpackRtf(rtf, streamMax)), 'plain', this.name);
    }
  }

  private recipient(storage: CfbEntry): void {
    const entries = this.file.children(storage);
    const said = recipientProperties.map(id => this.text(entries, id)).filter(text => text !== '');
    this.opening.text(`to: ${said.join(' ')}`, 'plain', this.name);
  }

  private attachment(storage: CfbEntry, depth: number): void {
    const entries = this.file.children(storage);
    const bytes = this.bytes(entries, '__substg1.0_37010102');
    const name = this.text(entries, '3707') || this.text(entries, '3704');
    if (bytes !== undefined) this.inner.push({ name, bytes });
    const message = entries.find(entry => entry.name.toUpperCase() === '__SUBSTG1.0_3701000D');
    if (message !== undefined) this.read(message, depth + 1);
  }

  private bytes(entries: readonly CfbEntry[], name: string): Buffer | undefined {
    const entry = entries.find(
      each => each.kind === 2 && each.name.toUpperCase() === name.toUpperCase(),
    );
    return entry === undefined ? undefined : this.file.stream(entry, streamMax);
  }

  private text(entries: readonly CfbEntry[], id: string): string {
    const wide = this.bytes(entries, `__substg1.0_${id}001F`);
    if (wide !== undefined) return wide.toString('utf16le').replaceAll('\0', '').trim();
    const narrow = this.bytes(entries, `__substg1.0_${id}001E`);
    return narrow === undefined ? '' : decodeText(narrow).text.replaceAll('\0', '').trim();
  }
}

/**
 * A compound file: an Outlook message and documents of old Office are read, an encrypted Office document is said to be one.
 * Answers the files in it.
 */
export const readCompound = (
  bytes: Buffer,
  name: string,
  opening: Opening,
): readonly InnerFile[] => {
  const file = new CompoundFile(bytes);
  const has = (stream: string): boolean => file.entries.some(entry => entry.name === stream);
  if (has('EncryptedPackage') || has('EncryptionInfo')) {
    opening.miss(name, 'encrypted');
    return [];
  }
  if (has('__properties_version1.0')) {
    const message = new MessageFile(file, name, opening);
    message.read(undefined, 0);
    return message.inner;
  }
  readOldOffice(file, name, opening);
  return [];
};

/** Documents of Office 97 to 2003. */
const readOldOffice = (file: CompoundFile, name: string, opening: Opening): void => {
  const stream = (named: string): Buffer | undefined => {
    const entry = file.entries.find(each => each.name === named && each.kind === 2);
    return entry === undefined ? undefined : file.stream(entry, streamMax);
  };
  const book = stream('Workbook') ?? stream('Book');
  const slides = stream('PowerPoint Document');
  if (book !== undefined) {
    const text = excelText(book, opening.limits.charactersMax);
    if (text === undefined) opening.miss(name, 'encrypted');
    else opening.text(text, 'csv', name);
  } else if (slides !== undefined) {
    if (stream('EncryptedSummary') !== undefined) opening.miss(name, 'encrypted');
    else opening.text(powerPointText(slides), 'plain', name);
  } else if (stream('WordDocument') !== undefined) {
    const { text, isEncrypted } = wordText(file);
    if (isEncrypted) opening.miss(name, 'encrypted');
    else if (text === undefined) opening.miss(name, 'attachment-damaged');
    else opening.text(text, 'plain', name);
  } else opening.miss(name, 'attachment-kind');
};
