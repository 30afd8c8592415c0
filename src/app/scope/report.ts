import type { DataTypeId, PersonStatus, Sensitivity } from '../../core/personal.ts';
import type {
  ScopeBasis,
  ScopeCount,
  ScopeCoverage,
  ScopeDuty,
  ScopeMoment,
  ScopeReport,
  ScopeTenant,
  ScopeType,
  ScopeTypeCount,
} from '../../core/scope-report.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { BasisCount, Bound, Bounds, Doubt, TenantCount } from '../../scope/bounds.ts';
import { type Basis, type EvidenceAt, isEvidenced } from '../../scope/extent.ts';
import type { Affected, BreachFacts, Regime } from '../../scope/regime.ts';
import { regimes } from '../../scope/regimes.generated.ts';
import { type AskedCase, findingsOf } from './case-file.ts';
import { pictureOf } from './picture.ts';

/** What is said of a data type beside its id. */
export interface TypeWords {
  readonly title: string;
  readonly sensitivity: Sensitivity;
}

export interface ReportRequest {
  readonly asked: AskedCase;
  readonly bounds: Bounds;
  readonly coverage: readonly ScopeCoverage[];
  /** What could not be told of what was breached. */
  readonly unknown: readonly Unseen[];
  readonly inputs: ScopeReport['inputs'];
  readonly typeWords: (type: DataTypeId) => TypeWords;
  readonly toolVersion: string;
  readonly now: Date;
}

const number = (value: number): string => value.toLocaleString('en');
const plural = (value: number, one: string, many: string): string =>
  `${number(value)} ${value === 1 ? one : many}`;
const stamp = (ms: number): string => new Date(ms).toISOString();

const countIn = (bound: Bound): ScopeCount => {
  const { people, probable, byStatus, others, messages, mailboxes, contracts, deletable, byRole } =
    bound;
  return {
    people,
    probable,
    customers: byStatus,
    others,
    messages,
    mailboxes,
    contracts,
    deletable,
    roles: byRole,
  };
};

const noneOfType: ScopeTypeCount = { own: 0, shared: 0, weak: 0 };

const sensitivities: readonly Sensitivity[] = [
  'special',
  'credential',
  'financial',
  'identity',
  'ordinary',
];

const typesOf = (
  { evidenced, withinReach }: Bounds,
  typeWords: ReportRequest['typeWords'],
): readonly ScopeType[] => {
  const of = (bound: Bound): ReadonlyMap<string, ScopeTypeCount> =>
    new Map(bound.byType.map(({ type, own, shared, weak }) => [type, { own, shared, weak }]));
  const [shown, reached] = [of(evidenced), of(withinReach)];
  const rank = ({ sensitivity }: ScopeType): number => sensitivities.indexOf(sensitivity);
  return [...new Set([...reached.keys(), ...shown.keys()])]
    .map(type => ({
      type,
      ...typeWords(type),
      evidenced: shown.get(type) ?? noneOfType,
      withinReach: reached.get(type) ?? noneOfType,
    }))
    .toSorted((a, b) => rank(a) - rank(b) || b.withinReach.weak - a.withinReach.weak);
};

const nobody: Readonly<Record<PersonStatus, number>> = { active: 0, dormant: 0, former: 0 };

const tenantsOf = ({ evidenced, withinReach }: Bounds): readonly ScopeTenant[] => {
  const shown = new Map(evidenced.byTenant.map(each => [each.tenant, each]));
  const counts = (each: TenantCount | undefined): ScopeTenant['evidenced'] => ({
    people: each?.people ?? 0,
    ...(each?.byStatus ?? nobody),
  });
  return withinReach.byTenant.map(each => ({
    tenant: each.tenant === '' ? 'no tenant named' : each.tenant,
    evidenced: counts(shown.get(each.tenant)),
    withinReach: counts(each),
  }));
};

