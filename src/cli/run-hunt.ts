import { findingsOf } from '../app/hunt/alerts/list-alerts.ts';
import { followHunt, hunt } from '../app/hunt/hunt.ts';
import { runBacktest } from '../app/hunt/run-backtest.ts';
import { toolVersion } from '../app/version.ts';
import { type AlertLevel, alertLevels } from '../core/alert.ts';
import { type ExitCode, exitCodes, UsageError } from '../core/errors.ts';
import type { HuntReport, ReportedAlert } from '../core/hunt-report.ts';
import { backtestJson, huntJson } from '../report/hunt/json.ts';
import { alertLines, huntText } from '../report/hunt/text.ts';
import { oneLine, safeJson } from '../report/plain.ts';
import type { Invocation } from './arguments.ts';
import {
  askedHunt,
  failOnOf,
  type HuntAsked,
  levelOf,
  watchRequestOf,
  windowOf,
} from './hunt-asked.ts';
import { huntFormats } from './hunt-verb.ts';
import { LineWriter } from './line-writer.ts';
import { formatOf, progressLine } from './manner.ts';
import { openOut } from './out.ts';
import type { Outcome } from './outcome.ts';
import { storeFolder, storeToRead } from './store-folder.ts';
import { writeAll } from './write-all.ts';

type Format = (typeof huntFormats)[number];

const levelOrder = (level: AlertLevel): number => alertLevels.indexOf(level);

const crosses = (levels: readonly AlertLevel[], failOn: AlertLevel | 'never'): boolean =>
  failOn !== 'never' && levels.some(level => levelOrder(level) >= levelOrder(failOn));

/** What a hunt found crosses the threshold; of a backtest nothing does, because it is only tried. */
const exitOf = (report: HuntReport, failOn: AlertLevel | 'never'): ExitCode => {
  if (
    crosses(
      report.alerts.map(({ level }) => level),
      failOn,
    )
  )
    return exitCodes.crossed;
  return report.unseen.length > 0 || report.rules.problems.length > 0
    ? exitCodes.unseen
    : exitCodes.done;
};

/** OCSF's findings; of a backtest a line for each rule. */
const findingLines = (report: HuntReport, store: string): readonly string[] => {
  const lines =
    report.backtest?.map(backtestJson) ??
    findingsOf(
      store,
      report.alerts.map(({ id }) => id),
      report.atMs,
    );
  return lines.map(line => `${safeJson(line)}\n`);
};

const render = async (
  format: Format,
  report: HuntReport,
  store: string,
  verbose: boolean,
): Promise<string> => {
  switch (format) {
    case 'text':
      return huntText(report, { verbose });
    case 'json':
      return huntJson(report, toolVersion);
    case 'ndjson':
      return findingLines(report, store).join('');
    case 'html':
      return (await import('../report/hunt/html.ts')).huntHtml(report, toolVersion);
  }
};

/** Lines are looked at once: a run with some of the rules would keep the others from ever seeing them. */
const refuseSome = ({ invocation }: HuntAsked): void => {
  if (!invocation.values.has('rule')) return;
  throw new UsageError(
    'hunt: --rule tries rules over what is kept: add --backtest or --since; watch.without of postern.yaml says which rules do not run',
  );
};

const runNow = async (asked: HuntAsked, format: Format): Promise<Outcome> => {
  const { invocation } = asked;
  const failOn = failOnOf(invocation);
  const window = windowOf(invocation);
  if (window === undefined) refuseSome(asked);
  const store = window === undefined ? storeFolder(invocation) : storeToRead(invocation);
  const { say, end } = progressLine(invocation);
  let report: HuntReport;
  try {
    const request = watchRequestOf(asked, store, say);
    report = await (window === undefined ? hunt(request) : runBacktest(request, window));
  } finally {
    end();
  }
  return {
    text: await render(format, report, store, invocation.switches.has('verbose')),
    exit: exitOf(report, failOn),
    out: invocation.values.get('out'),
  };
};

