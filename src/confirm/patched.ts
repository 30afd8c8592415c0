import { exposedTo } from '../core/exposed.ts';
import type { FlawFacts } from '../core/finding.ts';
import type { PatchFacts, Since } from '../core/patch.ts';
import type { Evidence, Verdict } from '../core/verdict.ts';
import {
  flawsSentence,
  givenUpVerdict,
  judgesEvidence,
  openFlaws,
  overdueVerdict,
  undecidedVerdict,
} from './flaws.ts';
import { slowerVerdict } from './parity.ts';
import { evidenceOf, type Question, type Setting, type Subject } from './question.ts';
import { withoutPackage } from './unpackaged.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** A repository's clock and the host's need not agree to the minute. */
const clockSkewHours = 24;

/** Days between the first sign of a fix and the deadline, and why that many. */
const deadlineOf = (
  subject: Subject,
  { policy }: Setting,
): { readonly days: number; readonly why: string } => {
  const { internet, why } = exposedTo(subject);
  return { days: internet ? policy.patchDays.internet : policy.patchDays.internal, why };
};

const dayOf = (stamp: string): string => stamp.slice(0, 10);

const showSince = ({ notBefore, notAfter }: Since): string => {
  if (notBefore !== undefined && notBefore === notAfter) return `since ${dayOf(notBefore)}`;
  const parts = [
    notBefore === undefined ? '' : `not before ${dayOf(notBefore)}`,
    notAfter === undefined ? '' : `at the latest since ${dayOf(notAfter)}`,
  ].filter(part => part !== '');
  return parts.length === 0 ? 'since an unknown day' : `since a day ${parts.join(' and ')}`;
};

const pastSentence = (facts: PatchFacts): string => {
  const days = facts.history
    .filter(past => past.security === true && past.days !== undefined)
    .map(past => past.days ?? 0)
    .sort((a, b) => a - b);
  if (days.length === 0) return '';
  const median = days[Math.floor((days.length - 1) / 2)] ?? 0;
  return `; ${days.length} past security update${days.length === 1 ? '' : 's'} took ${median} days at the median, ${days.at(-1)} at most`;
};

const historyEvidence = (facts: PatchFacts): readonly Evidence[] =>
  facts.history
    .filter(past => past.security === true)
    .slice(-3)
    .map(past =>
      evidenceOf(
        `${past.to} installed ${dayOf(past.installed)}${past.days === undefined ? '' : `, ${past.days} days after its release`}`,
        past.because,
      ),
    );

/** How each package manager is told; zypper and yum take dnf's place on hosts that have no dnf. */
const commands: Readonly<
  Record<'deb' | 'rpm' | 'apk', { readonly refresh: string; readonly remove: string }>
> = {
  deb: { refresh: 'apt update', remove: 'apt purge' },
  rpm: { refresh: 'dnf makecache   # SUSE: zypper refresh', remove: 'dnf remove' },
  apk: { refresh: 'apk update', remove: 'apk del' },
};

const commandsFor = ({ component }: Subject): (typeof commands)['deb'] => {
  switch (component.package?.ecosystem) {
    case 'rpm':
      return commands.rpm;
    case 'apk':
      return commands.apk;
    case 'deb':
    case 'composer':
    case 'pypi':
    case undefined:
      return commands.deb;
  }
};

/** Whether the silence of the index means that somebody is looking after the package. */
const unattended = ({ component }: Subject, { support }: PatchFacts): Verdict | undefined => {
  // A vendor's own repository is its word; a distribution's holds only for what it supports.
  if (support.state !== 'unknown' || component.origin === 'vendor') return undefined;
  return {
    state: 'unknown',
    why: `nothing is waiting, but that need not mean that no flaw is open: ${support.why}`,
    evidence: [],
    remedy: commented(support.how),
    weight: 40,
  };
};

/** Advice that is a sentence, not a command, must not be pasted into a shell as one. */
const commented = (how: string): string => (/^[A-Z]/.test(how) ? `# ${how}` : how);

/**
 * Is a known flaw open past the deadline that customer-facing applications have? Two witnesses: the
 * host's own package index, and the advisory database. Either may prove that it is; that it is not, both
 * must say, as far as each can speak of it.
 */
