import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Unseen } from '../../core/unseen.ts';
import type { Doubt } from '../../scope/bounds.ts';
import type { Breach } from '../../scope/breach.ts';
import { ScopePlan } from '../../scope/plan.ts';
import { shownWithoutEvents } from '../../scope/reach.ts';
import { storeSegments } from '../events/store-segments.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { customersFolder } from '../people/customer-files.ts';
import { type EngineAnswer, type EngineRequest, scopeBounds } from './engine.ts';
import type { Linked } from './linked.ts';
import { type ReadBreach, readBreach } from './read-breach.ts';
import type { ScopeNames } from './resolve.ts';

export interface BothBoundsRequest
  extends Pick<EngineRequest, 'domains' | 'memoryBytesMax' | 'threads' | 'take'> {
  readonly store: string;
  /** What is asked about together: people are counted once over all of it. */
  readonly breaches: readonly Breach[];
  readonly linked: Linked;
  readonly names: ScopeNames | undefined;
  readonly zoneOf: ZoneOf;
  readonly note: (unseen: Unseen) => void;
}

export interface BothBounds extends EngineAnswer {
  /** What was read for each breach. */
  readonly read: readonly ReadBreach[];
  /** How long that took. */
  readonly readMs: number;
}

const folderOf = (store: string, { about }: Linked): string | undefined =>
  about.customers === null ? undefined : join(store, customersFolder, about.customers.folder);

const gapDoubts = (breaches: readonly Breach[]): readonly Doubt[] =>
  breaches.flatMap(({ gaps }) =>
    gaps.map(({ log, why, is }) => ({
      is: 'gap' as const,
      what: `${log}: ${is === 'open' ? 'nothing accounts for its lines' : why}`,
      count: 1,
      evidenced: false,
    })),
  );

/** Whose data was within reach, and whose was taken: what is stored is read, joined and counted. */
export const bothBounds = async (request: BothBoundsRequest): Promise<BothBounds> => {
  const { store, breaches, linked, names, zoneOf, note, threads = 2 } = request;
  const plan = new ScopePlan(names === undefined ? undefined : id => names.messageId(id));
  const hasLogs = existsSync(join(store, 'state.sqlite')) || existsSync(join(store, 'segments'));
  const segments = hasLogs ? storeSegments(store, note).segments : [];
  // Names that are known without their key are looked up in this thread alone.
  const key = names?.forThread?.();
  const mayBeHelped = threads > 1 && (names === undefined || key !== undefined);
  const help = mayBeHelped ? { key } : undefined;
  const started = performance.now();
  const read: ReadBreach[] = [];
  for (const breach of breaches) {
    for (const shown of shownWithoutEvents(breach)) plan.add(shown);
    read.push(await readBreach({ breach, segments, zoneOf, note, plan, help }));
  }
  const readMs = performance.now() - started;
  const unparsed = read.reduce((sum, each) => sum + each.unparsed, 0);
  const doubts: readonly Doubt[] = [
    ...gapDoubts(breaches),
    ...(unparsed === 0
      ? []
      : [
          {
            is: 'log-not-read' as const,
            what: 'lines of logs that no format understands',
            count: unparsed,
            evidenced: true,
          },
        ]),
  ];
  const answer = await scopeBounds({
    ...request,
    plan,
    customersFolder: folderOf(store, linked),
    doubts,
    untilMs: breaches.reduce((most, { window }) => Math.max(most, window.toMs), 0),
  });
  return { ...answer, read, readMs };
};
