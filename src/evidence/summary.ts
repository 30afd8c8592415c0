import { readCheckpoint } from './verify/checkpoint.ts';
import { Coverage } from './verify/coverage.ts';
import { type Leaf, readLeaf } from './verify/leaf.ts';
import { entriesOf } from './verify/log-files.ts';
import { type Answer, parseNote } from './verify/note.ts';
import type { StoreReader } from './verify/reader.ts';

interface SourceSummary {
  readonly source: string;
  /** `2026-06-29`. */
  readonly since: string;
  segments: number;
  lines: number;
  bytes: number;
  storedBytes: number;
  /** First and last day that there are lines of. */
  firstDay?: string;
  lastDay?: string;
  retired: boolean;
}

/** Something that may be missing, and why. */
interface GapSummary {
  readonly source: string;
  readonly fromDay: string;
  readonly toDay: string;
  readonly why: string;
}

/** What a log says of itself. */
export interface EvidenceSummary {
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  /** Root of the log, base64: with `size` what a witness would remember. */
  readonly root: string;
  readonly sources: readonly SourceSummary[];
  readonly gaps: readonly GapSummary[];
  readonly firstSealedDay?: string;
  readonly lastSealedDay?: string;
}

interface Reading {
  readonly sources: Map<string, SourceSummary>;
  readonly told: GapSummary[];
  /** Days that are sealed as a gap, as they were last amended. */
  readonly sealed: Map<string, GapSummary>;
  firstSealedDay?: string;
  lastSealedDay?: string;
}

const take = (reading: Reading, leaf: Leaf): void => {
  switch (leaf.kind) {
    case 'source-add':
      reading.sources.set(leaf.source, {
        source: leaf.source,
        since: leaf.at.slice(0, 10),
        segments: 0,
        lines: 0,
        bytes: 0,
        storedBytes: 0,
        retired: false,
      });
      break;
    case 'source-retire': {
      const source = reading.sources.get(leaf.source);
      if (source !== undefined) source.retired = true;
      break;
    }
    case 'segment': {
      const source = reading.sources.get(leaf.source);
      if (source === undefined) break;
      source.segments += 1;
      source.lines += leaf.lines;
      source.bytes += leaf.bytes;
      source.storedBytes += leaf.fileBytes;
      if (leaf.day < (source.firstDay ?? '9999')) source.firstDay = leaf.day;
      if (leaf.day > (source.lastDay ?? '')) source.lastDay = leaf.day;
      break;
    }
    case 'gap':
      reading.told.push(leaf);
      break;
    case 'seal':
      reading.firstSealedDay ??= leaf.day;
      reading.lastSealedDay = leaf.day;
      for (const each of leaf.sources) takeSealed(reading, leaf.day, each);
      break;
    case 'seal-amend':
      takeSealed(reading, leaf.day, leaf.now);
      break;
    case 'rows':
    case 'idle':
    case 'policy':
    case 'hold':
    case 'release':
    case 'delete':
    case 'key':
    case 'scope':
      break;
  }
};

const takeSealed = (
  { sealed }: Reading,
  day: string,
  {
    source,
    state,
    why,
  }: { readonly source: string; readonly state: string; readonly why: string | null },
): void => {
  const key = `${day} ${source}`;
  if (state === 'gap') sealed.set(key, { source, fromDay: day, toDay: day, why: why ?? '' });
  else sealed.delete(key);
};

/** A gap that was told is there once, not once more for each of its days. */
const untold = ({ told, sealed }: Reading): readonly GapSummary[] =>
  [...sealed.values()].filter(
    ({ source, fromDay }) =>
      !told.some(
        each => each.source === source && each.fromDay <= fromDay && fromDay <= each.toDay,
      ),
  );

/** What of a source was not there any more, or not yet, when it was first read. */
const unseen = (coverage: Coverage, { source, since }: SourceSummary): readonly GapSummary[] => {
  const days = coverage.unaccounted(source);
  const [fromDay, toDay] = [days[0], days.at(-1)];
  if (fromDay === undefined || toDay === undefined) return [];
  const which =
    days.length === 1 ? 'it has no line of that day' : `it has no line of ${days.length} days`;
  const why = `${which}: it was first read on ${since}, and nobody saw whether there had been any`;
  return [{ source, fromDay, toDay, why }];
};

/** Reads the log of a store; believes it, so whoever wants to rely on it verifies the store first. */
export const summarizeStore = (
  store: StoreReader,
): Answer<{ readonly summary: EvidenceSummary }> => {
  const bytes = store.read('log/checkpoint');
  if (bytes === undefined) return { ok: false, why: 'it holds no log' };
  const note = parseNote(bytes);
  const head = note.ok ? readCheckpoint(note.note.text) : note;
  if (!head.ok) return { ok: false, why: `its checkpoint cannot be read: ${head.why}` };
  const { origin, size, root } = head.checkpoint;
  const reading: Reading = { sources: new Map(), told: [], sealed: new Map() };
  const coverage = new Coverage();
  for (const entries of entriesOf(store, size, undefined)) {
    for (const entry of entries) {
      const read = readLeaf(entry.bytes);
      if (!read.ok) continue;
      take(reading, read.leaf);
      coverage.take(read.leaf);
    }
  }
  const { firstSealedDay, lastSealedDay, told } = reading;
  const sources = [...reading.sources.values()];
  const before = sources.flatMap(source => unseen(coverage, source));
  return {
    ok: true,
    summary: {
      origin,
      size,
      root: root.toString('base64'),
      sources,
      gaps: [...told, ...untold(reading), ...before]
        .map(({ source, fromDay, toDay, why }) => ({ source, fromDay, toDay, why }))
        .toSorted((a, b) => (a.fromDay < b.fromDay ? -1 : 1)),
      ...(firstSealedDay === undefined ? {} : { firstSealedDay }),
      ...(lastSealedDay === undefined ? {} : { lastSealedDay }),
    },
  };
};
