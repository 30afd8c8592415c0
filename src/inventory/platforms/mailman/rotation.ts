import type { OwnRotation } from '../../../core/access-log.ts';
import type { readDirectives } from '../../syntax/directives.ts';
import { type PyValue, pyEntry, pySetting, pyText } from '../../syntax/python-literals.ts';
import type { WebSettings } from './web.ts';

type Directives = ReturnType<typeof readDirectives>;

const numberOf = (value: PyValue | undefined): number | undefined => {
  if (value?.is !== 'other') return undefined;
  const text = value.text.replaceAll(/[\s_]/g, '');
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const factors = text.split('*');
  return factors.length < 8 && factors.every(each => /^\d{1,9}$/.test(each))
    ? factors.reduce((product, each) => product * Number(each), 1)
    : undefined;
};

/** Django's handler for that file (logging.handlers): the last `LOGGING` counts. */
const byDjango = (web: WebSettings | undefined, path: string): OwnRotation | undefined => {
  const stated = (web?.files ?? [])
    .map(({ path: file, assignments }) => ({ file, logging: pySetting(assignments, 'LOGGING') }))
    .findLast(({ logging }) => logging !== undefined);
  const handlers = pyEntry(stated?.logging, 'handlers')?.value;
  if (stated === undefined || handlers?.is !== 'dict') return undefined;
  for (const { value: handler, line } of handlers.entries) {
    if (pyText(pyEntry(handler, 'filename')?.value) !== path) continue;
    const name = pyText(pyEntry(handler, 'class')?.value)?.split('.').at(-1) ?? '';
    const because = { path: stated.file, line };
    const count = pyEntry(handler, 'backupCount')?.value;
    const kept = count === undefined ? 0 : numberOf(count);
    const leaves = [`${path}.*`];
    if (name === 'TimedRotatingFileHandler') {
      if (kept === 0) {
        const why = 'Django renames its log by time and removes none (TimedRotatingFileHandler)';
        return { why, because, removes: { is: 'nothing' }, leaves };
      }
      return {
        why: `Django renames its log by time and keeps ${kept ?? 'a number that was not understood of'} old files; each of its processes does so for itself, so how long a line stays cannot be told (TimedRotatingFileHandler)`,
        because,
        removes: { is: 'unknown' },
        leaves,
      };
    }
    if (name === 'RotatingFileHandler') {
      const size = pyEntry(handler, 'maxBytes')?.value;
      const bytes = size === undefined ? 0 : numberOf(size);
      // Python's manual: with either at zero it never renames its file.
      if (kept === 0 || bytes === 0) return undefined;
      return {
        why: `Django keeps ${kept ?? 'some'} old files of ${bytes ?? 'some'} bytes (RotatingFileHandler)`,
        because,
        removes: { is: 'by size' },
        leaves,
      };
    }
  }
  return undefined;
};

/** What uWSGI does with its own log (`log-maxsize`), and Django, which may write the same file. */
export const webLogRotation = (
  directives: Directives,
  config: string,
  path: string,
  web: WebSettings | undefined,
): OwnRotation => {
  const last = (name: string) => directives.findLast(each => each.name === name);
  const size = last('log-maxsize');
  const name = last('log-backupname');
  const truncate = last('log-truncate');
  const django = byDjango(web, path);
  if (django !== undefined) return django;
  if (truncate !== undefined && !/^(?:false|0|no)$/i.test(truncate.value)) {
    return {
      why: 'uWSGI empties its log at each start (log-truncate)',
      because: { path: config, line: truncate.line },
      removes: { is: 'unknown' },
    };
  }
  if (size === undefined) {
    return { why: 'uWSGI only appends to its log', removes: { is: 'nothing' } };
  }
  const because = { path: config, line: size.line };
  const limit = size.value.slice(0, 20);
  return name === undefined
    ? {
        why: `uWSGI renames its log when it is larger than ${limit} bytes, and removes none`,
        because,
        removes: { is: 'nothing' },
        leaves: [`${path}.*`],
      }
    : {
        why: `uWSGI keeps one old file of ${limit} bytes (log-backupname)`,
        because,
        removes: { is: 'by size' },
        leaves: [name.value.startsWith('/') ? name.value : `${path}.*`],
      };
};
