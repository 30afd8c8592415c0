import type { OpenThings } from '../../draft.ts';
import type { Envelope, FormatContext } from '../../format.ts';
import type { OpenMessage } from './queue.ts';

/** Connections that smtpd(8) serves. */
export interface Sessions {
  /** By host and process: whether the connection that it serves is encrypted. */
  readonly tls: OpenThings<boolean>;
  /** The first host of the log, whose queue ids need no host beside them. */
  host: string | undefined;
}

/** What the readers of single lines share. */
export interface Postfix {
  readonly context: FormatContext;
  readonly messages: OpenThings<OpenMessage>;
  readonly sessions: Sessions;
}

/** A line about a message that has a queue id. */
export interface QueuedLine {
  readonly envelope: Envelope;
  readonly text: string;
  readonly id: string;
  /** Of its open message. */
  readonly key: string;
  /** Behind the queue id. */
  readonly at: number;
}
