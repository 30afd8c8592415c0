/** A thread that looks at segments for what shows something of a breach, beside another. */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { RequestTimes } from '../../scope/belongs.ts';
import type { Breach } from '../../scope/breach.ts';
import { type PlanParts, ScopePlan } from '../../scope/plan.ts';
import { KeptLines } from '../events/kept-lines.ts';
import { openSegment } from '../events/open-segment.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import { BreachRows, type PendingRead } from './breach-rows.ts';
import { BreachTurns, type TurnsShared } from './breach-turns.ts';
import { OpenedRows } from './opened-rows.ts';

export interface BreachOrder {
  readonly breach: Breach;
  readonly segments: readonly StoreSegment[];
  readonly turns: TurnsShared;
  readonly wholesMax: number;
  /** Of the pseudonyms of Message-IDs. */
  readonly key: Uint8Array | undefined;
}

interface FailedSegment {
  readonly index: number;
  readonly why: string;
}

export interface BreachShare {
  readonly plan: PlanParts;
  readonly pending: readonly PendingRead[];
  readonly rows: number;
  readonly events: number;
  readonly unparsed: number;
  /** Segments whose rows were told of and then turned out to be damaged. */
  readonly failed: readonly FailedSegment[];
  readonly notes: readonly (readonly [index: number, note: Unseen])[];
}

export interface BreachAnswer {
  readonly share?: BreachShare;
  readonly why?: string;
}

/** Whoever gave the order looks at what is not whole. */
const leave = ({ why }: { readonly why: string }): never => {
  throw new Error(why);
};

const shareOf = async (order: BreachOrder): Promise<BreachShare> => {
  const { breach, segments, wholesMax, key } = order;
  const names = key === undefined ? undefined : new Pseudonyms(key);
  const plan = new ScopePlan(names === undefined ? undefined : id => names.of('message-id', id));
  const turns = new BreachTurns(order.turns);
  const notes: (readonly [number, Unseen])[] = [];
  const failed: FailedSegment[] = [];
  let index: number | undefined = 0;
  const note = (unseen: Unseen): void => void notes.push([index ?? 0, unseen]);
  const rows = new BreachRows({ breach, plan, note }, new RequestTimes());
  const options = {
    lines: new KeptLines(),
    note: leave,
    zoneOf: () => leave({ why: 'no line is read again here' }),
  };
  for (index = turns.take(); index !== undefined; index = turns.take()) {
    const segment = segments[index];
    if (segment === undefined) break;
    const before = { rows: rows.rows, unparsed: rows.unparsed };
    try {
      const open = await openSegment(segment, options);
      if (open === undefined) throw new Error('it cannot be opened');
      const look = rows.look(new OpenedRows(open), index);
      turns.tell(index, look?.asked.whole.length ?? 0);
      const wholes = await turns.before(index, undefined, async () => {});
      if (look !== undefined) rows.show(look, wholes >= wholesMax);
    } catch (thrown) {
      if (turns.isTold(index)) failed.push({ index, why: messageOf(thrown) });
      else {
        // Whoever looks at it again counts them.
        Object.assign(rows, before);
        turns.fail(index);
      }
    }
  }
  const { pending, events, unparsed } = rows;
  return { plan: plan.parts, pending, rows: rows.rows, events, unparsed, failed, notes };
};

parentPort?.once('message', (order: BreachOrder) => {
  void (async () => {
    let answer: BreachAnswer;
    try {
      answer = { share: await shareOf(order) };
    } catch (thrown) {
      answer = { why: messageOf(thrown) };
    }
    parentPort?.postMessage(answer, []);
  })();
});
