import { offsetAt, zoneClock } from '../../core/formats/local-time.ts';

/** What a wall-clock time means in a zone. */
interface WallTime {
  /** Minutes east of UTC; where clocks showed the time twice, the first of them. */
  readonly offsetMinutes: number;
  /** The second, where clocks were set back over it. */
  readonly secondOffsetMinutes?: number;
  /** No clock of the zone showed it: clocks were set forward over it. */
  readonly skipped?: true;
}

export interface Zone {
  readonly name: string;
  /** Nobody said that the log is of this zone: it is the one of the machine that Postern runs on. */
  readonly assumed: boolean;
  /** `wallMs`: the time shown, as if it were UTC. */
  readonly at: (wallMs: number) => WallTime;
}

const dayMs = 86_400_000;
/** Zones change on the quarter hour. */
const quarterMs = 900_000;
const rememberedMax = 10_000;

const fixed = (name: string, assumed: boolean, offsetMinutes: number): Zone => {
  const always: WallTime = { offsetMinutes };
  return { name, assumed, at: () => always };
};

const wallTime = (clock: Intl.DateTimeFormat, wallMs: number): WallTime => {
  const before = offsetAt(clock, wallMs - dayMs);
  const after = offsetAt(clock, wallMs + dayMs);
  if (before === after) return { offsetMinutes: before };
  const isShown = (offset: number): boolean => offsetAt(clock, wallMs - offset * 60_000) === offset;
  const [first, second] = [isShown(before), isShown(after)];
  if (first && second) return { offsetMinutes: before, secondOffsetMinutes: after };
  if (first) return { offsetMinutes: before };
  if (second) return { offsetMinutes: after };
  return { offsetMinutes: before, skipped: true };
};

const utcNames = /^(?:Etc\/)?(?:UTC|UCT|GMT|Universal|Zulu|Z)$/i;

/**
 * A zone by its IANA name (`Asia/Tokyo`), `UTC`, or a fixed offset (`+09:00`); undefined for what is none.
 */
export const zoneNamed = (name: string, assumed = false): Zone | undefined => {
  if (utcNames.test(name)) return fixed('UTC', assumed, 0);
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(name);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    if (minutes > 18 * 60) return undefined;
    return fixed(name, assumed, offset[1] === '-' ? 0 - minutes : minutes);
  }
  const clock = /^[A-Za-z][\w+/-]{0,60}$/.test(name) ? zoneClock(name) : undefined;
  if (clock === undefined) return undefined;
  const remembered = new Map<number, WallTime>();
  return {
    name,
    assumed,
    at: wallMs => {
      const quarter = Math.floor(wallMs / quarterMs);
      let known = remembered.get(quarter);
      if (known === undefined) {
        if (remembered.size >= rememberedMax) remembered.clear();
        known = wallTime(clock, quarter * quarterMs);
        remembered.set(quarter, known);
      }
      return known;
    },
  };
};

export const utc: Zone = fixed('UTC', false, 0);
