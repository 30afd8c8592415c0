import type {
  AffectedProduct,
  SchemeId,
  Span,
  Standing,
  VersionClaim,
} from '../../../core/advisory.ts';
import { versionSchemes } from '../../versions.generated.ts';
import type { StatedProduct } from './products.ts';

/** What a vulnerability's product status says of one product, gathered from all of its lists. */
export interface Gathered {
  readonly product: StatedProduct;
  readonly affected: StatedProduct[];
  readonly notAffected: StatedProduct[];
  readonly fixed: StatedProduct[];
  readonly investigated: StatedProduct[];
  readonly first: string[];
  readonly last: string[];
  readonly recommended: string[];
  unmended?: string;
  fixedOn?: string;
}

export const gather = (product: StatedProduct): Gathered => ({
  product,
  affected: [],
  notAffected: [],
  fixed: [],
  investigated: [],
  first: [],
  last: [],
  recommended: [],
});

const each = (products: readonly StatedProduct[]): readonly string[] => [
  ...new Set(products.map(({ version }) => version).filter(version => version !== undefined)),
];

const ranges = (products: readonly StatedProduct[]): readonly VersionClaim[] =>
  products.map(({ range }) => range).filter(range => range !== undefined);

/** Neither version nor range nor a range that could not be read: every version is meant. */
const all = (products: readonly StatedProduct[]): boolean =>
  products.some(
    ({ version, range, unread }) =>
      unread === undefined &&
      (version === undefined ? range === undefined || range.rest === 'affected' : false),
  );

const exactly = (version: string, standing: Standing): Span => ({
  from: version,
  through: version,
  standing,
});

/** The spans of ranges whose versions stand so; what a range leaves out, nothing is said of. */
const spansOf = (claims: readonly VersionClaim[], standing: Standing): readonly Span[] =>
  claims.flatMap(claim => [
    ...(claim.versions ?? []).map(version => exactly(version, standing)),
    ...claim.spans.map(
      (span): Span => ({
        ...span,
        standing:
          span.standing === 'affected'
            ? standing
            : // Out of an affected range: not affected. Out of one that is not: nobody said so.
              standing === 'affected'
              ? 'not-affected'
              : 'unknown',
      }),
    ),
  ]);

const schemeOf = ({ product, affected, notAffected, fixed }: Gathered): SchemeId => {
  const used = new Set(ranges([...affected, ...notAffected, ...fixed]).map(claim => claim.scheme));
  const [only, ...others] = [...used];
  if (only === undefined) return product.scheme;
  return others.length === 0 ? only : 'unknown';
};

const packaged = (scheme: SchemeId): boolean =>
  scheme === 'deb' || scheme === 'rpm' || scheme === 'apk';

/** From the lowest to the highest; undefined where two cannot be compared. */
const sorted = (scheme: SchemeId, versions: readonly string[]): readonly string[] | undefined => {
  const known = versionSchemes.find(({ id }) => id === scheme);
  if (known === undefined || versions.length > 2_000) return undefined;
  let comparable = true;
  const order = versions.toSorted((a, b) => {
    const answer = known.compare(a, b);
    if (answer !== 'incomparable') return answer;
    comparable = false;
    return 0;
  });
  return comparable ? order : undefined;
};

/**
 * `first_affected` and `last_affected` of several branches: they belong together in the order of their
 * versions, if there are as many of each.
 */
const betweenSpans = (scheme: SchemeId, { first, last }: Gathered): readonly Span[] => {
  if (last.length === 0) {
    return first.length === 1 && first[0] !== undefined
      ? [{ from: first[0], standing: 'affected' }]
      : first.map(version => exactly(version, 'affected'));
  }
  if (first.length === 0 && last.length === 1 && last[0] !== undefined) {
    return [{ through: last[0], standing: 'affected' }];
  }
  const [lower, upper] = [sorted(scheme, first), sorted(scheme, last)];
  const paired = lower !== undefined && upper !== undefined && lower.length === upper.length;
  return paired
    ? lower.map(
        (from, i): Span => ({
          from,
          ...(upper[i] === undefined ? {} : { through: upper[i] }),
          standing: 'affected',
        }),
      )
    : [...first, ...last].map(version => exactly(version, 'affected'));
};

/**
 * Spans around the fixed versions. A distribution's fix mends everything after it and nothing before. Of
 * others it is certain only of the highest one: a later version of an older branch may lack it.
 */
