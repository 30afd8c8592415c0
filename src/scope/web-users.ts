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
  private readonly sessions: Moment[] = [];
  private isSorted = true;

  login(ip: string, user: string, atMs: number): void {
    const known = this.logins.get(ip);
    if (known === undefined) this.logins.set(ip, [{ atMs, user }]);
    else known.push({ atMs, user });
  }

  session(user: string, atMs: number): void {
    this.sessions.push({ atMs, user });
    this.isSorted = false;
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
    if (!this.isSorted) {
      this.sessions.sort((a, b) => a.atMs - b.atMs);
      this.isSorted = true;
    }
    let low = 0;
    let high = this.sessions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sessions[middle]?.atMs ?? 0) < atMs - nearMs) low = middle + 1;
      else high = middle;
    }
    const users = new Set<string>();
    for (let i = low; i < this.sessions.length; i += 1) {
      const session = this.sessions[i];
      if (session === undefined || session.atMs > atMs + nearMs) break;
      users.add(session.user);
    }
    return users;
  }
}
