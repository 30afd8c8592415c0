import type { LogTrail } from '../core/access-log.ts';
import type { KeptLog, KeptLogs } from '../core/kept-log.ts';
import type { Evidence } from '../core/verdict.ts';
import type { Setting } from './question.ts';

/** What an evidence store makes of the question whether one log is kept. */
export interface StoreWord {
  /**
   * `kept`: for the policy's time, without a gap. `young`: without a gap, and not for so long yet. `lost`: lines are
   * gone that the policy asks for, or will be. `open`: nothing accounts for some days. `mute`: the store has nothing to say that can be relied on.
   */
  readonly is: 'kept' | 'young' | 'open' | 'lost' | 'mute';
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly remedy: string;
}

type Asked = Pick<Setting, 'kept' | 'policy' | 'now'>;

const dayMs = 86_400_000;
/** A day is sealed on the day after, or one later where a source was not read to its end. */
const sealedWithinDays = 2;

const dayBefore = (now: Date, days: number): string =>
  new Date(now.getTime() - days * dayMs).toISOString().slice(0, 10);

const daysFrom = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs) + 1;

const feed = '# Have it fed from a timer (cron, systemd):\npostern ingest /var/log';

/** Why nothing that the store says of this log tells how long it is kept; undefined where it does. */
const muteWhy = ({ broken }: KeptLogs, log: KeptLog, now: Date): string | undefined => {
  if (broken !== undefined) return `the evidence store does not verify: ${broken}`;
  const { lastDay, retired, source } = log;
  if (retired) return `the evidence store takes no more lines of ${source}`;
  if (lastDay === undefined) return `the evidence store has not sealed a day of ${source} yet`;
  if (lastDay >= dayBefore(now, 0)) {
    return `the evidence store has sealed days up to ${lastDay}, which is not over`;
  }
  return lastDay < dayBefore(now, sealedWithinDays)
    ? `the evidence store has sealed days up to ${lastDay} only: it is not fed any more`
    : undefined;
};

const witnessed = ({ witnesses }: KeptLogs): string =>
  witnesses === 0
    ? 'no witness has signed the store’s log: whoever holds its key could have written it anew'
    : `${witnesses} witnesses have signed the store’s log`;

const missingWord = (log: KeptLog, from: string): StoreWord | undefined => {
  const missing = log.missing.filter(({ day }) => day >= from);
  const [first] = missing.filter(({ is }) => is === 'lost').concat(missing);
  if (first === undefined) return undefined;
  const more = missing.length === 1 ? '' : `, and ${missing.length - 1} more such days`;
  const why = `of ${first.day} lines of ${log.source} ${first.is === 'lost' ? 'are' : 'may be'} missing in the evidence store: ${first.why}${more}`;
  return {
    is: first.is,
    why,
    evidence: missing.slice(0, 5).map(({ day, why: what }) => ({ what: `${day}: ${what}` })),
    remedy:
      '# Which days, and why:\npostern evidence gaps\n# What is still there of them is taken in by:\npostern ingest /var/log',
  };
};

/** What the store says of a log; undefined where it does not have it. */
export const storeWord = (
  { path }: LogTrail,
  { kept, policy, now }: Asked,
): StoreWord | undefined => {
  const log = path === undefined ? undefined : kept?.logs.get(path);
  if (kept === undefined || log === undefined) return undefined;
  const mute = muteWhy(kept, log, now);
  const { firstDay, lastDay, source, keepsDays } = log;
  if (mute !== undefined || firstDay === undefined || lastDay === undefined) {
    const why = mute ?? `the evidence store holds no day of ${source}`;
    const remedy = kept.broken === undefined ? feed : 'postern evidence verify';
    return { is: 'mute', why, evidence: [{ what: why }], remedy };
  }
  const asked = dayBefore(now, policy.retentionDays);
  if (keepsDays !== null && keepsDays < policy.retentionDays) {
    const why = `the evidence store keeps lines of ${source} for ${keepsDays} days; the policy asks for ${policy.retentionDays} days`;
    const remedy = `postern evidence keep ${policy.retentionDays} ${source} --why 'policy.retentionDays'`;
    return { is: 'lost', why, evidence: [{ what: why }], remedy };
  }
  const from = firstDay > asked ? firstDay : asked;
  const missing = missingWord(log, from);
  if (missing !== undefined) return missing;
  const sealed = `each day of ${source} from ${from} to ${lastDay} (${daysFrom(from, lastDay)} days) is sealed in the evidence store, without a gap`;
  const evidence = [
    { what: sealed },
    {
      what:
        keepsDays === null
          ? 'no policy of the store deletes its lines'
          : `the store’s policy keeps its lines ${keepsDays} days`,
    },
    ...(log.addedDay !== undefined && log.addedDay > from
      ? [
          {
            what: `it was first read on ${log.addedDay}: lines of days before lay in the host’s files until then, and the store shows that they are unaltered since`,
          },
        ]
      : []),
    ...(log.said === true
      ? [{ what: `that its lines come to ${source} is what postern.yaml says` }]
      : []),
    { what: witnessed(kept) },
  ];
  if (firstDay > asked) {
    const why = `${sealed}; the policy asks for ${policy.retentionDays} days, and before ${firstDay} nothing is shown`;
    const remedy = `# Nothing is wrong with what is kept: it is not that old yet. Older rotated files, where there are any,\n# are taken in by:\npostern ingest /var/log`;
    return { is: 'young', why, evidence, remedy };
  }
  return { is: 'kept', why: sealed, evidence, remedy: '' };
};

/** What became of the lines, those included that only the store has. */
export const trailWithStore = (trail: LogTrail, asked: Asked): LogTrail => {
  const word = storeWord(trail, asked);
  const log = trail.path === undefined ? undefined : asked.kept?.logs.get(trail.path);
  if (log?.firstDay === undefined || (word?.is !== 'kept' && word?.is !== 'young')) return trail;
  const { firstDay, keepsDays } = log;
  const oldest = `${firstDay}T00:00:00.000Z`;
  return {
    ...trail,
    ...(trail.oldest === undefined || oldest < trail.oldest ? { oldest } : {}),
    ...(keepsDays === null ? {} : { retainedDays: Math.max(keepsDays, trail.retainedDays ?? 0) }),
  };
};