const fixedSpans = (
  scheme: SchemeId,
  gathered: Gathered,
): { readonly at: readonly Span[]; readonly around: readonly Span[] } => {
  const versions = each(gathered.fixed);
  const at = [
    ...versions.map(version => exactly(version, 'not-affected')),
    ...spansOf(ranges(gathered.fixed), 'not-affected'),
  ];
  const order = sorted(scheme, versions) ?? (versions.length === 1 ? versions : undefined);
  const [lowest, highest] = [order?.at(0), order?.at(-1)];
  if (lowest === undefined || highest === undefined) return { at, around: [] };
  const after: Span = { from: highest, standing: 'not-affected' };
  const silent =
    gathered.affected.length === 0 && gathered.last.length === 0 && gathered.first.length === 0;
  return packaged(scheme) && silent
    ? { at, around: [after, { before: lowest, standing: 'affected' }] }
    : { at, around: [after] };
};

const spansMax = 5_000;

const open = (span: Span): Span => ({ ...span, standing: 'unknown' });

/** What holds on one platform alone must not make the others look safe. */
const conditional = (span: Span): Span =>
  span.standing === 'not-affected' ? { ...span, standing: 'unknown' } : span;

/** One claim out of all that the lists say. */
export const affectedOf = (gathered: Gathered): AffectedProduct => {
  const { product, affected, notAffected, fixed, investigated } = gathered;
  const scheme = schemeOf(gathered);
  const listed = [...each(affected), ...ranges(affected).flatMap(claim => claim.versions ?? [])];
  const called = new Set(listed);
  const mended = fixedSpans(scheme, gathered);
  const spans: Span[] = [
    ...each(notAffected).map(version => exactly(version, 'not-affected')),
    ...each(investigated).map(version => exactly(version, 'unknown')),
    ...mended.at,
    ...spansOf(ranges(notAffected), 'not-affected'),
    ...spansOf(ranges(investigated), 'unknown'),
    ...spansOf(
      ranges(affected).map(claim => ({ ...claim, versions: [] })),
      'affected',
    ),
    ...betweenSpans(scheme, gathered),
    // "Every version" was said before there was a mended one, or in spite of it.
    ...(all(affected) && !packaged(scheme) ? mended.around.map(open) : mended.around),
  ];
  const bounded =
    ranges(affected).some(claim =>
      claim.spans.some(span => span.before !== undefined || span.through !== undefined),
    ) || gathered.last.length > 0;
  const rest: Standing = all(affected)
    ? 'affected'
    : all(notAffected)
      ? 'not-affected'
      : bounded && !all(investigated)
        ? // Its source drew the line: what is beyond it was meant to be.
          'not-affected'
        : 'unknown';
  const unread = affected.find(one => one.unread !== undefined)?.unread;
  const on = product.on;
  const part = product.parts !== undefined && affected.length > 0;
  const blur =
    on !== undefined
      ? `meant only where it is installed on ${on}`
      : unread !== undefined
        ? `its range is a sentence: ${unread}`
        : part && product.version === undefined && product.range === undefined
          ? 'meant only with the part that is named'
          : undefined;
  const fixes = [...new Set([...each(fixed), ...gathered.recommended])].filter(
    version => !called.has(version),
  );
  return {
    key: product.key,
    product: product.label,
    ...(product.release === undefined ? {} : { release: product.release }),
    ...(product.stream === undefined || product.stream === '' ? {} : { stream: product.stream }),
    scheme,
    spans: (on === undefined ? spans : spans.map(conditional)).slice(0, spansMax),
    ...(called.size === 0 ? {} : { versions: [...called].slice(0, spansMax) }),
    // Spans that were cut off must not make the rest look safe.
    rest:
      (on !== undefined && rest === 'not-affected') ||
      spans.length > spansMax ||
      called.size > spansMax
        ? 'unknown'
        : rest,
    fixed: fixes.slice(0, 50),
    ...(gathered.fixedOn === undefined ? {} : { fixedOn: gathered.fixedOn }),
    ...(blur === undefined ? {} : { blur }),
    ...(gathered.unmended === undefined
      ? {}
      : {
          unmended:
            product.release === undefined ? gathered.unmended : 'not planned for this release',
        }),
    ...(product.byCpe === true ? { byCpe: true } : {}),
  };
};
