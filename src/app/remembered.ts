import { createHash } from 'node:crypto';
import type { Answer, AnsweredComponent } from '../core/answer.ts';
import type { FlawAt } from '../core/changes.ts';
import type { FileView } from '../core/files.ts';
import type { Deadline, Finding, FlawFacts } from '../core/finding.ts';
import type { Past, Run, SeenFlaw } from '../core/memory.ts';
import type { PackageRef } from '../core/packages.ts';
import type { PatchFacts, Since } from '../core/patch.ts';
import { isBefore } from '../core/stamp.ts';
import { checks } from '../core/verdict.ts';

const machineId = '/etc/machine-id';

/**
 * Names the estate that runs are compared on: the machine, wherever its file system is mounted; of one
 * without an id, the root. The id itself stays where it is (machine-id(5) asks for that).
 */
export const estateOf = (files: FileView, target: Answer['target']): string => {
  const id = files.text(machineId)?.trim() ?? '';
  if (/^[0-9a-f]{32}$/.test(id)) {
    return `machine:${createHash('sha256').update(`postern ${id}`).digest('hex').slice(0, 16)}`;
  }
  return 'root' in target ? `root:${target.root}` : 'sample';
};

const packageName = ({ ecosystem, name }: PackageRef): string => `${ecosystem}:${name}`;

/** A clock that was wrong in an earlier run must not start another one here. */
const isPlausible = (seen: string, { notBefore, notAfter }: Since, now: Date): boolean =>
  !isBefore(now.toISOString(), seen) &&
  (notBefore === undefined || !isBefore(seen, notBefore)) &&
  (notAfter === undefined || isBefore(seen, notAfter));

/** An update that an earlier run saw waiting has been so since then at the latest. */
export const rememberedPatch = (
  patch: PatchFacts | undefined,
  owner: PackageRef | undefined,
  past: Past | undefined,
  now: Date,
): PatchFacts | undefined => {
  if (patch === undefined || owner === undefined || past === undefined) return patch;
  const { waiting } = patch;
  if (waiting.state !== 'update') return patch;
  const seen = past.waitingSince(packageName(owner), waiting.version);
  const { since } = waiting;
  if (seen === undefined || !isPlausible(seen, since, now)) return patch;
  return {
    ...patch,
    waiting: {
      ...waiting,
      since: {
        ...since,
        notAfter: seen,
        basis: `${since.basis}; Postern saw it waiting on ${seen.slice(0, 10)}`,
      },
    },
  };
};

/** Since when each flaw is known here, and what was done about it. */
export const rememberedFlaws = (
  flaws: FlawFacts,
  component: string,
  past: Past | undefined,
  now: Date,
): FlawFacts =>
  past === undefined
    ? flaws
    : {
        ...flaws,
        findings: flaws.findings.map(finding => {
          const at = { component, flaw: finding.id };
          const steps = past.steps(at);
          const seen = past.firstSeen(at);
          const withSteps = steps.length === 0 ? finding : { ...finding, steps };
          return finding.outcome === 'affected'
            ? {
                ...withSteps,
                firstSeen: seen ?? now.toISOString(),
                isNew: past.isNew(at),
              }
            : withSteps;
        }),
      };

/** The deadlines that a flaw had before the one that it has now. */
export const earlierDeadlines = (
  at: FlawAt,
  now: Deadline,
  past: Past | undefined,
): Pick<Finding, 'earlierDeadlines'> => {
  const all = past?.deadlines(at) ?? [];
  const earlier = all[0]?.on === now.on ? all.slice(1) : all;
  return earlier.length === 0 ? {} : { earlierDeadlines: earlier };
};

/** What the next run is to know of this one. */
export const runOf = (
  estate: string,
  components: readonly AnsweredComponent[],
  now: Date,
  flawsAsked: boolean,
): Run => ({
  estate,
  at: now.toISOString(),
  flawsAsked,
  components: components.map(({ id }) => id),
  flaws: components.flatMap(({ id, flaws }) =>
    (flaws?.findings ?? []).map(
      ({ id: flaw, outcome, why, deadline }): SeenFlaw => ({
        component: id,
        flaw,
        outcome,
        why,
        ...(deadline?.on === undefined ? {} : { due: deadline.on }),
        ...(deadline === undefined ? {} : { dueWhy: deadline.why }),
      }),
    ),
  ),
  waiting: components.flatMap(({ package: owner, patch }) =>
    owner !== undefined && patch?.waiting.state === 'update'
      ? [{ package: packageName(owner), version: patch.waiting.version }]
      : [],
  ),
  verdicts: components.flatMap(component =>
    checks.map(check => ({ component: component.id, check, state: component.checks[check].state })),
  ),
});
