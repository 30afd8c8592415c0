import type { Place } from './place.ts';

/** Where a mail server of the inspected host keeps mail, by its own settings. */
export interface MailLocation {
  /** How it is kept; `unknown` where the server finds out for each user. */
  readonly kind: 'maildir' | 'mbox' | 'dbox' | 'cyrus' | 'unknown';
  /** The folder that all of it lies in. */
  readonly path: string;
  /** How paths in it name mailboxes, with Dovecot's variables: `/var/vmail/%d/%n/Maildir`. */
  readonly template?: string;
  readonly because: Place;
}
