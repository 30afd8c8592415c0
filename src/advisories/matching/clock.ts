import type { Advisory, AffectedProduct, FeedId, ProductKey } from '../../core/advisory.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import type { Clock, Sign } from '../../core/finding.ts';

/** What kind of sign a statement with a fix is. */
const signOf = (feed: FeedId, product: AffectedProduct, started: string): Sign => {
  const { release, fixedOn, fixedByRelease } = product;
  if (fixedByRelease === true && started === fixedOn) return 'upstream release';
  if (feed === 'notes') return 'vendor note';
  return feed === 'debian-tracker' || release !== undefined ? 'distribution update' : 'advisory';
};

const dayPattern = /^\d{4}-\d{2}-\d{2}/;

/** A day that a clock may start on: real, and not yet to come. */
const isDay = (text: string | undefined, now: Date): text is string =>
  text !== undefined &&
  dayPattern.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  Date.parse(text) <= now.getTime();

const clockIn = (
  { feed, id, published }: Advisory,
  product: AffectedProduct,
  now: Date,
): Clock | undefined => {
  // A distribution's record of a flaw bears the day of the flaw; its packages may have come years later.
  const ofFlaw = feed === 'osv' && product.release !== undefined;
  const started = isDay(product.fixedOn, now)
    ? product.fixedOn
    : isDay(published, now) && !ofFlaw
      ? published
      : undefined;
  return started === undefined
    ? undefined
    : {
        started,
        sign: signOf(feed, product, started),
        ...(product.fixedAtLatest === true && started === product.fixedOn
          ? { atLatest: true }
          : {}),
        basis: `${id} of ${started.slice(0, 10)}, which names ${product.fixed.length === 0 ? 'a fix' : product.fixed.slice(0, 4).join(', ')} for ${product.product}`,
      };
};

/**
 * When a fix was first seen in public: the earliest dated statement under any of the component's names,
 * the makers' and the distribution's alike, that names a version in which the flaw is mended.
 */
export const clockOf = (
  names: readonly string[],
  keys: ReadonlySet<ProductKey>,
  index: AdvisoryIndex,
  now: Date,
): Clock | undefined => {
  let first: Clock | undefined;
  for (const name of names) {
    for (const { advisory } of index.named(name)) {
      for (const product of advisory.affected) {
        if (!keys.has(product.key) || product.fixed.length === 0) continue;
        const clock = clockIn(advisory, product, now);
        if (clock === undefined) continue;
        if (first === undefined || Date.parse(clock.started) < Date.parse(first.started)) {
          first = clock;
        }
      }
    }
  }
  return first;
};
