import type { Suppression } from '../../core/alert.ts';
import type { ReportedAlert } from '../../core/hunt-report.ts';
import { oneLine, safeJson, wrap } from '../plain.ts';
import { alertJson } from './json.ts';
import { alertLines } from './text.ts';
import { counted, stamp } from './words.ts';

const columns = 100;
const shownMax = 100;

/** What is remembered of alerts, and who was told. Times are milliseconds since 1970. */
export interface AlertsAnswer {
  readonly alerts: readonly ReportedAlert[];
  readonly muted: ReadonlySet<string>;
  readonly hasMore: boolean;
  readonly suppressions: readonly Suppression[];
  readonly allowed: readonly {
    readonly entry: string;
    readonly sightings: number;
    readonly lastMs: number;
  }[];
  readonly channels: readonly {
    readonly name: string;
    readonly workedMs?: number;
    readonly failedMs?: number;
    readonly failedWhy?: string;
  }[];
  readonly undelivered: readonly {
    readonly id: string;
    readonly channel: string;
    readonly state: 'waiting' | 'dead';
    readonly attempts: number;
    readonly dueMs: number;
    readonly lastWhy?: string;
  }[];
}

const lines = (text: string): readonly string[] => wrap(oneLine(text), columns, '  ').split('\n');

const section = (title: string, rows: readonly string[]): readonly string[] =>
  rows.length === 0 ? [] : ['', title, ...rows.flatMap(lines)];

const suppressionText = ({ alert, until, why, by, rule, component, who }: Suppression): string =>
  `${alert} (${rule}, ${component}${who === '' ? '' : `, ${who}`}) until ${until}, by ${by}: ${why}`;

/** For a terminal; lines are at most 100 columns wide. @param today `2026-06-29`, UTC */
export const alertsText = (answer: AlertsAnswer, verbose: boolean, today: string): string => {
  const { alerts, muted, hasMore, suppressions, allowed, channels, undelivered } = answer;
  const shown = verbose ? alerts : alerts.slice(0, shownMax);
  const more = alerts.length - shown.length;
  const inForce = suppressions.filter(
    ({ until, rule, component, who }, i) =>
      until >= today &&
      suppressions.findIndex(
        each => each.rule === rule && each.component === component && each.who === who,
      ) === i,
  );
  const all = [
    `${counted(alerts.length, 'alert')}${hasMore ? ', and there are more (--since)' : ''}.`,
    ...shown.flatMap(alert => [
      '',
      ...alertLines(alert),
      ...(muted.has(alert.id) ? ['    suppressed: nobody was told'] : []),
    ]),
    ...(more > 0 ? ['', `and ${more} more: --verbose, --format json`] : []),
    ...section('Suppressed:', inForce.map(suppressionText)),
    ...section(
      'Kept back by watch.allow:',
      allowed.map(
        ({ entry, sightings, lastMs }) =>
          `${counted(sightings, 'sighting')}, last ${stamp(lastMs)} UTC: ${entry}`,
      ),
    ),
    ...section(
      'Channels:',
      channels.map(({ name, workedMs, failedMs, failedWhy }) => {
        const worked =
          workedMs === undefined ? 'nothing has arrived' : `arrived ${stamp(workedMs)} UTC`;
        const failed =
          failedMs === undefined ? '' : `; failed ${stamp(failedMs)}: ${failedWhy ?? ''}`;
        return `${name}: ${worked}${failed}`;
      }),
    ),
    ...section(
      'Not delivered:',
      undelivered.map(({ id, channel, state, attempts, dueMs, lastWhy }) => {
        const next =
          state === 'dead'
            ? 'given up; a --notify-test that arrives has it sent anew'
            : `next ${stamp(dueMs)} UTC`;
        return `${id} to ${channel}: ${counted(attempts, 'attempt')}, ${next}${lastWhy === undefined ? '' : `: ${lastWhy}`}`;
      }),
    ),
  ];
  return `${all.join('\n')}\n`;
};

const at = (timeMs: number | undefined): string | undefined =>
  timeMs === undefined ? undefined : new Date(timeMs).toISOString();

/** `postern.hunt-alerts/1` */
export const alertsJson = (answer: AlertsAnswer): string =>
  `${safeJson(
    {
      schema: 'postern.hunt-alerts/1',
      alerts: answer.alerts.map(alert => ({
        ...alertJson(alert),
        muted: answer.muted.has(alert.id),
      })),
      hasMore: answer.hasMore,
      suppressions: answer.suppressions.map(({ madeMs, ...rest }) => ({
        ...rest,
        made: at(madeMs),
      })),
      allowed: answer.allowed.map(({ lastMs, ...rest }) => ({ ...rest, last: at(lastMs) })),
      channels: answer.channels.map(({ name, workedMs, failedMs, failedWhy }) => ({
        name,
        worked: at(workedMs),
        failed: at(failedMs),
        failedWhy,
      })),
      undelivered: answer.undelivered.map(({ id, channel, state, attempts, dueMs, lastWhy }) => ({
        id,
        channel,
        state,
        attempts,
        due: at(dueMs),
        lastWhy,
      })),
    },
    2,
  )}\n`;
