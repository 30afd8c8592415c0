import { isClosed } from '../core/closed.ts';
import type { Finding, FlawFacts, Judge } from '../core/finding.ts';
import { asOfDay } from '../core/stamp.ts';
import { isGivenUp } from '../core/unmended.ts';
import type { Evidence, Verdict } from '../core/verdict.ts';
import { inRemedy, type Subject } from './question.ts';

const namedMax = 5;

const isMitigated = ({ steps }: Finding): boolean => steps?.[0]?.state === 'mitigated';

/** Flaws that apply. */
export const openFlaws = ({ findings }: FlawFacts): readonly Finding[] =>
  findings.filter(({ outcome }) => outcome === 'affected');

const overdueFlaws = (facts: FlawFacts): readonly Finding[] =>
  openFlaws(facts)
    .filter(({ deadline }) => (deadline?.overdueDays ?? 0) > 0)
    .sort((a, b) => (b.deadline?.overdueDays ?? 0) - (a.deadline?.overdueDays ?? 0));

const some = (findings: readonly Finding[]): string => {
  const names = findings.slice(0, namedMax).map(({ id }) => id);
  return findings.length > namedMax
    ? `${names.join(', ')} and ${findings.length - namedMax} more`
    : names.join(', ');
};

const flawEvidence = (finding: Finding): Evidence => {
  const { id, why, clock, deadline, exploited } = finding;
  return {
    what: [
      `${id}: ${why}`,
      clock === undefined
        ? 'no fix was seen in public'
        : `a fix is public since ${clock.started.slice(0, 10)}${clock.atLatest === true ? ' at the latest' : ''} (${clock.sign}: ${clock.basis})`,
      ...(deadline === undefined
        ? []
        : [
            deadline.on === undefined
              ? `deadline ${deadline.days === undefined ? 'the next upgrade' : `${deadline.days} days from the first sign of a fix`} (${deadline.why})`
              : `deadline ${deadline.on} (${deadline.days} days: ${deadline.why})`,
          ]),
      ...(exploited === undefined
        ? []
        : [`exploited: ${exploited.by}, ${exploited.on.slice(0, 10)}`]),
    ].join('; '),
  };
};

const judgeEvidence = ({ holding, asOf, stale, statements }: Judge): Evidence => ({
  what: `${holding} as of ${asOfDay(asOf)}${stale ? ', too old to prove anything by its silence' : ''}: ${statements} statement${statements === 1 ? '' : 's'} on it`,
});

export const judgesEvidence = ({ judges }: FlawFacts): readonly Evidence[] =>
  judges.map(judgeEvidence);

const days = (count: number): string => `${count} day${count === 1 ? '' : 's'}`;

const flawsWord = (count: number): string => `${count} known flaw${count === 1 ? '' : 's'}`;

/** What mends it where no package manager does: the version to move to. */
const moveRemedy = (
  { component }: Subject,
  { moveTo }: FlawFacts,
  findings: readonly Finding[],
): string => {
  const links = findings.flatMap(({ references }) => references.slice(0, 1)).slice(0, 3);
  return [
    moveTo === undefined
      ? `# No one version of ${inRemedy(component.name)} is known that mends all. Take it off the internet, or switch it off.`
      : `# Move ${inRemedy(moveTo.software)} to ${inRemedy(moveTo.version)} or later: it mends ${moveTo.mends === moveTo.of ? 'every known flaw' : `${moveTo.mends} of ${moveTo.of} known flaws`}.`,
    ...links.map(link => `#   ${inRemedy(link)}`),
  ].join('\n');
};

const unmendedNote = (findings: readonly Finding[]): string => {
  const left = findings.filter(({ unmended }) => unmended !== undefined);
  return left.length === 0
    ? ''
    : `; its distribution mends ${left.length === findings.length ? 'none of them' : `${left.length} of them not`} for now`;
};

/** Fails when a flaw is open past its deadline. */
export const overdueVerdict = (
  subject: Subject,
  facts: FlawFacts,
  remedy: string | undefined,
): Verdict | undefined => {
  const overdue = overdueFlaws(facts);
  const [first] = overdue;
  if (first === undefined) return undefined;
  const late = first.deadline?.overdueDays ?? 0;
  const exploited = overdue.some(finding => finding.exploited !== undefined);
  const mitigated = overdue.filter(isMitigated);
  // What waits may hold the fix of none of them: each then has a remedy of its own.
  const helps = overdue.some(({ remedy: own }) => own === undefined || own === remedy);
  return {
    state: 'fail',
    why: `${flawsWord(overdue.length)} open past the deadline, by up to ${days(late)}: ${some(overdue)}${
      mitigated.length === 0 ? '' : `; ${mitigated.length} mitigated, which is not patched`
    }${unmendedNote(overdue)}`,
    evidence: [...overdue.slice(0, 10).map(flawEvidence), ...judgesEvidence(facts)],
    remedy: [
      (helps ? remedy : undefined) ?? moveRemedy(subject, facts, overdue),
      ...(overdue.some(({ deadline }) => deadline?.triage === true)
        ? [
            '# Patched is not evicted: look for traces of an intruder since the first sign of',
            '# exploitation, then: postern advisories mark COMPONENT FLAW triaged-clean --by … --why …',
          ]
        : []),
    ].join('\n'),
    weight: Math.min(99, (exploited ? 92 : 80) + Math.floor(late / 30)),
  };
};

