import type { Suppression } from '../../../core/alert.ts';
import { UsageError } from '../../../core/errors.ts';
import { dayOfMs } from '../../../detect/alerts/allowed.ts';
import { alertFinding } from '../../../detect/alerts/finding.ts';
import { isDay } from '../../../evidence/days.ts';
import { HuntAlerts } from '../../../store/hunt-alerts.ts';
import { HuntState } from '../../../store/hunt-state.ts';
import { toolVersion } from '../../version.ts';
import { lockLetters, writeFindings } from './findings-file.ts';

export interface SuppressRequest {
  readonly store: string;
  /** Id of an alert, or enough of its beginning. */
  readonly alert: string;
  /** Last day on which it holds; a day before today takes an earlier decision back. */
  readonly until: string;
  readonly why: string;
  /** Who decides. */
  readonly by: string;
  readonly nowMs: number;
}

interface Decided extends Suppression {
  /** Of the rule. */
  readonly title: string;
  /** Whether its day is past: it takes an earlier decision back. */
  readonly isOver: boolean;
}

/** A suppression that nobody has to look at again is a blind spot. */
const daysMax = 366;
const dayMs = 86_400_000;

/**
 * Has nobody told of what the alert's rule sees of the same component and person, until a day is over.
 *
 * @throws UsageError where there is no such alert or day
 */
export const suppressAlert = (request: SuppressRequest): Decided => {
  const { store, until, why, by, nowMs } = request;
  if (!isDay(until)) {
    throw new UsageError(
      `hunt suppress: --until "${until.slice(0, 40)}": expected a day, yyyy-mm-dd`,
    );
  }
  if (until > dayOfMs(nowMs + daysMax * dayMs)) {
    throw new UsageError(
      `hunt suppress: --until ${until}: at most a year; what is right for good belongs into watch.allow of postern.yaml`,
    );
  }
  if (why.trim() === '') throw new UsageError('hunt suppress: --why: expected a reason');
  if (!HuntState.exists(store)) {
    throw new UsageError(`hunt suppress: ${store} has no alerts; postern hunt makes some`);
  }
  const state = new HuntState(store);
  try {
    const alerts = new HuntAlerts(state);
    const matching = /^a[0-9a-f]{1,10}$/.test(request.alert) ? alerts.beginning(request.alert) : [];
    const [found, other] = matching;
    if (found === undefined || other !== undefined) {
      throw new UsageError(
        found === undefined
          ? `hunt suppress: "${request.alert.slice(0, 40)}": there is no such alert; postern hunt alerts lists them`
          : `hunt suppress: "${request.alert}": several alerts begin so: write more of it`,
      );
    }
    const { alert } = found;
    const { id, rule, component, who, title } = alert;
    const decided: Suppression = {
      alert: id,
      rule,
      component,
      who,
      until,
      why: why.trim().slice(0, 1_000),
      by,
      madeMs: nowMs,
    };
    const isOver = until < dayOfMs(nowMs);
    state.transaction(() => {
      alerts.suppress(decided);
      const finding = alertFinding(alert, {
        activity: 'update',
        nowMs,
        version: toolVersion,
        ...(isOver ? {} : { suppressed: decided }),
      });
      alerts.putFinding(dayOfMs(nowMs), JSON.stringify(finding));
      // What waits for the next digest need not be told any more.
      if (!isOver) alerts.unqueue(decided);
    });
    const release = lockLetters(store);
    if (release !== undefined) {
      try {
        writeFindings(store, state);
      } finally {
        release();
      }
    }
    return { ...decided, title, isOver };
  } finally {
    state.close();
  }
};