export const patched: Question = (subject, setting) => {
  const byHost = byHostAlone(subject, setting);
  const { flaws, slower, patch } = subject;
  const verdict = flaws === undefined ? byHost : joined(subject, byHost, flaws);
  if (slower === undefined || verdict.state === 'fail') return verdict;
  const waiting = patch?.waiting;
  return slowerVerdict(slower, verdict, waiting?.state === 'update' ? waiting.remedy : undefined);
};

const joined = (subject: Subject, byHost: Verdict, flaws: FlawFacts): Verdict => {
  const waiting = subject.patch?.waiting;
  const remedy = waiting?.state === 'update' ? waiting.remedy : undefined;
  const overdue = overdueVerdict(subject, flaws, remedy);
  if (overdue !== undefined) {
    return byHost.state === 'fail' && (byHost.weight ?? 0) > (overdue.weight ?? 0)
      ? { ...byHost, evidence: [...byHost.evidence, ...overdue.evidence] }
      : { ...overdue, evidence: [...overdue.evidence, ...byHost.evidence].slice(0, 20) };
  }
  if (byHost.state === 'fail') return byHost;
  const givenUp = givenUpVerdict(subject, flaws);
  if (givenUp !== undefined) {
    return { ...givenUp, evidence: [...givenUp.evidence, ...byHost.evidence].slice(0, 20) };
  }
  const undecided = undecidedVerdict(flaws);
  // A name that is only near, or a VEX document, may leave a flaw open where nobody is a judge.
  if (flaws.judges.length === 0 && undecided === undefined) {
    if (byHost.state === 'unknown' && subject.patch === undefined) {
      return { ...byHost, why: `${byHost.why}; ${flaws.silence ?? ''}` };
    }
    // It passes on one witness's word: say that the other was silent, and why.
    return {
      ...byHost,
      evidence: [
        ...byHost.evidence,
        { what: `no advisories are held against it: ${flaws.silence ?? ''}` },
      ],
    };
  }
  if (undecided !== undefined) {
    return { ...undecided, evidence: [...undecided.evidence, ...byHost.evidence].slice(0, 20) };
  }
  const evidence = [...byHost.evidence, ...judgesEvidence(flaws)].slice(0, 20);
  if (byHost.state === 'pass') {
    return { ...byHost, why: `${byHost.why}; ${flawsSentence(flaws)}`, evidence };
  }
  return flawsDecide(subject, flaws)
    ? {
        state: 'pass',
        why: `${flawsSentence(flaws)}${remedy === undefined ? '' : `; ${waiting?.state === 'update' ? waiting.version : ''} is waiting`}`,
        evidence,
        ...(remedy === undefined ? {} : { remedy }),
      }
    : { ...byHost, evidence };
};

/**
 * Whether the database can answer what the host could not. Of a waiting security update whose day nobody
 * knows it can, when it knows the flaws that the update mends and when each fix became public. What no
 * package manager installed is judged by it alone.
 */
const flawsDecide = ({ patch }: Subject, flaws: FlawFacts): boolean => {
  if (patch === undefined) return true;
  if (patch.waiting.state !== 'update' || patch.support.state !== 'supported') return false;
  const open = openFlaws(flaws);
  return open.length > 0 && open.every(({ deadline }) => deadline?.on !== undefined);
};

/** Is a security update waiting past its deadline, as far as the host itself can tell? */
const byHostAlone: Question = (subject, setting) => {
  const { patch } = subject;
  if (patch === undefined) return withoutPackage(subject, setting.packagesDoubt);
  const facts = [...historyEvidence(patch), ...supportEvidence(patch)];
  const { support } = patch;
  if (patch.waiting.state === 'update' && patch.waiting.security !== false) {
    const verdict = waitingVerdict(subject, setting, patch, facts);
    if (verdict.state === 'fail' || support.state !== 'ended') return verdict;
  }
  if (support.state === 'ended') return endedVerdict(subject, support, facts);
  if (patch.waiting.state === 'unknown') {
    return {
      state: 'unknown',
      why: `whether a security update is waiting cannot be told: ${patch.waiting.why}`,
      evidence: facts,
      remedy: commented(patch.waiting.how),
      weight: 40,
    };
  }
  const open = indexAge(subject, patch, setting) ?? unattended(subject, patch);
  if (open !== undefined) return { ...open, evidence: facts };
  const { waiting } = patch;
  if (waiting.state === 'update') {
    return {
      state: 'pass',
      why: `no security update is waiting; ${waiting.version} is, which its repository does not list as one${pastSentence(patch)}`,
      evidence: [evidenceOf(`${waiting.version} is available`, waiting.because), ...facts],
    };
  }
  return {
    state: 'pass',
    why: `no security update is waiting in the package index of ${dayOf(patch.indexAsOf ?? '')}${pastSentence(patch)}`,
    evidence: [evidenceOf(waiting.why, waiting.because), ...facts],
  };
};