const basisTitles: Readonly<Record<Basis, string>> = {
  'message-read': 'reads that name their messages',
  'message-shown': 'messages that a webmail showed',
  'folder-synced': 'folders that were copied',
  'mailbox-synced': 'mailboxes that were copied',
  throttled: 'so much read in a day that the log stopped naming it',
  'bodies-counted': 'sessions that fetched messages and name none: all of the mailbox',
  'mailbox-exported': 'mailboxes that were exported',
  'mailbox-downloaded': 'mailboxes that were downloaded',
  'table-read': 'tables that were read: all their rows',
  'in-transit': 'mail that passed while it was in other hands',
  finding: 'what the investigation found',
  login: 'logins of which nothing further is told',
  touched: 'mailboxes that were listed, searched or changed',
  forwarded: 'mailboxes whose mail was to be sent on',
  unclear: 'lines that leave outcome or time open',
  gap: 'logs that are missing',
  reach: 'stored mail that its permissions cover',
  passed: 'mail that passed through it',
  record: 'records that it can read',
};

const whereOf = ({ source, seq, line }: EvidenceAt): string =>
  seq === undefined ? source : `${source}/${seq}${line === undefined ? '' : `/${line}`}`;

const basisOf = ({
  basis,
  people,
  messages,
  evidence,
  counted,
  first,
}: BasisCount): ScopeBasis => ({
  rule: basis,
  title: basisTitles[basis],
  bound: isEvidenced(basis) ? 'evidenced' : 'within-reach',
  evidence,
  people,
  messages,
  counted,
  ...(first === undefined
    ? {}
    : {
        first: {
          where: whereOf(first),
          ...(first.atMs === undefined ? {} : { at: stamp(first.atMs) }),
        },
      }),
});

const doubtHow: Readonly<Record<Doubt['is'], string>> = {
  'unseen-parts': 'postern scan names why; what can be opened then is counted in the next version.',
  'encrypted-parts': 'Only who has their keys can tell.',
  'mailbox-not-scanned': 'Run postern scan over it, and ask again.',
  'scan-too-old': 'Run postern scan, and ask again.',
  'message-not-found':
    'They were deleted before the scan, or lie where it did not look: postern scan PATH.',
  gap: 'postern evidence gaps names the days; lines that turn up are taken in with postern ingest.',
  'log-not-read': 'postern events --unparsed shows the lines.',
  'account-unknown': 'Say in the case which mailboxes it had.',
  'no-customers': 'postern scan --customers FILE reads a list of customers.',
  'no-index': 'Run postern scan, and ask again.',
};

const unknownOf = ({ is, what, count, evidenced }: Doubt): Unseen => ({
  what: count > 1 ? `${what} (${number(count)})` : what,
  why: evidenced
    ? 'it may move people into either number'
    : 'it may move people into the upper number',
  how: doubtHow[is],
});

const affectedIn = (bound: Bound, typeWords: ReportRequest['typeWords']): Affected => {
  const bySensitivity = { ordinary: 0, identity: 0, financial: 0, credential: 0, special: 0 };
  // Of several types of one kind, the one with most people: whoever has two of them is one person.
  for (const { type, shared } of bound.byType) {
    const { sensitivity } = typeWords(type);
    bySensitivity[sensitivity] = Math.max(bySensitivity[sensitivity], shared);
  }
  return { people: bound.people, bySensitivity };
};

/** Duties, those with a day first, in the order of their days. */
const dutiesOf = (facts: BreachFacts, wanted: readonly Regime[]): readonly ScopeDuty[] =>
  wanted
    .flatMap(({ id, title, source, duties }) =>
      duties(facts).map(({ due, ...duty }) => ({
        regime: id,
        title,
        source,
        ...duty,
        ...(due === undefined ? {} : { due: stamp(due) }),
      })),
    )
    .toSorted((a, b) =>
      (a.due ?? '9') < (b.due ?? '9') ? -1 : (a.due ?? '9') > (b.due ?? '9') ? 1 : 0,
    );

const deadlinesOf = ({ asked, bounds, typeWords }: ReportRequest): readonly ScopeDuty[] => {
  const { awareMs, materialMs, peopleToldMs, malicious } = asked;
  if (awareMs === undefined) return [];
  const wanted = regimes.filter(({ id }) => asked.regimes?.includes(id) ?? true);
  return dutiesOf(
    {
      aware: awareMs,
      ...(materialMs === undefined ? {} : { material: materialMs }),
      ...(peopleToldMs === undefined ? {} : { peopleTold: peopleToldMs }),
      malicious,
      evidenced: affectedIn(bounds.evidenced, typeWords),
      withinReach: affectedIn(bounds.withinReach, typeWords),
    },
    wanted,
  );
};

