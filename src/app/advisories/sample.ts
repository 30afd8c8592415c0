import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type HeldEntries, memoryIndex } from '../../advisories/memory-index.ts';
import { type FeedEntry, type FeedId, feedIds } from '../../core/advisory.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import { documentsIn } from '../../intake/archive.ts';
import { feedNamed } from './sources.ts';
import { holdingOf, takeIn } from './take-in.ts';

const hourMs = 3_600_000;

/** The sample's host fetches its advisories in the night. */
const fetchedHoursBefore = 5;

/** What `AdvisoryStore` writes down of a holding: distributions and releases that it names. */
const scopesOf = (entries: readonly FeedEntry[]): readonly string[] => {
  const scopes = new Set<string>();
  for (const entry of entries) {
    if (entry.kind !== 'advisory') continue;
    for (const { key, release } of entry.advisory.affected) {
      if (release !== undefined) scopes.add(`${key.split('|')[1] ?? ''}:${release}`.toLowerCase());
    }
  }
  return [...scopes].sort();
};

interface Part {
  readonly feed: FeedId;
  readonly part: string;
  readonly folder: string;
}

/** `debian-tracker/…` is one part; `osv/Debian/…` and `osv/Packagist/…` are two. */
const partsIn = (folder: string): readonly Part[] =>
  feedIds.flatMap((feed): readonly Part[] => {
    const own = join(folder, feed);
    let entries: readonly { readonly name: string; isDirectory(): boolean }[];
    try {
      entries = readdirSync(own, { withFileTypes: true });
    } catch {
      return [];
    }
    const below = entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
    return below.length === 0
      ? [{ feed, part: '', folder: own }]
      : below.sort().map(part => ({ feed, part, folder: join(own, part) }));
  });

const heldIn = async ({ feed, part, folder }: Part, now: Date): Promise<HeldEntries> => {
  const entries: FeedEntry[] = [];
  const sink = { add: (entry: FeedEntry) => entries.push(entry) };
  const only = feedNamed(feed);
  const { taken } = await takeIn(documentsIn(folder), {
    sink: () => sink,
    now,
    ...(only === undefined ? {} : { only }),
  });
  const mine = taken.get(feed);
  if (mine === undefined || mine.problem !== undefined || mine.refused > 0) {
    // It ships with Postern: a mistake in it is ours.
    throw new Error(`${folder}: ${mine?.problem ?? mine?.refusals[0]?.why ?? 'holds nothing'}`);
  }
  const fetched = new Date(now.getTime() - fetchedHoursBefore * hourMs);
  return {
    holding: {
      ...holdingOf(mine, { part, from: 'sample', now: fetched, way: 'server' }),
      entries: mine.entries,
      scopes: scopesOf(entries),
    },
    entries,
  };
};

/** The sample's own advisories, as a store would hold them on its day. */
export const sampleIndex = async (folder: string, now: Date): Promise<AdvisoryIndex> => {
  const held: HeldEntries[] = [];
  for (const part of partsIn(folder)) held.push(await heldIn(part, now));
  return memoryIndex(held);
};
