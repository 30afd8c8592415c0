import { readCanonical, type Value } from './canonical.ts';
import { entryBytesMax } from './tile-paths.ts';

/** What a leaf is about. A leaf is a record of control, never a log line: the log is for ever. */
interface Common {
  readonly v: 1;
  /** When it was written, by the clock of the host. RFC 3339, UTC, milliseconds. */
  readonly at: string;
}

export interface SegmentLeaf extends Common {
  readonly kind: 'segment';
  readonly source: string;
  /** 1-based, without a hole. */
  readonly seq: number;
  /** Hash of the leaf of the segment before. */
  readonly prev: string | null;
  /** Day that its lines belong to, `2026-06-29`. */
  readonly day: string;
  /** Position in the source before its first line, and behind its last. */
  readonly from: string | null;
  readonly to: string;
  readonly lines: number;
  readonly bytes: number;
  /** First and last time that its lines tell, milliseconds since 1970; `null` where they were not read. */
  readonly first: number | null;
  readonly last: number | null;
  /** `SHA-256(0x02 ‖ secret ‖ the lines)`. */
  readonly raw: string;
  /** RFC 6962 root over `0x00 ‖ salt ‖ line`. */
  readonly root: string;
  /** SHA-256 of the file, in which the secret lies, and its bytes. */
  readonly file: string;
  readonly fileBytes: number;
  /** `SHA-256(0x03 ‖ secret ‖ SHA-256 of the file of rows)`. */
  readonly rows: string | null;
  /** Version of what read the lines, and of OCSF. */
  readonly parser: string | null;
  readonly ocsf: string | null;
}

/** Rows were made anew of lines that are kept: from here on these count. */
export interface RowsLeaf extends Common {
  readonly kind: 'rows';
  readonly source: string;
  /** Of the segment. */
  readonly seq: number;
  /** 2 for the first that follow those of the segment's own record, whether it has any or not. */
  readonly generation: number;
  /** `SHA-256(0x03 ‖ secret ‖ SHA-256 of the file of rows)`. */
  readonly rows: string;
  readonly parser: string;
  readonly ocsf: string;
}

interface IdleLeaf extends Common {
  readonly kind: 'idle';
  readonly source: string;
  readonly from: string;
  readonly to: string;
}

interface GapLeaf extends Common {
  readonly kind: 'gap';
  readonly source: string;
  readonly fromDay: string;
  readonly toDay: string;
  readonly why: string;
}

const dayStates = ['complete', 'idle', 'gap'] as const;
type DayState = (typeof dayStates)[number];

/** A source on a day. */
export interface SealedSource {
  readonly source: string;
  readonly state: DayState;
  /** Numbers of its segments; 0 where there are none. */
  readonly first: number;
  readonly last: number;
  readonly segments: number;
  readonly lines: number;
  readonly bytes: number;
  /** Why a gap is one. */
  readonly why: string | null;
}

export interface SealLeaf extends Common {
  readonly kind: 'seal';
  readonly day: string;
  /** Hash of the seal before. */
  readonly prev: string | null;
  /** A day of many sources has several leaves: 1 of 2. */
  readonly part: number;
  readonly parts: number;
  readonly sources: readonly SealedSource[];
}

interface SealAmendLeaf extends Common {
  readonly kind: 'seal-amend';
  readonly day: string;
  /** The source as it stands now, the late segment counted. */
  readonly now: SealedSource;
}

interface SourceAddLeaf extends Common {
  readonly kind: 'source-add';
  readonly source: string;
  readonly meta: Readonly<Record<string, string>>;
}

interface SourceRetireLeaf extends Common {
  readonly kind: 'source-retire';
  readonly source: string;
  readonly why: string;
}

export interface PolicyLeaf extends Common {
  readonly kind: 'policy';
  readonly id: string;
  /** `null` for all. */
  readonly source: string | null;
  readonly keepDays: number;
  readonly why: string;
}

export interface HoldLeaf extends Common {
  readonly kind: 'hold';
  readonly id: string;
  readonly source: string | null;
  readonly fromDay: string;
  readonly toDay: string;
  readonly why: string;
}

interface ReleaseLeaf extends Common {
  readonly kind: 'release';
  /** Of the hold. */
  readonly id: string;
  readonly why: string;
}

export interface DeleteLeaf extends Common {
  readonly kind: 'delete';
  readonly source: string;
  /** Numbers of the segments whose lines and secrets are gone. */
  readonly first: number;
  readonly last: number;
  /** Index of the leaf of the policy that asks for it. */
  readonly policy: number;
}

export interface KeyLeaf extends Common {
  readonly kind: 'key';
  /** `NAME+HASH+KEY`; checkpoints from here on are signed by it. */
  readonly key: string;
  readonly why: string;
}

