import type { Endpoint } from '../../../core/access-event.ts';
import { OpenThings } from '../../draft.ts';
import type { Learned } from './elements.ts';
import { MessageIds } from './message-ids.ts';

/** Who in Dovecot tells of an act: several do, each in lines of his own. */
export type Teller =
  /** `auth` in the log. */
  | 'auth'
  /** A login process in the log. */
  | 'login'
  /** An exported event of the end of a connection on which nobody logged in. */
  | 'aborted'
  /** `mail_log`, Sieve and deliveries in the log. */
  | 'log'
  /** The counters at the end of a session. */
  | 'sum'
  /** An exported event of the act itself. */
  | 'export'
  /** An exported event of the command that brought it about. */
  | 'command'
  /** An exported event of a delivery, which says what became of it as a whole. */
  | 'delivery'
  /** An exported event of a recipient of LMTP. */
  | 'recipient';

interface Told {
  readonly act: string;
  readonly teller: Teller;
  count: number;
}

/** What lines so far said of a session; its later lines name the session only. */
export interface Session {
  user?: string | undefined;
  /** The master user, where a line had one. */
  actor?: string | undefined;
  from?: Endpoint | undefined;
  tls?: boolean | undefined;
  /** How many of each kind of act each teller told: one or two, so that a list is the least to keep. */
  told?: Told[];
}

/** What reading one log needs to remember, be it text, exported events or both. */
export interface Memory {
  readonly sessions: OpenThings<Session>;
  readonly messageIds: MessageIds;
  /** Sessions by their clients' addresses and ports, for exported events that name no session. */
  readonly connections: OpenThings<string>;
  /** Names of exported events that this log has: where it has the finer ones, the coarser say nothing new. */
  readonly seen: Set<string>;
  /** What the log tells of its administrator's `login_log_format_elements`. */
  readonly learned: Learned;
}

export const memoryOf = (countMax: number): Memory => ({
  sessions: new OpenThings(countMax),
  messageIds: new MessageIds(countMax),
  connections: new OpenThings(countMax),
  seen: new Set(),
  learned: {},
});

export const sessionOf = ({ sessions }: Memory, id: string): Session => {
  const known = sessions.get(id);
  if (known !== undefined) return known;
  const session: Session = {};
  sessions.set(id, session);
  return session;
};

/** They tell how many, or of a command, and do not say of which message. */
const isCoarse = (teller: Teller): boolean =>
  teller === 'sum' || teller === 'command' || teller === 'delivery' || teller === 'recipient';

/**
 * Counts an act of a session; true where another teller told of it before. The act's name holds kind and
 * outcome, so that an event that is left away as repeated has one of its kind that stays. Lines of several
 * processes come in any order: whoever names the message repeats nobody who does not.
 */
export const tell = (
  memory: Memory,
  id: string | undefined,
  act: string,
  teller: Teller,
  count: number = 1,
): boolean => {
  if (id === undefined || id === '') return false;
  const session = sessionOf(memory, id);
  session.told ??= [];
  let own: Told | undefined;
  let others = 0;
  for (const told of session.told) {
    if (told.act !== act) continue;
    if (told.teller === teller) own = told;
    else if (told.count > others && (isCoarse(teller) || !isCoarse(told.teller))) {
      others = told.count;
    }
  }
  const mine = (own?.count ?? 0) + count;
  // Counters at the end count parts of messages, and some of what they count may still come.
  const repeats = teller === 'sum' ? others > 0 : mine <= others;
  // One command is told of once, and may have touched many messages: what it repeats is all of them.
  const all = repeats && teller === 'command' ? others : mine;
  if (own === undefined) session.told.push({ act, teller, count: all });
  else own.count = all;
  return repeats;
};

/** With the mark of what another line told. */
export const marked = <T extends string>(
  flags: readonly T[] | undefined,
  repeats: boolean,
): readonly (T | 'repeats')[] | undefined => (repeats ? [...(flags ?? []), 'repeats'] : flags);
