import type { LogFormat } from '../format.ts';
import { unparsed } from '../reading.ts';
import { Fields, parsedJson } from '../records/fields.ts';
import { archiveEvent, auditEvent, messageEvent } from './mimecast/event.ts';

const partsMax = 100;

interface Taken {
  readonly fields: Fields;
  /** A name stands there twice: somebody's subject holds one. */
  readonly isForged: boolean;
}

/**
 * `datetime=…|aCode=…|acc=…|IP=…|MsgId=…|Subject=…|Sender=…`. A sender may write bars and names into his subject:
 * of a name that stands there twice, nothing is taken but the time, which comes first.
 */
const taken = (text: string): Taken => {
  const values = new Map<string, string>();
  const twice = new Set<string>();
  for (const part of text.split('|', partsMax)) {
    const equals = part.indexOf('=');
    if (equals <= 0) continue;
    const name = part.slice(0, equals).toLowerCase();
    if (values.has(name)) twice.add(name);
    else values.set(name, part.slice(equals + 1));
  }
  twice.delete('datetime');
  for (const name of twice) values.delete(name);
  const names = [...values.keys()];
  return { fields: Fields.ofRow(names, [...values.values()]), isForged: twice.size > 0 };
};

const bars = /^datetime=\d{4}-\d{2}-\d{2}T[\d:]{8}[+-]\d{4}\|/;

/** What a log of messages, of their attachments or links says of each. */
const about = /"(?:aCode|[Mm]sg[Ii]d|[Ss]ender|[Ss]enderDomain)"\s*:/;

/** As version 2 of its API names the same. */
const isSecondApi = (text: string): boolean =>
  text.includes('"accountId"') && text.includes('"processingId"') && text.includes('"timestamp"');

/** What people looked for in the archive, and at. */
const isArchive = (text: string): boolean =>
  (text.includes('"searchText"') && text.includes('"emailAddr"')) ||
  (text.includes('"contentViewed"') && text.includes('"viewer"'));

/** Mimecast's logs for a SIEM (MTA and audit), as files of its API hold them: JSON, or names and values apart by bars. */
export const mimecast: LogFormat = {
  id: 'mimecast',
  title: 'Mimecast: messages and audit events',
  sniff: ({ message }) => {
    if (bars.test(message)) return /\|(?:aCode|acc)=/.test(message) ? 0.95 : 0.5;
    if (!message.startsWith('{')) return 0;
    if (message.includes('"auditType"') && message.includes('"eventInfo"')) return 0.95;
    if (isArchive(message)) return 0.9;
    if (isSecondApi(message)) return 0.95;
    const isOld = message.includes('"acc"') && message.includes('"datetime"');
    return isOld && about.test(message) ? 0.95 : 0;
  },
  open: context => ({
    read: envelope => {
      const text = envelope.message.trim();
      if (bars.test(text)) {
        const { fields, isForged } = taken(text);
        return fields.has('acode') || fields.has('acc')
          ? messageEvent(fields, envelope, context, isForged)
          : unparsed('names and values that are not of a message');
      }
      const record = Fields.of(parsedJson(text.endsWith(',') ? text.slice(0, -1) : text));
      if (record?.has('audittype') === true) return auditEvent(record, envelope, context);
      if (record !== undefined && isArchive(text)) return archiveEvent(record, envelope, context);
      const isMessage =
        record !== undefined &&
        (isSecondApi(text) || (record.has('acc') && record.has('datetime') && about.test(text)));
      return isMessage
        ? messageEvent(record, envelope, context, false)
        : unparsed('no event of Mimecast, or a broken one');
    },
  }),
};
