import { z } from 'zod';
import {
  type FeedEntry,
  feedIds,
  type Holding,
  type ProductKey,
  schemeIds,
} from '../../core/advisory.ts';

const short = z.string().max(300);
const long = z.string().max(4_000);
const standing = z.enum(['affected', 'not-affected', 'unknown']);
const key = z
  .string()
  .max(1_000)
  .transform(text => text as ProductKey);

const claim = {
  scheme: z.enum(schemeIds),
  spans: z
    .array(
      z.strictObject({
        from: short.exactOptional(),
        before: short.exactOptional(),
        through: short.exactOptional(),
        standing,
      }),
    )
    .max(20_000),
  versions: z.array(short).max(100_000).exactOptional(),
  rest: standing,
};

const affected = z.strictObject({
  ...claim,
  key,
  product: long,
  release: short.exactOptional(),
  stream: short.exactOptional(),
  fixed: z.array(short).max(20_000),
  fixedOn: short.exactOptional(),
  fixedAtLatest: z.boolean().exactOptional(),
  fixedByRelease: z.boolean().exactOptional(),
  blur: long.exactOptional(),
  unmended: long.exactOptional(),
  harmless: long.exactOptional(),
  byCpe: z.boolean().exactOptional(),
});

const severity = z.strictObject({
  by: short,
  score: z.number().min(0).max(10).exactOptional(),
  vector: long.exactOptional(),
  word: short.exactOptional(),
});

const advisory = z.strictObject({
  feed: z.enum(feedIds),
  id: short,
  aliases: z.array(short).max(10_000),
  covers: z.array(short).max(10_000),
  title: long,
  published: short.exactOptional(),
  modified: short.exactOptional(),
  withdrawn: short.exactOptional(),
  severities: z.array(severity).max(1_000),
  ssvc: z
    .strictObject({
      exploitation: z.enum(['none', 'poc', 'active']).exactOptional(),
      automatable: z.boolean().exactOptional(),
      impact: z.enum(['partial', 'total']).exactOptional(),
    })
    .exactOptional(),
  accusing: z.boolean().exactOptional(),
  affected: z.array(affected).max(100_000),
  references: z.array(long).max(1_000),
});

const vexPart = {
  key,
  version: short.exactOptional(),
  range: z.strictObject(claim).exactOptional(),
  release: short.exactOptional(),
  arch: short.exactOptional(),
  stream: short.exactOptional(),
  narrowing: z.string().max(500).exactOptional(),
};

const statement = z.strictObject({
  feed: z.enum(feedIds),
  document: long,
  author: long,
  on: short.exactOptional(),
  flaws: z.array(short).max(10_000),
  products: z
    .array(
      z.strictObject({
        ...vexPart,
        product: long,
        byCpe: z.boolean().exactOptional(),
        parts: z.array(z.strictObject(vexPart)).max(10_000).exactOptional(),
      }),
    )
    .max(100_000),
  status: z.enum(['affected', 'not-affected', 'fixed', 'under-investigation', 'unknown']),
  justification: long.exactOptional(),
  words: long.exactOptional(),
});

const exploited = z.strictObject({
  flaw: short,
  by: short,
  on: short,
  due: short.exactOptional(),
  ransomware: z.boolean().exactOptional(),
});

const likelihood = z.strictObject({
  flaw: short,
  score: z.number().min(0).max(1),
  percentile: z.number().min(0).max(1).exactOptional(),
  on: short.exactOptional(),
});

const entry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('advisory'), advisory }),
  z.strictObject({ kind: z.literal('vex'), statement }),
  z.strictObject({ kind: z.literal('exploited'), exploited }),
  z.strictObject({ kind: z.literal('likelihood'), likelihood }),
]);

/** One line of a bundle. A signature says who made it, not that it is well-formed. */
export const parseEntry = (value: unknown): FeedEntry => entry.parse(value);

const stamp = z.iso.datetime();

const holding = z.strictObject({
  feed: z.enum(feedIds),
  part: z.string().max(100),
  asOf: stamp,
  asOfBasis: z.enum(['source', 'server', 'records']),
  newest: short.exactOptional(),
  taken: stamp,
  from: long,
  entries: z.number().int().min(0),
  partial: z.boolean().exactOptional(),
  scopes: z.array(short).max(500).exactOptional(),
  refused: z.number().int().min(0),
  refusals: z.array(z.strictObject({ record: long, why: long })).max(100),
  sha256: short.exactOptional(),
  failed: z.strictObject({ on: short, why: long }).exactOptional(),
});

const manifest = z.strictObject({
  schema: z.literal('postern.advisories-bundle/1'),
  made: stamp,
  tool: z.strictObject({ name: z.literal('postern'), version: short }),
  holdings: z
    .array(
      z.strictObject({
        file: z.string().regex(/^\d{1,4}\.ndjson$/),
        bytes: z.number().int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        holding,
      }),
    )
    .max(1_000),
});

/** What stands at the head of a bundle: each holding, and the digest of its lines. */
export interface Manifest {
  readonly schema: 'postern.advisories-bundle/1';
  readonly made: string;
  readonly tool: { readonly name: 'postern'; readonly version: string };
  readonly holdings: readonly {
    readonly file: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly holding: Holding;
  }[];
}

export const parseManifest = (value: unknown): Manifest => manifest.parse(value);
