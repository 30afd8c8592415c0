import type { FileView } from '../files.ts';

/** Turns a host's wall-clock stamp into RFC 3339 UTC. */
export type LocalTime = (stamp: string) => string | undefined;

const shape = /^(\d{4})-(\d{2})-(\d{2})[ T]+(\d{2}):(\d{2}):(\d{2})/;

/** The host's time zone: where `/etc/localtime` leads, else what `/etc/timezone` says, else UTC. */
const zoneOf = (files: FileView): string => {
  const link = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(
    files.stat('/etc/localtime') === undefined ? '' : (files.real('/etc/localtime') ?? ''),
  );
  const named = link?.[1] ?? (files.text('/etc/timezone') ?? '').trim();
  return /^[A-Za-z][\w+/-]{0,60}$/.test(named) ? named : 'UTC';
};

/** What a zone's clocks show; undefined for a zone that this Node.js does not know. */
export const zoneClock = (zone: string): Intl.DateTimeFormat | undefined => {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hour12: false,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
};

/** Minutes that a zone is ahead of UTC at an instant. */
export const offsetAt = (clock: Intl.DateTimeFormat, instantMs: number): number => {
  const parts = new Map(
    clock.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour') % 24,
    part('minute'),
    part('second'),
  );
  return Math.round((shown - instantMs) / 60_000);
};

/** Reads `2026-01-31 23:59:59` as the host's own clock showed it. */
export const localTime = (files: FileView): LocalTime => {
  const zone = zoneOf(files);
  // A zone that this Node.js does not know: the stamps are then off by hours, never by days.
  const clock = zoneClock(zone);
  const utc = /^(?:Etc\/)?(?:UTC|UCT|GMT|Universal|Zulu)$/.test(zone);
  return stamp => {
    const match = shape.exec(stamp);
    if (match === null) return undefined;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
      .slice(1)
      .map(Number);
    const shown = Date.UTC(year, month - 1, day, hour, minute, second);
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24) return undefined;
    const ahead = utc || clock === undefined ? 0 : offsetAt(clock, shown);
    return new Date(shown - ahead * 60_000).toISOString();
  };
};
