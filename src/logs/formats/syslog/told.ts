import type { AccessEvent, EventKind } from '../../../core/access-event.ts';
import { type Draft, draftOf } from '../../draft.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { freeText } from '../../reading.ts';

/** What a part of this format makes of a message; undefined where it knows nothing of it. */
export type Teller = (
  message: string,
  envelope: Envelope,
  context: FormatContext,
) => Parsed | undefined;

/** An event of a host's own programs. */
export const tell = (
  kind: EventKind,
  outcome: AccessEvent['outcome'],
  component: string,
  envelope: Envelope,
  context: FormatContext,
): Draft<AccessEvent> => draftOf(kind, outcome, component, envelope, context);

/** Puts the program's own words into the event, without secrets. */
export const withWords = (event: Draft<AccessEvent>, words: string): void => {
  const { detail, flags } = freeText(words, event.flags);
  if (detail !== undefined) event.detail = detail;
  if (flags !== undefined) event.flags = flags;
};
