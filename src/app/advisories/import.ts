import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Feed } from '../../advisories/feed.ts';
import { importedPart } from '../../advisories/matching/match.ts';
import type { FeedId, Holding } from '../../core/advisory.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import { isBefore } from '../../core/stamp.ts';
import { documentsIn } from '../../intake/archive.ts';
import type { AdvisoryStore } from '../../store/advisory-store.ts';
import type { HoldingWriter } from '../../store/holding-writer.ts';
import { feedNamed, sourceName } from './sources.ts';
import { excerptOf, holdingOf, olderThan, type Taken, takeIn } from './take-in.ts';
import type { SourceOutcome } from './update.ts';

const documentBytesMax = 2 ** 30;

export interface ImportRequest {
  readonly store: AdvisoryStore;
  /** A file, a folder or an archive. */
  readonly path: string;
  /** `osv/Debian`: takes the place of that source, as if it had been fetched. */
  readonly as?: string;
  /** Day or time of which the files are, as whoever carried them knows; a file's own date comes first. */
  readonly asOf?: string;
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

interface Filled {
  readonly writer: HoldingWriter | undefined;
  readonly part: string;
  readonly whole: boolean;
}

/** Puts what was read of one feed into force, or says why not. */
const settled = (
  mine: Taken,
  { writer, part, whole }: Filled,
  { store, path, as, asOf, now }: ImportRequest,
): SourceOutcome => {
  const { id } = mine.feed;
  const source = sourceName(id, part);
  const from = basename(path);
  if (writer === undefined || mine.problem !== undefined || mine.entries === 0) {
    const [first] = mine.refusals;
    return {
      source,
      outcome: 'failed',
      why:
        mine.problem === undefined
          ? `none of its records could be understood${first === undefined ? '' : `: ${first.record}: ${first.why}`}`
          : `not whole: ${mine.problem}`,
    };
  }
  try {
    const about = holdingOf(mine, {
      part,
      from,
      now: now(),
      way: 'file',
      ...(asOf === undefined ? {} : { saidAsOf: asOf }),
    });
    if (!whole) {
      keepEarlier(store, writer, about);
    } else {
      const there = store.holdingOf(id, part);
      const older = olderThan(about, there, store.pathOf(id, part));
      if (older !== undefined) return { source, outcome: 'failed', why: older };
      const excerpt = as === undefined ? excerptOf(mine, there) : undefined;
      if (excerpt !== undefined) {
        const how = `If it is all there is: postern advisories import --as ${source} ${from}`;
        return { source, outcome: 'failed', why: excerpt, how };
      }
    }
    const holding = writer.seal(whole ? about : withAgeOf(about, store.holdingOf(id, part)));
    store.forget(id, part);
    writer.publish(store.pathOf(id, part));
    store.remember(id, part, { on: now().toISOString(), from });
    return { source, outcome: 'fresh', holding };
  } catch (thrown) {
    return { source, outcome: 'failed', why: messageOf(thrown) };
  }
};

type About = Omit<Holding, 'entries' | 'scopes'>;

const keepEarlier = (store: AdvisoryStore, writer: HoldingWriter, { feed, part }: About): void => {
  if (!store.has(feed, part)) return;
  let before: ReturnType<AdvisoryStore['read']>;
  try {
    before = store.read(feed, part);
  } catch (thrown) {
    throw new Error(
      `what was imported before cannot be read (${messageOf(thrown)}): remove ${store.pathOf(feed, part)}, and import all of it anew`,
      { cause: thrown },
    );
  }
  try {
    writer.keepFrom(before);
  } finally {
    before.close();
  }
};

/** Of what is kept and what came, the newer tells the age of both together. */
const withAgeOf = (about: About, before: Holding | undefined): About => {
  if (before === undefined || !isBefore(about.asOf, before.asOf)) return about;
  const { asOf, asOfBasis, newest } = before;
  return { ...about, asOf, asOfBasis, ...(newest === undefined ? {} : { newest }) };
};

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
    const documents = documentsIn(path, { documentBytesMax });
    const { taken, strangers } = await takeIn(documents, {
      now: now(),
      sink: id => {
        const known = writers.get(id);
        if (known !== undefined) return known;
        const writer = store.write(id, as?.part ?? importedPart);
        writers.set(id, writer);
        return writer;
      },
      ...(as === undefined ? {} : { only: as.feed }),
      say: records => say(`${basename(path)}: ${records} records`),
    });
    const sources: SourceOutcome[] = [];
    for (const [id, mine] of taken) {
      // A record of a feed adds to what was imported; only a document that is the whole feed takes its place.
      const whole =
        as !== undefined ||
        (isWhole(mine.feed) &&
          mine.partial !== true &&
          mine.piecemeal !== true &&
          mine.entries >= (mine.feed.wholeMin ?? 0));
      const part = as?.part ?? (whole ? '' : importedPart);
      const writer = writers.get(id);
      sources.push(settled(mine, { writer, part, whole }, request));
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
    // What was published has no partial file any more.
    for (const writer of writers.values()) writer.abandon();
    unlock();
  }
};
