/** A message as a client knows it: its id, and its uid in the folder where it touched it. */
export interface Touched {
  readonly id: string;
  readonly uid: number;
}

interface Common {
  /** Milliseconds since 1970 before and behind it. */
  readonly began: number;
  readonly ended: number;
  readonly from: string;
}

/** Something that a client did with a mailbox, as the client knows it. */
export interface MailboxAct extends Common {
  readonly what:
    | 'login'
    | 'select'
    | 'list'
    | 'read'
    | 'search'
    | 'append'
    | 'copy'
    | 'move'
    | 'mark deleted'
    | 'expunge'
    | 'create'
    | 'put script'
    | 'activate script'
    | 'logout';
  readonly service: 'imap' | 'pop3' | 'managesieve' | 'submission';
  readonly user: string;
  /** The master user, where it is not the owner. */
  readonly actor?: string;
  readonly done: boolean;
  /** It left no mark in the mailbox (BODY.PEEK, a folder opened to be read only). */
  readonly peeked?: boolean;
  readonly folder?: string;
  readonly messages?: readonly Touched[];
}

/** What became of a recipient. */
export type Fate = 'delivered' | 'sent on' | 'deferred' | 'bounced' | 'refused';

/** A message that a client handed to Postfix. */
export interface MailAct extends Common {
  readonly what: 'mail';
  readonly service: 'submission' | 'smtp';
  /** Who logged in to hand it in. */
  readonly user?: string;
  readonly sender: string;
  readonly id: string;
  readonly to: Readonly<Record<string, Fate>>;
}

export type Act = MailboxAct | MailAct;
