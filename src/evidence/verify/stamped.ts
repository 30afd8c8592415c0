import { hash, type X509Certificate } from 'node:crypto';
import { openCheckpoint } from './checkpoint.ts';
import type { Findings } from './finding.ts';
import type { NoteKey } from './note.ts';
import type { StoreReader } from './reader.ts';
import { readTimestamp } from './timestamp.ts';

const folder = 'log/stamps';

/** A checkpoint that was stamped, and the authority's answer (RFC 3161), as `openssl ts -verify` takes them. */
export const stampedPath = (size: number): string => `${folder}/${size}.checkpoint`;
export const stampPath = (size: number): string => `${folder}/${size}.tsr`;

/** That the log stood at a size at a time, by the word of somebody else. */
export interface Stamped {
  readonly size: number;
  /** RFC 3339. */
  readonly at: string;
  readonly by: string;
  /** Whether the authority's certificate is one that is trusted. */
  readonly trusted: boolean;
}

/** Sizes that were stamped, the smallest first. */
export const stampedSizes = (store: StoreReader): readonly number[] =>
  store
    .list(folder)
    .flatMap(name => /^([1-9]\d{0,14})\.tsr$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);

export interface Trusted {
  /** That may have signed the log. */
  readonly keys: readonly NoteKey[];
  readonly certificates: readonly X509Certificate[];
}

/** What was stamped must be this log, as it stood then. */
export const verifyStamped = (
  store: StoreReader,
  size: number,
  roots: ReadonlyMap<number, Buffer>,
  { keys, certificates }: Trusted,
  findings: Findings,
): readonly Stamped[] => {
  const out: Stamped[] = [];
  for (const at of stampedSizes(store)) {
    const wrong = (path: string, why: string): void => findings.add(path, why, { byte: 0 });
    const note = store.read(stampedPath(at)) ?? Buffer.alloc(0);
    const opened = openCheckpoint(note, keys);
    const stamp = readTimestamp(store.read(stampPath(at)) ?? Buffer.alloc(0), certificates);
    if (!opened.ok) wrong(stampedPath(at), `it does not hold: ${opened.why}`);
    else if (!stamp.ok) wrong(stampPath(at), `it does not hold: ${stamp.why}`);
    else if (Buffer.compare(stamp.timestamp.imprint, hash('sha256', note, 'buffer')) !== 0) {
      wrong(stampPath(at), 'it stamps something else than the checkpoint beside it');
    } else if (opened.checkpoint.size !== at) {
      wrong(stampedPath(at), `it speaks of ${opened.checkpoint.size} leaves`);
    } else if (at > size) {
      wrong(
        stampedPath(at),
        `it was stamped at ${at} leaves, and the log has ${size}: the log was rolled back`,
      );
    } else if (Buffer.compare(roots.get(at) ?? Buffer.alloc(0), opened.checkpoint.root) !== 0) {
      wrong(
        stampedPath(at),
        `its first ${at} leaves are not those that were stamped: history was rewritten`,
      );
    } else {
      const { at: when, by, state } = stamp.timestamp;
      out.push({ size: at, at: when, by, trusted: state === 'trusted' });
    }
  }
  return out;
};
