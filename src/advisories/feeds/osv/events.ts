import type { SchemeId } from '../../../core/advisory.ts';
import { type JsonObject, objectsIn, textIn } from '../../json-value.ts';
import { comparatorOf, type Stretch } from '../../stretches.ts';

/** Versions and commits of real records are much shorter. */
export const versionMax = 200;
/** The kernel's have some dozens. */
const eventsMax = 1_000;

type EventKind = 'introduced' | 'fixed' | 'last_affected';

interface RangeEvent {
  readonly kind: EventKind;
  readonly version: string;
}

/** What a list of events says; `false`: of some versions nobody can tell. */
export interface EventReading {
  readonly stretches: readonly Stretch[];
  readonly fixed: readonly string[];
  readonly certain: boolean;
}

const kinds = ['introduced', 'fixed', 'last_affected'] as const;

interface Listed {
  readonly events: readonly RangeEvent[];
  /** Undefined: nothing limits it. */
  readonly limits: readonly string[] | undefined;
  readonly certain: boolean;
}

const listed = (range: JsonObject): Listed => {
  const events: RangeEvent[] = [];
  const limits: string[] = [];
  let unlimited = false;
  const raw = objectsIn(range, 'events', eventsMax + 1);
  let certain = raw.length <= eventsMax;
  for (const event of raw.slice(0, eventsMax)) {
    let said = false;
    for (const kind of kinds) {
      const version = textIn(event, kind, versionMax);
      if (version === undefined) continue;
      said = true;
      events.push({ kind, version });
    }
    const limit = textIn(event, 'limit', versionMax);
    if (limit !== undefined) {
      said = true;
      // "Allows versions containing the string `*`" to be infinity.
      if (limit.includes('*')) unlimited = true;
      else limits.push(limit);
    }
    // An event that says nothing, or too long a thing, may be the one that ends the range.
    if (!said) certain = false;
  }
  return { events, limits: unlimited || limits.length === 0 ? undefined : limits, certain };
};

/** `introduced: 0` sorts before every version. */
const isFirst = ({ kind, version }: RangeEvent): boolean =>
  kind === 'introduced' && version === '0';

/**
 * The events in the order of their versions. At the same version what was written first comes first, but
 * the last affected version is affected. Undefined: some two cannot be compared.
 */
const ordered = (
  events: readonly RangeEvent[],
  scheme: SchemeId,
): readonly RangeEvent[] | undefined => {
  const compare = comparatorOf(scheme);
  if (events.length < 2 || compare === undefined) return events;
  const [first, second] = events;
  // Nearly every record.
  if (events.length === 2 && first && second && isFirst(first) && !isFirst(second)) return events;
  let torn = false;
  const sorted = [...events].sort((a, b) => {
    if (isFirst(a) || isFirst(b)) return Number(isFirst(b)) - Number(isFirst(a));
    const order = compare(a.version, b.version);
    if (order === 'incomparable') torn = true;
    else if (order !== 0) return order;
    return Number(a.kind === 'last_affected') - Number(b.kind === 'last_affected');
  });
  return torn ? undefined : sorted;
};

const stretchesOf = (events: readonly RangeEvent[]): readonly Stretch[] => {
  const out: Stretch[] = [];
  let open: { readonly from?: string } | undefined;
  for (const event of events) {
    if (event.kind === 'introduced') {
      open ??= isFirst(event) ? {} : { from: event.version };
    } else if (open !== undefined) {
      const including = event.kind === 'last_affected';
      out.push({ ...open, to: event.version, including, standing: 'affected' });
      open = undefined;
    }
  }
  if (open !== undefined) out.push({ ...open, standing: 'affected' });
  return out;
};

/** Versions at and above every limit are not spoken of. Undefined: the limits cannot be compared. */
const limited = (
  stretches: readonly Stretch[],
  limits: readonly string[],
  scheme: SchemeId,
): readonly Stretch[] | undefined => {
  const compare = comparatorOf(scheme);
  const [first, ...more] = limits;
  if (compare === undefined || first === undefined) return undefined;
  let last = first;
  for (const limit of more) {
    const order = compare(last, limit);
    if (order === 'incomparable') return undefined;
    if (order === -1) last = limit;
  }
  const out: Stretch[] = [];
  for (const stretch of stretches) {
    const begins = stretch.from === undefined ? -1 : compare(stretch.from, last);
    const ends = stretch.to === undefined ? 1 : compare(stretch.to, last);
    if (begins === 'incomparable' || ends === 'incomparable') return undefined;
    if (begins !== -1) continue;
    const cut = ends === 1 || (ends === 0 && stretch.including);
    out.push(cut ? { ...stretch, to: last, including: false } : stretch);
  }
  return out;
};

/**
 * What the events of a range say. Source: "Evaluation" in the OSV schema: a version is affected when,
 * going through the events in the order of their versions, the last one that it reached says so, and when
 * it lies before some limit.
 */
export const readEvents = (range: JsonObject, scheme: SchemeId): EventReading => {
  const { events, limits, certain } = listed(range);
  const fixed = events.filter(({ kind }) => kind === 'fixed').map(({ version }) => version);
  const sorted = ordered(events, scheme);
  const whole = stretchesOf(sorted ?? events);
  const bounded = limits === undefined ? whole : limited(whole, limits, scheme);
  const sure = sorted !== undefined && bounded !== undefined && certain;
  // There must be an `introduced`.
  const told = events.some(({ kind }) => kind === 'introduced');
  return {
    stretches: sure
      ? bounded
      : whole.map(stretch => ({ ...stretch, standing: 'unknown' as const })),
    fixed,
    certain: sure && told,
  };
};
