import type { Endpoint } from '../../../core/access-event.ts';
import { OpenThings } from '../../draft.ts';
import type { EventParts } from '../../reading.ts';

/** What a login said of its session; later lines of it name the session only. */
export interface Seen {
  user?: string | undefined;
  from?: Endpoint | undefined;
  service?: string | undefined;
  /** How many of each act its lines told, and its notifications. */
  told?: Map<string, number>;
}

/** What reading one log needs to remember. */
export class SeenSessions {
  readonly #sessions: OpenThings<Seen>;
  /** A process serves one session at a time, and some lines name their process alone. */
  readonly #pids: OpenThings<string>;

  constructor(countMax: number) {
    this.#sessions = new OpenThings(countMax);
    this.#pids = new OpenThings(countMax);
  }

  get(session: string): Seen | undefined {
    return this.#sessions.get(session);
  }

  /** Somebody logged in. */
  set(session: string, { user, from, service }: Seen, pid?: number): void {
    const seen = this.#of(session);
    seen.user = user;
    seen.from = from;
    seen.service ??= service;
    if (pid !== undefined) this.#pids.set(String(pid), session);
  }

  /** The session that a process serves. */
  servedBy(pid: number | undefined): string | undefined {
    return pid === undefined ? undefined : this.#pids.get(String(pid));
  }

  end(session: string, pid: number | undefined): void {
    if (this.servedBy(pid) === session) this.#pids.delete(String(pid));
  }

  /** Counts an act; true where the other teller, lines or notifications, told of it before. */
  tell(session: string | undefined, act: string, teller: 'line' | 'notice'): boolean {
    if (session === undefined) return false;
    const seen = this.#of(session);
    seen.told ??= new Map();
    const mine = (seen.told.get(`${act} ${teller}`) ?? 0) + 1;
    seen.told.set(`${act} ${teller}`, mine);
    return mine <= (seen.told.get(`${act} ${teller === 'line' ? 'notice' : 'line'}`) ?? 0);
  }

  /** Whether anybody told of such an act in the session. */
  hasTold(session: string | undefined, act: string): boolean {
    const told = session === undefined ? undefined : this.get(session)?.told;
    return told?.has(`${act} line`) === true || told?.has(`${act} notice`) === true;
  }

  #of(session: string): Seen {
    const known = this.#sessions.get(session);
    if (known !== undefined) return known;
    const seen: Seen = {};
    this.#sessions.set(session, seen);
    return seen;
  }
}

/** The mark of what another line told. */
export const repeated = (repeats: boolean): readonly ['repeats'] | undefined =>
  repeats ? ['repeats'] : undefined;

/** What every line has. */
export type Base = Pick<EventParts, 'time' | 'component' | 'service' | 'pid'>;

const services: readonly (readonly [RegExp, string])[] = [
  [/^imap/, 'imap'],
  [/^pop3/, 'pop3'],
  [/^lmtp/, 'lmtp'],
  [/sieve/, 'sieve'],
  [/^nntp/, 'nntp'],
  [/^http|^jmap/, 'http'],
  [/^mupdate/, 'mupdate'],
  [/^sync/, 'sync'],
];

/** `imap` of `cyrus/imaps`. */
export const serviceOf = (program: string | undefined): string | undefined => {
  const name = program?.slice(program.lastIndexOf('/') + 1) ?? '';
  return services.find(([pattern]) => pattern.test(name))?.[1];
};
