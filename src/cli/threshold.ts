import type { Answer } from '../core/answer.ts';
import { type ExitCode, exitCodes, UsageError } from '../core/errors.ts';
import { type Check, checks, type Verdict } from '../core/verdict.ts';

export type Threshold = (check: Check, verdict: Verdict) => boolean;

const isAccepted = ({ exception }: Verdict): boolean =>
  exception !== undefined && !exception.expired;

const isCheck = (text: string): text is Check => checks.some(check => check === text);

/** Reads `--fail-on`: `fail`, `unknown`, `never`, or checks that must not fail. */
export const parseThreshold = (given: string): Threshold => {
  if (given === 'never') return () => false;
  if (given === 'fail') return (_, verdict) => verdict.state === 'fail' && !isAccepted(verdict);
  if (given === 'unknown') {
    return (_, verdict) =>
      (verdict.state === 'fail' || verdict.state === 'unknown') && !isAccepted(verdict);
  }
  const wanted = given.split(',').map(part => part.trim());
  const wrong = wanted.find(part => !isCheck(part));
  if (wrong !== undefined) {
    throw new UsageError(
      `--fail-on: "${wrong.slice(0, 60)}" is neither fail, unknown, never nor one of ${checks.join(', ')}`,
    );
  }
  return (check, verdict) =>
    wanted.includes(check) && verdict.state === 'fail' && !isAccepted(verdict);
};

/** The exit status is the same whatever the format. */
export const exitOf = (answer: Answer, crosses: Threshold): ExitCode => {
  const verdicts = answer.components.flatMap(component =>
    checks.map(check => [check, component.checks[check]] as const),
  );
  if (verdicts.some(([check, verdict]) => crosses(check, verdict))) return exitCodes.crossed;
  return answer.unseen.length > 0 || verdicts.some(([, { state }]) => state === 'unknown')
    ? exitCodes.unseen
    : exitCodes.done;
};