/** SIGINT and SIGTERM end it in good order; a second one ends it at once. */
const stopping = (): { readonly isStopped: () => boolean; readonly end: () => void } => {
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    end();
  };
  const end = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Whoever closes the terminal does not mean it.
  process.on('SIGHUP', () => {});
  return { isStopped: () => isStopped, end };
};

/** What goes on is written as it is found: an alert at a time. */
const runFollow = async (asked: HuntAsked, format: Format): Promise<Outcome> => {
  const { invocation } = asked;
  const { values, switches } = invocation;
  if (format !== 'text' && format !== 'ndjson') {
    throw new UsageError(`hunt: --follow writes text or ndjson, not ${format}`);
  }
  if (windowOf(invocation) !== undefined) {
    throw new UsageError(
      'hunt: --follow tells of what arrives; leave out --since, --until and --backtest',
    );
  }
  refuseSome(asked);
  const failOn = failOnOf(invocation);
  const quiet = switches.has('quiet');
  const path = values.get('out');
  const out = path === undefined ? undefined : openOut(path);
  const writer = new LineWriter(out);
  const store = storeFolder(invocation);
  const levels = new Set<AlertLevel>();
  let hasUnseen = false;
  const tell = (alerts: readonly ReportedAlert[]): void => {
    for (const alert of alerts) {
      levels.add(alert.level);
      const lines =
        format === 'text'
          ? alertLines(alert)
          : findingsOf(store, [alert.id], Date.now()).map(finding => safeJson(finding));
      for (const line of lines) writer.offer(line);
    }
    writer.flush();
  };
  const stop = stopping();
  try {
    await followHunt({
      ...watchRequestOf(asked, store, () => {}),
      isStopped: stop.isStopped,
      told: tell,
      passed: () => {},
      note: ({ what, why, how }) => {
        hasUnseen = true;
        if (!quiet) writeAll(2, `${oneLine(`${what}: ${why}. ${how}`)}\n`);
      },
    });
  } finally {
    stop.end();
    out?.finish();
  }
  const unseen = hasUnseen ? exitCodes.unseen : exitCodes.done;
  const exit = crosses([...levels], failOn) ? exitCodes.crossed : unseen;
  return { text: '', exit, out: undefined };
};

/** Words that mean something else altogether. */
const otherWays = ['follow', 'events', 'sql', 'notify-test'] as const;

/** `postern hunt [now | rules | alerts | suppress | baselines]`. */
export const runHunt = async (given: Invocation): Promise<Outcome> => {
  const asked = await askedHunt(given);
  const { invocation } = asked;
  const { switches, values } = invocation;
  const format = formatOf(invocation, huntFormats, 'text');
  const { name: action, words } = invocation.action ?? { name: 'now', words: [] };
  const ways = otherWays.filter(each => switches.has(each) || values.has(each));
  if (ways.length > 1 || (ways.length > 0 && action !== 'now')) {
    throw new UsageError(
      `hunt: ${[...(action === 'now' ? [] : [action]), ...ways.map(each => `--${each}`)].join(' and ')} are two things; ask for one`,
    );
  }
  levelOf(invocation, 'level', 'informational');
  switch (action) {
    case 'rules':
      return await (await import('./hunt-lists.ts')).listRules(asked, format);
    case 'alerts':
      return await (await import('./hunt-lists.ts')).listAlertsNow(asked, format);
    case 'suppress':
      return await (await import('./hunt-lists.ts')).suppress(asked, words[0] ?? '');
    case 'baselines':
      return await (await import('./hunt-lists.ts')).listBaselines(asked, format);
    default:
      break;
  }
  const [way] = ways;
  if (way === undefined) return await runNow(asked, format);
  switch (way) {
    case 'follow':
      return await runFollow(asked, format);
    case 'events':
      return await (await import('./hunt-trial.ts')).tryEvents(asked, format);
    case 'sql':
      return await (await import('./hunt-trial.ts')).printSqlOf(asked, format);
    case 'notify-test':
      return await (await import('./hunt-lists.ts')).testChannels(asked, format);
  }
};
