/** A login is good for a working day. */
const loginMs = 12 * 3_600_000;
/** A webmail opens a session for each request; stamps are to the second, of two programs. */
const nearMs = 3_000;
const usersMax = 50;

interface Moment {
  readonly atMs: number;
  readonly user: string;
}

/** Whose request it was. `isSure`: nobody else's. None: anybody's. */
export interface Whose {
  readonly users: readonly string[];
  readonly isSure: boolean;
}

/**
 * A web server's log says which message was shown, and not whose. The webmail's own log says who logged in from the
 * same address, the mailbox server's whose session the webmail opened in that moment.
 */
export class WebUsers {
  private readonly logins = new Map<string, Moment[]>();
  /** Sessions may be millions: their times, and whose they were. */
  private readonly times: number[] = [];
  private readonly names: string[] = [];
  /** Places of sessions in the order of their times. */
  private order: Uint32Array | undefined;

  /** Times of requests that are asked about, ascending. */
  private asked = new Float64Array(0);

  /** @param times of requests that `of` will be asked about: of all others, sessions need not be known. */
  ask(times: readonly number[]): void {
    this.asked = Float64Array.from(times).sort();
  }

  /** Whether a request lies so near that a session may have been opened for it. */
  isAsked(atMs: number): boolean {
    const { asked } = this;
    let low = 0;
    let high = asked.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((asked[middle] ?? 0) < atMs - nearMs) low = middle + 1;
      else high = middle;
    }
    return (asked[low] ?? Number.POSITIVE_INFINITY) <= atMs + nearMs;
  }

  login(ip: string, user: string, atMs: number): void {
    const known = this.logins.get(ip);
    if (known === undefined) this.logins.set(ip, [{ atMs, user }]);
    else known.push({ atMs, user });
  }

  session(user: string, atMs: number): void {
    this.times.push(atMs);
    this.names.push(user);
    this.order = undefined;
  }

  of(ip: string | undefined, atMs: number): Whose {
    const opened = this.opened(atMs);
    const known = (ip === undefined ? undefined : this.logins.get(ip)) ?? [];
    const logged = new Set(
      known
        .filter(each => each.atMs <= atMs && each.atMs >= atMs - loginMs)
        .map(({ user }) => user),
    );
    const both = [...logged].filter(user => opened.has(user));
    for (const users of [[...both], [...logged], [...opened]]) {
      if (users.length === 1) return { users, isSure: true };
    }
    const users = both.length > 0 ? both : logged.size > 0 ? [...logged] : [...opened];
    return { users: users.length > usersMax ? [] : users, isSure: false };
  }

  private opened(atMs: number): ReadonlySet<string> {
    const { times, names } = this;
    this.order ??= Uint32Array.from(times, (_, i) => i).sort(
      (a, b) => (times[a] ?? 0) - (times[b] ?? 0),
    );
    const { order } = this;
    const timeAt = (place: number): number => times[order[place] ?? 0] ?? 0;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timeAt(middle) < atMs - nearMs) low = middle + 1;
      else high = middle;
    }
    const users = new Set<string>();
    for (let place = low; place < order.length && timeAt(place) <= atMs + nearMs; place += 1) {
      users.add(names[order[place] ?? 0] ?? '');
    }
    return users;
  }
}
