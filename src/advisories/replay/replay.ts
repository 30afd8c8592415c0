import type { ProductKey } from '../../core/advisory.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import { exposedTo, type Placed } from '../../core/exposed.ts';
import type { Clock, Finding } from '../../core/finding.ts';
import type { Distribution } from '../../core/packages.ts';
import type { Policy } from '../../core/policy.ts';
import type {
  PastDay,
  ReplayConcern,
  ReplayDeadline,
  ReplayedCase,
  ReplaySource,
} from '../../core/replay.ts';
import { clockOf } from '../matching/clock.ts';
import { voicesOf } from '../matching/voices.ts';
import { deadlineOf } from '../urgency/deadline.ts';
import { makers, type PastCase } from './case.ts';
import { daysFrom, earlier, exactly } from './days.ts';
import { type Listener, replaySources } from './sources.ts';

export interface ReplaySetting {
  readonly parts: readonly Placed[];
  readonly distribution: Distribution;
  readonly index: AdvisoryIndex;
  readonly policy: Policy;
  readonly now: Date;
}

/** A component with the names that the software goes by, those that sources judge it by among them. */
interface NamedPart {
  readonly placed: Placed;
  readonly keys: ReadonlySet<ProductKey>;
  readonly listeners: readonly Listener[];
  /** Why nobody may judge it. */
  readonly silence?: string;
}

const named = (placed: Placed, distribution: Distribution): NamedPart => {
  const { component, ancestors } = placed;
  const { voices, silence } = voicesOf(component, ancestors, distribution);
  // Names that are only near prove nothing, and those of its host are its host's.
  const own = voices.filter(voice => voice.near === undefined && voice.as === undefined);
  const software = [component.package?.source?.name, component.name.toLowerCase()];
  return {
    placed,
    listeners: own,
    keys: new Set([
      ...own.map(({ key }) => key),
      ...software.flatMap(name => (name === undefined ? [] : makers(name))),
    ]),
    ...(silence === undefined ? {} : { silence: silence.why }),
  };
};

/** The components that are the product; what is plugged into one of them is not counted again. */
const concernedBy = (past: PastCase, parts: readonly NamedPart[]): readonly NamedPart[] => {
  const hits = parts.filter(({ keys }) => past.keys.some(key => keys.has(key)));
  const ids = new Set(hits.map(({ placed }) => placed.component.id));
  return hits.filter(({ placed }) => !placed.ancestors.some(({ id }) => ids.has(id)));
};

/** What is said of the flaws today, but for their use: that came to light later. */
const flawOf = (past: PastCase, index: AdvisoryIndex, clock: Clock | undefined): Finding => {
  const records = past.flaws.flatMap(flaw => index.named(flaw)).map(({ advisory }) => advisory);
  const ssvc = records.find(each => each.ssvc !== undefined)?.ssvc;
  const severity = records
    .flatMap(({ severities }) => severities)
    .sort((a, b) => (b.score ?? -1) - (a.score ?? -1))[0];
  return {
    id: past.flaws[0] ?? past.id,
    aliases: past.flaws.slice(1),
    title: past.title,
    outcome: 'affected',
    why: '',
    evidence: [],
    references: [],
    ...(severity === undefined ? {} : { severity }),
    ...(ssvc === undefined
      ? {}
      : {
          ssvc: {
            ...(ssvc.automatable === undefined ? {} : { automatable: ssvc.automatable }),
            ...(ssvc.impact === undefined ? {} : { impact: ssvc.impact }),
          },
        }),
    ...(clock === undefined ? {} : { clock }),
  };
};

const exposureOf = (concerned: readonly NamedPart[]): { internet: boolean; why: string } => {
  const exposures = concerned.map(({ placed }) => exposedTo(placed));
  return (
    exposures.find(({ internet }) => internet) ??
    exposures[0] ?? { internet: true, why: 'as on a host that faces the internet' }
  );
};

const later = (a: string, b: string): string => (a > b ? a : b);

