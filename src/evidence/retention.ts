import type { ControlState, EvidenceState, SegmentState } from '../core/evidence-state.ts';
import { dayAfter, dayOf } from './days.ts';
import type { EvidenceLog } from './evidence-log.ts';
import type { FilePutter } from './put-files.ts';
import type { DeleteLeaf, HoldLeaf, PolicyLeaf } from './verify/leaf.ts';
import { isOfSegment, segmentFolder } from './verify/segment-file.ts';

/** How long lines are kept; for all sources, or one. */
export interface Policy {
  readonly id: string;
  readonly source?: string;
  readonly keepDays: number;
  readonly why: string;
}

/** Lines that must stay, whatever a policy says. */
export interface Hold {
  readonly id: string;
  readonly source?: string;
  readonly fromDay: string;
  readonly toDay: string;
  readonly why: string;
}

const concerns = ({ source }: ControlState, id: string): boolean =>
  source === undefined || source === id;

/** The newest of each policy that concerns a source; of several, the one that keeps longest. */
const policyFor = (controls: readonly ControlState[], source: string): ControlState | undefined => {
  const newest = new Map(
    controls.filter(each => each.kind === 'policy').map(each => [each.id, each]),
  );
  return [...newest.values()]
    .filter(each => concerns(each, source))
    .toSorted((a, b) => (b.keepDays ?? 0) - (a.keepDays ?? 0))[0];
};

/** Holds that were not released. */
const holdsOf = (controls: readonly ControlState[]): readonly ControlState[] => {
  const holds = new Map<string, ControlState>();
  for (const each of controls) {
    if (each.kind === 'hold') holds.set(each.id, each);
    if (each.kind === 'release') holds.delete(each.id);
  }
  return [...holds.values()];
};

/** Whether there is a hold of this name that was not released. */
export const isOnHold = (controls: readonly ControlState[], id: string): boolean =>
  holdsOf(controls).some(hold => hold.id === id);

const isHeld = (holds: readonly ControlState[], { source, day }: SegmentState): boolean =>
  holds.some(
    hold =>
      concerns(hold, source) && (hold.fromDay ?? '') <= day && day <= (hold.toDay ?? '9999-12-31'),
  );

/** Neighbours in one range. */
const rangesOf = (segments: readonly SegmentState[]): readonly (readonly [number, number])[] => {
  const out: [number, number][] = [];
  for (const { seq } of segments) {
    const last = out.at(-1);
    if (last !== undefined && last[1] === seq - 1) last[1] = seq;
    else out.push([seq, seq]);
  }
  return out;
};

const policyLeaf = ({ id, source, keepDays, why }: Policy, at: string): PolicyLeaf => ({
  v: 1,
  kind: 'policy',
  at,
  id,
  source: source ?? null,
  keepDays,
  why,
});

const holdLeaf = ({ id, source, fromDay, toDay, why }: Hold, at: string): HoldLeaf => ({
  v: 1,
  kind: 'hold',
  at,
  id,
  source: source ?? null,
  fromDay,
  toDay,
  why,
});

export const addPolicy = async (log: EvidenceLog, policy: Policy, at: string): Promise<void> => {
  const { id, source, keepDays } = policy;
  await log.append([policyLeaf(policy, at)], ({ first: leaf }) => ({
    controls: [{ kind: 'policy', id, leaf, keepDays, ...(source === undefined ? {} : { source }) }],
  }));
};

export const addHold = async (log: EvidenceLog, hold: Hold, at: string): Promise<void> => {
  const { why: _, source, ...rest } = hold;
  await log.append([holdLeaf(hold, at)], ({ first: leaf }) => ({
    controls: [{ kind: 'hold', leaf, ...rest, ...(source === undefined ? {} : { source }) }],
  }));
};

/** @param id of the hold. */
export const addRelease = async (
  log: EvidenceLog,
  id: string,
  why: string,
  at: string,
): Promise<void> => {
  await log.append([{ v: 1, kind: 'release', at, id, why }], ({ first }) => ({
    controls: [{ kind: 'release', id, leaf: first }],
  }));
};

/**
 * Deletes the lines of segments that a policy keeps no longer and no hold keeps, and their secrets with them.
 * The log says so first; the leaf of the segment stays. @returns how many segments.
 */
export const prune = async (
  log: EvidenceLog,
  state: EvidenceState,
  put: FilePutter,
  now: Date,
): Promise<number> => {
  const controls = state.controls();
  const holds = holdsOf(controls);
  let count = 0;
  for (const { id: source } of state.sources()) {
    const policy = policyFor(controls, source);
    if (policy?.keepDays === undefined) continue;
    const oldest = dayAfter(dayOf(now), -policy.keepDays);
    const due = state.segments(source).filter(each => each.day < oldest && !isHeld(holds, each));
    if (due.length === 0) continue;
    const deletes = rangesOf(due).map(([first, last]) => ({ source, first, last }));
    const leaves = deletes.map(
      (each): DeleteLeaf => ({
        v: 1,
        kind: 'delete',
        at: now.toISOString(),
        ...each,
        policy: policy.leaf,
      }),
    );
    await log.append(leaves, () => ({ deletes }));
    count += due.length;
  }
  await finishDeletions(state, put);
  return count;
};

/** Takes away the files of what the log says is deleted, rows of every generation: also after a kill in between. */
export const finishDeletions = async (state: EvidenceState, put: FilePutter): Promise<void> => {
  for (const segment of state.leaving()) {
    const { source, day, seq } = segment;
    const folder = segmentFolder(source, day);
    for (const name of await put.files.list(folder)) {
      if (isOfSegment(name, seq)) await put.files.unlink(`${folder}/${name}`);
    }
    await put.files.syncFolder(folder);
    state.left(segment);
  }
};
