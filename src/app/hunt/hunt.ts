import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type AlertLevel, alertLevels } from '../../core/alert.ts';
import { UsageError } from '../../core/errors.ts';
import { segmentPattern } from '../../core/glob.ts';
import type { HuntReport, ReportedAlert } from '../../core/hunt-report.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { WatchPolicy } from '../../core/watch-policy.ts';
import { exposureKeyBytes, Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { HuntState } from '../../store/hunt-state.ts';
import { storeSegments } from '../events/store-segments.ts';
import { openKey, openOrMakeKey } from '../people/key.ts';
import { AlertBook } from './alerts/alert-book.ts';
import { labelsUnder } from './alerts/labels.ts';
import { Backtest } from './backtest.ts';
import type { HuntSetup } from './hunt-work.ts';
import { loadRules } from './load-rules.ts';
import { type PassDone, runPass } from './pass.ts';
import { linesSince, linesWithin } from './pass-lines.ts';
import type { LoadedRules } from './pipeline.ts';
import type { TimeWindow } from './segment-hunt.ts';
import { Watch } from './watch.ts';

export interface HuntRequest {
  readonly store: string;
  readonly policy: WatchPolicy;
  /** Of `--rules`, and how that was spelt. */
  readonly folders: readonly string[];
  readonly said: string;
  /** Globs over ids of rules; none: all. */
  readonly only: readonly string[];
  /** What is left out of the report, not out of what is remembered. */
  readonly shown: {
    readonly from: AlertLevel;
    /** Globs; none: all. */
    readonly components: readonly string[];
  };
  readonly zone: string | undefined;
  readonly names: boolean;
  /** `givenKey`: where the key of pseudonyms is, unless it lies beside the store. */
  readonly key: string | undefined;
  readonly now: () => number;
  readonly say: (stage: string) => void;
}

/** What every run begins with. */
export interface Prepared {
  readonly rules: LoadedRules;
  readonly setup: Omit<HuntSetup, 'window'>;
}

const everything: TimeWindow = {
  fromMs: Number.NEGATIVE_INFINITY,
  toMs: Number.POSITIVE_INFINITY,
};

/** Two threads look at segments, this one takes in what they find. */
const threads: number = Math.min(2, availableParallelism());

/** @throws UsageError for a folder of rules that is not there */
export const prepareHunt = (request: HuntRequest, baselinesKey?: Uint8Array): Prepared => {
  const { folders, said, policy, only, zone } = request;
  const rules = loadRules({ folders, said, policy, only });
  if (only.length > 0 && rules.alerting.size === 0) {
    throw new UsageError(`hunt: --rule ${only.join(' ')}: there is no such rule`);
  }
  const { rules: run, maps, fields } = rules;
  return {
    rules,
    setup: {
      run: { rules: run, maps, fields },
      zone,
      here: Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...(baselinesKey === undefined ? {} : { baselinesKey }),
    },
  };
};

/** What rules and lines came to, whatever is done with what was found. */
export const reportOf = (
  { rules }: Prepared,
  pass: PassDone,
  notes: readonly string[],
  unseen: readonly Unseen[],
): Omit<HuntReport, 'mode' | 'atMs' | 'alerts' | 'repeated' | 'suppressed'> => {
  const about = new Set(pass.ran.flatMap(({ parts }) => parts.flatMap(each => [...each.rules])));
  const { segments, rows, read, unparsed, firstMs, newestMs } = pass;
  return {
    lines: {
      segments,
      sources: pass.ran.length,
      events: rows,
      read,
      notUnderstood: unparsed,
      ...(firstMs === undefined ? {} : { firstMs }),
      ...(newestMs === undefined ? {} : { lastMs: newestMs }),
    },
    rules: {
      read: rules.all.length,
      run: rules.rules.length,
      about: rules.rules.filter(({ id }) => about.has(id)).length,
      problems: rules.problems,
    },
    notes,
    unseen: [...pass.unseen, ...unseen],
  };
};

const levelOrder = (level: AlertLevel): number => alertLevels.indexOf(level);

const isShown = ({ from, components }: HuntRequest['shown']) => {
  const patterns = components.map(segmentPattern);
  return ({ level, component }: Pick<ReportedAlert, 'level' | 'component'>): boolean =>
    levelOrder(level) >= levelOrder(from) &&
    (patterns.length === 0 || patterns.some(pattern => pattern.test(component)));
};

/** Looks at what was kept since the last time; what it finds is remembered and queued for whoever is to be told. */
export const hunt = async (request: HuntRequest): Promise<HuntReport> => {
  const { store, policy, key: given, now, names, say } = request;
  const unseen: Unseen[] = [];
  const { segments } = storeSegments(store, each => unseen.push(each));
  const pseudonyms = openOrMakeKey({ store, ...(given === undefined ? {} : { given }) });
  const state = new HuntState(store);
  try {
    const key = pseudonyms.forThread();
    const prepared = prepareHunt(request);
    const labelOf = labelsUnder(pseudonyms);
    const book = new AlertBook({ state, policy, labelOf, now });
    const watch = new Watch({
      state,
      rules: prepared.rules,
      key,
      book,
      baselines: undefined,
      now,
      names,
    });
    const before = state.cursors();
    const lines = linesSince(segments, before);
    const pass = await runPass(
      { ...prepared.setup, window: everything, lines, threads, nowMs: now() },
      {
        hit: hit => watch.hit(hit),
        upTo: timeMs => watch.upTo(timeMs),
        digest: () => {},
        progress: (done, of) => say(`segment ${done} of ${of}`),
      },
    );
    const { cursors, ran, newestMs } = pass;
    const taken = watch.commit({ before, cursors, ran, newestMs });
    return {
      mode: 'watch',
      atMs: now(),
      ...reportOf(prepared, pass, watch.notes, unseen),
      alerts: taken.fresh.filter(isShown(request.shown)),
      repeated: taken.repeated,
      suppressed: taken.suppressed,
    };
  } finally {
    state.close();
  }
};

/** The key that is there; else one for this report alone, under which people are told apart and nothing more. */
const keyForReport = (store: string, given: string | undefined): Pseudonyms => {
  try {
    return openKey({ store, ...(given === undefined ? {} : { given }) });
  } catch (thrown) {
    if (!(thrown instanceof UsageError) || given !== undefined) throw thrown;
    return new Pseudonyms(randomBytes(exposureKeyBytes));
  }
};

/** Runs rules over what is kept, whether they saw it or not, and says what they would have told. Writes nothing. */
export const backtest = async (request: HuntRequest, window: TimeWindow): Promise<HuntReport> => {
  const { store, policy, now, names, say } = request;
  const unseen: Unseen[] = [];
  const { segments } = storeSegments(store, each => unseen.push(each));
  const prepared = prepareHunt(request);
  const { rules } = prepared;
  const labelOf = names ? (name: string) => name : labelsUnder(keyForReport(store, request.key));
  const quietMs = policy.quietHours * 3_600_000;
  const tried = new Backtest({ rules, allow: policy.allow, quietMs, labelOf });
  const lines = linesWithin(segments, window);
  const pass = await runPass(
    { ...prepared.setup, window, lines, threads, nowMs: now() },
    {
      hit: hit => tried.hit(hit),
      upTo: timeMs => tried.upTo(timeMs),
      digest: () => {},
      progress: (done, of) => say(`segment ${done} of ${of}`),
    },
  );
  const found = tried.end(pass.newestMs, []);
  const shown = isShown({ ...request.shown, components: [] });
  return {
    mode: 'backtest',
    atMs: now(),
    ...reportOf(prepared, pass, tried.notes, unseen),
    alerts: [],
    repeated: 0,
    suppressed: 0,
    backtest: found.filter(({ level }) => shown({ level, component: '' })),
  };
};