/** Fails when a flaw is open of which its maker, or its distribution, says that nothing will mend it. */
export const givenUpVerdict = ({ component }: Subject, facts: FlawFacts): Verdict | undefined => {
  const left = openFlaws(facts).filter(
    ({ unmended, fixedIn }) => isGivenUp(unmended) && fixedIn === undefined,
  );
  const [first] = left;
  if (first === undefined) return undefined;
  const links = first.references.slice(0, 1);
  return {
    state: 'fail',
    why: `${flawsWord(left.length)} open that nothing will mend: ${some(left)} (${first.unmended ?? ''})`,
    evidence: [...left.slice(0, 10).map(flawEvidence), ...judgesEvidence(facts)],
    remedy: [
      `# Nothing will mend ${inRemedy(component.name)} as it is. Move to something that is looked after, or switch it off.`,
      ...links.map(link => `#   ${inRemedy(link)}`),
    ].join('\n'),
    weight: left.some(({ exploited }) => exploited !== undefined) ? 92 : 82,
  };
};

/** Unknown when no judge that knows it is recent enough, or when one could not decide. */
export const undecidedVerdict = (facts: FlawFacts): Verdict | undefined => {
  const current = facts.judges.filter(judge => !judge.stale && judge.whole);
  // A holding that names some flaws only proves nothing by its silence, however fresh it is.
  const stale = facts.judges.filter(judge => judge.stale && judge.whole);
  if (current.length === 0 && stale.length > 0) {
    return {
      state: 'unknown',
      why: `what is known of its flaws is too old: ${stale.map(({ holding, asOf }) => `${holding} is as of ${asOfDay(asOf)}`).join(', ')}`,
      evidence: judgesEvidence(facts),
      remedy: 'postern advisories update',
      weight: 45,
      cause: 'advisories too old',
    };
  }
  const open = facts.findings.filter(
    finding => finding.outcome === 'undetermined' && !isClosed(finding),
  );
  const [first] = open;
  if (first === undefined) {
    return inPartVerdict(facts) ?? undatedVerdict(facts) ?? uncataloguedVerdict(facts);
  }
  return {
    state: 'unknown',
    why: `of ${flawsWord(open.length)} it cannot be told whether ${open.length === 1 ? 'it applies' : 'they apply'}: ${some(open)}`,
    evidence: [...open.slice(0, 10).map(flawEvidence), ...judgesEvidence(facts)],
    remedy: [
      `# ${first.id}: ${inRemedy(first.why)}`,
      '# Decide it by the maker’s own notes, and say so in a VEX document (docs/advisories.md):',
      '#   postern advisories import vex.json',
    ].join('\n'),
    weight: 55,
  };
};

/** A fix that nobody dates may be out longer than its deadline. */
const undatedVerdict = (facts: FlawFacts): Verdict | undefined => {
  const open = openFlaws(facts).filter(
    ({ clock, deadline, fixedIn, ssvc, exploited }) =>
      // What is used, on a day that nobody tells, may be overdue without any fix.
      (fixedIn !== undefined ||
        (deadline?.on === undefined &&
          (exploited !== undefined || ssvc?.exploitation === 'active'))) &&
      deadline?.days !== undefined &&
      (clock === undefined || clock.atLatest === true),
  );
  if (open.length === 0) return undefined;
  return {
    state: 'unknown',
    why: `${flawsWord(open.length)} open, and since when a fix is public no source says, so that the deadline may have passed: ${some(open)}`,
    evidence: [...open.slice(0, 10).map(flawEvidence), ...judgesEvidence(facts)],
    remedy: [
      '# Fetch the sources that date it (the distribution’s notices in OSV, the CVE list), or mend it:',
      'postern advisories update',
    ].join('\n'),
    weight: 60,
    cause: 'fixes without a date',
  };
};

/** A flaw that is within its deadline is so only while nobody is known to use it. */
const uncataloguedVerdict = (facts: FlawFacts): Verdict | undefined => {
  const open = openFlaws(facts).filter(({ exploited }) => exploited === undefined);
  if (open.length === 0 || facts.exploitation === 'current') return undefined;
  return {
    state: 'unknown',
    why: `${flawsWord(open.length)} open within the deadline, unless somebody uses ${open.length === 1 ? 'it' : 'one'} already: the catalogue of exploited flaws is ${facts.exploitation === 'stale' ? 'too old' : 'not there'} (${some(open)})`,
    evidence: [...open.slice(0, 10).map(flawEvidence), ...judgesEvidence(facts)],
    remedy: 'postern advisories update kev',
    weight: 50,
    cause: 'no current catalogue of exploited flaws',
  };
};

/** Single records prove that a flaw applies, never that none does. */
const inPartVerdict = (facts: FlawFacts): Verdict | undefined =>
  facts.judges.length === 0 || facts.judges.some(({ whole }) => whole)
    ? undefined
    : {
        state: 'unknown',
        why: `only single records on it were imported (${facts.judges.map(({ holding }) => holding).join(', ')}), so that others may be missing`,
        evidence: judgesEvidence(facts),
        remedy: 'postern advisories update',
        weight: 45,
        cause: 'advisories in part',
      };

/** A sentence on what the judges say, for a verdict that passes. */
export const flawsSentence = (facts: FlawFacts): string => {
  const open = openFlaws(facts);
  const not = facts.findings.filter(({ outcome }) => outcome === 'not-affected').length;
  const soonest = open
    .flatMap(({ deadline }) => (deadline?.on === undefined ? [] : [deadline.on]))
    .sort()[0];
  return [
    open.length === 0
      ? 'no known flaw is open'
      : `${flawsWord(open.length)} open, none past its deadline`,
    ...(soonest === undefined ? [] : [`the first deadline is ${soonest}`]),
    ...(not === 0 ? [] : [`${not} ${not === 1 ? 'does' : 'do'} not apply to this version`]),
  ].join(', ');
};
