import { decodeText } from '../mail/charsets/decode.ts';
import { readTnef } from '../mail/enclosed/tnef.ts';
import { htmlToText } from '../mail/html/html-text.ts';
import { metaCharset } from '../mail/html/meta-charset.ts';
import type { MailAttachment } from '../mail/message.ts';
import { readMessage } from '../mail/read-message.ts';
import { plainLines } from '../mail/text/plain-lines.ts';
import { rtfToText } from '../mail/text/rtf.ts';
import { readCompound } from './compound.ts';
import { inflate } from './inflate.ts';
import { jsonText } from './json-text.ts';
import { type FileKind, headBytes, kindOfFile } from './kinds.ts';
import { isEmbedded, officeKindOf, readOffice } from './office.ts';
import {
  type AttachmentLimits,
  defaultAttachmentLimits,
  type OpenedAttachment,
  Opening,
} from './opened.ts';
import { readPdf } from './pdf.ts';
import { readTar } from './tar.ts';
import { cardText } from './vcard.ts';
import { xmlText } from './word-text.ts';
import { readZip, unpackEntry, type Zip } from './zip.ts';

/** A file whose content lies in memory, and where it was found. */
interface HeldFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
  readonly depth: number;
}

const inside = (outer: string, inner: string): string =>
  outer === '' ? inner : `${outer}/${inner}`;

/** What a document says of its own charset; all else is told by its bytes. */
const saidCharset = (kind: FileKind, bytes: Buffer): string | undefined => {
  if (kind === 'html') return metaCharset(bytes);
  if (kind !== 'xml') return undefined;
  const declaration = bytes.toString('latin1', 0, 200);
  return /^\s{0,20}<\?xml[^>]{0,100}\sencoding\s{0,5}=\s{0,5}["']([\w.:-]{1,40})/.exec(
    declaration,
  )?.[1];
};

class AttachmentOpener {
  private readonly opening: Opening;

  constructor(opening: Opening) {
    this.opening = opening;
  }

  async open(file: HeldFile): Promise<void> {
    const { opening } = this;
    if (!opening.takeFile(file.name)) return;
    if (file.depth > opening.limits.depthMax) {
      opening.miss(file.name, 'attachment-size');
      return;
    }
    const kind = kindOfFile(file.bytes.subarray(0, headBytes), file.name, file.type);
    try {
      await this.byKind(kind, file);
    } catch {
      // A reader of somebody else's format gave up: what it found before is kept.
      opening.miss(file.name, 'attachment-damaged');
    }
  }

  private async byKind(kind: FileKind, file: HeldFile): Promise<void> {
    const { opening } = this;
    const { name, bytes } = file;
    switch (kind) {
      case 'pdf':
        for (const inner of await readPdf(bytes, name, opening)) {
          await this.inner(file, inner.name, inner.bytes);
        }
        break;
      case 'zip':
        await this.zip(file);
        break;
      case 'gzip':
        await this.gzip(file);
        break;
      case 'tar':
        for (const entry of readTar(bytes, opening.limits.filesMax)) {
          await this.inner(file, entry.name, entry.bytes);
        }
        break;
      case 'cfb':
        for (const inner of readCompound(bytes, name, opening)) {
          await this.inner(file, inner.name, inner.bytes);
        }
        break;
      case 'tnef':
        await this.tnef(file);
        break;
      case 'message':
        await this.message(file);
        break;
      case 'picture':
      case 'other':
        opening.miss(name, 'attachment-kind');
        break;
      case 'signature':
        break;
      case 'rtf':
      case 'html':
      case 'xml':
      case 'json':
      case 'csv':
      case 'vcard':
      case 'plain':
        this.text(kind, file);
        break;
    }
  }

  private text(
    kind: 'rtf' | 'html' | 'xml' | 'json' | 'csv' | 'vcard' | 'plain',
    file: HeldFile,
  ): void {
    const { opening } = this;
    const { name, bytes } = file;
    if (kind === 'rtf') {
      opening.text(rtfToText(bytes), 'plain', name);
      return;
    }
    if (kind === 'vcard') {
      opening.text(cardText(bytes), 'plain', name);
      return;
    }
    const { text, charset } = decodeText(bytes, saidCharset(kind, bytes));
    const lines = plainLines(text);
    switch (kind) {
      case 'html':
        opening.text(htmlToText(lines), 'html', name, charset);
        break;
      case 'xml':
        opening.text(xmlText(lines), 'plain', name, charset);
        break;
      case 'json':
        opening.text(jsonText(lines), 'plain', name, charset);
        break;
      case 'csv':
        opening.text(lines, 'csv', name, charset);
        break;
      case 'plain':
        opening.text(lines, 'plain', name, charset);
        break;
    }
  }

  private async inner(outer: HeldFile, name: string, bytes: Buffer): Promise<void> {
    await this.open({ name: inside(outer.name, name), type: '', bytes, depth: outer.depth + 1 });
  }

