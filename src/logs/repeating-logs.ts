import type { AccessEvent } from '../core/access-event.ts';
import type { ReadLine } from './read-log.ts';

/** `rejectlog.1.gz`, `exim_paniclog-20260629`, `reject.log`: as Exim, distributions and cPanel call them. */
const eximsOther = /(?:^|\/)(?:exim\d?[_-]?)?(?:reject|panic)[_-]?\.?log(?=$|[.\-_\d])/i;

/** The one line that Exim writes to its reject log alone. */
const rejectLogsOwn = /^unqualified verify rejected: /;

const repeats = (log: string, format: string, event: AccessEvent): boolean =>
  format === 'exim' && eximsOther.test(log) && !rejectLogsOwn.test(event.detail ?? '');

/**
 * What was read of a line of this log. Exim writes what it refuses to its main log and again to its reject log,
 * what goes wrong to its panic log too: events of those two are marked as repeated.
 *
 * @param log path or name of the file.
 */
export const readIn = (log: string, read: ReadLine): ReadLine => {
  const { parsed, format } = read;
  if (format === undefined || !('event' in parsed) || !repeats(log, format, parsed.event)) {
    return read;
  }
  const flags = [...(parsed.event.flags ?? []), 'repeats' as const];
  return { ...read, parsed: { event: { ...parsed.event, flags } } };
};
