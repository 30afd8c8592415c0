import type { Alert } from '../../../core/alert.ts';
import { withNames } from '../../../detect/alerts/anonymous.ts';
import { levelOrder } from '../../../detect/alerts/join.ts';
import type { ShownAlert } from '../pipeline.ts';

/** Alerts about one component and one person, which belong together. */
export interface AlertGroup {
  readonly component: string;
  readonly who: string;
  /** The worst first. */
  readonly alerts: readonly Alert[];
}

const worse = (a: Alert, b: Alert): number =>
  levelOrder(b.level) - levelOrder(a.level) || b.lastMs - a.lastMs || (a.id < b.id ? -1 : 1);

/** By component and person; the group with the worst alert first, of equals the newest. */
export const groupsOf = (alerts: readonly Alert[]): readonly AlertGroup[] => {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts.toSorted(worse)) {
    // Nobody in particular is not one person.
    const key = `${alert.component}\0${alert.who === '' ? alert.rule : alert.who}`;
    const group = groups.get(key) ?? [];
    group.push(alert);
    groups.set(key, group);
  }
  return [...groups.values()].map(group => ({
    component: group[0]?.component ?? '',
    who: group[0]?.who ?? '',
    alerts: group,
  }));
};

export const worstFirst = (alerts: readonly Alert[]): readonly Alert[] =>
  groupsOf(alerts).flatMap(group => group.alerts);

/** @param names by label, of those that are to be named */
export const shownAlert = (alert: Alert, names: ReadonlyMap<string, string>): ShownAlert => {
  const {
    id,
    rule,
    title,
    level,
    component,
    who,
    firstMs,
    lastMs,
    tags,
    sightings,
    events,
    lines,
  } = alert;
  return {
    id,
    rule,
    title,
    level,
    component,
    ...(who === '' ? {} : { who: names.get(who) ?? who }),
    firstMs,
    lastMs,
    sentence: withNames(alert.sentence, names),
    tags,
    sightings,
    events,
    lines,
  };
};
