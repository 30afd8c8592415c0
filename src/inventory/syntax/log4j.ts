import type { OwnRotation } from '../../core/access-log.ts';
import { segmentPattern } from '../../core/glob.ts';
import { baseOf, dirOf, joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { nameLastsDays } from './date-names.ts';

/** One property, its key in lower case: log4j 1 sets beans, whose names vary in their first letter. */
interface Property {
  readonly value: string;
  readonly line: number;
}

type Properties = ReadonlyMap<string, Property>;

const linesMax = 20_000;

/** java.util.Properties, as far as log4j's files go: `key=value`, `key: value`, `\` at the end. */
const readProperties = (text: string): Properties => {
  const out = new Map<string, Property>();
  const lines = text.split('\n', linesMax);
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1;
    let raw = (lines[i] ?? '').trim();
    if (raw === '' || raw.startsWith('#') || raw.startsWith('!')) continue;
    while (raw.endsWith('\\') && i + 1 < lines.length && raw.length < 8_192) {
      i += 1;
      raw = `${raw.slice(0, -1)}${(lines[i] ?? '').trim()}`;
    }
    const match = /^([^\s=:]{1,300})\s*[=:\s]\s*(.*)$/s.exec(raw);
    if (match !== null) {
      out.set((match[1] ?? '').toLowerCase(), { value: (match[2] ?? '').trim(), line });
    }
  }
  return out;
};

/** `%d{yyyy-MM-dd}`, `%i` and lookups as `*`. */
const starred = (pattern: string): string =>
  pattern.replace(/%(?:d(?:ate)?\{[^{}]{0,100}\}|\d{0,2}[di])|\$\$?\{[^{}]{0,100}\}/g, '*');

const datesIn = (pattern: string): string =>
  [...pattern.matchAll(/%d(?:ate)?\{([^{}]{0,100})\}/g)].map(([, date]) => date).join('');

const each = (days: number): string => (days === 1 ? 'each day' : `every ${days} days`);

interface Appender {
  readonly name: string;
  readonly properties: Properties;
  readonly at: Place;
  readonly value: (key: string) => string | undefined;
}

type Rotation = Omit<OwnRotation, 'because'>;

const bySize = (why: string, path: string): Rotation => ({
  why,
  removes: { is: 'by size' },
  leaves: [`${path}.*`],
});

/** The appenders of log4j 1 and of its extras (`org.apache.log4j.rolling`). */
const ofOne = (type: string, path: string, { value }: Appender): Rotation | undefined => {
  switch (type) {
    case 'org.apache.log4j.FileAppender':
      return { why: 'log4j only appends to its log', removes: { is: 'nothing' } };
    case 'org.apache.log4j.DailyRollingFileAppender': {
      const date = value('datepattern') ?? "'.'yyyy-MM-dd";
      const days = nameLastsDays(date, 'java');
      return {
        why: `log4j begins a new file ${days === undefined ? 'by its date pattern' : each(days)} and removes none (DailyRollingFileAppender)`,
        removes: { is: 'nothing' },
        ...(days === undefined ? {} : { periodDays: days }),
        leaves: [`${path}${/^'([^'*?[{]{1,40})'/.exec(date)?.[1] ?? ''}*`],
      };
    }
    case 'org.apache.log4j.RollingFileAppender': {
      const size = (value('maxfilesize') ?? value('maximumfilesize') ?? '10MB').slice(0, 20);
      const count = (value('maxbackupindex') ?? '1').slice(0, 10);
      return bySize(`log4j keeps ${count} old files of ${size} (RollingFileAppender)`, path);
    }
    case 'org.apache.log4j.rolling.RollingFileAppender': {
      const policy = value('rollingpolicy') ?? '';
      const pattern = value('rollingpolicy.filenamepattern');
      if (policy.endsWith('.TimeBasedRollingPolicy') && pattern !== undefined) {
        const days = nameLastsDays(datesIn(pattern), 'java');
        const leaves = starred(pattern);
        return {
          why: `log4j begins a new file ${days === undefined ? 'by its date pattern' : each(days)} and removes none (TimeBasedRollingPolicy)`,
          removes: { is: 'nothing' },
          ...(days === undefined ? {} : { periodDays: days }),
          ...(leaves.startsWith('/') ? { leaves: [leaves] } : { leaves: [`${path}.*`] }),
        };
      }
      if (policy.endsWith('.FixedWindowRollingPolicy')) {
        const last = (value('rollingpolicy.maxindex') ?? '7').slice(0, 10);
        return bySize(
          `log4j keeps old files up to number ${last} (FixedWindowRollingPolicy)`,
          path,
        );
      }
      return {
        why: 'which rolling policy log4j uses was not found',
        removes: { is: 'unknown' },
        leaves: [`${path}.*`],
      };
    }
    default:
      return undefined;
  }
};

