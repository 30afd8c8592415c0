import type { Endpoint, Person } from '../../../core/access-event.ts';
import type { MessageDraft, OpenThings } from '../../draft.ts';
import type { FormatContext } from '../../format.ts';

/** A message on its way. */
export interface OpenMessage {
  client?: Endpoint;
  user?: Person;
  actor?: Person;
  method?: string;
  service: string;
  messageId?: string;
  sender?: string;
  sizeBytes?: number;
  subject?: string;
  submitted: boolean;
}

/** What the readers of single lines share. */
export interface Exim {
  readonly context: FormatContext;
  readonly messages: OpenThings<OpenMessage>;
}

/** The message as a line's event names it. */
export const refOf = (id: string | undefined, message: OpenMessage | undefined): MessageDraft => {
  const ref: MessageDraft = {};
  if (id !== undefined) ref.queueId = id;
  if (message === undefined) return ref;
  if (message.messageId !== undefined) ref.messageId = message.messageId;
  if (message.sender !== undefined) ref.from = message.sender;
  if (message.sizeBytes !== undefined) ref.sizeBytes = message.sizeBytes;
  if (message.subject !== undefined) ref.subject = message.subject;
  return ref;
};
