import type { PSTAttachment, PSTMessage } from 'pst-extractor';
import { decodeText } from '../../../exposure/mail/charsets/decode.ts';
import type { PstAddress, PstAttachment, PstItem } from '../../../exposure/stores/pst/item.ts';
import { rtfText } from '../../../exposure/stores/pst/rtf-text.ts';

const depthMax = 8;
const attachmentsMax = 500;
const recipientsMax = 5_000;
const blockBytes = 8_176;

/** What a contact and an appointment hold beside a message's own text, by the library's name. */
const labels: readonly (readonly [property: string, label: string])[] = [
  ['displayName', 'Name'],
  ['nickname', 'Nickname'],
  ['companyName', 'Company'],
  ['email1EmailAddress', 'E-mail'],
  ['email2EmailAddress', 'E-mail'],
  ['email3EmailAddress', 'E-mail'],
  ['instantMessagingAddress', 'Messenger'],
  ['businessTelephoneNumber', 'Telephone'],
  ['business2TelephoneNumber', 'Telephone'],
  ['homeTelephoneNumber', 'Telephone'],
  ['home2TelephoneNumber', 'Telephone'],
  ['mobileTelephoneNumber', 'Mobile'],
  ['otherTelephoneNumber', 'Telephone'],
  ['primaryTelephoneNumber', 'Telephone'],
  ['carTelephoneNumber', 'Telephone'],
  ['homeFaxNumber', 'Fax'],
  ['businessFaxNumber', 'Fax'],
  ['homeAddress', 'Address'],
  ['workAddress', 'Address'],
  ['otherAddress', 'Address'],
  ['postalAddress', 'Address'],
  ['birthday', 'Date of birth'],
  ['spouseName', 'Spouse'],
  ['childrensNames', 'Children'],
  ['governmentIdNumber', 'Government ID'],
  ['organizationalIdNumber', 'ID'],
  ['customerId', 'Customer number'],
  ['account', 'Account'],
  ['location', 'Location'],
  ['allAttendees', 'Attendees'],
  ['requiredAttendees', 'Attendees'],
];

/** A property of the library's, which may throw on a file that is damaged. */
const valueOf = (thing: object, property: string): unknown => {
  try {
    return Reflect.get(thing, property, thing);
  } catch {
    return undefined;
  }
};

const textOf = (thing: object, property: string): string => {
  const value = valueOf(thing, property);
  if (typeof value === 'string') return value;
  return value instanceof Date && !Number.isNaN(value.getTime())
    ? value.toISOString().slice(0, 10)
    : '';
};

const msOf = (thing: object, property: string): number | undefined => {
  const value = valueOf(thing, property);
  const ms = value instanceof Date ? value.getTime() : Number.NaN;
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms;
};

const countOf = (thing: object, property: string): number => {
  const value = valueOf(thing, property);
  return typeof value === 'number' && value > 0 ? value : 0;
};

/** Gathers one thing; what would be more than a message may have is left away. */
export class PstItemReader {
  private left: number;
  private isCut = false;

  constructor(bytesMax: number) {
    this.left = bytesMax;
  }

  item(message: PSTMessage, depth = 0): PstItem {
    const sent = msOf(message, 'clientSubmitTime');
    const received = msOf(message, 'messageDeliveryTime');
    const plain = this.taken(textOf(message, 'body'));
    const html = this.taken(textOf(message, 'bodyHTML'));
    const kind = textOf(message, 'messageClass');
    const found = {
      kind,
      transportHeaders: this.taken(textOf(message, 'transportMessageHeaders')),
      subject: textOf(message, 'subject'),
      senders: this.senders(message),
      ...this.recipients(message),
      messageId: textOf(message, 'internetMessageId'),
      ...(sent === undefined ? {} : { sent }),
      ...(received === undefined ? {} : { received }),
      plain,
      html,
      rtf: plain === '' && html === '' ? this.rtf(message) : '',
      more: kind === 'IPM.Note' ? [] : this.more(message),
      attachments: depth < depthMax ? this.attachments(message, depth) : [],
    };
    if (depth >= depthMax && countOf(message, 'numberOfAttachments') > 0) this.isCut = true;
    return { ...found, isCut: this.isCut };
  }

