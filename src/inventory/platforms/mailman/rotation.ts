import type { OwnRotation } from '../../../core/access-log.ts';
import type { readDirectives } from '../../syntax/directives.ts';
import { type PyValue, pyEntry, pySetting, pyText } from '../../syntax/python-literals.ts';
import type { WebSettings } from './web.ts';

type Directives = ReturnType<typeof readDirectives>;

/** Absent or a plain zero; a sum or a product is something else. */
const isZero = (value: PyValue | undefined): boolean =>
  value === undefined || (value.is === 'other' && value.text.trim() === '0');

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
    const keepsNone = isZero(pyEntry(handler, 'backupCount')?.value);
    const leaves = [`${path}.*`];
    if (name === 'TimedRotatingFileHandler') {
      if (keepsNone) {
        const why = 'Django renames its log by time and removes none (TimedRotatingFileHandler)';
        return { why, because, removes: { is: 'nothing' }, leaves };
      }
      return {
        why: 'Django renames its log by time and keeps backupCount old files; each of its processes does so for itself, so how long a line stays cannot be told (TimedRotatingFileHandler)',
        because,
        removes: { is: 'unknown' },
        leaves,
      };
    }
    if (name === 'RotatingFileHandler') {
      // Python's manual: with either at zero it never renames its file.
      if (keepsNone || isZero(pyEntry(handler, 'maxBytes')?.value)) return undefined;
      return {
        why: 'Django keeps backupCount old files of maxBytes each (RotatingFileHandler)',
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
