import type { AccessEvent } from '../core/access-event.ts';
import { type Breach, type BreachedComponent, isNarrowed } from './breach.ts';

/**
 * Times of the attacker's web requests, by which sessions that a webmail opened for them are known: a webmail's host
 * opens all of its sessions, those of its other users too.
 */
export class RequestTimes {
  /** By account, folded; `''` for requests that name nobody. */
  private readonly times = new Map<string, number[]>();
  private isSorted = true;

  add({ user, time }: Pick<AccessEvent, 'user' | 'time'>): void {
    if (time.atMs === undefined) return;
    const name = folded(user?.name ?? '');
    const times = this.times.get(name);
    if (times === undefined) this.times.set(name, [time.atMs]);
    else times.push(time.atMs);
    this.isSorted = false;
  }

  /** Whether one of his requests, or one that names nobody, lies so near. */
  isNear(name: string, atMs: number): boolean {
    if (!this.isSorted) {
      for (const times of this.times.values()) times.sort((a, b) => a - b);
      this.isSorted = true;
    }
    return this.isIn('', atMs) || (name !== '' && this.isIn(folded(name), atMs));
  }

  private isIn(name: string, atMs: number): boolean {
    const times = this.times.get(name) ?? [];
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[middle] ?? 0) < atMs - nearMs) low = middle + 1;
      else high = middle;
    }
    return (times[low] ?? Number.POSITIVE_INFINITY) <= atMs + nearMs;
  }
}

/** A webmail opens its session when it gets the request; stamps of two programs differ, and a session may last. */
const nearMs = 30_000;

const folded = (text: string): string => text.normalize('NFC').toLowerCase();

/** `roundcube` for `roundcube@/var/www/old/managesieve`: lines name the program, not the copy. */
export const mainOf = (id: string): string => id.split(/[/@]/, 1)[0] ?? id;

const isNamed = (names: ReadonlySet<string>, name: string | undefined): boolean =>
  name !== undefined && names.has(folded(name));

/** Accounts, by name. Names without a domain are of whatever domain, on either side. */
class Accounts {
  private readonly names: ReadonlySet<string>;
  /** Of those that have a domain, what stands before it. */
  private readonly locals: ReadonlySet<string>;

  constructor(accounts: readonly string[]) {
    this.names = new Set(accounts.map(folded));
    this.locals = new Set([...this.names].map(localOf).filter(each => each !== undefined));
  }

  has(name: string): boolean {
    const own = folded(name);
    if (this.names.has(own)) return true;
    const local = localOf(own);
    return local === undefined ? this.locals.has(own) : this.names.has(local);
  }
}

const localOf = (name: string): string | undefined => {
  const at = name.indexOf('@');
  return at < 0 ? undefined : name.slice(0, at);
};

/** How an event belongs to a breach: itself, or as a session that a webmail opened. */
export type Belonging = 'own' | 'behind';

/** Asks of events whether they are of one breach; everything that does not change from event to event is prepared. */
export class Belongs {
  private readonly breach: Breach;
  private readonly narrowed: boolean;
  private readonly names: ReadonlySet<string> | undefined;
  private readonly hosts: ReadonlySet<string>;
  private readonly behind: ReadonlySet<string>;
  private readonly accounts: Accounts | undefined;
  private readonly apps: ReadonlySet<string> | undefined;
  private readonly sessions: ReadonlySet<string> | undefined;
  private readonly requests: RequestTimes;

  /** @param requests those of `isRequest`; needed where addresses are asked for and sessions lie behind. */
  constructor(breach: Breach, requests: RequestTimes = new RequestTimes()) {
    const { component, accounts, apps, sessions } = breach;
    this.breach = breach;
    this.narrowed = isNarrowed(breach);
    this.names = component && namesOf(component);
    this.hosts = new Set(component?.hosts);
    this.behind = new Set(component?.behind?.map(folded));
    this.accounts = accounts && new Accounts(accounts);
    this.apps = apps && new Set(apps.map(folded));
    this.sessions = sessions && new Set(sessions);
    this.requests = requests;
  }

