import type { LogTrail } from '../../core/access-log.ts';
import type { Logrotate, RotateRuns } from './logrotate.ts';
import type { Period, RotateOptions, Stanza } from './logrotate-syntax.ts';

/** What rotation leaves of a file: the parts of a trail that it settles. */
export type Rotation = Pick<LogTrail, 'rotation' | 'retainedDays' | 'unknown'>;

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days of the shortest or longest run of that many months, leap years left to the bound above. */
const monthsBound = (count: number, pick: (...days: number[]) => number): number => {
  const whole = Math.floor(count / 12) * 365;
  const rest = count % 12;
  const runs = monthDays.map((_, start) =>
    monthDays.reduce(
      (sum, _day, i) => sum + (i < rest ? (monthDays[(start + i) % 12] ?? 0) : 0),
      0,
    ),
  );
  return whole + pick(...runs);
};

/** At least and at most how many days that many periods last. */
const daysOf = (when: Period, count: number): { readonly least: number; readonly most: number } => {
  switch (when) {
    case 'hourly':
      return { least: Math.floor(count / 24), most: count };
    case 'daily':
      return { least: count, most: count };
    case 'weekly':
      return { least: count * 7, most: count * 7 };
    case 'monthly':
      return {
        least: monthsBound(count, Math.min),
        most: monthsBound(count, Math.max) + (count > 1 ? Math.ceil(count / 48) : 0),
      };
    case 'yearly':
      return { least: count * 365, most: count * 365 + Math.ceil(count / 4) };
  }
};

/** Days after which the next file is begun; undefined where that goes by size alone. */
export const periodDaysOf = ({ when }: RotateOptions): number | undefined =>
  when === 'size' ? undefined : daysOf(when, 1).most;

const dayMs = 86_400_000;

const daysSince = (day: string, now: Date): number =>
  Math.floor((now.getTime() - Date.parse(`${day}T00:00:00Z`)) / dayMs);

/** Why lines would stay although a stanza would remove them: logrotate does not run. */
const stalled = (runs: RotateRuns, now: Date): string | undefined => {
  // The slowest common period is a month, and Debian rotates wtmp monthly on every host.
  if (runs.lastDay !== undefined && daysSince(runs.lastDay, now) > 62) {
    return `logrotate has rotated nothing since ${runs.lastDay} (${runs.stateFile ?? 'its state file'})`;
  }
  return runs.started === false ? `logrotate is not started: ${runs.why}` : undefined;
};

const phrase = (options: RotateOptions): string => {
  const { when, count, size, maxSize, minSize, maxAgeDays } = options;
  return [
    when === 'size' ? `size ${size ?? '1M'}` : when,
    `rotate ${count}`,
    maxSize === undefined ? '' : `maxsize ${maxSize}`,
    minSize === undefined ? '' : `minsize ${minSize}`,
    maxAgeDays === undefined ? '' : `maxage ${maxAgeDays}`,
  ]
    .filter(part => part !== '')
    .join(', ');
};

const removing = /\b(?:rm|unlink|shred|truncate|tmpwatch|tmpreaper)\b|-delete\b/;

const ofStanza = ({ options, because, script }: Stanza): Rotation => {
  const said = phrase(options);
  const rotation = (keepsDays: number | null | undefined, why: string) => ({
    rotation: { ...(keepsDays === undefined ? {} : { keepsDays }), why, because },
  });
  const { when, count, maxAgeDays } = options;
  if (options.copyOnly) {
    return {
      ...rotation(undefined, `logrotate copies it and never empties it (copy, ${said})`),
      unknown: 'logrotate only copies the log; what empties the log itself was not found',
    };
  }
  const forever = count < 0;
  if (forever && maxAgeDays === undefined) {
    return {
      ...rotation(null, `logrotate keeps every old file (${said})`),
      unknown: 'nothing removes old files: they grow until the disk is full',
    };
  }
  if (when === 'size') {
    const none = count === 0 ? { retainedDays: 0 } : {};
    return {
      ...rotation(undefined, `logrotate goes by size alone (${said})`),
      ...none,
      unknown: `it is rotated by size (${said}): how many days that holds depends on how much is written`,
    };
  }
  // A line written just before a rotation goes with the count-th rotation after that one.
  const kept = daysOf(when, Math.max(0, count));
  const period = daysOf(when, 1);
  const whole = daysOf(when, Math.max(0, count) + 1);
  const aged = maxAgeDays === undefined ? undefined : maxAgeDays + period.most;
  // Whoever waits for a size rotates late, and looks at ages only then: nothing bounds it above.
  const waits = options.minSize !== undefined;
  const longest = forever ? (aged ?? whole.most) : Math.min(whole.most, aged ?? whole.most);
  const most = waits ? undefined : longest;
  if (options.maxSize !== undefined) {
    return {
      ...rotation(
        most,
        waits
          ? `logrotate goes by size as well as by time (${said})`
          : `logrotate keeps a line at most ${longest} days (${said})`,
      ),
      ...(count === 0 ? { retainedDays: 0 } : {}),
      unknown: `it is also rotated whenever it grows beyond ${options.maxSize}: a busy day shortens what is kept`,
    };
  }
  const least = forever
    ? (maxAgeDays ?? 0)
    : maxAgeDays === undefined
      ? kept.least
      : Math.min(kept.least, maxAgeDays);
  const span = waits
    ? `at least ${least} days, and longer while the log is small`
    : `${least} to ${longest} days`;
  if (removing.test(script)) {
    return {
      ...rotation(most, `logrotate keeps a line ${span} (${said})`),
      unknown: 'a script of its logrotate stanza removes files, so what is kept is not certain',
    };
  }
  return {
    ...rotation(most, `logrotate keeps a line ${span} (${said})`),
    retainedDays: least,
  };
};

/** What becomes of a file: how many days of it are certain to be there, and who says so. */
export const rotationOf = (logrotate: Logrotate, path: string, now: Date): Rotation => {
  const stanza = logrotate.stanzaOf(path);
  if (stanza === undefined) {
    const dropped = logrotate.droppedFor(path);
    return {
      rotation: {
        keepsDays: null,
        why:
          dropped === undefined
            ? 'no stanza of logrotate names it: nothing that was found removes lines'
            : `logrotate leaves it out: ${dropped.why}`,
        ...(dropped === undefined ? {} : { because: dropped.stanza.because }),
      },
      unknown:
        'nothing that was found removes lines from it, so it grows without limit; whether the program rotates it itself, or a script, was not read',
    };
  }
  const settled = ofStanza(stanza);
  const stands = stalled(logrotate.runs, now);
  if (stands === undefined || settled.rotation === undefined) return settled;
  const { retainedDays: _, ...rest } = settled;
  return {
    ...rest,
    rotation: {
      ...settled.rotation,
      keepsDays: null,
      why: `${settled.rotation.why}; but ${stands}`,
    },
    unknown: `${stands}: nothing removes lines for now, and how long that lasts is not known`,
  };
};
