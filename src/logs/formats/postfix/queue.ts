import type { Endpoint, Person } from '../../../core/access-event.ts';

/** A message on its way, as far as its lines have told. */
export interface OpenMessage {
  client?: Endpoint;
  /** The content filter or proxy that handed it on for the client. */
  through?: Endpoint;
  user?: Person;
  /** A local account that called sendmail(1). */
  actor?: Person;
  method?: string;
  service: string;
  messageId?: string;
  sender?: string;
  sizeBytes?: number;
  subject?: string;
  /** Its arrival was told: the queue manager writes `from=` again at each new attempt. */
  told: boolean;
  /** Handed in by login or on this host; undefined where the lines from before were not seen. */
  submitted?: boolean;
  /** A bounce or a notice, made by Postfix itself. */
  own?: boolean;
}

/** Nothing is known of it yet. */
export const openMessage = (service: string): OpenMessage => ({ service, told: false });

/** What a message that comes out of another one (a content filter's, a forward, a bounce) takes over from it. */
export const inherit = (child: OpenMessage, parent: OpenMessage): void => {
  if (parent.user !== undefined && child.user === undefined) child.user = parent.user;
  if (parent.actor !== undefined && child.actor === undefined) child.actor = parent.actor;
  if (parent.method !== undefined) child.method = parent.method;
  if (parent.submitted !== undefined) child.submitted = parent.submitted;
  if (parent.client !== undefined && child.client !== parent.client) {
    if (child.client !== undefined && child.through === undefined) child.through = child.client;
    child.client = parent.client;
  }
  child.service = parent.service;
};
