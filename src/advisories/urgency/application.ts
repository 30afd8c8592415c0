import type { Deadline, Finding, FlawFacts } from '../../core/finding.ts';
import {
  daysBetween,
  isRecent,
  type MendedUpdate,
  type OpenFlaw,
  type PatchRecord,
} from '../../core/parity.ts';
import type { Bom, BomPart } from '../bom/bom.ts';
import type { Deployment, Deployments } from '../bom/deployments.ts';
import { qualifierOf } from '../named-product.ts';
import { keyOfPurl } from '../product-key.ts';

/** What one customer-facing application shows of how fast it is mended. */
export interface ApplicationRecord {
  readonly name: string;
  readonly record: PatchRecord;
  /** Whether there was a deployment history to read. */
  readonly history: boolean;
  /** Parts that name a package; those of them that a source of advisories speaks of. */
  readonly components: number;
  readonly judged: number;
  readonly doubts: readonly string[];
}

/** How parts are judged: by the same advisories and deadlines as the mail platform. */
export interface ApplicationJudge {
  /** Undefined, with the reason: nobody can be asked. */
  flawsOf(part: BomPart): FlawFacts | { readonly unjudged: string };
  deadlineOf(finding: Finding): Deadline;
}

export interface ApplicationFiles {
  readonly name: string;
  readonly bom: Bom;
  readonly deployments?: Deployments;
}

/** From `on` until the next step, these versions of one component were in use; none: it was removed. */
interface Step {
  readonly on: string;
  readonly parts: readonly BomPart[];
}

/** One component of an application: what was deployed when, and what is in use now. */
interface Timeline {
  readonly steps: readonly Step[];
  readonly now: readonly BomPart[];
}

const keyOf = (purl: string): string => keyOfPurl(purl)?.key ?? purl;

const withVersion = ({ purl, version }: Deployment): BomPart => ({
  purl: withoutVersion(purl),
  name: withoutVersion(purl),
  ...(version === undefined ? {} : { version }),
});

