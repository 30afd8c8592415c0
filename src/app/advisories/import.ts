import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Feed } from '../../advisories/feed.ts';
import { importedPart } from '../../advisories/matching/match.ts';
import type { FeedId } from '../../core/advisory.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import { documentsIn } from '../../intake/archive.ts';
import type { AdvisoryStore } from '../../store/advisory-store.ts';
import type { HoldingWriter } from '../../store/holding-file.ts';
import { feedNamed, sourceName } from './sources.ts';
import { holdingOf, takeIn } from './take-in.ts';
import type { SourceOutcome } from './update.ts';

const documentBytesMax = 2 ** 30;

export interface ImportRequest {
  readonly store: AdvisoryStore;
  /** A file, a folder or an archive. */
  readonly path: string;
  /** `osv/Debian`: takes the place of that source, as if it had been fetched. */
  readonly as?: string;
  readonly now: () => Date;
  readonly say: (line: string) => void;
}

export interface ImportOutcome {
  readonly sources: readonly SourceOutcome[];
  /** Documents of no feed: counted, the first named. */
  readonly strangers: { readonly count: number; readonly names: readonly string[] };
  /** Entries of archives that were left out, and why. */
  readonly leftOut: { readonly count: number; readonly names: readonly string[] };
}

const partNamed = (as: string): { readonly feed: Feed; readonly part: string } => {
  const slash = as.indexOf('/');
  const id = slash < 0 ? as : as.slice(0, slash);
  const feed = feedNamed(id as FeedId);
  if (feed === undefined) {
    throw new UsageError(`--as ${as.slice(0, 60)}: no feed is called "${id.slice(0, 60)}"`);
  }
  return { feed, part: slash < 0 ? '' : as.slice(slash + 1) };
};

/** Whether one document is the whole feed, so that an import takes the place of what was there. */
const isWhole = ({ addresses }: Feed): boolean =>
  addresses.length === 1 && addresses[0]?.part === '';

/**
 * Takes advisories from a file, a folder or an archive, whatever feed they are of. Single documents add to
 * what was imported before; a document that is a whole feed takes its place. Nothing of it is visible
 * before all of it is.
 */
export const importAdvisories = async (request: ImportRequest): Promise<ImportOutcome> => {
  const { store, path, now, say } = request;
  try {
    statSync(path);
  } catch {
    throw new UsageError(`advisories import: ${path}: no such file or folder`);
  }
  const as = request.as === undefined ? undefined : partNamed(request.as);
  const unlock = store.lock();
  const writers = new Map<FeedId, HoldingWriter>();
  try {
    store.tidy();
    const partOf = (feed: Feed): string => as?.part ?? (isWhole(feed) ? '' : importedPart);
    const documents = documentsIn(path, { documentBytesMax });
    const { taken, strangers } = await takeIn(
      documents,
      id => {
        const known = writers.get(id);
        if (known !== undefined) return known;
        const feed = feedNamed(id);
        const writer = store.write(id, feed === undefined ? importedPart : partOf(feed));
        writers.set(id, writer);
        return writer;
      },
      as?.feed,
      records => say(`${basename(path)}: ${records} records`),
    );
    const sources: SourceOutcome[] = [];
    for (const [id, mine] of taken) {
      const part = partOf(mine.feed);
      const source = sourceName(id, part);
      const writer = writers.get(id);
      writers.delete(id);
      if (writer === undefined || mine.problem !== undefined || mine.entries === 0) {
        writer?.abandon();
        const [first] = mine.refusals;
        sources.push({
          source,
          outcome: 'failed',
          why:
            mine.problem === undefined
              ? `none of its records could be understood${first === undefined ? '' : `: ${first.record}: ${first.why}`}`
              : `not whole: ${mine.problem}`,
        });
        continue;
      }
      try {
        if (as === undefined && !isWhole(mine.feed) && store.has(id, part)) {
          writer.keepFrom(store.pathOf(id, part));
        }
        const holding = writer.finish(holdingOf(mine, part, basename(path), now(), 'file'));
        store.remember(id, part, { on: now().toISOString(), from: basename(path) });
        sources.push({ source, outcome: 'fresh', holding });
      } catch (thrown) {
        writer.abandon();
        sources.push({ source, outcome: 'failed', why: messageOf(thrown) });
      }
    }
    const { faults, faultCounts } = documents.report;
    return {
      sources,
      strangers,
      leftOut: {
        count: Object.values(faultCounts).reduce((sum, each) => sum + each, 0),
        names: faults.slice(0, 20).map(({ name, why }) => `${name}: ${why}`),
      },
    };
  } finally {
    for (const writer of writers.values()) writer.abandon();
    unlock();
  }
};
