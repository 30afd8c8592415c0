import type { Deadline, Finding, FlawFacts } from '../../core/finding.ts';
import {
  daysBetween,
  isRecent,
  type MendedUpdate,
  type OpenFlaw,
  type PatchRecord,
} from '../../core/parity.ts';
import { letsWait } from '../../core/unmended.ts';
import type { Bom, BomPart } from '../bom/bom.ts';
import type { Deployments } from '../bom/deployments.ts';
import { type Step, timelinesOf } from './timeline.ts';

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
    const waits = letsWait(finding.unmended) || deadline.days === undefined;
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
    readonly leftOut: number;
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
    ...(counts.leftOut === 0
      ? []
      : [
          `${countOf(counts.leftOut, 'old deployment was', 'old deployments were')} left out: some components have too many`,
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
  let leftOut = 0;
  for (const timeline of timelinesOf(files.bom, files.deployments)) {
    const walk = walkSteps(timeline.steps, judge);
    const current = judgeAll(timeline.now, judge);
    components += timeline.now.length;
    if (current.spoken) judged += timeline.now.length;
    unjudged.push(...current.unjudged);
    mended.push(...walk.mended);
    open.push(...openNow(current.findings, walk.carried, judge, now));
    undecided += walk.undecided;
    leftOut += timeline.leftOut;
    undated += walk.undated;
    vanished += [...walk.carried.keys()].filter(id => !current.findings.has(id)).length;
  }
  return {
    name: files.name,
    record: { mended: mended.filter(each => isRecent(each.mended, now)), open },
    history: files.deployments !== undefined,
    components,
    judged,
    doubts: doubtsOf(files, { unjudged, undecided, undated, vanished, leftOut }),
  };
};
