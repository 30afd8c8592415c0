import type { AccessLog } from '../core/access-log.ts';

/** Syslog severities above `info`, with which mail programs write who logged in and what passed. */
const tooHigh: ReadonlySet<string> = new Set([
  'emerg',
  'alert',
  'crit',
  'err',
  'warning',
  'notice',
]);

/**
 * Why the lines of a log that is written are gone before anybody can read them; undefined when they
 * are not, or when that cannot be told.
 */
export const lostBefore = ({ emitted, sink, trail }: AccessLog): string | undefined => {
  if (emitted === 'off' || trail === undefined || trail.shippedTo !== undefined) return undefined;
  if (sink?.to === 'nowhere') return 'its settings send the lines nowhere';
  if (trail.level !== undefined && tooHigh.has(trail.level)) {
    return `only lines of level ${trail.level} and worse reach ${trail.path ?? 'a file'}, and access is logged below that`;
  }
  return trail.rotation?.keepsDays === 0 && trail.path === undefined
    ? trail.rotation.why
    : undefined;
};
