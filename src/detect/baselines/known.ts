import { learningDays } from './judgement.ts';
import type { ComponentMemory, SubjectKind } from './memory.ts';
import { subjectKinds } from './memory.ts';

/** What baselines know of a component, as a table tells it. */
export interface KnownBaseline {
  readonly component: string;
  /** Days with lines, of those that are remembered; the first and the last of them. */
  readonly days: number;
  readonly firstDay: number;
  readonly lastDay: number;
  /** Days of before it says anything; 0: it does. */
  readonly daysToLearn: number;
  readonly usual: {
    /** Of mailboxes: within ten minutes and within an hour; median of those in which there was anything, and highest. */
    readonly window: Level;
    readonly hour: Level;
    /** Of events that tell of reading, within an hour, without the three mailboxes of which most was read. */
    readonly reads: Level;
    /** Of events that did not fail, within an hour. */
    readonly events: Level;
  };
  readonly followed: Readonly<Record<SubjectKind, number>>;
  /** Addresses that anybody came from. */
  readonly addresses: number;
  /** Events that came after their time had been judged, and are in no baseline. */
  readonly late: number;
  /** What there was no room for, in sentences. */
  readonly limits: readonly string[];
}

interface Level {
  readonly median: number;
  readonly highest: number;
}

const nameOfKind: Readonly<Record<SubjectKind, string>> = {
  actor: 'accounts that act for others',
  app: 'applications',
  address: 'shared addresses',
  account: 'accounts',
};

/** @param day up to which, that one included */
export const knownOf = (memory: ComponentMemory, day: number): KnownBaseline | undefined => {
  const { history, name, subjects, seen } = memory;
  const firstDay = memory.firstDay(day + 1);
  if (firstDay === undefined) return undefined;
  const days = memory.observedDays(day + 1);
  const level = (measure: 'window' | 'hour' | 'reads' | 'events'): Level => {
    const { median, highest } = history.whole(measure, (day + 1) * 24);
    return { median, highest };
  };
  const followed = { actor: 0, app: 0, address: 0, account: 0 };
  for (const kind of subjectKinds) followed[kind] = subjects.get(kind)?.size ?? 0;
  const limits = [
    ...(memory.crowded > 0
      ? ['There are more accounts, applications or addresses than are followed.']
      : []),
    ...(seen.isFull ? ['There are more addresses than are remembered: none is told as new.'] : []),
  ];
  return {
    component: name,
    days,
    firstDay,
    lastDay: Math.max(...history.days.keys()),
    daysToLearn: Math.max(0, learningDays - days),
    usual: {
      window: level('window'),
      hour: level('hour'),
      reads: level('reads'),
      events: level('events'),
    },
    followed,
    addresses: seen.days.size,
    late: memory.late,
    limits,
  };
};

/** Names of baselines that say something of a component; why there is none, where there is none. */
export const baselinesOf = (
  memory: ComponentMemory | undefined,
): { readonly baselines: readonly string[]; readonly noBaseline?: string } => {
  const last =
    memory === undefined ? -Infinity : Math.max(-Infinity, ...memory.history.days.keys());
  if (memory === undefined || last === -Infinity) {
    return { baselines: [], noBaseline: 'nothing of it was learnt yet' };
  }
  const days = memory.observedDays(last + 1);
  if (days < learningDays) {
    const noBaseline = `it is learnt: ${days} of ${learningDays} days with lines so far`;
    return { baselines: [], noBaseline };
  }
  const entered = memory.history.whole('hour', (last + 1) * 24).highest > 0;
  const own = entered ? ['mailboxes', 'reads', 'volume'] : ['volume'];
  const followed = subjectKinds.filter(kind => (memory.subjects.get(kind)?.size ?? 0) > 0);
  return { baselines: [...own, ...followed.map(kind => nameOfKind[kind])] };
};
