import type { AccessEvent, Endpoint, EventKind, Person } from '../../../core/access-event.ts';
import { type Draft, draftOf, type OpenThings } from '../../draft.ts';
import type { Envelope, FormatContext } from '../../format.ts';

/** A message on its way. */
export interface OpenMessage {
  client?: Endpoint;
  user?: Person;
  actor?: Person;
  method?: string;
  sender?: string;
  messageId?: string;
  sizeBytes?: number;
  subject?: string;
}

interface Login {
  readonly user: Person;
  readonly method?: string;
}

/** What the readers of single lines share. */
export interface Sendmail {
  readonly context: FormatContext;
  readonly messages: OpenThings<OpenMessage>;
  /** By host and process: each connection has a process of its own. */
  readonly logins: OpenThings<Login>;
}

export interface SendmailLine {
  readonly envelope: Envelope;
  readonly id?: string;
  /** Behind the queue id. */
  readonly text: string;
}

/** A process serves one connection. */
export const processOf = ({ host, pid }: Envelope): string => `${host ?? ''} ${pid ?? ''}`;

/** Queue ids are unique within a host. */
export const keyOf = ({ envelope, id }: SendmailLine): string =>
  `${id ?? ''} ${envelope.host ?? ''}`;

/** An event of a line. */
export const draft = (
  { context }: Sendmail,
  { envelope }: SendmailLine,
  kind: EventKind,
  outcome: AccessEvent['outcome'],
): Draft<AccessEvent> => {
  const event = draftOf(kind, outcome, 'sendmail', envelope, context);
  event.service = 'smtp';
  return event;
};