/** ISO 8601 as log4j 2 takes it: `30d`, `P30D`, `P2DT3H`. Whole days, and whether it is more. */
const wholeDays = (age: string): number | undefined => {
  const match = /^P?(?:(\d{1,5})D)?(?:T?(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:\d{1,9}S)?)?$/i.exec(age);
  if (match === null || (match[1] === undefined && match[2] === undefined)) return undefined;
  return Number(match[1] ?? 0) + Math.floor(Number(match[2] ?? 0) / 24);
};

interface Deleting {
  readonly days?: number;
  readonly why: string;
}

/** The action `Delete` of a rollover strategy, with IfFileName and IfLastModified alone. */
const deleting = (
  { properties, name }: Appender,
  left: string,
  levels: number,
): Deleting | undefined => {
  const prefix = `appender.${name}.strategy.`;
  const types = [...properties].filter(
    ([key, { value }]) =>
      key.startsWith(prefix) && key.endsWith('.type') && value.toLowerCase() === 'delete',
  );
  const [first] = types;
  if (first === undefined) return undefined;
  const odd = (why: string): Deleting => ({ why });
  if (types.length > 1) return odd('it has several actions that delete files');
  const action = first[0].slice(0, -'type'.length);
  const inside = [...properties].filter(([key]) => key.startsWith(action));
  const base = inside.find(([key]) => key === `${action}basepath`)?.[1].value ?? '';
  const depth = Number(inside.find(([key]) => key === `${action}maxdepth`)?.[1].value ?? '1');
  if (!base.startsWith('/') || base.includes('$')) {
    return odd('the folder in which it deletes is made of variables');
  }
  if (joinPath(base) !== dirOf(left)) {
    const isAbove = dirOf(left).startsWith(`${joinPath(base)}/`) && !(depth <= levels);
    return isAbove ? odd('it deletes below a folder further up') : undefined;
  }
  let age: number | undefined;
  for (const [key, { value }] of inside) {
    if (!key.endsWith('.type')) continue;
    const at = key.slice(0, -'type'.length);
    const argument = (word: string): string =>
      inside.find(([other]) => other === `${at}${word}`)?.[1].value ?? '';
    switch (value.toLowerCase()) {
      case 'iflastmodified':
        age = wholeDays(argument('age'));
        if (age === undefined) return odd('the age after which it deletes was not understood');
        break;
      case 'iffilename': {
        const glob = argument('glob');
        if (glob === '' || /[\\$/]/.test(glob))
          return odd('which files it deletes was not understood');
        const sample = baseOf(left).replaceAll('*', '2026-01-01');
        if (!segmentPattern(glob.replaceAll('**', '*')).test(sample)) return undefined;
        break;
      }
      case 'delete':
        break;
      default:
        return odd(`it deletes on a condition of another kind (${value.slice(0, 40)})`);
    }
  }
  return age === undefined ? odd('it deletes files of any age') : { days: age, why: '' };
};

