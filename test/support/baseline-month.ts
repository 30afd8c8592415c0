import { hourMs, windowOf } from '../../src/detect/baselines/calendar.ts';
import type { ComponentTally, SegmentTally } from '../../src/detect/baselines/tally.ts';

/** Somebody is in a mailbox. */
export interface Visit {
  readonly ms: number;
  readonly component: string;
  readonly user?: string;
  readonly actor?: string;
  readonly app?: string;
  readonly address?: string;
  readonly reads?: number;
}

/** Pseudonyms that tests can tell: the same text has the same. */
class Numbers {
  private readonly known = new Map<string, number>();
  of(text: string): number {
    const known = this.known.get(text) ?? this.known.size + 1;
    this.known.set(text, known);
    return known;
  }
}

const numbers = new Numbers();

/** What a segment with these visits is counted as, each an entry of its own. */
export const tallyOf = (
  visits: readonly Visit[],
  { source = 'mail.log', seq = 1 }: { readonly source?: string; readonly seq?: number } = {},
): SegmentTally => {
  const texts: string[] = [];
  const places = new Map<string, number>();
  const place = (text: string | undefined): number => {
    if (text === undefined) return -1;
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, texts.length);
    return texts.push(text) - 1;
  };
  const lines = visits.map((visit, i) => ({ visit, line: i + 1 }));
  const components = [...new Set(visits.map(({ component }) => component))].toSorted();
  const tallies = components.map((component): ComponentTally => {
    const mine = lines.filter(({ visit }) => visit.component === component);
    const of = (member: 'user' | 'actor' | 'app' | 'address'): Int32Array =>
      Int32Array.from(mine, ({ visit }) => place(visit[member]));
    const hours = [...new Set(mine.map(({ visit }) => Math.floor(visit.ms / hourMs)))].toSorted(
      (a, b) => a - b,
    );
    const inHour = hours.map(hour =>
      mine.filter(({ visit }) => Math.floor(visit.ms / hourMs) === hour),
    );
    return {
      component,
      windows: Int32Array.from(mine, ({ visit }) => windowOf(visit.ms)),
      users: of('user'),
      actors: of('actor'),
      apps: of('app'),
      addresses: of('address'),
      reads: Uint32Array.from(mine, ({ visit }) => visit.reads ?? 0),
      rows: Uint32Array.from(mine, () => 1),
      firstMs: Float64Array.from(mine, ({ visit }) => visit.ms),
      lastMs: Float64Array.from(mine, ({ visit }) => visit.ms),
      firstLines: Uint32Array.from(mine, ({ line }) => line),
      lastLines: Uint32Array.from(mine, ({ line }) => line),
      hours: Int32Array.from(hours),
      events: Uint32Array.from(inHour, each => each.length),
      hourFirstLines: Uint32Array.from(inHour, each => each[0]?.line ?? 0),
      hourLastLines: Uint32Array.from(inHour, each => each.at(-1)?.line ?? 0),
    };
  });
  const times = visits.map(({ ms }) => ms);
  const range =
    times.length === 0
      ? {}
      : {
          firstMs: times.reduce((a, b) => Math.min(a, b)),
          lastMs: times.reduce((a, b) => Math.max(a, b)),
        };
  return {
    source,
    seq,
    ...range,
    names: { ids: Float64Array.from(texts, text => numbers.of(text)), texts },
    components: tallies,
    strayed: 0,
  };
};

/** The same draws in every run of one seed. */
class Draw {
  private state: number;
  constructor(seed: number) {
    this.state = seed * 2_654_435_761 + 88_172_645;
  }
  unit(): number {
    this.state = (Math.imul(this.state | 0, 1_664_525) + 1_013_904_223) >>> 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
  }
  below(most: number): number {
    return Math.floor(this.unit() * most);
  }
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }
  poisson(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    let [left, count] = [Math.exp(-mean), -1];
    for (let product = 1; product > left; product *= this.unit()) count += 1;
    if (left === 1) left = 0;
    return count;
  }
}

/** By hour of the day, in UTC, of a platform in Japan: how busy it is beside its busiest hour. */
const byHour = [
  1, 1, 0.95, 0.75, 0.95, 0.95, 0.9, 0.85, 0.8, 0.6, 0.5, 0.5, 0.5, 0.45, 0.4, 0.25, 0.12, 0.06,
  0.04, 0.03, 0.05, 0.12, 0.3, 0.7,
];