/** A row's own version counts: that of its package URL says the same or nothing. */
const withoutVersion = (purl: string): string => {
  const cut = /[?#]/.exec(purl)?.index ?? purl.length;
  const at = purl.lastIndexOf('@', cut);
  return at > 0 && at < cut && purl[at - 1] !== '/' ? purl.slice(0, at) + purl.slice(cut) : purl;
};

const versionOf = ({ purl, version }: BomPart): string => keyOfPurl(purl)?.version ?? version ?? '';

const sourceName = ({ purl, source }: BomPart): string | undefined =>
  source?.name ?? qualifierOf(purl, 'upstream')?.replace(/@.*$/s, '');

/** What the bill of materials knows beside the version (source package, release) held for older ones, too. */
const dressed = (part: BomPart, like: BomPart | undefined): BomPart => {
  const distro = like === undefined ? undefined : qualifierOf(like.purl, 'distro');
  const name = like === undefined ? undefined : sourceName(like);
  return {
    ...part,
    ...(distro === undefined ? {} : { distro }),
    ...(name === undefined || name === '' ? {} : { source: { name } }),
  };
};

const timelinesOf = ({ bom, deployments }: ApplicationFiles): readonly Timeline[] => {
  const current = new Map<string, BomPart[]>();
  for (const part of bom.parts) {
    const key = keyOf(part.purl);
    const list = current.get(key) ?? [];
    if (!list.some(each => versionOf(each) === versionOf(part))) list.push(part);
    current.set(key, list);
  }
  const past = new Map<string, Deployment[]>();
  for (const row of deployments?.rows ?? []) {
    const key = keyOf(row.purl);
    const list = past.get(key) ?? [];
    list.push(row);
    past.set(key, list);
  }
  return [...new Set([...current.keys(), ...past.keys()])].map(key => {
    const now = current.get(key) ?? [];
    const byDay = new Map<string, Deployment[]>();
    for (const row of past.get(key) ?? []) {
      const day = row.on.slice(0, 10);
      byDay.set(day, [...(byDay.get(day) ?? []), row]);
    }
    return {
      now,
      steps: [...byDay].map(([on, rows]) => ({
        on,
        parts: rows
          .filter(({ version }) => version !== undefined)
          .map(row => dressed(withVersion(row), now[0])),
      })),
    };
  });
};

type Standing = 'affected' | 'not-affected' | 'undetermined';

/** Of several versions side by side, the worst one counts. */
const worst: Readonly<Record<Standing, number>> = {
  affected: 2,
  undetermined: 1,
  'not-affected': 0,
};

interface Judged {
  readonly standings: ReadonlyMap<string, Standing>;
  readonly findings: ReadonlyMap<string, Finding>;
  readonly unjudged: readonly string[];
  readonly spoken: boolean;
}

const judgeAll = (parts: readonly BomPart[], judge: ApplicationJudge): Judged => {
  const standings = new Map<string, Standing>();
  const findings = new Map<string, Finding>();
  const unjudged: string[] = [];
  let spoken = false;
  for (const part of parts) {
    const facts = judge.flawsOf(part);
    if ('unjudged' in facts) {
      unjudged.push(`${part.name}: ${facts.unjudged}`);
      continue;
    }
    spoken ||= facts.judges.length > 0;
    for (const finding of facts.findings) {
      const before = standings.get(finding.id);
      if (before === undefined || worst[finding.outcome] > worst[before]) {
        standings.set(finding.id, finding.outcome);
      }
      if (finding.outcome === 'affected') findings.set(finding.id, finding);
    }
  }
  return { standings, findings, unjudged, spoken };
};

const later = (a: string, b: string): string => (Date.parse(a) >= Date.parse(b) ? a : b);

/** A flaw that is in what is deployed, and since when. */
interface Carried {
  readonly finding: Finding;
  readonly present: string;
}

interface Walk {
  readonly mended: MendedUpdate[];
  /** Flaws that the last step left in, by id, with the day on which they came. */
  readonly carried: Map<string, Carried>;
  undecided: number;
  /** Mended ones whose fix no source dates. */
  undated: number;
}

/** Day from which the days of an update count. */
const sinceOf = ({ finding, present }: Carried): string | undefined =>
  finding.clock === undefined ? undefined : later(finding.clock.started.slice(0, 10), present);

const walkSteps = (steps: readonly Step[], judge: ApplicationJudge): Walk => {
  const walk: Walk = { mended: [], carried: new Map(), undecided: 0, undated: 0 };
  for (const { on, parts } of steps) {
    const { standings, findings, unjudged } = judgeAll(parts, judge);
    const bySince = new Map<string, string[]>();
    for (const [id, carried] of walk.carried) {
      const standing = standings.get(id) ?? 'not-affected';
      if (standing === 'affected') continue;
      walk.carried.delete(id);
      // A version that nobody can judge is no proof that the flaw is gone.
      if (standing === 'undetermined' || unjudged.length > 0) {
        walk.undecided += 1;
        continue;
      }
      const since = sinceOf(carried);
      if (since === undefined) walk.undated += 1;
      else bySince.set(since, [...(bySince.get(since) ?? []), id]);
    }
    for (const [since, flaws] of bySince) {
      const days = daysBetween(since, on);
      // Mended before anybody spoke of it: no sign was answered.
      if (days !== undefined && days >= 0) walk.mended.push({ flaws, since, mended: on, days });
    }
    for (const [id, finding] of findings) {
      if (!walk.carried.has(id)) walk.carried.set(id, { finding, present: on });
    }
  }
  return walk;
};

const openNow = (
  findings: ReadonlyMap<string, Finding>,
  carried: ReadonlyMap<string, Carried>,
  judge: ApplicationJudge,
  now: Date,
): readonly OpenFlaw[] =>
  [...findings].map(([id, finding]) => {
    const started = finding.clock?.started;
    const present = carried.get(id)?.present;
    const since =
      started === undefined || present === undefined ? started : later(started, present);
    const days = daysBetween(since, now.toISOString());
    const deadline = judge.deadlineOf(finding);
    const waits = finding.unmended !== undefined || deadline.days === undefined;
    return {
      id,
      ...(since === undefined ? {} : { since }),
      ...(days === undefined ? {} : { days }),
      ...(deadline.days === undefined ? {} : { deadlineDays: deadline.days }),
      ...(days === undefined || deadline.days === undefined
        ? {}
        : { overdueDays: days - deadline.days }),
      ...(waits ? { waits: true } : {}),
    };
  });

const countOf = (count: number, one: string, many: string): string =>
  count === 1 ? `1 ${one}` : `${count} ${many}`;

const doubtsOf = (
  { bom, deployments }: ApplicationFiles,
  counts: {
    readonly unjudged: readonly string[];
    readonly undecided: number;
    readonly undated: number;
    readonly vanished: number;
  },
): readonly string[] => {
  const [firstUnjudged] = counts.unjudged;
  const [firstRefusal] = deployments?.refusals ?? [];
  return [
    ...(bom.nameless === 0
      ? []
      : [
          `${countOf(bom.nameless, 'part names', 'parts name')} no package, so nobody can be asked about them`,
        ]),
    ...(bom.leftOut === 0
      ? []
      : [
          `${countOf(bom.leftOut, 'part was', 'parts were')} left out: the bill of materials is too long or too deep`,
        ]),
    ...(firstUnjudged === undefined
      ? []
      : [
          `${countOf(counts.unjudged.length, 'part', 'parts')} could not be judged, such as: ${firstUnjudged}`,
        ]),
    ...(firstRefusal === undefined
      ? []
      : [
          `${countOf(deployments?.refused ?? 0, 'row', 'rows')} of its history not understood, such as row ${firstRefusal.row}: ${firstRefusal.why}`,
        ]),
    ...(counts.undecided === 0
      ? []
      : [
          `of ${countOf(counts.undecided, 'flaw', 'flaws')} it cannot be told whether a deployment mended it`,
        ]),
    ...(counts.undated === 0
      ? []
      : [
          `${countOf(counts.undated, 'flaw was', 'flaws were')} mended whose fix no source dates: in how many days is not known`,
        ]),
    ...(counts.vanished === 0
      ? []
      : [
          `${countOf(counts.vanished, 'flaw', 'flaws')} gone between its last deployment and its bill of materials: on which day is not known`,
        ]),
  ];
};

/** Days to patch of one application, of its bill of materials and its deployment history. */
export const applicationRecord = (
  files: ApplicationFiles,
  judge: ApplicationJudge,
  now: Date,
): ApplicationRecord => {
  const mended: MendedUpdate[] = [];
  const open: OpenFlaw[] = [];
  const unjudged: string[] = [];
  let components = 0;
  let judged = 0;
  let undecided = 0;
  let undated = 0;
  let vanished = 0;
  for (const timeline of timelinesOf(files)) {
    const walk = walkSteps(timeline.steps, judge);
    const current = judgeAll(timeline.now, judge);
    components += timeline.now.length;
    if (current.spoken) judged += timeline.now.length;
    unjudged.push(...current.unjudged);
    mended.push(...walk.mended);
    open.push(...openNow(current.findings, walk.carried, judge, now));
    undecided += walk.undecided;
    undated += walk.undated;
    vanished += [...walk.carried.keys()].filter(id => !current.findings.has(id)).length;
  }
  return {
    name: files.name,
    record: { mended: mended.filter(each => isRecent(each.mended, now)), open },
    history: files.deployments !== undefined,
    components,
    judged,
    doubts: doubtsOf(files, { unjudged, undecided, undated, vanished }),
  };
};
