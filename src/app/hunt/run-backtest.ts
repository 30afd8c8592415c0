import { randomBytes } from 'node:crypto';
import { UsageError } from '../../core/errors.ts';
import type { HuntReport } from '../../core/hunt-report.ts';
import type { Unseen } from '../../core/unseen.ts';
import { daysKept } from '../../detect/baselines/history.ts';
import { BaselineLearner } from '../../detect/baselines/learner.ts';
import { lostSightings } from '../../detect/silence/collection.ts';
import { SilenceLearner } from '../../detect/silence/learner.ts';
import { exposureKeyBytes, Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { spanOf } from '../events/ask.ts';
import { storeSegments } from '../events/store-segments.ts';
import { openKey } from '../people/key.ts';
import { labelsUnder } from './alerts/labels.ts';
import { Backtest } from './backtest.ts';
import { baselinesKey } from './baselines-names.ts';
import { Collected } from './collected.ts';
import { runPass } from './pass.ts';
import { linesWithin } from './pass-lines.ts';
import { asksFor, type HuntRequest, isShown, prepareHunt, reportOf, threads } from './prepare.ts';
import type { TimeWindow } from './segment-hunt.ts';
import { pastOf } from './silences.ts';

/** The key that is there; else one for this report alone, under which people are told apart and nothing more. */
const keyForReport = (store: string, given: string | undefined): Pseudonyms => {
  try {
    return openKey({ store, ...(given === undefined ? {} : { given }) });
  } catch (thrown) {
    if (!(thrown instanceof UsageError) || given !== undefined) throw thrown;
    return new Pseudonyms(randomBytes(exposureKeyBytes));
  }
};

const dayMs = 86_400_000;

/** Runs rules over what is kept, whether they saw it or not, and says what they would have told. Writes nothing. */
export const runBacktest = async (
  request: HuntRequest,
  window: TimeWindow,
): Promise<HuntReport> => {
  const { store, policy, now, names, say } = request;
  const unseen: Unseen[] = [];
  const collected = Collected.of(store);
  const { segments } = storeSegments(store, each => unseen.push(each));
  const pseudonyms = keyForReport(store, request.key);
  const prepared = prepareHunt(request, baselinesKey(pseudonyms.forThread()));
  const { rules } = prepared;
  const labelOf = names ? (name: string) => name : labelsUnder(pseudonyms);
  const quietMs = policy.quietHours * 3_600_000;
  const tried = new Backtest({ rules, allow: policy.allow, quietMs, labelOf });
  const learner = new BaselineLearner({ components: [], keptDays: [] });
  const silences = new SilenceLearner([], collected);
  // Rules are asked of what lies in the window alone; baselines learn from what was before.
  const lines = linesWithin(segments, { ...window, fromMs: window.fromMs - daysKept * dayMs });
  const pass = await runPass(
    { ...prepared.setup, window, lines, threads, nowMs: now() },
    {
      hits: batch => tried.hits(batch),
      upTo: timeMs => tried.upTo(timeMs),
      digest: ({ heard, ...digest }, segment) => {
        learner.take(digest, spanOf(segment)[0]);
        if (heard !== undefined) silences.take(pastOf(heard, now()));
      },
      missed: ({ source, firstMs, lastMs }) => {
        if (firstMs === undefined || lastMs === undefined) return;
        collected.damaged(source, firstMs, lastMs);
        silences.missed(source, firstMs, lastMs);
      },
      progress: (done, of) => say(`segment ${done} of ${of}`),
    },
  );
  const isAsked = asksFor(request);
  const lost = lostSightings(collected.missing, collected, now());
  const unusual = [...learner.end(now(), () => false), ...silences.end(), ...lost].filter(
    ({ rule, timeMs }) => isAsked(rule) && timeMs >= window.fromMs && timeMs <= window.toMs,
  );
  const found = tried.end(pass.newestMs, unusual);
  const shown = isShown({ ...request.shown, components: [] });
  return {
    mode: 'backtest',
    atMs: now(),
    ...reportOf(rules, pass, tried.notes, unseen),
    alerts: [],
    repeated: 0,
    suppressed: 0,
    backtest: found.filter(({ level }) => shown({ level, component: '' })),
  };
};
