import { UsageError } from '../../core/errors.ts';
import type { KnownBaseline, KnownSpeech } from '../../core/known-baseline.ts';
import { knownOf } from '../../detect/baselines/known.ts';
import { HuntBaselines } from '../../store/hunt-baselines.ts';
import { HuntSilences } from '../../store/hunt-silences.ts';
import { HuntState } from '../../store/hunt-state.ts';
import { BaselinesState } from './baselines-state.ts';
import { Collected } from './collected.ts';
import { SilencesState } from './silences-state.ts';

const keyBytes = 32;

/** What baselines know of each component, in the order of their names. @throws UsageError where no hunt ever ran */
export const knownBaselines = (store: string): readonly KnownBaseline[] => {
  if (!HuntState.exists(store)) {
    throw new UsageError(`hunt: ${store} knows nothing that is usual; postern hunt learns it`);
  }
  const state = new HuntState(store, false);
  try {
    const kept = new HuntBaselines(state.database, false);
    // Numbers alone are asked for: what names somebody stays sealed.
    const learnt = new BaselinesState(kept, new Uint8Array(keyBytes), kept.head()?.key ?? '');
    return [...learnt.load().components]
      .flatMap(memory => {
        const day = Math.max(...memory.history.days.keys());
        return Number.isFinite(day) ? (knownOf(memory, day) ?? []) : [];
      })
      .toSorted((a, b) => (a.component < b.component ? -1 : 1));
  } finally {
    state.close();
  }
};

/** At which hours logs have events, in the order of the names of their sources. */
export const knownSpeech = (store: string): readonly KnownSpeech[] => {
  const collected = Collected.of(store);
  const state = new HuntState(store, false);
  try {
    const { sources } = new SilencesState(new HuntSilences(state.database, false)).load();
    return sources
      .map((heard): KnownSpeech => {
        const { name: source, late } = heard;
        const log = collected.nameOf(source);
        return { source, ...(log === source ? {} : { log }), voices: heard.known(), late };
      })
      .toSorted((a, b) => (a.source < b.source ? -1 : 1));
  } finally {
    state.close();
  }
};
