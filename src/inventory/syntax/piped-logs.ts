import type { OwnRotation } from '../../core/access-log.ts';
import { resolveFrom } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { nameComesBack, nameLastsDays } from './date-names.ts';

/** Where a program that takes log lines from a pipe writes them, and how long it keeps them. */
export interface PipedLog {
  /** Absolute; with `*` where it gives each file a name of its own. */
  readonly path: string;
  readonly rotation: OwnRotation;
}

const secondsADay = 86_400;

interface Arguments {
  readonly flags: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

const longFlag = /^--([\w-]{1,40})(?:=(.*))?$/s;

/** getopt(3), as far as these programs use it. `taking` are the letters and words with an argument. */
const argumentsOf = (words: readonly string[], taking: readonly string[]): Arguments => {
  const flags = new Map<string, string>();
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    const long = longFlag.exec(word);
    if (long !== null) {
      const name = long[1] ?? '';
      if (long[2] !== undefined) flags.set(name, long[2]);
      else if (taking.includes(name)) {
        at += 1;
        flags.set(name, words[at] ?? '');
      } else flags.set(name, '');
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word.charAt(i);
      if (!taking.includes(letter)) {
        flags.set(letter, '');
        continue;
      }
      const inside = word.slice(i + 1);
      if (inside === '') at += 1;
      flags.set(letter, inside === '' ? (words[at] ?? '') : inside);
      break;
    }
  }
  return { flags, rest: words.slice(at) };
};

