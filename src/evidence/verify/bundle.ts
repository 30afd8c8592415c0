import { hash } from 'node:crypto';
import { Coverage, isInScope, type Scope, type UncoveredDay } from './coverage.ts';
import type { Broken, Findings } from './finding.ts';
import type { SegmentLeaf } from './leaf.ts';
import type { NoteKey } from './note.ts';
import { readProof, verifyProof } from './proof.ts';
import type { StoreReader } from './reader.ts';
import { segmentPath } from './segment-file.ts';
import { type Verified, type VerifyOptions, verifyStore } from './verify-store.ts';

export const bundleSchema = 'postern.evidence-bundle/1';
export const bundleManifest = 'bundle.json';
/** Hashes of the files of lines, for sha256sum(1). */
export const bundleSums = 'SHA256SUMS';

/** What a bundle says that it holds. Signed by nobody: whoever is handed it reads what it is about. */
export interface BundleManifest extends Scope {
  readonly schema: typeof bundleSchema;
  readonly origin: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** Name of the hold whose lines these are. */
  readonly case?: string;
}

/** Paths of a segment's record, as its leaf has it, and of the C2SP tlog-proof of it. */
export const recordPath = (source: string, seq: number): string =>
  `proofs/${source}/${String(seq).padStart(8, '0')}.json`;
export const proofPath = (source: string, seq: number): string =>
  recordPath(source, seq).replace(/\.json$/, '.proof');

/** A bundle that was verified: what it covers, next to what verifying a store says. */
export interface VerifiedBundle extends Verified {
  readonly scope: Scope & { readonly case?: string };
  /** Segments and lines of the scope that are there, and segments that a policy deleted. */
  readonly here: { readonly segments: number; readonly lines: number; readonly deleted: number };
  /** Days of the scope of which something may be missing; the first ones. */
  readonly uncovered: readonly UncoveredDay[];
}

const uncoveredMax = 1_000;
const dayForm = /^\d{4}-\d\d-\d\d$/;

const isText = (value: unknown): value is string => typeof value === 'string';
const isDayOrNone = (value: unknown): boolean =>
  value === undefined || (isText(value) && dayForm.test(value));

/** The manifest; `undefined` where it is none. */
export const readManifest = (bytes: Buffer | undefined): BundleManifest | undefined => {
  try {
    const value: unknown = JSON.parse(bytes?.toString('utf8') ?? '');
    if (typeof value !== 'object' || value === null) return undefined;
    const given = value as Readonly<Record<string, unknown>>;
    const sources = given['sources'];
    const isSound =
      given['schema'] === bundleSchema &&
      isText(given['origin']) &&
      typeof given['size'] === 'number' &&
      isText(given['root']) &&
      (given['case'] === undefined || isText(given['case'])) &&
      (sources === undefined || (Array.isArray(sources) && sources.every(isText))) &&
      isDayOrNone(given['fromDay']) &&
      isDayOrNone(given['toDay']);
    return isSound ? (value as BundleManifest) : undefined;
  } catch {
    return undefined;
  }
};

/** What is beside a segment for tools that know nothing of bundles: it must not tell them anything else. */
const verifyBeside = (
  store: StoreReader,
  { leaf, index }: { readonly leaf: SegmentLeaf; readonly index: number },
  bytes: Buffer,
  keys: readonly NoteKey[],
  findings: Findings,
): void => {
  const at = { leaf: index };
  const path = recordPath(leaf.source, leaf.seq);
  const record = store.read(path);
  if (record === undefined) findings.add(path, 'the file is missing', at);
  else if (Buffer.compare(record, bytes) !== 0) {
    findings.add(path, 'it is not the record that is in the log', at);
  }
  const proofAt = proofPath(leaf.source, leaf.seq);
  const read = readProof(store.read(proofAt)?.toString('utf8') ?? '');
  const proved = read.ok ? verifyProof(read.proof, bytes, keys) : read;
  if (!proved.ok) findings.add(proofAt, proved.why, at);
  else if (read.ok && read.proof.index !== index)
    findings.add(proofAt, 'it proves another leaf', at);
};

/** @param known hashes of files that were compared already. */
const verifySums = (store: StoreReader, known: ReadonlyMap<string, string>): readonly Broken[] => {
  const lines = (store.read(bundleSums)?.toString('utf8') ?? '').split('\n');
  const end = lines.pop();
  const broken = lines.flatMap(line => {
    const [, sum, path = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    const bytes = known.has(path) ? undefined : store.read(path);
    const found = known.get(path) ?? (bytes === undefined ? '' : hash('sha256', bytes));
    return found === sum ? [] : [{ path: bundleSums, why: `what it says of ${path} is not so` }];
  });
  const isWhole = end === '' && lines.length >= known.size;
  return isWhole ? broken : [...broken, { path: bundleSums, why: 'it does not name every file' }];
};

/** Verifies a bundle: its whole log, and every file of the lines that it says it holds. */
export const verifyBundle = (
  store: StoreReader,
  manifest: BundleManifest,
  options: VerifyOptions = {},
): VerifiedBundle => {
  const { sources, fromDay, toDay, case: hold, origin, size } = manifest;
  const scope: Scope = {
    ...(sources === undefined ? {} : { sources }),
    ...(fromDay === undefined ? {} : { fromDay }),
    ...(toDay === undefined ? {} : { toDay }),
  };
  const coverage = new Coverage();
  const here = { segments: 0, lines: 0 };
  const sums = new Map<string, string>();
  const verified = verifyStore(store, {
    ...options,
    only: leaf => isInScope(scope, leaf),
    each: leaf => coverage.take(leaf),
    segment: ({ leaf, bytes, index, keys, findings }) => {
      here.segments += 1;
      here.lines += leaf.lines;
      sums.set(segmentPath(leaf.source, leaf.day, leaf.seq), leaf.file);
      verifyBeside(store, { leaf, index }, bytes, keys, findings);
    },
  });
  const { origin: signed, size: leaves } = verified;
  const isOther = signed !== undefined && (signed !== origin || leaves !== size);
  const broken: readonly Broken[] = [
    ...(isOther
      ? [{ path: bundleManifest, why: 'it speaks of another log than the checkpoint' }]
      : []),
    ...verifySums(store, sums),
  ];
  return {
    ...verified,
    ok: verified.ok && broken.length === 0,
    broken: [...verified.broken, ...broken],
    brokenCount: verified.brokenCount + broken.length,
    scope: { ...scope, ...(hold === undefined ? {} : { case: hold }) },
    here: { ...here, deleted: coverage.deletedIn(scope) },
    uncovered: coverage.uncovered(scope, uncoveredMax),
  };
};
