import { type IdentifierKind, identifierKinds } from '../../core/personal.ts';
import type { Unseen } from '../../core/unseen.ts';
import { type AttributedText, attribute } from '../../exposure/attribute.ts';
import type { DataType, Found, SearchedText } from '../../exposure/data-type.ts';
import { dataTypes } from '../../exposure/data-types.generated.ts';
import { findData } from '../../exposure/find.ts';
import { readMessage } from '../../exposure/mail/read-message.ts';
import { fold } from '../../exposure/normal.ts';
import { toolVersion } from '../version.ts';
import { openedTexts } from './attachments.ts';
import { fileNames } from './file-names.ts';
import { laneOf } from './lane-of.ts';
import type { ScanSettings } from './protocol.ts';
import { reasonOf } from './unseen-reasons.ts';

/** What the detectors say of one message: `schemas/scan-try.schema.json`. Values are masked. */
export interface TriedMessage {
  readonly schema: 'postern.scan-try/1';
  readonly tool: { readonly name: 'postern'; readonly version: string };
  readonly file: string;
  readonly texts: readonly TriedText[];
  readonly people: readonly TriedPerson[];
  readonly unseen: readonly Unseen[];
}

interface TriedText {
  /** `subject`, `plain`, `html`, `csv`, `file names`; or the number of the attachment, `attachment 2`. */
  readonly part: string;
  readonly characters: number;
  readonly found: readonly TriedFinding[];
}

interface TriedFinding {
  readonly type: string;
  readonly title: string;
  readonly confidence: Found['confidence'];
  /** 1-based, in the text as it was decoded. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly masked: string;
}

interface TriedPerson {
  readonly kind: IdentifierKind;
  readonly masked: string;
  /** Types that are his, found with medium or high confidence, and with low. */
  readonly own: readonly string[];
  readonly weak: readonly string[];
}

const maskedMax = 60;

/** As much of a value as lets whoever has the message know it again: its form and first character. */
const masked = (value: string): string => {
  const text = value.replace(/\s+/g, ' ').slice(0, maskedMax);
  let isFirst = true;
  return text.replace(/[\p{L}\p{N}]/gu, character => {
    const shown = isFirst ? character : '•';
    isFirst = false;
    return shown;
  });
};

const typesById: ReadonlyMap<string, DataType> = new Map(dataTypes.map(type => [type.id, type]));

const triedText = (part: string, { text }: SearchedText, found: readonly Found[]): TriedText => ({
  part,
  characters: text.length,
  found: found.map(({ type, confidence, from, to }) => {
    const before = text.slice(0, from);
    return {
      type,
      title: typesById.get(type)?.title ?? type,
      confidence,
      line: before.split('\n').length,
      column: from - before.lastIndexOf('\n'),
      length: to - from,
      masked: masked(text.slice(from, to)),
    };
  }),
});

/** Reads one message as a scan would. */
export const tryMessage = async (
  file: string,
  bytes: Uint8Array,
  settings: ScanSettings,
): Promise<TriedMessage> => {
  const message = readMessage(bytes);
  const texts: TriedText[] = [];
  const attributed: AttributedText[] = [];
  const add = (part: string, given: SearchedText, attachment: boolean): void => {
    const text: SearchedText = { text: fold(given.text), kind: given.kind };
    const found = findData(text, settings);
    texts.push(triedText(part, text, found));
    attributed.push(attachment ? { text, found, attachment } : { text, found });
  };
  for (const { text, kind, repeats } of message.texts) {
    if (repeats !== true) add(kind, { text, kind }, false);
  }
  const names = fileNames(message);
  if (names !== undefined) add('file names', names, false);
  const whys = new Set<string>(
    message.faults.flatMap(({ kind }) => (reasonOf(kind).what === kind ? [] : [kind])),
  );
  for (const [i, part] of message.attachments.entries()) {
    const lane = laneOf(part);
    if (part.encrypted === true) whys.add('encrypted');
    else if (lane === 'unseen') whys.add('attachment-kind');
    else if (lane === 'open') {
      const { name, type } = part;
      const opened = await openedTexts({ name, type, bytes: part.bytes() });
      for (const text of opened.texts) add(`attachment ${i + 1}`, text, true);
      for (const why of opened.unseen) whys.add(why);
    }
  }
  const { mentions } = attribute(attributed, message);
  return {
    schema: 'postern.scan-try/1',
    tool: { name: 'postern', version: toolVersion },
    file,
    texts,
    people: mentions
      .toSorted((a, b) => identifierKinds.indexOf(a.kind) - identifierKinds.indexOf(b.kind))
      .map(({ kind, value, own, weak }) => ({ kind, masked: masked(value), own, weak })),
    unseen: [...whys].map(why => ({ what: reasonOf(why).what, why, how: reasonOf(why).how })),
  };
};