/** `%Y-%m-%d` as `*`; `%%` is a percent sign. */
const starred = (text: string): string =>
  text
    .replace(/%%/g, '\0')
    .replace(/%[-_0^#EO]?[a-zA-Z]/g, '*')
    .replace(/\*[^/a-zA-Z0-9*]{0,3}(?=\*)/g, '')
    .replaceAll('\0', '%');

const days = (count: number): string => (count === 1 ? 'each day' : `every ${count} days`);

/** rotatelogs(8) of the Apache HTTP server. */
const rotatelogs = (words: readonly string[], because: Place | undefined): PipedLog | undefined => {
  const { flags, rest } = argumentsOf(words, ['L', 'p', 'n']);
  const [file, ...limits] = rest;
  if (file === undefined || !file.startsWith('/')) return undefined;
  const place = because === undefined ? {} : { because };
  const seconds = limits
    .map(each => /^(\d{1,9})$/.exec(each)?.[1])
    .find(each => each !== undefined);
  const size = limits.find(each => /^\d{1,12}[BKMG]$/i.test(each));
  const isTimed = limits[0] !== undefined && /^\d{1,9}$/.test(limits[0]);
  const period = isTimed && seconds !== undefined ? Number(seconds) / secondsADay : undefined;
  const lasts = period === undefined || period <= 0 ? {} : { periodDays: Math.ceil(period) };
  const when = [
    ...('periodDays' in lasts ? [period === 1 ? 'each day' : `every ${seconds} seconds`] : []),
    ...(size === undefined ? [] : [`at ${size}`]),
  ].join(' or ');
  // Without a time and a size it does not start.
  if (when === '') return undefined;
  if (flags.has('n')) {
    return {
      path: file.replaceAll('%', ''),
      rotation: {
        why: `rotatelogs -n overwrites its ${flags.get('n')?.slice(0, 9) ?? ''} files in turn, ${when}, and begins again with the first at each start of the web server: how many days that holds cannot be told`,
        ...place,
        removes: { is: 'unknown' },
        leaves: [`${file}.*`],
      },
    };
  }
  const isStamped = !file.includes('%');
  const path = isStamped && !flags.has('t') ? `${file}.*` : starred(file);
  const leaves = path.includes('*') ? { leaves: [path] } : {};
  if (flags.has('t') || flags.has('T')) {
    return {
      path,
      rotation: {
        why: `rotatelogs -${flags.has('t') ? 't' : 'T'} empties its file ${when} instead of keeping it`,
        ...place,
        removes:
          flags.has('t') && isStamped && period !== undefined
            ? { is: 'by age', leastDays: 0, mostDays: Math.max(1, Math.ceil(period)) }
            : { is: 'unknown' },
        ...lasts,
        ...leaves,
      },
    };
  }
  return {
    path,
    rotation: {
      why: `rotatelogs begins a new file ${when} and removes none`,
      ...place,
      removes: { is: 'nothing' },
      ...(!isStamped && nameComesBack(file, 'strftime') ? {} : lasts),
      ...leaves,
    },
  };
};

const cronologTakes =
  'H S l P p d x s z hardlink symlink link prev-symlink period delay debug start-time time-zone'.split(
    ' ',
  );

/** cronolog(1): the name alone says when the next file begins. */
const cronolog = (words: readonly string[], because: Place | undefined): PipedLog | undefined => {
  const { flags, rest } = argumentsOf(words, cronologTakes);
  const [template] = rest;
  if (template === undefined || !template.startsWith('/')) return undefined;
  const path = starred(template);
  const isOnce = flags.has('o') || flags.has('once-only');
  const period = isOnce ? undefined : nameLastsDays(template, 'strftime');
  return {
    path,
    rotation: {
      why:
        period === undefined
          ? 'cronolog writes to one file and removes nothing'
          : `cronolog begins a new file ${days(period)} and removes none`,
      ...(because === undefined ? {} : { because }),
      removes: { is: 'nothing' },
      ...(period === undefined || nameComesBack(template, 'strftime')
        ? {}
        : { periodDays: period }),
      ...(path.includes('*') ? { leaves: [path] } : {}),
    },
  };
};

const folderLog = (folder: string, why: string, because: Place | undefined): PipedLog => ({
  path: resolveFrom(folder, 'current'),
  rotation: {
    why,
    ...(because === undefined ? {} : { because }),
    removes: { is: 'by size' },
    leaves: [resolveFrom(folder, '@*')],
  },
});

/** multilog(8), s6-log: `s` and `n` hold for the folders that follow them. */
const scripted = (
  program: string,
  words: readonly string[],
  because: Place | undefined,
): PipedLog | undefined => {
  let size = '99999';
  let count = '10';
  for (const word of words) {
    if (/^s\d{1,12}$/.test(word)) size = word.slice(1);
    else if (/^n\d{1,9}$/.test(word)) count = word.slice(1);
    else if (word.startsWith('/')) {
      return folderLog(
        word,
        `${program} keeps ${count} files of ${size} bytes${program === 'multilog' ? ', the one that it writes among them' : ' besides the one that it writes'}`,
        because,
      );
    }
  }
  return undefined;
};

/** What is known of the programs that logs are piped to; undefined for others and relative paths. */
export const pipedLog = (words: readonly string[], because?: Place): PipedLog | undefined => {
  const program = words[0]?.split('/').at(-1) ?? '';
  const rest = words.slice(1);
  switch (program.replace(/^rotatelogs2$/, 'rotatelogs')) {
    case 'rotatelogs':
      return rotatelogs(rest, because);
    case 'cronolog':
      return cronolog(rest, because);
    case 'multilog':
    case 's6-log':
      return scripted(program, rest, because);
    case 'svlogd': {
      const folder = argumentsOf(rest, ['r', 'R', 'l', 'b']).rest.find(each =>
        each.startsWith('/'),
      );
      return folder === undefined
        ? undefined
        : folderLog(
            folder,
            `svlogd keeps a number of files of a size each (${resolveFrom(folder, 'config')}; else 10 of 1000000 bytes)`,
            because,
          );
    }
    case 'tinylog':
    case 'cyclog': {
      const isCyclog = program === 'cyclog';
      const { flags, rest: left } = argumentsOf(rest, isCyclog ? ['s', 'n', 'm', 'l'] : ['s', 'k']);
      const [folder] = left;
      if (folder === undefined || !folder.startsWith('/')) return undefined;
      const size = flags.get('s') ?? '100000';
      const count = (isCyclog ? flags.get('n') : flags.get('k')) ?? (isCyclog ? '10' : '5');
      return folderLog(
        folder,
        `${program} keeps ${count.slice(0, 9)} files of ${size.slice(0, 12)} bytes`,
        because,
      );
    }
    default:
      return undefined;
  }
};
