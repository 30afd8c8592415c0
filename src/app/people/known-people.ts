import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { StoredPeople } from '../../core/stored-people.ts';
import { type Linked, openLinked } from '../scope/linked.ts';

const countsFile = 'counts.json';

/** Puts the counts beside the tables that they were made of. */
export const putStoredPeople = (linked: Linked, counts: StoredPeople): void => {
  const path = join(linked.folder, countsFile);
  const draft = `${path}.draft`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(counts)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
};

export type KnownPeople =
  | { readonly is: 'counted'; readonly people: StoredPeople }
  /** Nothing was scanned into this store. */
  | { readonly is: 'none' }
  | { readonly is: 'unreadable'; readonly why: string };

/** What was counted last, without looking at anything else. */
export const knownPeople = (store: string): KnownPeople => {
  let linked: Linked | undefined;
  try {
    linked = openLinked(store);
    if (linked === undefined) return { is: 'none' };
    const people = JSON.parse(
      readFileSync(join(linked.folder, countsFile), 'utf8'),
    ) as StoredPeople;
    if (people.format !== 1)
      return { is: 'unreadable', why: 'it is of another version of Postern' };
    return { is: 'counted', people };
  } catch (thrown) {
    return { is: 'unreadable', why: messageOf(thrown) };
  }
};
