import { existsSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { suppressAlert } from '../app/hunt/alerts/decide.ts';
import { openLabels } from '../app/hunt/alerts/labels.ts';
import { findingsOf, listAlerts } from '../app/hunt/alerts/list-alerts.ts';
import { testChannels as sendTests } from '../app/hunt/notify/test-channels.ts';
import { isShown } from '../app/hunt/prepare.ts';
import { zonesOf } from '../app/ingest/zones.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import type { Unseen } from '../core/unseen.ts';
import { alertsJson, alertsText } from '../report/hunt/alerts-text.ts';
import { baselinesJson, baselinesText } from '../report/hunt/baselines-text.ts';
import { oneLine, safeJson } from '../report/plain.ts';
import { spellingOf } from './arguments.ts';
import { type HuntAsked, rulesOf, watchRequestOf, windowOf } from './hunt-asked.ts';
import type { huntFormats } from './hunt-verb.ts';
import type { Outcome } from './outcome.ts';
import { storeFolder, storeToRead } from './store-folder.ts';
import { writeAll } from './write-all.ts';

type Format = (typeof huntFormats)[number];

const only = (format: Format, what: string, ...formats: readonly Format[]): void => {
  if (formats.includes(format)) return;
  throw new UsageError(`hunt ${what}: --format ${format}: expected ${formats.join(' or ')}`);
};

const tellUnseen = ({ invocation }: HuntAsked, unseen: readonly Unseen[]): void => {
  if (invocation.switches.has('quiet')) return;
  for (const { what, why, how } of unseen.slice(0, 20)) {
    writeAll(2, `${oneLine(`not seen: ${what}: ${why}. ${how}`)}\n`);
  }
};

/** `postern hunt rules` */
export const listRules = async (asked: HuntAsked, format: Format): Promise<Outcome> => {
  only(format, 'rules', 'text', 'json');
  const { invocation, configuration } = asked;
  const { applicableRules } = await import('../app/hunt/applicable.ts');
  const store = storeToRead(invocation);
  const { unseen, ...fits } = await applicableRules({
    ...rulesOf(invocation),
    policy: configuration.watch,
    store: existsSync(store) ? store : undefined,
    zone: invocation.values.get('zone'),
  });
  tellUnseen(asked, unseen);
  const { fitsText } = await import('../report/hunt/fits-text.ts');
  const text =
    format === 'json'
      ? `${safeJson({ schema: 'postern.hunt-rules/1', ...fits, unseen }, 2)}\n`
      : fitsText(fits, { verbose: invocation.switches.has('verbose') });
  const isBlind = unseen.length > 0 || fits.problems.length > 0;
  return {
    text,
    exit: isBlind ? exitCodes.unseen : exitCodes.done,
    out: invocation.values.get('out'),
  };
};

/** `postern hunt alerts` */
export const listAlertsNow = async (asked: HuntAsked, format: Format): Promise<Outcome> => {
  only(format, 'alerts', 'text', 'json', 'ndjson');
  const { invocation } = asked;
  const { switches, values } = invocation;
  const store = storeToRead(invocation);
  const { shown, zone, key } = watchRequestOf(asked, store, () => {});
  const nowMs = Date.now();
  const unseen: Unseen[] = [];
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const answer = await listAlerts({
    store,
    fromMs: windowOf(invocation)?.fromMs ?? Number.MIN_SAFE_INTEGER,
    isShown: isShown(shown),
    ...(switches.has('names')
      ? {
          names: {
            labelOf: openLabels(store, key),
            zoneOf: zonesOf(zone, 'hunt: --zone', here),
            note: (each: Unseen) => void unseen.push(each),
          },
        }
      : {}),
  });
  tellUnseen(asked, unseen);
  let text: string;
  if (format === 'json') text = alertsJson(answer);
  else if (format === 'ndjson') {
    const ids = answer.alerts.map(({ id }) => id);
    text = findingsOf(store, ids, nowMs)
      .map(finding => `${safeJson(finding)}\n`)
      .join('');
  } else {
    const today = new Date(nowMs).toISOString().slice(0, 10);
    text = alertsText(answer, switches.has('verbose'), today);
  }
  const exit = unseen.length > 0 ? exitCodes.unseen : exitCodes.done;
  return { text, exit, out: values.get('out') };
};

/** `postern hunt baselines` */
export const listBaselines = async (asked: HuntAsked, format: Format): Promise<Outcome> => {
  only(format, 'baselines', 'text', 'json');
  const { knownBaselines, knownSpeech } = await import('../app/hunt/baselines-known.ts');
  const store = storeToRead(asked.invocation);
  const known = knownBaselines(store);
  const speech = knownSpeech(store);
  return {
    text: format === 'json' ? baselinesJson(known, speech) : baselinesText(known, speech),
    exit: exitCodes.done,
    out: asked.invocation.values.get('out'),
  };
};

/** `postern hunt suppress ALERT` */
export const suppress = async (asked: HuntAsked, alert: string): Promise<Outcome> => {
  const { invocation } = asked;
  const { values } = invocation;
  const until = values.get('until');
  const why = values.get('why');
  if (until === undefined) throw new UsageError('hunt suppress: --until DAY is missing');
  if (why === undefined) throw new UsageError('hunt suppress: --why TEXT is missing');
  const decided = suppressAlert({
    store: storeFolder(invocation),
    alert,
    until,
    why,
    by: values.get('by') ?? userInfo().username,
    nowMs: Date.now(),
  });
  const { title, component, who, isOver } = decided;
  const of = [component, ...(who === '' ? [] : [who])].join(', ');
  return await Promise.resolve({
    text: isOver
      ? `"${title}" about ${of} is told again: ${until} is over\n`
      : `nobody is told of "${title}" about ${of} until ${until} is over (UTC)\n`,
    exit: exitCodes.done,
    out: values.get('out'),
  });
};

/** `postern hunt --notify-test` */
export const testChannels = async (asked: HuntAsked, format: Format): Promise<Outcome> => {
  only(format, '--notify-test', 'text', 'json');
  const { invocation, configuration } = asked;
  if (invocation.switches.has('offline')) {
    throw new UsageError(`hunt: ${spellingOf(invocation, 'offline')}: a test sends something`);
  }
  const { watch, folder = '.', organisation } = configuration;
  if (watch.channels.length === 0) {
    throw new UsageError(
      'hunt: --notify-test: postern.yaml names no channel (watch.channels); docs/alerts.md says how',
    );
  }
  const tested = await sendTests({
    store: storeFolder(invocation),
    policy: watch,
    folder,
    environment: process.env,
    host: hostname(),
    ...(organisation === undefined ? {} : { organisation }),
    now: Date.now,
  });
  const text =
    format === 'json'
      ? `${safeJson({ schema: 'postern.hunt-channels/1', channels: tested }, 2)}\n`
      : tested
          .map(
            ({ name, kind, ok, why }) =>
              `${oneLine(`${name} (${kind}): ${ok ? 'taken' : 'NOT taken'}${why === undefined ? '' : `: ${why}`}`)}\n`,
          )
          .join('');
  const isBad = tested.some(({ ok }) => !ok);
  return {
    text,
    exit: isBad ? exitCodes.crossed : exitCodes.done,
    out: invocation.values.get('out'),
  };
};
