import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import { readSpool } from '../../evidence/spool.ts';
import { isSourceName } from '../../evidence/verify/leaf.ts';
import { rowsPath, segmentPath } from '../../evidence/verify/segment-file.ts';
import { type KeptSegmentState, type KeptState, readKeptState } from '../../store/kept-segments.ts';
import { lookBackMax } from './lines-before.ts';

/** Lines that are kept: a segment, or what is yet to become one. */
export interface StoreSegment extends KeptSegmentState {
  /** The file of its lines, and that of its rows. */
  readonly path: string;
  readonly rows: string;
  /** It still lies in a spool. */
  readonly spool?: SpooledLines;
}

export interface SpooledLines {
  readonly path: string;
  /** Of whole frames, when it was looked at. */
  readonly goodBytes: number;
  /** Position before the first line, where it is known, and behind the last. */
  readonly from: string | undefined;
  readonly to: string;
  /** Paths of segments of the same source, in their order: the first and the last some. */
  readonly earlier: readonly string[];
  /** Path of the spool before it, of which no segment was made yet. */
  readonly previous?: string;
}

export interface StoreLines {
  /** Ids of all sources, those without a line included. */
  readonly sources: ReadonlySet<string>;
  readonly segments: readonly StoreSegment[];
}

const dayPattern = /^\d{4}-\d\d-\d\d$/;

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
};

/** What lies in the folders, where nobody can be asked what belongs there. */
const stateByFolders = (store: string): KeptState => {
  const segments: KeptSegmentState[] = [];
  const sources = new Map<string, number>();
  const root = join(store, 'segments');
  for (const source of namesIn(root).filter(isSourceName)) {
    for (const day of namesIn(join(root, source)).filter(name => dayPattern.test(name))) {
      for (const name of namesIn(join(root, source, day))) {
        const seq = Number(/^(\d{8,15})\.raw\.zst$/.exec(name)?.[1] ?? 0);
        if (seq === 0) continue;
        const hasRows = existsSync(join(store, rowsPath(source, day, seq)));
        const times = { firstMs: undefined, lastMs: undefined };
        segments.push({ source, seq, day, bytes: 0, ...times, hasRows });
        sources.set(source, Math.max(seq, sources.get(source) ?? 0));
      }
    }
  }
  return { sources, segments };
};

const stateOf = (store: string, note: (unseen: Unseen) => void): KeptState => {
  const path = join(store, 'state.sqlite');
  try {
    return readKeptState(path);
  } catch (thrown) {
    note({
      what: path,
      why: `it cannot be read: ${messageOf(thrown)}`,
      how: 'All segments in the folders of the store were asked instead; run as somebody who may read it.',
    });
    return stateByFolders(store);
  }
};

const within = (store: string, segment: KeptSegmentState, spool?: SpooledLines): StoreSegment => {
  const { source, day, seq } = segment;
  return {
    ...segment,
    path: join(store, segmentPath(source, day, seq)),
    rows: join(store, rowsPath(source, day, seq)),
    ...(spool === undefined ? {} : { spool }),
  };
};

const extreme = (values: readonly (number | null)[], sign: 1 | -1): number | undefined => {
  let best: number | undefined;
  for (const value of values) {
    if (value !== null && (best === undefined || sign * value > sign * best)) best = value;
  }
  return best;
};

const firstAndLast = <T>(list: readonly T[]): readonly T[] =>
  list.length <= lookBackMax ? list : [...list.slice(0, 1), ...list.slice(-lookBackMax)];

/** Lines that are in no segment yet; a segment at most for each spool. */
const spooled = (store: string, { sources, segments }: KeptState): readonly StoreSegment[] => {
  const out: StoreSegment[] = [];
  for (const source of namesIn(join(store, 'spool'))) {
    const last = sources.get(source);
    if (last === undefined) continue;
    let from: string | undefined;
    let earlier: readonly string[] | undefined;
    let previous: string | undefined;
    for (const name of namesIn(join(store, 'spool', source))) {
      const seq = Number(/^(\d{8,15})\.spool$/.exec(name)?.[1] ?? 0);
      if (seq <= last) continue;
      const path = join(store, 'spool', source, name);
      let bytes: Buffer;
      try {
        bytes = readFileSync(path);
      } catch {
        // It was made a segment of in this very moment: whoever asked looks again.
        continue;
      }
      const { frames, goodBytes } = readSpool(bytes);
      const [first] = frames;
      const behind = frames.at(-1);
      if (first === undefined || behind === undefined) continue;
      const segment = {
        source,
        seq,
        day: first.day,
        bytes: goodBytes,
        firstMs: extreme(
          frames.map(frame => frame.first),
          -1,
        ),
        lastMs: extreme(
          frames.map(frame => frame.last),
          1,
        ),
        hasRows: false,
      };
      earlier ??= firstAndLast(
        segments.filter(each => each.source === source).toSorted((a, b) => a.seq - b.seq),
      ).map(each => join(store, segmentPath(each.source, each.day, each.seq)));
      const lines = { path, goodBytes, from, to: behind.position, earlier };
      out.push(within(store, segment, previous === undefined ? lines : { ...lines, previous }));
      previous = path;
      from = behind.position;
    }
  }
  return out;
};

const looksMax = 5;

/**
 * All lines that a store keeps, at one moment: what another process makes of them meanwhile is not seen, and
 * nothing is seen twice.
 */
export const storeSegments = (store: string, note: (unseen: Unseen) => void): StoreLines => {
  if (!existsSync(join(store, 'state.sqlite')) && !existsSync(join(store, 'segments'))) {
    throw new UsageError(`${store} holds no logs; postern ingest brings some`);
  }
  // Lines move from the spool into a segment: the look is good where no segment came while it lasted.
  for (let look = 1; ; look += 1) {
    const state = stateOf(store, look === 1 ? note : () => {});
    const waiting = spooled(store, state);
    const after = stateOf(store, () => {});
    const isStill = [...after.sources].every(([id, seq]) => state.sources.get(id) === seq);
    if (!isStill && look < looksMax) continue;
    return {
      sources: new Set(state.sources.keys()),
      segments: [...state.segments.map(each => within(store, each)), ...waiting],
    };
  }
};
