import type { KnownBaseline, KnownLevel } from '../../core/known-baseline.ts';
import { learningDays } from './judgement.ts';
import type { ComponentMemory, SubjectKind } from './memory.ts';
import { subjectKinds } from './memory.ts';

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
  const level = (measure: 'window' | 'hour' | 'reads' | 'events'): KnownLevel => {
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
