import type { EventTime } from '../../../core/log-line.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { happened } from '../../reading.ts';
import type { Fields } from '../../records/fields.ts';
import { utcTime, whoOf } from '../../records/meaning.ts';
import type { Stamp } from '../../stamp.ts';
import { printable } from '../../text.ts';
import { type Base, baseOf } from '../m365-ual/base.ts';
import { mailboxEvent } from '../m365-ual/mailbox.ts';

const local = /^(\d{1,2})([/.])(\d{1,2})[/.](\d{4}) (\d{1,2}):(\d{2}):(\d{2})(?: ([AP])M)?$/i;

/**
 * PowerShell writes a table's times as its culture does: `6/12/2026 8:15:09 AM` has the month first, and
 * `12.06.2026 08:15:09` the day. `12/06/2026 08:15:09` may be either, and is no time then.
 */
const localStamp = (text: string): Stamp | undefined => {
  const match = local.exec(text.trim());
  if (match === null) return undefined;
  const [, first = '', mark, second = '', year = '', hours = '', minute = '', seconds = '', half] =
    match;
  const isAmerican = mark === '/' && half !== undefined;
  if (!isAmerican && mark !== '.') return undefined;
  const [month, day] = isAmerican
    ? [Number(first), Number(second)]
    : [Number(second), Number(first)];
  const hour =
    half === undefined ? Number(hours) : (Number(hours) % 12) + (/p/i.test(half) ? 12 : 0);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23) return undefined;
  return {
    original: text.trim(),
    year: Number(year),
    month,
    day,
    hour,
    minute: Number(minute),
    second: Number(seconds),
  };
};

const timeOf = (record: Fields, envelope: Envelope, context: FormatContext): EventTime => {
  const written = record.text('lastaccessed');
  const stamp = written === undefined ? undefined : localStamp(written);
  return stamp === undefined ? utcTime(envelope, context, written) : context.time(stamp);
};

/** Tables name the one message in columns of their own. */
const withItem = (record: Fields): Fields => {
  const Subject = record.text('itemsubject', 'sourceitemsubjectslist');
  const InternetMessageId = record.text(
    'iteminternetmessageid',
    'sourceiteminternetmessageidslist',
  );
  const Path = record.text('folderpathname', 'sourcefolderpathnameslist');
  if (Subject === undefined && InternetMessageId === undefined) return record;
  return record.with('item', { Subject, InternetMessageId, ParentFolder: { Path } });
};

/** One entry: the operations are those of the unified audit log, which has them from here. */
export const auditEvent = (record: Fields, envelope: Envelope, context: FormatContext): Parsed => {
  const base = baseOf(record, envelope, context);
  const by = whoOf(
    record.text('logonuserdisplayname', 'logonuserdn', 'logonusersid'),
    record.text('logonusersid'),
  );
  const logon = (record.text('logontype') ?? '').toLowerCase();
  const identity = record.text('identity');
  const isOwner = logon === 'owner' || logon === '0';
  const entry: Base = {
    ...base,
    // The owner is named by address, and who logged on by what the directory shows of him.
    by: isOwner ? undefined : by,
    parts: {
      ...base.parts,
      component: 'exchange',
      user: by,
      time: timeOf(record, envelope, context),
      eventUid: identity === undefined ? undefined : printable(identity),
    },
  };
  return (
    mailboxEvent(withItem(record), entry) ??
    happened({ ...entry.parts, kind: 'other', detail: base.clean.detail(base.operation) })
  );
};