  private taken(text: string): string {
    if (text.length > this.left) this.isCut = true;
    const taken = text.slice(0, Math.max(0, this.left));
    this.left -= taken.length;
    return taken;
  }

  private rtf(message: PSTMessage): string {
    const rtf = this.taken(textOf(message, 'bodyRTF'));
    if (rtf === '') return '';
    return rtfText(
      rtf,
      (bytes, codePage) => decodeText(bytes, `windows-${codePage === 932 ? '31j' : codePage}`).text,
    );
  }

  private senders(message: PSTMessage): readonly PstAddress[] {
    const sender = {
      name: textOf(message, 'senderName'),
      address: textOf(message, 'senderEmailAddress'),
    };
    const for_ = {
      name: textOf(message, 'sentRepresentingName'),
      address: textOf(message, 'sentRepresentingEmailAddress'),
    };
    const all = [sender, for_].filter(({ name, address }) => name !== '' || address !== '');
    return all.length === 2 && sender.name === for_.name && sender.address === for_.address
      ? [sender]
      : all;
  }

  private recipients(message: PSTMessage): Pick<PstItem, 'to' | 'cc' | 'bcc'> {
    const to: PstAddress[] = [];
    const cc: PstAddress[] = [];
    const bcc: PstAddress[] = [];
    const count = countOf(message, 'numberOfRecipients');
    if (count > recipientsMax) this.isCut = true;
    for (let i = 0; i < Math.min(count, recipientsMax); i++) {
      try {
        const recipient = message.getRecipient(i);
        if (recipient === null) continue;
        const smtp = textOf(recipient, 'smtpAddress');
        const address = smtp === '' ? textOf(recipient, 'emailAddress') : smtp;
        const kinds: Readonly<Record<number, PstAddress[]>> = { 1: to, 2: cc, 3: bcc };
        (kinds[countOf(recipient, 'recipientType')] ?? to).push({
          name: textOf(recipient, 'displayName'),
          address,
        });
      } catch {
        this.isCut = true;
        break;
      }
    }
    return { to, cc, bcc };
  }

  private more(message: PSTMessage): PstItem['more'] {
    return labels.flatMap(([property, label]) => {
      const value = this.taken(textOf(message, property).trim());
      return value === '' ? [] : [[label, value] as const];
    });
  }

  private attachments(message: PSTMessage, depth: number): readonly PstAttachment[] {
    const count = countOf(message, 'numberOfAttachments');
    if (count > attachmentsMax) this.isCut = true;
    const found: PstAttachment[] = [];
    for (let i = 0; i < Math.min(count, attachmentsMax); i++) {
      try {
        const attachment = this.attachment(message.getAttachment(i), depth);
        if (attachment === undefined) this.isCut = true;
        else found.push(attachment);
      } catch {
        this.isCut = true;
      }
    }
    return found;
  }

  private attachment(attachment: PSTAttachment, depth: number): PstAttachment | undefined {
    const long = textOf(attachment, 'longFilename');
    const name = long === '' ? textOf(attachment, 'filename') : long;
    const embedded = attachment.embeddedPSTMessage;
    if (embedded !== null) return { name, item: this.item(embedded, depth + 1) };
    const stream = attachment.fileInputStream;
    if (stream === null) return undefined;
    const size = stream.length.toNumber();
    const wanted = Math.min(Math.max(0, size), Math.max(0, this.left));
    const bytes = Buffer.allocUnsafe(wanted);
    let have = 0;
    while (have < wanted) {
      const block = Buffer.alloc(Math.min(blockBytes, wanted - have));
      const count = stream.read(block);
      if (count <= 0) break;
      block.copy(bytes, have, 0, count);
      have += count;
    }
    if (have < size) this.isCut = true;
    this.left -= have;
    return { name, type: textOf(attachment, 'mimeTag'), bytes: bytes.subarray(0, have) };
  }
}