/** By the policy of today, as it would have been on the day that it was told. */
const deadlinesOf = (
  past: PastCase,
  told: string,
  concerned: readonly NamedPart[],
  { index, policy, now }: ReplaySetting,
): Pick<ReplayedCase, 'deadline' | 'deadlineOnceExploited'> => {
  const keys = new Set([...past.keys, ...concerned.flatMap(part => [...part.keys])]);
  const clock = clockOf(past.flaws, keys, index, now);
  if (clock === undefined) return {};
  const flaw = flawOf(past, index, clock);
  const exposure = exposureOf(concerned);
  const when = new Date(`${told}T00:00:00Z`);
  const since = `${clock.started.slice(0, 10)} (${clock.basis})`;
  const { days, on, why } = deadlineOf(flaw, exposure, policy, when);
  const deadline: ReplayDeadline = {
    ...(days === undefined ? {} : { days }),
    // Nobody is late for what he has not been told.
    ...(on === undefined ? {} : { on: later(on, told) }),
    why: `${why}; counted from ${since}`,
  };
  const catalogued = past.catalogued?.notAfter;
  if (catalogued === undefined) return { deadline };
  const used = deadlineOf(
    { ...flaw, exploited: { flaw: flaw.id, by: 'CISA KEV', on: catalogued } },
    exposure,
    policy,
    // Asked again on the day on which it was known.
    new Date(Math.max(when.getTime(), Date.parse(catalogued))),
  );
  return {
    deadline,
    deadlineOnceExploited: {
      ...(used.days === undefined ? {} : { days: used.days }),
      ...(used.on === undefined ? {} : { on: later(used.on, later(catalogued, told)) }),
      why: `${used.why}; counted from ${since}, and not before it was known`,
    },
  };
};

const firstToTell = (sources: readonly ReplaySource[]): ReplayedCase['told'] => {
  const [first] = sources
    .flatMap(({ on, record, feed }) => (on === undefined ? [] : [{ on, by: record ?? feed }]))
    .sort((a, b) => (a.on < b.on ? -1 : 1));
  return first;
};

const untoldOf = (sources: readonly ReplaySource[]): string =>
  sources.some(({ state }) => state === 'undated')
    ? 'a record tells of it, but none says since when'
    : 'no source that the database holds tells of it';

/** Each component is told of by those who may judge it: a packaged copy by its distribution alone. */
const concernOf = (
  past: PastCase,
  { placed, listeners, silence }: NamedPart,
  index: AdvisoryIndex,
): ReplayConcern => {
  const component = placed.component.id;
  if (listeners.length === 0) {
    return { component, untold: `nobody may judge it: ${silence ?? 'no source is known'}` };
  }
  const sources = replaySources(past, listeners, index);
  const told = firstToTell(sources);
  return told === undefined ? { component, untold: untoldOf(sources) } : { component, told };
};

const replayed = (
  past: PastCase,
  parts: readonly NamedPart[],
  setting: ReplaySetting,
): ReplayedCase => {
  const concerned = concernedBy(past, parts);
  const listeners: readonly Listener[] =
    concerned.length > 0
      ? concerned.flatMap(part => part.listeners)
      : past.keys.map(key => ({ key }));
  const sources = replaySources(past, listeners, setting.index);
  const told = firstToTell(sources);
  const signs = [...past.signs].sort((a, b) => earlier(a.on, b.on));
  const toldDay = told === undefined ? undefined : exactly(told.on);
  const span = (from: PastDay | undefined, to: PastDay | undefined): ReturnType<typeof daysFrom> =>
    from === undefined || to === undefined ? undefined : daysFrom(from, to);
  const exploited = 'unknown' in past.exploited ? undefined : past.exploited;
  const beforeExploitation = span(toldDay, exploited);
  const beforeCatalogue = span(toldDay, past.catalogued);
  const afterFirstSign = span(signs[0]?.on, toldDay);
  return {
    id: past.id,
    title: past.title,
    story: past.story,
    flaws: past.flaws,
    product: past.product,
    concerns: concerned
      .map(part => concernOf(past, part, setting.index))
      .sort((a, b) => (a.component < b.component ? -1 : 1)),
    exploited: past.exploited,
    signs,
    ...(past.published === undefined ? {} : { published: past.published }),
    ...(past.catalogued === undefined ? {} : { catalogued: past.catalogued }),
    sources,
    ...(told === undefined ? { untold: untoldOf(sources) } : { told }),
    ...(beforeExploitation === undefined ? {} : { beforeExploitation }),
    ...(beforeCatalogue === undefined ? {} : { beforeCatalogue }),
    ...(afterFirstSign === undefined ? {} : { afterFirstSign }),
    ...(told === undefined ? {} : deadlinesOf(past, told.on, concerned, setting)),
  };
};

/** Walks cases of the past: on which day would this estate have been told, and by when mended. */
export const replayCases = (
  cases: readonly PastCase[],
  setting: ReplaySetting,
): readonly ReplayedCase[] => {
  const parts = setting.parts.map(placed => named(placed, setting.distribution));
  return cases.map(past => replayed(past, parts, setting));
};

/** What such a replay cannot show; said with every answer. */
export const replayCaveats: readonly string[] = [
  'Days are those that today’s records state, also where the sign itself is known to be of another day; a record of Debian’s tracker, which has none, gets that of its update. Notes that ship with Postern were written after the cases: they would have told only whoever had them, or the vendor’s own page, on that day.',
  'Whether the version of that day had the flaw is not asked: what is shown is a host that had it.',
  'Severity and SSVC are those of today’s records, but for exploitation, which counts from the catalogue’s day on.',
];