  private async zip(file: HeldFile): Promise<void> {
    const { opening } = this;
    const zip = readZip(file.bytes, opening.limits.filesMax);
    if (zip.isDamaged) opening.miss(file.name, 'attachment-damaged');
    if (zip.isOver) opening.miss(file.name, 'attachment-size');
    const office = officeKindOf(zip);
    if (office !== undefined) await readOffice(zip, office, file.name, opening);
    else {
      const names = zip.entries.map(({ name }) => name).join('\n');
      opening.text(names, 'plain', file.name);
    }
    await this.entries(file, zip, office !== undefined);
  }

  private async entries(file: HeldFile, zip: Zip, isOffice: boolean): Promise<void> {
    const { opening } = this;
    for (const entry of zip.entries) {
      if (entry.isFolder || (isOffice && !isEmbedded(entry.name))) continue;
      const name = inside(file.name, entry.name);
      if (opening.isOver) {
        opening.miss(file.name, 'attachment-size');
        return;
      }
      if (entry.isEncrypted) {
        opening.miss(name, 'encrypted');
        continue;
      }
      const unpacked = await unpackEntry(entry, opening.room);
      if (unpacked === undefined) {
        opening.miss(name, 'attachment-kind');
        continue;
      }
      opening.spend(unpacked.bytes.length);
      if (unpacked.isCut) opening.miss(name, 'attachment-size');
      if (unpacked.isDamaged) opening.miss(name, 'attachment-damaged');
      await this.inner(file, entry.name, unpacked.bytes);
    }
  }

  private async gzip(file: HeldFile): Promise<void> {
    const { opening } = this;
    const { bytes, isCut, isDamaged } = await inflate(file.bytes, 'gzip', opening.room);
    opening.spend(bytes.length);
    if (isCut) opening.miss(file.name, 'attachment-size');
    if (isDamaged) opening.miss(file.name, 'attachment-damaged');
    const name = file.name.replace(/\.(?:gz|tgz)$/i, '');
    await this.open({ name, type: '', bytes, depth: file.depth + 1 });
  }

  private async tnef(file: HeldFile): Promise<void> {
    const { opening } = this;
    const tnef = readTnef(file.bytes, opening.room);
    if (tnef === undefined) return;
    const { subject = '', plain = '', html, rtf, files } = tnef;
    opening.text(subject, 'subject', file.name);
    opening.text(plain, 'plain', file.name);
    if (html !== undefined) {
      const { text } = decodeText(html, metaCharset(html));
      opening.text(htmlToText(text), 'html', file.name);
    } else if (rtf !== undefined) opening.text(rtfToText(rtf), 'plain', file.name);
    for (const { name, bytes } of files) await this.inner(file, name, bytes);
  }

  private async message(file: HeldFile): Promise<void> {
    const { opening } = this;
    const { texts, headers, attachments, faults } = readMessage(file.bytes);
    const people = headers.filter(({ name }) => /^(?:from|sender|reply-to|to|cc|bcc)$/.test(name));
    opening.text(
      people.map(({ name, value }) => `${name}: ${value}`).join('\n'),
      'plain',
      file.name,
    );
    for (const { text, kind, charset } of texts) opening.text(text, kind, file.name, charset);
    for (const { kind } of faults) {
      if (kind === 'encrypted') opening.miss(file.name, 'encrypted');
      if (kind === 'depth' || kind === 'parts' || kind === 'decoded-bytes') {
        opening.miss(file.name, 'attachment-size');
      }
    }
    for (const part of attachments) {
      if (part.encrypted === true) continue;
      const content = part.bytes();
      const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
      const name = inside(file.name, part.name);
      await this.open({ name, type: part.type, bytes, depth: file.depth + 1 });
    }
  }
}

/** Whether there is a reader for what its first bytes say it is; archives may hold anything. */
export const canOpen = (
  attachment: Pick<MailAttachment, 'name' | 'type' | 'bytes' | 'head'>,
): boolean => {
  const head = attachment.head?.(headBytes) ?? attachment.bytes().subarray(0, headBytes);
  const kind = kindOfFile(head, attachment.name, attachment.type);
  return kind !== 'picture' && kind !== 'other';
};

/**
 * Reads an attachment and everything in it. Never rejects; what could not be read is in `unseen`, with why. Time and
 * memory end at the limits, but for a page of a PDF: see `readPdf`.
 */
export const openAttachment = async (
  attachment: Pick<MailAttachment, 'name' | 'type' | 'bytes' | 'encrypted'>,
  limits: Partial<AttachmentLimits> = {},
): Promise<OpenedAttachment> => {
  const opening = new Opening({ ...defaultAttachmentLimits, ...limits });
  const { name, type } = attachment;
  if (attachment.encrypted === true) return { texts: [], unseen: [{ name, why: 'encrypted' }] };
  const content = attachment.bytes();
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  await new AttachmentOpener(opening).open({ name, type, bytes, depth: 0 });
  return { texts: opening.texts, unseen: opening.unseen };
};