  /** Undefined where it is of no concern. An event that tells no time is within every window: none excludes it. */
  of(event: AccessEvent): Belonging | undefined {
    const { window, isAddress } = this.breach;
    const atMs = event.time.atMs;
    if (atMs !== undefined && (atMs < window.fromMs || atMs > window.toMs)) return undefined;
    const how = this.through(event);
    if (how === undefined) return undefined;
    if (this.accounts !== undefined && !this.isOneOf(this.accounts, event)) return undefined;
    if (this.sessions !== undefined && !this.sessions.has(event.session ?? '')) return undefined;
    if (this.apps !== undefined && !this.isApp(event)) return undefined;
    if (isAddress === undefined) return how;
    const ips = [event.from?.ip, how === 'own' ? event.through?.ip : undefined];
    if (ips.some(ip => ip !== undefined && isAddress(ip))) return how;
    if (how === 'own') return undefined;
    // The webmail's host stands where the client should: its web log tells which client it was.
    return atMs === undefined || this.requests.isNear(event.user?.name ?? '', atMs)
      ? how
      : undefined;
  }

  /** Whether events of a component, or of an application within it, can belong. */
  mayBeOf(component: string | undefined, app: string | undefined): boolean {
    const { names, behind } = this;
    if (names === undefined) return true;
    return isNamed(names, component) || isNamed(names, app) || isNamed(behind, component);
  }

  /** Whether a component is the breached one, and not one that lies behind it. */
  isNamedOwn(component: string | undefined): boolean {
    return this.names !== undefined && isNamed(this.names, component);
  }

  /** Whether a session of a component, from an address, was opened by the breached one. */
  isBehind(component: string | undefined, ip: string): boolean {
    return this.hosts.has(ip) && isNamed(this.behind, component);
  }

  /** Whether an address is one of a host that the component runs on. */
  isHost(ip: string): boolean {
    return this.hosts.has(ip);
  }

  /** Whether a component is one that the breached one opens sessions to. */
  isNamedBehind(component: string): boolean {
    return isNamed(this.behind, component);
  }

  /** Whether an application or component is the breached one, or any is. */
  isOwn(name: string): boolean {
    return this.names === undefined || isNamed(this.names, name);
  }

  /** Whether events from an address can belong, that was not reached through a proxy. */
  mayBeFrom(ip: string): boolean {
    const { isAddress } = this.breach;
    return isAddress === undefined || isAddress(ip) || this.hosts.has(ip);
  }

  /** Whether events about a name, and with no other name in them, can belong. */
  mayBeAbout(name: string): boolean {
    return this.accounts?.has(name) ?? true;
  }

  /** Whether it is a web request by which sessions behind are to be known. */
  isRequest(event: AccessEvent): boolean {
    return this.behind.size > 0 && event.request !== undefined && this.of(event) === 'own';
  }

  /** Whether the client itself is the attacker's: what it copied of a mailbox, it may have copied all of. */
  get isClientTheirs(): boolean {
    const { isAddress } = this.breach;
    return this.apps !== undefined || this.sessions !== undefined || isAddress !== undefined;
  }

  get isNarrowed(): boolean {
    return this.narrowed;
  }

  private isApp({ app }: AccessEvent): boolean {
    const apps = this.apps ?? new Set();
    return isNamed(apps, app?.uid) || isNamed(apps, app?.name);
  }

  private isOneOf(accounts: Accounts, { user, actor }: AccessEvent): boolean {
    return [user, actor].some(
      person =>
        person !== undefined &&
        (accounts.has(person.name) ||
          (person.uid !== undefined && this.breach.accounts?.includes(person.uid) === true)),
    );
  }

  private through(event: AccessEvent): Belonging | undefined {
    const { names } = this;
    if (names === undefined) return 'own';
    if (isNamed(names, event.component)) return 'own';
    // Front ends write whose pages they hand out: `web-front` with `roundcube`.
    if (isNamed(names, event.app?.name) || isNamed(names, event.app?.uid)) return 'own';
    if (!isNamed(this.behind, event.component)) return undefined;
    const { from, through } = event;
    const isFromHost = [from?.ip, from?.host, through?.ip, through?.host].some(
      each => each !== undefined && this.hosts.has(each),
    );
    return isFromHost ? 'behind' : undefined;
  }
}

const namesOf = ({ id, names = [] }: BreachedComponent): ReadonlySet<string> =>
  new Set([id, mainOf(id), ...names].map(folded));