const timelineOf = ({ asked, bounds }: ReportRequest): readonly ScopeMoment[] => {
  const moments: ScopeMoment[] = [];
  const add = (ms: number | undefined, what: string): void => {
    if (ms !== undefined) moments.push({ at: stamp(ms), what });
  };
  for (const { component, fromMs, toMs } of asked.breaches) {
    const what = component ?? 'what was breached';
    add(fromMs, `${what}: the window begins`);
    add(toMs, `${what}: the window ends`);
  }
  for (const { basis, first, last } of bounds.bases) {
    if (!isEvidenced(basis)) continue;
    add(first?.atMs, `first evidence of ${basisTitles[basis]}`);
    if (last?.atMs !== first?.atMs) add(last?.atMs, `last evidence of ${basisTitles[basis]}`);
  }
  add(asked.awareMs, 'the organisation came to know of it');
  add(asked.materialMs, 'it was found to be material');
  add(asked.peopleToldMs, 'the people concerned were told');
  return moments.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
};

/** Days on which one of the logs could not have shown a read. */
const blindDays = (
  coverage: readonly ScopeCoverage[],
): { readonly blind: number; readonly all: number } => {
  const days = new Set<string>();
  const blind = new Set<string>();
  for (const log of coverage) {
    for (const { day, is } of log.days) {
      days.add(day);
      if (is !== 'kept') blind.add(day);
    }
  }
  return { blind: blind.size, all: days.size };
};

const subjectOf = ({ breaches, findings }: AskedCase): string => {
  const named = findingsOf({ breaches }).map(({ value }) => value);
  if (named.length === 0) return plural(findings.length, 'finding', 'findings');
  const shown = [...new Set(named)];
  return shown.length > 3
    ? `${shown.slice(0, 3).join(', ')} and ${shown.length - 3} more`
    : shown.join(', ');
};

const windowOf = ({ breaches }: AskedCase): string => {
  if (breaches.length === 0) return '';
  const from = Math.min(...breaches.map(({ fromMs }) => fromMs));
  const to = Math.max(...breaches.map(({ toMs }) => toMs));
  return ` from ${stamp(from).slice(0, 10)} to ${stamp(to).slice(0, 10)}`;
};

/** What somebody says aloud first: both numbers, and why they are two. */
const sentenceOf = ({ asked, bounds, coverage }: ReportRequest): string => {
  const { evidenced, withinReach, doubts } = bounds;
  const { blind, all } = blindDays(coverage);
  const isFloor = doubts.some(({ is }) => is === 'no-index' || is === 'mailbox-not-scanned');
  const reach = `${isFloor ? 'At least ' : ''}${plural(withinReach.people, 'person was', 'people were')} within reach of ${subjectOf(asked)}${windowOf(asked)}`;
  const shown =
    evidenced.people === 0
      ? 'nothing that is kept shows that data of any of them was taken'
      : `${plural(evidenced.people, 'person’s data is', 'people’s data are')} shown to have been read, copied or sent`;
  const gap =
    blind === 0
      ? ''
      : `; on ${blind === all ? `all ${plural(all, 'day', 'days')}` : `${number(blind)} of ${plural(all, 'day', 'days')}`} a log that would tell is missing or incomplete, so the true number lies between the two`;
  return `${reach}; ${shown}${gap}.`;
};

/** Everything that a scoping says, before it is put on paper. */
export const scopeReportOf = (request: ReportRequest): ScopeReport => {
  const { asked, bounds, coverage, unknown, inputs, typeWords, toolVersion, now } = request;
  const types = typesOf(bounds, typeWords);
  return {
    schema: 'postern.scope/1',
    generated: now.toISOString(),
    tool: { name: 'postern', version: toolVersion },
    sentence: sentenceOf(request),
    findings: findingsOf(asked),
    evidenced: countIn(bounds.evidenced),
    withinReach: countIn(bounds.withinReach),
    types,
    tenants: tenantsOf(bounds),
    coverage,
    timeline: timelineOf(request),
    basis: bounds.bases.map(basisOf),
    // Gaps are told day by day, with the logs.
    unknown: [...unknown, ...bounds.doubts.filter(({ is }) => is !== 'gap').map(unknownOf)],
    deadlines: deadlinesOf(request),
    picture: pictureOf(subjectOf(asked), bounds, types),
    inputs,
  };
};
