import type { Answer } from '../core/answer.ts';
import type { Component } from '../core/component.ts';
import { type ExitCode, exitCodes, UsageError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import type { Unseen } from '../core/unseen.ts';
import { type Check, checks, type Verdict } from '../core/verdict.ts';
import { type Invocation, spellingOf } from './arguments.ts';

/** What ends a run with the status of a crossed threshold, and whether it could be told at all. */
export interface Threshold {
  crosses(answer: Answer): boolean;
  /** Nothing in the answer can tell: no database was asked, no run came before. */
  isBlind(answer: Answer): boolean;
}

const isAccepted = ({ exception }: Verdict): boolean =>
  exception !== undefined && !exception.expired;

const isCheck = (text: string): text is Check => checks.some(check => check === text);

/** Words on known flaws that `--fail-on` takes beside checks. */
const flawWords = ['overdue', 'exploited', 'new'] as const;
type FlawWord = (typeof flawWords)[number];

const isFlawWord = (text: string): text is FlawWord => flawWords.some(word => word === text);

const someVerdict = (
  { components }: Answer,
  holds: (check: Check, verdict: Verdict) => boolean,
): boolean =>
  components.some(component =>
    checks.some(check => {
      const verdict = component.checks[check];
      return !isAccepted(verdict) && holds(check, verdict);
    }),
  );

/** Of flaws that apply, in parts whose open flaws nobody accepted. */
const someFlaw = ({ components }: Answer, holds: (finding: Finding) => boolean): boolean =>
  components.some(
    ({ flaws, checks: { patched } }) =>
      !isAccepted(patched) &&
      (flaws?.findings ?? []).some(finding => finding.outcome === 'affected' && holds(finding)),
  );

const turnedToFail = (answer: Answer): boolean => {
  const turned = new Set(
    (answer.changes?.verdicts ?? [])
      .filter(({ to }) => to === 'fail')
      .map(({ component, check }) => `${check} ${component}`),
  );
  return answer.components.some(({ id, checks: verdicts }) =>
    checks.some(check => turned.has(`${check} ${id}`) && !isAccepted(verdicts[check])),
  );
};

const crossedBy = (word: FlawWord, answer: Answer): boolean => {
  switch (word) {
    case 'overdue':
      return someFlaw(answer, ({ deadline }) => (deadline?.overdueDays ?? 0) > 0);
    case 'exploited':
      return someFlaw(answer, ({ exploited }) => exploited !== undefined);
    case 'new':
      return someFlaw(answer, ({ isNew }) => isNew === true) || turnedToFail(answer);
  }
};

const isBlindTo = (word: FlawWord, answer: Answer): boolean => {
  switch (word) {
    case 'new':
      return answer.changes === undefined;
    case 'overdue':
      return (answer.advisories ?? []).length === 0;
    case 'exploited':
      return (
        (answer.advisories ?? []).length === 0 ||
        answer.components.some(
          ({ flaws }) => flaws !== undefined && flaws.exploitation !== 'current',
        )
      );
  }
};

const byVerdict = (holds: (check: Check, verdict: Verdict) => boolean): Threshold => ({
  crosses: answer => someVerdict(answer, holds),
  isBlind: () => false,
});

/** Reads `--fail-on`: `fail`, `unknown`, `never`, or a list of checks and of words on known flaws. */
export const thresholdOf = (invocation: Invocation): Threshold => {
  const given = invocation.values.get('fail-on') ?? 'fail';
  if (given === 'never') return byVerdict(() => false);
  if (given === 'fail') return byVerdict((_, { state }) => state === 'fail');
  if (given === 'unknown') {
    return byVerdict((_, { state }) => state === 'fail' || state === 'unknown');
  }
  const wanted = given.split(',').map(part => part.trim());
  const wrong = wanted.find(part => !isCheck(part) && !isFlawWord(part));
  if (wrong !== undefined) {
    throw new UsageError(
      `${invocation.verb.name}: ${spellingOf(invocation, 'fail-on')}: "${wrong.slice(0, 60)}" is neither fail, unknown, never nor one of ${[...checks, ...flawWords].join(', ')}`,
    );
  }
  const words = wanted.filter(isFlawWord);
  return {
    crosses: answer =>
      someVerdict(answer, (check, { state }) => wanted.includes(check) && state === 'fail') ||
      words.some(word => crossedBy(word, answer)),
    isBlind: answer => words.some(word => isBlindTo(word, answer)),
  };
};

/** The exit status is the same whatever the format. */
export const exitOf = (answer: Answer, threshold: Threshold): ExitCode => {
  if (threshold.crosses(answer)) return exitCodes.crossed;
  const isUnknown = answer.components.some(component =>
    checks.some(check => component.checks[check].state === 'unknown'),
  );
  return isUnknown || answer.unseen.length > 0 || threshold.isBlind(answer)
    ? exitCodes.unseen
    : exitCodes.done;
};

/** A list has no findings to fail on; what it could not tell is a version, or whether a part is on. */
export const exitOfList = (
  components: readonly Component[],
  unseen: readonly Unseen[],
): ExitCode =>
  unseen.length > 0 ||
  components.some(({ version, enabled }) => 'unknown' in version || enabled === null)
    ? exitCodes.unseen
    : exitCodes.done;
