import type { Answer } from '../core/answer.ts';
import type { Component } from '../core/component.ts';
import { type ExitCode, exitCodes, UsageError } from '../core/errors.ts';
import type { Unseen } from '../core/unseen.ts';
import { type Check, checks, type Verdict } from '../core/verdict.ts';
import { type Invocation, spellingOf } from './arguments.ts';

export type Threshold = (check: Check, verdict: Verdict) => boolean;

const isAccepted = ({ exception }: Verdict): boolean =>
  exception !== undefined && !exception.expired;

const isCheck = (text: string): text is Check => checks.some(check => check === text);

/** Reads `--fail-on`: `fail`, `unknown`, `never`, or checks that must not fail. */
export const thresholdOf = (invocation: Invocation): Threshold => {
  const given = invocation.values.get('fail-on') ?? 'fail';
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
      `${invocation.verb.name}: ${spellingOf(invocation, 'fail-on')}: "${wrong.slice(0, 60)}" is neither fail, unknown, never nor one of ${checks.join(', ')}`,
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

/** A list has no findings to fail on; what it could not tell is a version, or whether a part is on. */
export const exitOfList = (
  components: readonly Component[],
  unseen: readonly Unseen[],
): ExitCode =>
  unseen.length > 0 ||
  components.some(({ version, enabled }) => 'unknown' in version || enabled === null)
    ? exitCodes.unseen
    : exitCodes.done;
