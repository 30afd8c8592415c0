import type { AccessEvent, Endpoint, Person } from '../../core/access-event.ts';
import type { EventTime } from '../../core/log-line.ts';
import { endpointOf } from '../endpoint.ts';
import type { Envelope, FormatContext } from '../format.ts';
import { timeless } from '../reading.ts';
import { redactedMark, withoutSecrets } from '../redact.ts';
import type { Stamp } from '../stamp.ts';
import { detailCharsMax, nameCharsMax, printable } from '../text.ts';
import { epochStamp, epochTextStamp, isoStamp } from '../time/stamps.ts';

const millisecondDate = /^\\?\/Date\((\d{1,15})\)\\?\/$/;

/** A time that its export documents as UTC, whether or not it says so. */
export const utcStamp = (given: string): Stamp | undefined => {
  const text = given.trim();
  const iso = isoStamp(text);
  if (iso !== undefined) {
    const rest = text.slice(iso.end).trim();
    if (rest !== '' && !/^(?:UTC|Z)$/i.test(rest)) return undefined;
    return { ...iso.stamp, offsetMinutes: iso.stamp.offsetMinutes ?? 0 };
  }
  // Windows PowerShell's ConvertTo-Json.
  const date = millisecondDate.exec(text);
  return date === null ? epochTextStamp(text) : epochStamp(Number(date[1]), text);
};

const american =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?: ([AP])M)?(?: (?:UTC|Z|([+-])(\d{2}):(\d{2})))?$/;

/**
 * `11/22/2026, 12:00:01.123 PM`, `1/9/2026 9:41:00 PM +01:00`, `01/09/2026 21:41:00`: how Azure's services and its
 * portal write times, the month first, and as UTC.
 */
export const americanStamp = (given: string): Stamp | undefined => {
  const match = american.exec(given.trim());
  if (match === null) return undefined;
  const part = (at: number): string => (match[at] ?? '').padStart(2, '0');
  const half = match[8];
  const hour = Number(match[4]);
  if (half !== undefined && (hour < 1 || hour > 12)) return undefined;
  const ofDay = half === undefined ? hour : (hour % 12) + (half === 'P' ? 12 : 0);
  const zone = match[9] === undefined ? 'Z' : `${match[9]}${match[10]}:${match[11]}`;
  const iso = `${match[3]}-${part(1)}-${part(2)}T${String(ofDay).padStart(2, '0')}:${match[5]}:${match[6]}`;
  const read = isoStamp(`${iso}${match[7] === undefined ? '' : `.${match[7]}`}${zone}`);
  return read === undefined ? undefined : { ...read.stamp, original: printable(given.trim(), 80) };
};

const firstTime = (
  stampOf: (text: string) => Stamp | undefined,
  envelope: Envelope,
  context: FormatContext,
  texts: readonly (string | undefined)[],
): EventTime => {
  for (const text of texts) {
    const stamp = text === undefined ? undefined : stampOf(text);
    if (stamp !== undefined) return context.time(stamp);
  }
  if (envelope.stamp !== undefined) return context.time(envelope.stamp);
  const written = texts.find(text => text !== undefined);
  return written === undefined ? timeless : { original: printable(written, 80) };
};

/** The first of the texts that is a time; else the envelope's. */
export const utcTime = (
  envelope: Envelope,
  context: FormatContext,
  ...texts: readonly (string | undefined)[]
): EventTime => firstTime(utcStamp, envelope, context, texts);

/** The same of what Azure wrote. */
export const azureTime = (
  envelope: Envelope,
  context: FormatContext,
  ...texts: readonly (string | undefined)[]
): EventTime => firstTime(text => utcStamp(text) ?? americanStamp(text), envelope, context, texts);

const nobody = /^(?:not available|unknown|n\/a|null|<null>|none|anonymous|-|\?)?$/i;

/** Somebody; nobody for the words that exports write where they know of none. */
export const whoOf = (name: string | undefined, uid?: string): Person | undefined => {
  if (name === undefined || nobody.test(name.trim())) return undefined;
  const who = { name: printable(name.trim()) };
  return uid === undefined || nobody.test(uid) || uid === name
    ? who
    : { ...who, uid: printable(uid) };
};

export const isSame = (one: Person | undefined, other: Person | undefined): boolean =>
  one !== undefined && other !== undefined && one.name.toLowerCase() === other.name.toLowerCase();

/**
 * An address in any of the forms `192.0.2.1`, `192.0.2.1:993`, `[192.0.2.1]:993`, `[2001:db8::1]:993`; the
 * first of several. No host: what is no address was put there by whoever made the export anonymous.
 */
export const addressOf = (text: string | undefined): Endpoint | undefined => {
  if (text === undefined || text.length > 400) return undefined;
  const [first = ''] = text.trim().split(/[\s,;]+/, 1);
  const found = first === '' ? undefined : endpointOf(first);
  return found?.ip === undefined ? undefined : found;
};

/** With the angle brackets that some exports leave away. */
export const messageIdOf = (text: string | undefined): string | undefined => {
  const id = text?.trim();
  if (id === undefined || id === '' || id === '<>') return undefined;
  return printable(id.startsWith('<') ? id : `<${id}>`);
};

/** Names of settings whose values are secret whatever they look like. */
const secretName =
  /passw|passphrase|secret|credential(?!id|type)|privatekey|keyvalue|(?:access|refresh|id|bearer|auth)_?token$|^token$|cookie|certificatedata/i;
const harmlessValue = /^(?:|true|false|null|\d{1,4}|\*+|system\.security\.securestring|\[\])$/i;

const changesMax = 60;

/** Takes secrets out of what a record says, and remembers that there were some. */
export class Clean {
  secret = false;

  /** Text that somebody chose, fit to be kept. */
  text(given: string | undefined, charsMax: number = nameCharsMax): string | undefined {
    if (given === undefined) return undefined;
    const { text, secret } = withoutSecrets(given);
    if (secret) this.secret = true;
    const trimmed = text.trim();
    return trimmed === '' ? undefined : printable(trimmed, charsMax);
  }

  detail(...given: readonly (string | undefined)[]): string | undefined {
    const said = given.filter(each => each !== undefined && each !== '').join('; ');
    return this.text(said, detailCharsMax);
  }

  value(name: string, given: string): string {
    if (secretName.test(name) && !harmlessValue.test(given)) {
      this.secret = true;
      return redactedMark;
    }
    return this.text(given, detailCharsMax) ?? '';
  }

  /** What was changed, in the log's own names. */
  change(
    entries: Iterable<readonly [string, string | undefined]>,
  ): Readonly<Record<string, string>> | undefined {
    const held = new Map<string, string>();
    for (const [name, value] of entries) {
      if (value === undefined || name === '' || held.size >= changesMax) continue;
      const key = printable(name, 80);
      if (!held.has(key)) held.set(key, this.value(name, value));
    }
    return held.size === 0 ? undefined : Object.fromEntries(held);
  }

  flags(
    ...given: readonly (NonNullable<AccessEvent['flags']>[number] | false)[]
  ): AccessEvent['flags'] {
    const all = given.filter(each => each !== false);
    if (this.secret) all.push('secret');
    return all.length === 0 ? undefined : all;
  }
}

/** A count that an export may write as a number or a text. */
export const numberOf = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^\d{1,15}(?:\.0{1,6})?$/.test(text.trim())) return undefined;
  return Math.trunc(Number(text));
};
