import { hostname } from 'node:os';
import type { HuntReport, ReportedAlert } from '../../core/hunt-report.ts';
import type { Unseen } from '../../core/unseen.ts';
import { HuntState } from '../../store/hunt-state.ts';
import { storeSegments } from '../events/store-segments.ts';
import { zonesOf } from '../ingest/zones.ts';
import { openOrMakeKey } from '../people/key.ts';
import { labelsUnder } from './alerts/labels.ts';
import { openAlerts } from './alerts/open-alerts.ts';
import { StoreBaselines } from './baselines.ts';
import { baselinesKey } from './baselines-names.ts';
import { Collected } from './collected.ts';
import { type FollowPace, follow, type OpenedWatch } from './follow.ts';
import { type PassDone, runPass } from './pass.ts';
import { linesSince } from './pass-lines.ts';
import type { Alerts } from './pipeline.ts';
import {
  asksFor,
  everything,
  type HuntRequest,
  isShown,
  type Prepared,
  prepareHunt,
  reportOf,
  threads,
} from './prepare.ts';
import { StoreSilences } from './silences.ts';
import { Watch } from './watch.ts';

/** A hunt that remembers, and tells somebody. */
export interface WatchRequest extends HuntRequest {
  /** What paths of `postern.yaml` are relative to. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly organisation: string | undefined;
  /** Nothing is sent anywhere; what is to be told waits. */
  readonly offline: boolean;
}

/** How long a run that ends waits for a second attempt to deliver something. */
const patienceMs = 10_000;

interface Session {
  readonly state: HuntState;
  readonly prepared: Prepared;
  readonly alerts: Alerts;
  /** @param collected how logs were collected before their lines were looked for */
  readonly openWatch: (collected: Collected) => OpenedWatch;
}

const open = (
  request: WatchRequest,
  state: HuntState,
  note: (unseen: Unseen) => void,
  /** Lines go on coming while it runs. */
  isLive: boolean,
): Session => {
  const {
    store,
    policy,
    key: given,
    now,
    names,
    zone,
    folder,
    environment,
    organisation,
  } = request;
  const pseudonyms = openOrMakeKey({ store, ...(given === undefined ? {} : { given }) });
  const key = pseudonyms.forThread();
  const prepared = prepareHunt(request, baselinesKey(key));
  const { here } = prepared.setup;
  const alerts = openAlerts({
    store,
    state,
    policy,
    labelOf: labelsUnder(pseudonyms),
    zoneOf: zonesOf(zone, 'hunt: --zone', here),
    folder,
    environment,
    host: hostname(),
    ...(organisation === undefined ? {} : { organisation }),
    now,
    patienceMs: isLive ? 0 : patienceMs,
    note,
  });
  const openWatch = (collected: Collected): OpenedWatch => {
    const silences = new StoreSilences({
      state,
      collected,
      now,
      readHoursMax: policy.ranHoursMax,
    });
    const baselines = new StoreBaselines({
      state,
      key,
      now,
      isLive,
      asksFor: asksFor(request),
      silences,
    });
    const watch = new Watch({
      state,
      rules: prepared.rules,
      key,
      book: alerts,
      baselines,
      now,
      names,
    });
    return {
      watch,
      digest: (tally, segment) => {
        baselines.take(tally, segment);
      },
      missed: segment => {
        silences.missed(segment);
      },
      look: next => {
        silences.look(next);
      },
    };
  };
  return { state, prepared, alerts, openWatch };
};

/** Sends what waits; what does not arrive is said, and waits on. */
const deliver = async (alerts: Alerts, { offline }: WatchRequest): Promise<readonly string[]> => {
  if (offline) return [];
  return await alerts.deliver();
};

/** Looks at what was kept since the last time; what it finds is remembered and told. */
export const hunt = async (request: WatchRequest): Promise<HuntReport> => {
  const { store, now, say } = request;
  const unseen: Unseen[] = [];
  const note = (each: Unseen): void => {
    unseen.push(each);
  };
  const collected = Collected.of(store);
  const { segments } = storeSegments(store, note);
  const state = new HuntState(store);
  try {
    const { prepared, alerts, openWatch } = open(request, state, note, false);
    // What another hunt writes down meanwhile must not come between the two.
    const { before, watch, digest, missed } = state.transaction(() => ({
      ...openWatch(collected),
      before: state.cursors(),
    }));
    const pass = await runPass(
      {
        ...prepared.setup,
        window: everything,
        lines: linesSince(segments, before),
        threads,
        nowMs: now(),
      },
      {
        hits: batch => watch.hits(batch),
        upTo: timeMs => watch.upTo(timeMs),
        digest,
        missed,
        progress: (done, of) => say(`segment ${done} of ${of}`),
      },
    );
    const { cursors, ran, newestMs } = pass;
    const taken = watch.commit({ before, cursors, ran, newestMs });
    say('telling');
    const notes = [...watch.notes, ...(await deliver(alerts, request))];
    return {
      mode: 'watch',
      atMs: now(),
      ...reportOf(prepared.rules, pass, notes, unseen),
      alerts: taken.fresh.filter(isShown(request.shown)),
      repeated: taken.repeated,
      suppressed: taken.suppressed,
    };
  } finally {
    state.close();
  }
};

export interface FollowRequest extends WatchRequest {
  readonly pace?: Partial<FollowPace>;
  readonly isStopped: () => boolean;
  readonly told: (alerts: readonly ReportedAlert[]) => void;
  readonly passed: (pass: PassDone) => void;
  readonly note: (unseen: Unseen) => void;
}

/** Looks at what arrives until it is stopped. */
export const followHunt = async (request: FollowRequest): Promise<void> => {
  const { store, now, isStopped, told, passed, note, offline, shown, pace } = request;
  const state = new HuntState(store);
  try {
    const { prepared, alerts, openWatch } = open(request, state, note, true);
    for (const { path, line, why } of prepared.rules.problems) {
      note({ what: `${path}:${line}`, why, how: 'postern hunt rules lists all of them.' });
    }
    await follow({
      store,
      state,
      setup: { ...prepared.setup, window: everything },
      open: openWatch,
      alerts: offline ? { deliver: async () => await Promise.resolve([]) } : alerts,
      threads,
      now,
      isStopped,
      told: fresh => told(fresh.filter(isShown(shown))),
      passed,
      note,
      ...(pace === undefined ? {} : { pace }),
    });
  } finally {
    state.close();
  }
};