const endedVerdict = (
  subject: Subject,
  { since, why }: Extract<PatchFacts['support'], { state: 'ended' }>,
  facts: readonly Evidence[],
): Verdict => {
  const { component } = subject;
  const name = component.package?.name ?? component.name;
  return {
    state: 'fail',
    why: `security support ended on ${dayOf(since)}: ${why}`,
    evidence: facts,
    // Commented out: whoever pastes it must have moved away first.
    remedy: [
      '# No security updates come any more. Move to a release that gets them, or to a',
      '# supported replacement; then remove this one:',
      `#   ${commandsFor(subject).remove} ${name}`,
    ].join('\n'),
    weight: 85,
    cause: `support of ${component.platform} ended ${dayOf(since)}`,
  };
};

const supportEvidence = ({ support }: PatchFacts): readonly Evidence[] => [
  evidenceOf(support.why, support.state === 'unknown' ? undefined : support.because),
];

const waitingVerdict = (
  subject: Subject,
  setting: Setting,
  patch: PatchFacts,
  facts: readonly Evidence[],
): Verdict => {
  const { waiting } = patch;
  if (waiting.state !== 'update') throw new Error('waitingVerdict is for a waiting update');
  const deadline = deadlineOf(subject, setting);
  const ageDays = (stamp: string | undefined): number | undefined =>
    stamp === undefined ? undefined : (setting.now.getTime() - Date.parse(stamp)) / dayMs;
  const atLeast = ageDays(waiting.since.notAfter);
  const atMost = ageDays(waiting.since.notBefore);
  const what = `${waiting.security === true ? 'security update' : 'update, perhaps a security one,'} ${waiting.version} is waiting ${showSince(waiting.since)}; deadline ${deadline.days} days (${deadline.why})`;
  const evidence = [
    evidenceOf(`${waiting.version} is available, ${waiting.since.basis}`, waiting.because),
    ...facts,
  ];
  if (waiting.security === true && atLeast !== undefined && atLeast > deadline.days) {
    return {
      state: 'fail',
      why: `${what}: overdue by at least ${Math.floor(atLeast - deadline.days)} days`,
      evidence,
      remedy: waiting.remedy,
      weight: Math.min(99, 80 + Math.floor((atLeast - deadline.days) / 10)),
    };
  }
  if (waiting.security === true && atMost !== undefined && atMost <= deadline.days) {
    return {
      state: 'pass',
      why: `${what}: ${Math.ceil(deadline.days - atMost)} days left`,
      evidence,
      remedy: waiting.remedy,
    };
  }
  return {
    state: 'unknown',
    why: `${what}: whether the deadline has passed cannot be told from this host`,
    evidence,
    remedy: `# Mend it, and the question is gone:\n${waiting.remedy}`,
    weight: 75,
  };
};

const indexAge = (
  subject: Subject,
  patch: PatchFacts,
  { now, policy }: Setting,
): Verdict | undefined => {
  const how = `# Refresh the package index, then run Postern again:\n${commandsFor(subject).refresh}`;
  const unknown = (why: string, remedy = how): Verdict => ({
    state: 'unknown',
    why,
    evidence: [],
    remedy,
    weight: 35,
  });
  if (patch.indexAsOf === undefined) {
    return unknown('the package index says nothing of its own age');
  }
  const hours = (now.getTime() - Date.parse(patch.indexAsOf)) / hourMs;
  if (hours < -clockSkewHours) {
    return unknown(
      `the package index is dated ${dayOf(patch.indexAsOf)}, which is yet to come`,
      `# Set the clock, then:\n${commandsFor(subject).refresh}`,
    );
  }
  if (hours <= policy.indexAgeHoursMax) return undefined;
  const { repository } = patch;
  const whose = repository === undefined ? '' : ` of ${repository.label ?? repository.origin}`;
  return unknown(
    `the package index${whose} is of ${dayOf(patch.indexAsOf)}, ${Math.floor(hours / 24)} days old: what was released since is not known`,
    `${how}\n# If its date stays the same, the repository itself publishes nothing: ask its maker.`,
  );
};
