import { statSync } from 'node:fs';
import type { KeptLogs } from '../core/kept-log.ts';
import type { WatchPolicy } from '../core/watch-policy.ts';
import type { RanOver, ToldChannel, WatchedLog, WatchedPart, Watching } from '../core/watching.ts';
import { HuntLetters } from '../store/hunt-letters.ts';
import { HuntState } from '../store/hunt-state.ts';
import { type StoreSegment, storeSegments } from './events/store-segments.ts';
import { loadRules } from './hunt/load-rules.ts';
import { placeOf } from './hunt/notify/place.ts';
import { type NamesOf, stillTold } from './still-told.ts';

export interface WatchingRequest {
  readonly store: string;
  readonly kept: KeptLogs | undefined;
  readonly policy: WatchPolicy;
}

/** Where channels get no sign of life, one that worked within a month counts as one that works. */
const workedDaysOtherwise = 31;

const modifiedMs = ({ path, spool }: StoreSegment): number | undefined => {
  try {
    return statSync(spool?.path ?? path).mtimeMs;
  } catch {
    return undefined;
  }
};

/** Since when lines of a source wait for rules: segments behind the last that a pass saw, or what came to it since. */
const waitsSince = (
  segments: readonly StoreSegment[],
  seq: number,
  ranMs: number | undefined,
): number | undefined => {
  const since = segments.flatMap(segment => {
    if (segment.seq < seq) return [];
    const atMs = modifiedMs(segment);
    if (atMs === undefined) return [];
    if (segment.seq > seq) return [atMs];
    // The last that was seen: whatever came to it afterwards came after the pass.
    return ranMs !== undefined && atMs <= ranMs ? [] : [ranMs ?? atMs];
  });
  return since.length === 0 ? undefined : Math.min(...since);
};

const channelsOf = (policy: WatchPolicy, letters: HuntLetters): readonly ToldChannel[] => {
  const states = new Map(letters.channels().map(each => [each.name, each]));
  const places = letters.places();
  const dead = letters.undelivered().filter(({ state }) => state === 'dead');
  return policy.channels.map((channel): ToldChannel => {
    const { name } = channel;
    const { workedMs, failedMs, failedWhy } = states.get(name) ?? {};
    return {
      name,
      ...(workedMs === undefined ? {} : { workedMs }),
      ...(failedMs === undefined ? {} : { failedMs }),
      ...(failedWhy === undefined ? {} : { failedWhy }),
      ...(channel.kind === 'syslog' && channel.server.startsWith('udp:')
        ? { unsure: 'it goes by UDP, which nobody acknowledges' }
        : {}),
      ...((places.get(name) ?? placeOf(channel)) === placeOf(channel)
        ? {}
        : { unsure: 'nothing was sent there since postern.yaml says another address for it' }),
      // No baseline is that bad, and of rules only those about a named flaw.
      ...(channel.from === 'critical' ? { deaf: 'it asks for critical ones alone' } : {}),
      ...(channel.from === 'high' ? { only: 'only those that are high or critical' } : {}),
      deadLetters: dead.filter(letter => letter.channel === name).length,
    };
  });
};

const watchedLog = (
  source: string,
  ran: RanOver | undefined,
  waits: number | undefined,
  lastPassMs: number,
  told: (part: WatchedPart) => WatchedPart,
): WatchedLog => ({
  source,
  parts: (ran?.parts ?? []).map(told),
  notUnderstood: ran === undefined || ran.events === 0 ? 0 : ran.notUnderstood / ran.events,
  ...(ran?.seenToMs === undefined ? {} : { seenToMs: ran.seenToMs }),
  // A pass looks at all that waits: where nothing does, it was a look at this log, too.
  ...(ran === undefined
    ? {}
    : { ranMs: waits === undefined ? Math.max(ran.ranMs, lastPassMs) : ran.ranMs }),
  ...(waits === undefined ? {} : { waitsSinceMs: waits }),
});

/** By what rules go beside their ids; they are read once one of an entry is asked for. */
const namesIn = (policy: WatchPolicy): NamesOf => {
  if (policy.allow.every(({ rule }) => rule === undefined)) return () => [];
  const { all } = loadRules({ folders: [], said: '', policy });
  const names = new Map(
    all.map(({ id, name, title }) => [id, name === undefined ? [title] : [name, title]]),
  );
  return id => names.get(id) ?? [];
};

/**
 * What hunting came to over the logs that the evidence store has of this host.
 *
 * @returns undefined where nobody ever hunted in this store. @throws where that cannot be read
 */
export const watchingOf = ({ store, kept, policy }: WatchingRequest): Watching | undefined => {
  if (!HuntState.exists(store)) return undefined;
  const state = new HuntState(store, false);
  try {
    const ran = new Map(state.ran().map(each => [each.source, each]));
    const cursors = state.cursors();
    const lastPassMs = Math.max(0, ...[...ran.values()].map(({ ranMs }) => ranMs));
    const told = stillTold(policy, lastPassMs, namesIn(policy));
    const bySource = new Map<string, StoreSegment[]>();
    if (kept !== undefined && kept.logs.size > 0) {
      for (const segment of storeSegments(store, () => {}).segments) {
        const list = bySource.get(segment.source) ?? [];
        list.push(segment);
        bySource.set(segment.source, list);
      }
    }
    const logs = [...(kept?.logs ?? [])].map(([path, { source }]): [string, WatchedLog] => {
      const mine = ran.get(source);
      const seq = cursors.get(source)?.seq ?? 0;
      const waits = waitsSince(bySource.get(source) ?? [], seq, mine?.ranMs);
      return [path, watchedLog(source, mine, waits, lastPassMs, told)];
    });
    const { aliveDays, ranHoursMax } = policy;
    return {
      logs: new Map(logs),
      channels: channelsOf(policy, new HuntLetters(state)),
      ranHoursMax,
      workedDaysMax: aliveDays === 0 ? workedDaysOtherwise : aliveDays + 1,
    };
  } finally {
    state.close();
  }
};