export interface MonthOptions {
  readonly seed?: number;
  readonly mailboxes?: number;
  /** Days of whose lines there are none. */
  readonly without?: ReadonlySet<number>;
}

/** `2026-03-02`, a Monday. */
export const firstDay = 20_514;

/**
 * What people and programs of a provider do on one day when nothing is wrong: at home and on the way, through a
 * webmail, with programs that are updated; a backup account by night, a help desk, two applications that were let
 * in. Some days are twice as busy as others, a telephone now and then loads a whole mailbox, and once a month the
 * server starts anew and everybody comes back at once.
 */
export const quietDay = (
  day: number,
  { seed = 1, mailboxes = 2_000, without }: MonthOptions = {},
): readonly Visit[] => {
  if (without?.has(day) === true) return [];
  const draw = new Draw(seed * 1_000 + day);
  const startMs = day * 24 * hourMs;
  const visits: Visit[] = [];
  const user = (n: number): string => `user${n}@example.jp`;
  const home = (n: number): string => `198.51.${n >> 8}.${n & 255}`;
  const isFree = day % 7 === 2 || day % 7 === 3;
  const busy = (isFree ? 0.45 : 1) * Math.exp(0.18 * draw.normal());
  const someone = (): number => Math.min(draw.below(mailboxes), draw.below(mailboxes));
  for (let hour = 0; hour < 24; hour += 1) {
    const atMs = startMs + hour * hourMs;
    const level = (byHour[hour] ?? 0) * busy * Math.exp(0.1 * draw.normal());
    const at = (): number => atMs + draw.below(hourMs);
    for (let left = draw.poisson(mailboxes * 0.35 * level); left > 0; left -= 1) {
      const n = someone();
      const where = draw.below(10);
      const address =
        where < 6
          ? home(n)
          : where < 8
            ? `203.0.113.${draw.below(12)}`
            : `10.${draw.below(256)}.${draw.below(256)}.${draw.below(256)}`;
      const app = ['Thunderbird/#', 'iOS/# Mail', 'Outlook/#', 'K-#'][n % 4] ?? '';
      const isLoad = draw.below(20_000) === 0;
      const reads = isLoad ? 2_000 + draw.below(6_000) : draw.below(4) === 0 ? draw.below(12) : 0;
      visits.push({ ms: at(), component: 'dovecot', user: user(n), address, app, reads });
    }
    for (let left = draw.poisson(mailboxes * 0.1 * level); left > 0; left -= 1) {
      const n = someone();
      const ms = at();
      visits.push({ ms, component: 'dovecot', user: user(n), address: '192.0.2.20', reads: 1 });
      visits.push({ ms, component: 'roundcube', user: user(n), address: home(n) });
    }
    const isOffice = !isFree && hour < 9;
    for (let left = isOffice ? draw.poisson(1.5) : 0; left > 0; left -= 1) {
      const of = { actor: 'helpdesk', address: `192.0.2.${40 + draw.below(3)}` };
      visits.push({ ms: at(), component: 'dovecot', user: user(someone()), ...of });
    }
    for (let left = draw.poisson(8 * level); left > 0; left -= 1) {
      const of = { app: 'crm-sync', address: '192.0.2.60' };
      visits.push({ ms: at(), component: 'dovecot', user: user(draw.below(60)), ...of, reads: 2 });
    }
    if (hour !== 17) continue;
    for (let n = day % 5; n < mailboxes; n += 5) {
      const of = { actor: 'backup', address: '192.0.2.30' };
      const ms = atMs + Math.floor((n / mailboxes) * 0.8 * hourMs);
      visits.push({ ms, component: 'dovecot', user: user(n), ...of, reads: 3 });
    }
  }
  if (day % 30 === 11) {
    for (let left = mailboxes / 4; left > 0; left -= 1) {
      const n = draw.below(mailboxes);
      const ms = startMs + 4 * hourMs + draw.below(300_000);
      visits.push({ ms, component: 'dovecot', user: user(n), address: home(n) });
    }
  }
  return visits.toSorted((a, b) => a.ms - b.ms);
};
