import { messageFlags, roles } from '../../core/exposure-index.ts';
import { type AttributedText, attribute, type Correspondents } from '../../exposure/attribute.ts';
import type { ExposureSettings, SearchedText } from '../../exposure/data-type.ts';
import { findData } from '../../exposure/find.ts';
import {
  kindPlace,
  type Scanned,
  type ScannedHead,
  type Somebody,
} from '../../exposure/index/batch.ts';
import { either, type Masks } from '../../exposure/index/masks.ts';
import type { MailAttachment, MailFault } from '../../exposure/mail/message.ts';
import type { OpenedMessage } from '../../exposure/mail/opened-message.ts';
import { readOpened } from '../../exposure/mail/read-message.ts';
import { fold } from '../../exposure/normal.ts';
import type { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { fileNames } from './file-names.ts';
import { NamedPeople } from './named-people.ts';
import type { ScanSettings } from './protocol.ts';

/** A message with all that is kept of it, and its attachments, which are not opened yet. */
export interface ScannedMessage {
  /** `received` is its `Date`, NaN where it has none. */
  readonly head: ScannedHead;
  readonly scanned: Scanned;
  readonly attachments: readonly MailAttachment[];
}

const nobody: Correspondents = { senders: [], recipients: [] };

/** Faults behind which something lies that was not read; the others were mended. */
const hidingFaults: ReadonlySet<MailFault['kind']> = new Set([
  'depth',
  'parts',
  'header-bytes',
  'decoded-bytes',
  'encrypted',
]);

/** Text of mail to numbers: what is found in it, whom it is of, under which pseudonyms. Nothing else leaves it. */
export class MessageScan {
  private readonly pseudonyms: Pseudonyms;
  private readonly masks: Masks;
  private readonly settings: ExposureSettings;
  private readonly named: NamedPeople;

  constructor(pseudonyms: Pseudonyms, masks: Masks, settings: ScanSettings) {
    this.pseudonyms = pseudonyms;
    this.masks = masks;
    this.settings = settings;
    this.named = new NamedPeople(pseudonyms, settings);
  }

  /** @param sizeBytes of all of it */
  message(opened: OpenedMessage, sizeBytes: number): ScannedMessage {
    const message = readOpened(opened);
    const { texts, senders, recipients, messageId, date, attachments, faults } = message;
    const searched = texts.flatMap(({ text, kind, depth, repeats }) =>
      repeats === true ? [] : [{ text: fold(text), kind, depth }],
    );
    const names = fileNames(message);
    if (names !== undefined) searched.push({ ...names, text: fold(names.text), depth: 0 });
    const unseen = faults.filter(({ kind }) => hidingFaults.has(kind)).map(({ kind }) => kind);
    const isEncrypted = unseen.includes('encrypted');
    const scanned = this.scanned(searched, { senders, recipients }, false, unseen);
    const id = this.pseudonyms.mac('message-id');
    if (messageId !== undefined) id.update(messageId);
    return {
      head: {
        idHigh: messageId === undefined ? 0 : id.high,
        idLow: messageId === undefined ? 0 : id.low,
        received: date ?? Number.NaN,
        sizeBytes,
        flags:
          (scanned.unseen.length > 0 ? messageFlags.unseen : 0) |
          (isEncrypted ? messageFlags.encrypted : 0) |
          (attachments.length > 0 ? messageFlags.attachments : 0),
      },
      scanned,
      attachments,
    };
  }

  /** What texts that were in an attachment hold. Nobody is taken to be their subject for having sent them. */
  attachment(texts: readonly SearchedText[], unseen: readonly string[]): Scanned {
    return this.scanned(
      texts.map(({ text, kind }) => ({ text: fold(text), kind })),
      nobody,
      true,
      unseen,
    );
  }

  /** Somebody whose mailbox it is. */
  owner(address: string): Somebody | undefined {
    const name = this.named.of('email', address);
    return name && { ...name, kind: kindPlace('email'), roles: roles.owner, own: 0, weak: 0 };
  }

  private scanned(
    texts: readonly (SearchedText & { readonly depth?: number })[],
    header: Correspondents,
    attachment: boolean,
    unseen: readonly string[],
  ): Scanned {
    const { masks } = this;
    let sure = 0;
    const attributed = texts.map((text): AttributedText => {
      const found = findData(text, this.settings);
      for (const { type, confidence } of found) {
        if (confidence === 'high') sure = either(sure, masks.bit(type));
      }
      return attachment ? { text, found, attachment } : { text, found, depth: text.depth ?? 0 };
    });
    const { mentions, types, weak, shared, truncated } = attribute(attributed, header);
    return {
      sure,
      types: masks.of(types),
      weak: masks.of(weak),
      shared: masks.of(shared),
      people: mentions.flatMap(({ kind, value, roles: as, own, weak: perhaps }): Somebody[] => {
        const name = this.named.of(kind, value);
        if (name === undefined) return [];
        const { high, low } = name;
        const his = { own: masks.of(own), weak: masks.of(perhaps) };
        return [{ high, low, kind: kindPlace(kind), roles: as, ...his }];
      }),
      unseen: truncated ? [...unseen, 'people'] : unseen,
    };
  }
}