/** RollingFile of log4j 2: policies say when, `%i` in the name makes room for few, Delete removes. */
const ofTwo = (path: string, appender: Appender): Rotation => {
  const { value, properties, name } = appender;
  const pattern = value('filepattern') ?? '';
  const dates = datesIn(pattern);
  const left = starred(pattern);
  const leaves = left.startsWith('/') && left.includes('*') ? left : `${path}*`;
  const stated = [...properties].filter(([key]) =>
    [`appender.${name}.policies.`, `appender.${name}.policy.`].some(start => key.startsWith(start)),
  );
  const policies = stated
    .filter(([key]) => key.endsWith('.type'))
    .map(([, each]) => each.value.toLowerCase())
    .filter(each => each !== 'policies');
  const isTimed = policies.includes('timebasedtriggeringpolicy') && dates !== '';
  const interval = stated.find(([key]) => key.endsWith('.interval'))?.[1].value;
  const unit = nameLastsDays(dates, 'java');
  const count = interval === undefined ? 1 : Number(interval);
  const period =
    isTimed && unit !== undefined && Number.isInteger(count) && count > 0 && count < 10_000
      ? unit * count
      : undefined;
  const when = period === undefined ? 'by its policies' : each(period);
  const lasts = period === undefined ? {} : { periodDays: period };
  const isNumbered = /%\d{0,2}i/.test(pattern);
  const action = deleting(appender, leaves, 1);
  if (action !== undefined && action.days === undefined) {
    return {
      why: `log4j begins a new file ${when}; ${action.why}`,
      removes: { is: 'unknown' },
      ...lasts,
      leaves: [leaves],
    };
  }
  if (isNumbered && value('strategy.fileindex')?.toLowerCase() !== 'nomax') {
    const max = (value('strategy.max') ?? '7').slice(0, 10);
    const rest = action?.days === undefined ? '' : `, and none older than ${action.days} days`;
    return {
      ...bySize(
        `log4j keeps ${max} old files ${dates === '' ? '' : 'of each date '}(RollingFile)${rest}`,
        path,
      ),
      leaves: [leaves],
    };
  }
  // Begun twice in the time of one name, the second file takes the place of the first.
  if (policies.some(each => each !== 'timebasedtriggeringpolicy') || !isTimed) {
    return {
      why: 'log4j begins a new file not by time alone, and may give one the name of another before it',
      removes: { is: 'unknown' },
      ...lasts,
      leaves: [leaves],
    };
  }
  if (action?.days !== undefined) {
    const { days } = action;
    return {
      why: `log4j begins a new file ${when} and then deletes what has not been written for ${days} days`,
      // Files are deleted when the next one is begun.
      removes:
        period === undefined
          ? { is: 'unknown' }
          : { is: 'by age', leastDays: days, mostDays: days + 2 * period },
      ...lasts,
      leaves: [leaves],
    };
  }
  return {
    why: `log4j begins a new file ${when} and removes none (RollingFile)`,
    removes: { is: 'nothing' },
    ...lasts,
    leaves: [leaves],
  };
};

/**
 * What log4j does with a log that its properties name, of either generation; undefined when no
 * appender writes that file.
 */
export const log4jRotation = (
  text: string,
  config: string,
  path: string,
): OwnRotation | undefined => {
  const properties = readProperties(text);
  for (const [key, { value: file, line }] of properties) {
    if (file !== path) continue;
    const two = /^appender\.([^.]{1,100})\.filename$/.exec(key)?.[1];
    const one = /^log4j\.appender\.([^.]{1,100})\.(?:file|rollingpolicy\.activefilename)$/.exec(
      key,
    )?.[1];
    const name = two ?? one;
    if (name === undefined) continue;
    const start = two === undefined ? `log4j.appender.${name}` : `appender.${name}`;
    const because = { path: config, line };
    const appender: Appender = {
      name,
      properties,
      at: because,
      value: word => properties.get(`${start}.${word}`)?.value,
    };
    if (two === undefined) {
      const found = ofOne(properties.get(start)?.value ?? '', path, appender);
      if (found !== undefined) return { ...found, because };
    } else if (/^rolling(?:randomaccess)?file(?:appender)?$/i.test(appender.value('type') ?? '')) {
      return { ...ofTwo(path, appender), because };
    }
  }
  return undefined;
};
