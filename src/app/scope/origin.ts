import type { AccessEvent } from '../../core/access-event.ts';
import type { Unseen } from '../../core/unseen.ts';
import { type ActEvent, Behaviour, type Suspect } from '../../scope/suspects.ts';
import { askEvents } from '../events/ask.ts';
import { storeSegments } from '../events/store-segments.ts';
import type { ZoneOf } from '../ingest/zones.ts';

export interface OriginRequest {
  readonly store: string;
  /** The moment by which it had begun, milliseconds since 1970. */
  readonly beforeMs: number;
  /** Days before it in which a change is looked for. */
  readonly windowDays: number;
  /** Days before those that say what is usual. */
  readonly historyDays: number;
  readonly zoneOf: ZoneOf;
  readonly progress: (done: number, of: number) => void;
}

/** Which components behaved otherwise before a moment, and what that was learnt from. */
export interface Origin {
  readonly suspects: readonly Suspect[];
  readonly events: number;
  readonly from: string;
  readonly to: string;
  readonly unseen: readonly Unseen[];
}

const dayMs = 86_400_000;

const actOf = ({
  component,
  app,
  kind,
  outcome,
  user,
  from,
  time,
  count,
  messages,
  flags,
}: AccessEvent): ActEvent | undefined => {
  // A line that tells of the same act again is no second act.
  if (time.atMs === undefined || flags?.includes('repeats') === true) return undefined;
  const name = app?.uid ?? app?.name;
  return {
    component,
    time: time.atMs,
    kind,
    failed: outcome === 'failure',
    messages: count ?? messages?.length ?? 1,
    ...(name === undefined ? {} : { app: name }),
    ...(user === undefined ? {} : { mailbox: user.name.toLowerCase() }),
    ...(from?.ip === undefined ? {} : { address: from.ip }),
  };
};

/** Looks for patient zero: learns what is usual from what a store keeps, and says what was not. */
export const lookForOrigin = async (request: OriginRequest): Promise<Origin> => {
  const { store, beforeMs, windowDays, historyDays, zoneOf, progress } = request;
  const toMs = Math.floor(beforeMs / dayMs) * dayMs + dayMs - 1;
  const fromMs = toMs + 1 - (windowDays + historyDays) * dayMs;
  const unseen: Unseen[] = [];
  const note = (each: Unseen): void => {
    if (unseen.length < 1_000) unseen.push(each);
  };
  const { segments } = storeSegments(store, note);
  const behaviour = new Behaviour();
  const { events } = await askEvents({
    question: { conditions: [], fromMs, toMs, newestFirst: false },
    segments,
    zoneOf,
    note,
    progress,
    take: ({ parsed }) => {
      const act = 'event' in parsed ? actOf(parsed.event) : undefined;
      if (act !== undefined) behaviour.add(act);
    },
  });
  if (behaviour.leftOut > 0) {
    note({
      what: `${behaviour.leftOut.toLocaleString('en')} events`,
      why: 'they are of more applications than are kept apart',
      how: 'Ask for a shorter time.',
    });
  }
  return {
    suspects: behaviour.changedBefore(beforeMs, windowDays),
    events,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    unseen,
  };
};
