import type { Alert, AlertLevel, Suppression } from '../../../core/alert.ts';
import { UsageError } from '../../../core/errors.ts';
import type { ReportedAlert } from '../../../core/hunt-report.ts';
import { alertFinding } from '../../../detect/alerts/finding.ts';
import { HuntAlerts } from '../../../store/hunt-alerts.ts';
import { type ChannelState, HuntLetters, type Letter } from '../../../store/hunt-letters.ts';
import { HuntState } from '../../../store/hunt-state.ts';
import { toolVersion } from '../../version.ts';
import { type NamesRequest, namesOf } from './names.ts';
import { shownAlert, worstFirst } from './shown.ts';

export interface ListRequest {
  readonly store: string;
  /** Alerts whose last sighting is not older. */
  readonly fromMs: number;
  /** How people are looked up; absent: they are called by their pseudonyms. */
  readonly names?: Omit<NamesRequest, 'store'>;
  readonly isShown: (alert: { readonly level: AlertLevel; readonly component: string }) => boolean;
}

/** What is remembered of alerts, and who was told. */
export interface ListedAlerts {
  /** The worst first. */
  readonly alerts: readonly ReportedAlert[];
  /** Ids of those of which nobody was told, because all their sightings were suppressed. */
  readonly muted: ReadonlySet<string>;
  /** There are more than are listed. */
  readonly hasMore: boolean;
  readonly suppressions: readonly Suppression[];
  /** What `watch.allow` kept back, by the entry as JSON. */
  readonly allowed: readonly {
    readonly entry: string;
    readonly sightings: number;
    readonly lastMs: number;
  }[];
  readonly channels: readonly ChannelState[];
  /** Messages that did not arrive, dead ones and such as are tried again. */
  readonly undelivered: readonly Letter[];
}

const alertsMax = 10_000;

/** @throws UsageError where nothing was ever found */
const opened = (store: string): HuntState => {
  if (!HuntState.exists(store)) {
    throw new UsageError(`hunt: ${store} has no alerts; postern hunt makes some`);
  }
  return new HuntState(store, false);
};

export const listAlerts = async (request: ListRequest): Promise<ListedAlerts> => {
  const { store, fromMs, names, isShown } = request;
  const state = opened(store);
  try {
    const all = new HuntAlerts(state);
    const letters = new HuntLetters(state);
    const found = all.since(fromMs, alertsMax + 1);
    const kept = found.slice(0, alertsMax).filter(({ alert }) => isShown(alert));
    const alerts = worstFirst(kept.map(({ alert }) => alert));
    const known =
      names === undefined ? new Map<string, string>() : await namesOf(alerts, { ...names, store });
    return {
      alerts: alerts.map(alert => shownAlert(alert, known)),
      muted: new Set(
        kept.filter(each => each.muted >= each.alert.sightings).map(({ alert }) => alert.id),
      ),
      hasMore: found.length > alertsMax,
      suppressions: all.suppressions(),
      allowed: [...all.allowed()].map(([entry, counts]) => ({ entry, ...counts })),
      channels: letters.channels(),
      undelivered: letters.undelivered(),
    };
  } finally {
    state.close();
  }
};

/** Alerts as findings of OCSF 1.8 (2004), in the order of their ids as they are given. */
export const findingsOf = (
  store: string,
  ids: readonly string[],
  nowMs: number,
): readonly object[] => {
  const state = opened(store);
  try {
    const alerts = new HuntAlerts(state);
    return ids.flatMap(id => {
      const alert: Alert | undefined = alerts.get(id)?.alert;
      if (alert === undefined) return [];
      const activity = alert.sightings > 1 ? 'update' : 'create';
      return [alertFinding(alert, { activity, nowMs, version: toolVersion })];
    });
  } finally {
    state.close();
  }
};
