import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { StoredPeople } from '../../core/stored-people.ts';
import { type Linked, linkedFolder, openLinked } from '../scope/linked.ts';

const countsFile = 'counts.json';

/** What is kept beside the linked tables. */
interface KeptCounts {
  /** Of all that the counts depend on. */
  readonly basis: string;
  readonly people: StoredPeople;
}

/** The same tables, list and doubts give the same counts: a scan that finds nothing new needs no counting. */
const basisOf = ({ about, folder }: Linked): string => {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([
      about.customers,
      about.types,
      about.unseen,
      about.scannedMs === null,
      about.files.flatMap(({ segments }) => segments.map(({ digest }) => digest)),
    ]),
  );
  for (const name of ['gone.parquet', 'dropped.parquet']) {
    hash.update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
};

const readCounts = (folder: string): KeptCounts =>
  JSON.parse(readFileSync(join(folder, countsFile), 'utf8')) as KeptCounts;

/** Folders of the tables, the latest first. */
const generations = (store: string): readonly string[] =>
  readdirSync(linkedFolder(store))
    .filter(name => /^\d+$/.test(name))
    .toSorted((a, b) => Number(b) - Number(a))
    .map(name => join(linkedFolder(store), name));

/** Counts of an earlier generation of the tables that still hold. */
export const earlierPeople = (store: string, linked: Linked): StoredPeople | undefined => {
  const basis = basisOf(linked);
  for (const folder of generations(store)) {
    if (!existsSync(join(folder, countsFile))) continue;
    try {
      const kept = readCounts(folder);
      const { scannedMs } = linked.about;
      if (kept.basis !== basis || kept.people.format !== 1) continue;
      return {
        ...kept.people,
        ...(scannedMs === null ? {} : { scanned: new Date(scannedMs.first).toISOString() }),
      };
    } catch {
      // What cannot be read is counted anew.
    }
  }
  return undefined;
};

/** Puts the counts beside the tables that they were made of. */
export const putStoredPeople = (linked: Linked, counts: StoredPeople): void => {
  const path = join(linked.folder, countsFile);
  const draft = `${path}.draft`;
  const file = openSync(draft, 'w', 0o600);
  try {
    const kept: KeptCounts = { basis: basisOf(linked), people: counts };
    writeFileSync(file, `${JSON.stringify(kept)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
};

export type KnownPeople =
  | { readonly is: 'counted'; readonly people: StoredPeople }
  /** Nothing was scanned into this store, or nobody counted yet. */
  | { readonly is: 'none' }
  | { readonly is: 'unreadable'; readonly why: string };

/** What was counted last, without looking at anything else. */
export const knownPeople = (store: string): KnownPeople => {
  try {
    const linked = openLinked(store);
    if (linked === undefined) return { is: 'none' };
    // Who asks for a scope may have joined tables anew since, and counts nobody.
    const folder = [linked.folder, ...generations(store)].find(each =>
      existsSync(join(each, countsFile)),
    );
    if (folder === undefined) return { is: 'none' };
    const { people } = readCounts(folder);
    return people?.format === 1
      ? { is: 'counted', people }
      : { is: 'unreadable', why: 'it is of another version of Postern' };
  } catch (thrown) {
    return { is: 'unreadable', why: messageOf(thrown) };
  }
};
