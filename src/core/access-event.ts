import type { EventTime } from './log-line.ts';

/** What happened, in the words of the mail field. OCSF's classes are made of these in `src/logs/ocsf`. */
export const eventKinds = [
  /** Somebody, or a program in his name, logged in, or tried to. */
  'login',
  'logout',
  /** A master user, a delegate or an administrator entered somebody else's mailbox. */
  'login.impersonated',
  'mailbox.open',
  'message.read',
  /** Headers or lists only: who wrote, and what about. */
  'message.list',
  'message.change',
  'message.delete',
  'message.save',
  /** A whole folder or mailbox was copied: sync, export, POP3 download. */
  'mailbox.sync',
  'mailbox.export',
  'search',
  /** A message came in, was handed in, delivered, refused, held or bounced. */
  'message.received',
  'message.submitted',
  'message.delivered',
  'message.refused',
  'message.deferred',
  'message.bounced',
  'message.discarded',
  /** A verdict of a filter. */
  'message.scanned',
  'rule.changed',
  'forward.changed',
  'permission.changed',
  'app.consent',
  'account.changed',
  'password.changed',
  'configuration.changed',
  'audit.changed',
  'web.request',
  'api.request',
  'connection',
  /** Understood, of none of the kinds above, and worth keeping as an event. */
  'other',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** Somebody as a log names him. */
export interface Person {
  /** Login name or address as written, made printable. */
  readonly name: string;
  /** An id of its own, where the log gives one. */
  readonly uid?: string;
}

export interface Endpoint {
  /** Without port, brackets or zone id, in canonical form. */
  readonly ip?: string;
  readonly port?: number;
  readonly host?: string;
}

/** A message as far as a line tells of it. */
export interface MessageRef {
  /** With its angle brackets. */
  readonly messageId?: string;
  readonly queueId?: string;
  readonly uid?: number;
  readonly folder?: string;
  readonly part?: 'header' | 'body' | 'attachment';
  readonly sizeBytes?: number;
  readonly subject?: string;
  readonly from?: string;
  readonly to?: readonly string[];
}

/** One thing that a log says happened. Everything that is absent the log did not say. */
export interface AccessEvent {
  readonly kind: EventKind;
  readonly time: EventTime;
  readonly outcome: 'success' | 'failure' | 'unknown';
  /** Whose mailbox, account or message it is. */
  readonly user?: Person;
  /** Who did it, where that is not the user: master user, delegate, administrator, application. */
  readonly actor?: Person;
  /** Application or client program that acted: an OAuth app's id, a user agent. */
  readonly app?: { readonly name?: string; readonly uid?: string };
  /** Where from; the real client where a proxy tells, and the proxy in `through`. */
  readonly from?: Endpoint;
  readonly through?: Endpoint;
  readonly to?: Endpoint;
  /** The component that wrote the line: `dovecot`, `roundcube`, `postfix`. */
  readonly component: string;
  /** `imap`, `pop3`, `smtp`, `submission`, `webmail`, `api`. */
  readonly service?: string;
  readonly host?: string;
  readonly pid?: number;
  /** Joins lines of one session. */
  readonly session?: string;
  readonly authMethod?: string;
  readonly tls?: boolean;
  readonly folder?: string;
  readonly messages?: readonly MessageRef[];
  /** How many messages, where the log counts and does not name them. */
  readonly count?: number;
  readonly bytes?: number;
  readonly direction?: 'inbound' | 'outbound' | 'internal';
  /** The program's own word: an SMTP reply, a reason, a verdict. Made printable, at most 1,000 characters. */
  readonly detail?: string;
  /** HTTP request, where it is one. */
  readonly request?: {
    readonly method?: string;
    readonly path?: string;
    readonly status?: number;
    readonly userAgent?: string;
    readonly referrer?: string;
  };
  /** What was changed: a rule, an address, a permission, in the log's own names. */
  readonly change?: Readonly<Record<string, string>>;
  /** The record's own id: exports deliver some of them twice. */
  readonly eventUid?: string;
  /**
   * `secret`: something secret stood in the line and was taken out. `throttled`: its source dropped others.
   * `repeats`: another event of the same kind, that is not marked so, tells of the same act: whoever counts acts
   * leaves this one away. `joined`: the message ids stand in an earlier line of the same mailbox, not in this one.
   */
  readonly flags?: readonly (
    | 'secret'
    | 'throttled'
    | 'aggregated'
    | 'truncated'
    | 'forged-looking'
    | 'repeats'
    | 'joined'
  )[];
}
