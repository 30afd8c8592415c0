import type { AccessEvent, EventKind, MessageRef } from '../../core/access-event.ts';
import { activeSync } from './active-sync.ts';
import { exchange } from './exchange.ts';
import { horde, nextcloud, snappymail, squirrelmail, zimbra } from './other-webmail.ts';
import { roundcube } from './roundcube.ts';
import { sogo } from './sogo.ts';
import type { Target } from './target.ts';

/** What a request to a mail application does, as far as its address says. */
export interface Meaning {
  readonly kind: EventKind;
  /** Absent: it is the one that the status code says. */
  readonly outcome?: AccessEvent['outcome'];
  readonly service: string;
  /** Whose mailbox, where the address names him. */
  readonly user?: string;
  readonly app?: NonNullable<AccessEvent['app']>;
  readonly folder?: string;
  readonly messages?: readonly MessageRef[];
  readonly change?: Readonly<Record<string, string>>;
}

/** One application's addresses; undefined for those of others. */
export type Application = (
  method: string,
  target: Target,
  status: number | undefined,
) => Meaning | undefined;

const applications: readonly Application[] = [
  activeSync,
  roundcube,
  sogo,
  exchange,
  zimbra,
  horde,
  nextcloud,
  snappymail,
  squirrelmail,
];

/** What a request does to a mailbox; undefined where its address does not say. */
export const meaningOf: Application = (method, target, status) => {
  // A page's parts, which most requests are for.
  if (
    target.query === '' &&
    /\.(?:css|js|gif|png|jpe?g|svg|ico|woff2?|ttf|map|webp)$/.test(target.path)
  ) {
    return undefined;
  }
  for (const application of applications) {
    const meaning = application(method, target, status);
    if (meaning !== undefined) return meaning;
  }
  return undefined;
};