/** Who was affected by a breach, as it was answered at that time. */
export interface ScopeLeaf extends Common {
  readonly kind: 'scope';
  /** Name of the case. */
  readonly case: string;
  /** 1-based, without a hole. */
  readonly version: number;
  /** Hash of the leaf of the version before. */
  readonly prev: string | null;
  /** SHA-256 of the file that says it, in which the digests of all that it rests on stand. */
  readonly file: string;
}

export type Leaf =
  | SegmentLeaf
  | RowsLeaf
  | IdleLeaf
  | GapLeaf
  | SealLeaf
  | SealAmendLeaf
  | SourceAddLeaf
  | SourceRetireLeaf
  | PolicyLeaf
  | HoldLeaf
  | ReleaseLeaf
  | DeleteLeaf
  | KeyLeaf
  | ScopeLeaf;

type Check = (value: Value | undefined) => boolean;

const text =
  (charactersMax: number): Check =>
  value =>
    typeof value === 'string' && value.length <= charactersMax;
const matching =
  (pattern: RegExp): Check =>
  value =>
    typeof value === 'string' && pattern.test(value);
const orNull =
  (check: Check): Check =>
  value =>
    value === null || check(value);
const count: Check = value => typeof value === 'number' && value >= 0;
const whole: Check = value => typeof value === 'number';
const hash = matching(/^[0-9a-f]{64}$/);
const day = matching(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/);
const time = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const sourceName = matching(/^[a-z0-9][a-z0-9._-]{0,99}$/);
const identifier = matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
const why = text(1_000);
const position = text(2_000);

const isRecord = (value: Value | undefined): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Exactly these keys, each as it should be. */
const shaped =
  (shape: Readonly<Record<string, Check>>): Check =>
  value =>
    isRecord(value) &&
    Object.keys(value).length === Object.keys(shape).length &&
    Object.entries(shape).every(([key, check]) => Object.hasOwn(value, key) && check(value[key]));

const sealedSource = shaped({
  source: sourceName,
  state: value => dayStates.some(state => state === value),
  first: count,
  last: count,
  segments: count,
  lines: count,
  bytes: count,
  why: orNull(why),
});
const meta: Check = value =>
  isRecord(value) &&
  Object.keys(value).length <= 32 &&
  Object.entries(value).every(([key, each]) => key.length <= 100 && text(1_000)(each));

const shapes: Readonly<Record<Leaf['kind'], Readonly<Record<string, Check>>>> = {
  segment: {
    source: sourceName,
    seq: count,
    prev: orNull(hash),
    day,
    from: orNull(position),
    to: position,
    lines: count,
    bytes: count,
    first: orNull(whole),
    last: orNull(whole),
    raw: hash,
    root: hash,
    file: hash,
    fileBytes: count,
    rows: orNull(hash),
    parser: orNull(text(100)),
    ocsf: orNull(text(20)),
  },
  rows: {
    source: sourceName,
    seq: count,
    generation: count,
    rows: hash,
    parser: text(100),
    ocsf: text(20),
  },
  idle: { source: sourceName, from: time, to: time },
  gap: { source: sourceName, fromDay: day, toDay: day, why },
  seal: {
    day,
    prev: orNull(hash),
    part: count,
    parts: count,
    sources: value => Array.isArray(value) && value.every(sealedSource),
  },
  'seal-amend': { day, now: sealedSource },
  'source-add': { source: sourceName, meta },
  'source-retire': { source: sourceName, why },
  policy: { id: identifier, source: orNull(sourceName), keepDays: count, why },
  hold: { id: identifier, source: orNull(sourceName), fromDay: day, toDay: day, why },
  release: { id: identifier, why },
  delete: { source: sourceName, first: count, last: count, policy: count },
  key: { key: text(500), why },
  scope: { case: identifier, version: count, prev: orNull(hash), file: hash },
};

const isKind = (value: Value | undefined): value is Leaf['kind'] =>
  typeof value === 'string' && Object.hasOwn(shapes, value);

export const isSourceName = (value: string): boolean => sourceName(value);

/** The record that these bytes are; a reason where they are none, or not in their one form. */
export const readLeaf = (
  bytes: Uint8Array,
): { readonly ok: true; readonly leaf: Leaf } | { readonly ok: false; readonly why: string } => {
  if (bytes.length > entryBytesMax) return { ok: false, why: 'it is too long' };
  const value = readCanonical(bytes);
  if (!isRecord(value)) return { ok: false, why: 'it is not JSON in canonical form' };
  const { kind } = value;
  if (!isKind(kind)) return { ok: false, why: 'it is of no known kind' };
  const shape = { v: (v: Value | undefined) => v === 1, kind: isKind, at: time, ...shapes[kind] };
  return shaped(shape)(value)
    ? { ok: true, leaf: value as unknown as Leaf }
    : { ok: false, why: `it is not what a ${kind} record holds` };
};
