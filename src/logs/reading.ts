import type { AccessEvent, Person } from '../core/access-event.ts';
import type { EventTime } from '../core/log-line.ts';
import type { Draft } from './draft.ts';
import type { Envelope, FormatContext, Parsed } from './format.ts';
import { withoutSecrets } from './redact.ts';
import { detailCharsMax, printable } from './text.ts';
import type { StampReader } from './time/stamps.ts';

/** An event's fields, those that a line does not tell being undefined. */
export type EventParts = { readonly [K in keyof AccessEvent]: AccessEvent[K] | undefined } & {
  readonly kind: AccessEvent['kind'];
  readonly time: EventTime;
  readonly outcome: AccessEvent['outcome'];
  readonly component: string;
};

/**
 * The event of these fields. Those that a line does not tell stay in it as undefined, which nobody tells from absent:
 * events that are all made in one way are read at several times the speed.
 */
export const eventOf = (parts: EventParts): AccessEvent => parts as AccessEvent;

export const happened = (parts: EventParts): Parsed => ({ event: eventOf(parts) });
export const quiet = (why: string): Parsed => ({ quiet: why });
export const unparsed = (why: string): Parsed => ({ unparsed: why });

/** Nobody for an empty name and for the marks that logs write in its place. */
export const personOf = (name: string | undefined): Person | undefined =>
  name === undefined || name === '' || name === '-' || name === '?'
    ? undefined
    : { name: printable(name) };

/** Text that a person or a program chose, fit to be kept: no secrets, printable, bounded. */
export const freeText = (
  text: string,
  flags: AccessEvent['flags'] = [],
): Pick<EventParts, 'detail' | 'flags'> => {
  const { text: clean, secret } = withoutSecrets(text.trim());
  const all = secret ? [...flags, 'secret' as const] : flags;
  return {
    detail: clean === '' ? undefined : printable(clean, detailCharsMax),
    flags: all.length === 0 ? undefined : all,
  };
};

/** A number of at most 15 digits; undefined for anything else. */
export const countOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

export interface Timed {
  readonly time: EventTime;
  /** What stands behind the stamp. */
  readonly text: string;
}

/** A line of no known time. */
export const timeless: EventTime = { original: '' };

/** The envelope's time, and for a program's own file the stamp at the message's beginning. */
export const timedBy = (
  { message, stamp }: Envelope,
  context: FormatContext,
  own: StampReader,
): Timed => {
  if (stamp !== undefined) return { time: context.time(stamp), text: message };
  const at = own(message);
  return at === undefined
    ? { time: timeless, text: message }
    : { time: context.time(at.stamp), text: message.slice(at.end).trimStart() };
};

/** What a program writes itself counts more than when its line was handed on. */
export const timedWithin = (
  envelope: Envelope,
  context: FormatContext,
  own: StampReader,
): Timed => {
  const at = own(envelope.message);
  return at === undefined
    ? {
        time: envelope.stamp === undefined ? timeless : context.time(envelope.stamp),
        text: envelope.message,
      }
    : { time: context.time(at.stamp), text: envelope.message.slice(at.end).trimStart() };
};

/** The host that was named last, as it stands in a log and as it is kept: mostly there is but one. */
let lastHost: string | undefined;
let lastShown = '';

/** The event, which its reader has just made, with the host that its envelope names. */
export const onHost = (parsed: Parsed, { host }: Envelope): Parsed => {
  if (host === undefined || !('event' in parsed) || parsed.event.host !== undefined) return parsed;
  // Assigned, because copying an event costs as much as reading its line.
  const event: Draft<AccessEvent> = parsed.event;
  if (host !== lastHost) {
    lastHost = host;
    lastShown = printable(host);
  }
  event.host = lastShown;
  return parsed;
};
