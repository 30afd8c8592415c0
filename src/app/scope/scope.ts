import { createHash } from 'node:crypto';
import type { Component } from '../../core/component.ts';
import type { CustomerList } from '../../core/customer-index.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { FileView } from '../../core/files.ts';
import type { KeptLogs } from '../../core/kept-log.ts';
import type { Configuration } from '../../core/policy.ts';
import type { ScopeCoverage, ScopeReport } from '../../core/scope-report.ts';
import type { Unseen } from '../../core/unseen.ts';
import { dataTypeWords } from '../../exposure/data-type-words.ts';
import type { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { openKeeping } from '../../logs/keeping/trail.ts';
import type { Breach, Finding } from '../../scope/breach.ts';
import type { Extent } from '../../scope/extent.ts';
import { evidenceSummary } from '../evidence/inspect.ts';
import { witnessKeys } from '../evidence/witness.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { inventory } from '../inventory.ts';
import { type KeptLogsRequest, keptLogs } from '../kept-logs.ts';
import { withTrails } from '../log-trails.ts';
import { openCustomers } from '../people/customer-files.ts';
import { toolVersion } from '../version.ts';
import { type BothBounds, type BothBoundsRequest, bothBounds } from './both-bounds.ts';
import { type Estate, understoodBreach } from './breach-of.ts';
import type { AskedCase, AskedFinding } from './case-file.ts';
import { linkStore } from './link-store.ts';
import type { Linked } from './linked.ts';
import { logDays } from './log-days.ts';
import { namesWith } from './names.ts';
import { scopeReportOf, type TypeWords } from './report.ts';

export interface ScopeRequest extends Pick<BothBoundsRequest, 'memoryBytesMax' | 'take'> {
  readonly store: string;
  readonly asked: AskedCase;
  readonly files: FileView;
  readonly configuration: Configuration;
  /** Folder that the inspected host's files lie in; none: no logs of this host are looked for. */
  readonly root: string | undefined;
  /** Without the key nobody can be looked up by name: accounts and messages that logs name are not found. */
  readonly pseudonyms: Pseudonyms | undefined;
  readonly zoneOf: ZoneOf;
  readonly now: Date;
  readonly say: (stage: string) => void;
}

export interface Scoped {
  readonly report: ScopeReport;
  readonly answer: BothBounds;
  readonly linked: Linked;
}

const words = new Map<string, TypeWords>(
  dataTypeWords.map(({ id, title, sensitivity }) => [id, { title, sensitivity }]),
);

const typeWords = (type: string): TypeWords =>
  words.get(type) ?? { title: type, sensitivity: 'ordinary' };

/** What records of customers hold: what the list has columns for. */
const recordTypesOf = (list: CustomerList | undefined): readonly string[] => {
  if (list === undefined) return ['email', 'person-name'];
  const { kinds } = list;
  const has = (kind: keyof typeof kinds): boolean => kinds[kind] > 0;
  return [
    'person-name',
    ...(has('email') ? ['email'] : []),
    ...(has('telephone') ? ['telephone'] : []),
    ...(has('customer-number') ? ['customer-number'] : []),
    ...(has('name-and-address') ? ['postal-address'] : []),
    ...(has('name-and-birth-date') ? ['date-of-birth'] : []),
  ];
};

const extentsOf = (finding: AskedFinding): readonly Extent[] => {
  const { mailboxes = [], messages, tenants, contracts, addresses, types = [] } = finding;
  const always = { fromMs: -8_640_000_000_000_000, toMs: 8_640_000_000_000_000 };
  const narrows = { tenants, contracts, addresses };
  const isOfRecords = Object.values(narrows).some(each => each !== undefined);
  return [
    ...mailboxes.map(mailbox => ({ is: 'mailbox', mailbox, span: always }) as const),
    ...(messages === undefined ? [] : [{ is: 'messages', ids: messages } as const]),
    ...(isOfRecords || (mailboxes.length === 0 && messages === undefined)
      ? [
          {
            is: 'records',
            of: {
              types,
              ...(tenants === undefined ? {} : { tenants }),
              ...(contracts === undefined ? {} : { contracts }),
              ...(addresses === undefined ? {} : { addresses }),
            },
          } as const,
        ]
      : []),
  ];
};

const findingsIn = ({ findings }: AskedCase): readonly Finding[] =>
  findings.flatMap(asked =>
    extentsOf(asked).map(extent => ({
      name: asked.name,
      extent,
      ...(asked.atMs === undefined ? {} : { at: { source: asked.name, atMs: asked.atMs } }),
    })),
  );

/** What the host's own settings say of its parts, and where their lines lie. */
const platformOf = ({ files, configuration, now, say }: ScopeRequest): readonly Component[] => {
  say('reading configuration');
  const keeping = openKeeping(files, now);
  return inventory(files, configuration).components.map(each => withTrails(each, keeping));
};

const keptOf = (
  { store, root, configuration, say }: ScopeRequest,
  components: readonly Component[],
  unknown: Unseen[],
): KeptLogs | undefined => {
  if (root === undefined) return undefined;
  const paths = components.flatMap(({ logs }) =>
    logs.flatMap(({ trail }) => (trail?.path === undefined ? [] : [trail.path])),
  );
  say('verifying the evidence store');
  const request: KeptLogsRequest = {
    store,
    root,
    paths: [...new Set(paths)],
    said: configuration.evidence.logs,
    witnesses: witnessKeys(configuration.evidence.witnesses),
  };
  const kept = keptLogs(request);
  if (kept?.broken === undefined) return kept;
  unknown.push({
    what: 'the evidence store',
    why: `it is not whole, so no day of it counts as kept: ${kept.broken}`,
    how: 'postern evidence verify names what is wrong.',
  });
  return undefined;
};

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');

const evidenceInput = (store: string): ScopeReport['inputs'] => {
  try {
    // Not the root of the log: versions of cases are records in it, too.
    const { origin, sources, gaps, lastSealedDay } = evidenceSummary(store);
    const asOf = lastSealedDay === undefined ? {} : { asOf: `sealed to ${lastSealedDay}` };
    return [{ what: `the evidence log ${origin}`, digest: digestOf([sources, gaps]), ...asOf }];
  } catch {
    return [];
  }
};

const inputsOf = (
  { store, asked }: ScopeRequest,
  { about }: Linked,
  list: CustomerList | undefined,
  components: readonly Component[],
): ScopeReport['inputs'] => [
  { what: 'the case as it was put', digest: digestOf(asked) },
  ...evidenceInput(store),
  {
    what: 'the index of exposure',
    digest: digestOf([about.version, about.files, about.types]),
    ...(about.scannedMs === null ? {} : { asOf: new Date(about.scannedMs.last).toISOString() }),
  },
  ...(list === undefined
    ? []
    : [{ what: 'the list of customers', digest: list.digest, asOf: list.read }]),
  {
    what: 'the inventory of the platform',
    digest: digestOf(
      components.map(({ id, version, reach, logs }) => [
        id,
        version,
        reach,
        logs.map(({ question, emitted, why }) => [question, emitted, why]),
      ]),
    ),
  },
];

const coverageKey = ({ log, question }: ScopeCoverage): string => `${log}\n${question}`;

/** Of several breaches: each log once, its days of all of their windows. */
const joinedCoverage = (all: readonly ScopeCoverage[]): readonly ScopeCoverage[] => {
  const logs = new Map<
    string,
    {
      readonly log: string;
      readonly question: string;
      readonly days: Map<string, ScopeCoverage['days'][number]>;
    }
  >();
  for (const each of all) {
    const known = logs.get(coverageKey(each)) ?? {
      log: each.log,
      question: each.question,
      days: new Map(),
    };
    for (const day of each.days) known.days.set(day.day, day);
    logs.set(coverageKey(each), known);
  }
  return [...logs.values()].map(({ log, question, days }) => ({
    log,
    question,
    days: [...days.values()].toSorted((a, b) => (a.day < b.day ? -1 : 1)),
  }));
};

/** Findings that no log shows belong to no component: they are one more part of the case. */
const breachOfFindings = (asked: AskedCase, now: Date): readonly Breach[] => {
  const findings = findingsIn(asked);
  if (findings.length === 0) return [];
  const window = { fromMs: now.getTime(), toMs: now.getTime() };
  // Nobody's accounts: nothing but the findings comes of it.
  return [{ window, reach: {}, accounts: [], gaps: [], findings }];
};

/** Whose data was within reach, and whose was taken; with all that says why. @throws UsageError */
export const scopeCase = async (request: ScopeRequest): Promise<Scoped> => {
  const { store, asked, configuration, pseudonyms, zoneOf, now, say } = request;
  say('joining the index of exposure with the customers');
  const linked = linkStore(store, (done, of) => say(`joining segment ${done} of ${of}`));
  if (linked === undefined) {
    throw new UsageError(
      `scope: ${store} knows nobody: run postern scan over the mail, or postern scan --customers FILE with the list of customers, first`,
    );
  }
  const list = openCustomers(store)?.list;
  const components = platformOf(request);
  const unknown: Unseen[] = [];
  const kept = keptOf(request, components, unknown);
  const estate: Estate = { components, recordTypes: recordTypesOf(list) };
  const understood = asked.breaches.map(breach =>
    understoodBreach(breach, estate, parts =>
      logDays(parts, kept, { fromMs: breach.fromMs, toMs: breach.toMs }),
    ),
  );
  for (const each of understood) unknown.push(...each.unknown);
  const { separators, regions } = settingsOf(configuration);
  say('reading what is kept of that time');
  const answer = await bothBounds({
    store,
    breaches: [...understood.map(({ breach }) => breach), ...breachOfFindings(asked, now)],
    linked,
    names: pseudonyms === undefined ? undefined : namesWith(pseudonyms, { regions, ...separators }),
    domains: configuration.tenants.flatMap(({ domains }) => domains),
    zoneOf,
    note: each => unknown.push(each),
    ...(request.memoryBytesMax === undefined ? {} : { memoryBytesMax: request.memoryBytesMax }),
    ...(request.take === undefined ? {} : { take: request.take }),
  }).catch((thrown: unknown) => {
    if (thrown instanceof UsageError) throw thrown;
    throw new Error(`scope: ${messageOf(thrown)}`);
  });
  const report = scopeReportOf({
    asked,
    bounds: answer,
    coverage: joinedCoverage(understood.flatMap(({ coverage }) => coverage)),
    unknown,
    inputs: inputsOf(request, linked, list, components),
    typeWords,
    toolVersion,
    now,
  });
  return { report, answer, linked };
};

const settingsOf = ({
  exposure: { regions, customerNumberSeparators },
}: Configuration): {
  readonly regions: readonly string[];
  readonly separators: { readonly separators?: string };
} => ({
  regions,
  separators:
    customerNumberSeparators === undefined ? {} : { separators: customerNumberSeparators },
});
