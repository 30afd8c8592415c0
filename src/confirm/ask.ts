import type { StateCounts } from '../core/answer.ts';
import { type AcceptedRisk, idMatches } from '../core/policy.ts';
import { type Check, checks, states, type Verdict, type Verdicts } from '../core/verdict.ts';
import { contained } from './contained.ts';
import { ofCutReading } from './cut-short.ts';
import { inventoried } from './inventoried.ts';
import { logged } from './logged.ts';
import { monitored } from './monitored.ts';
import { patched } from './patched.ts';
import { inRemedy, type Question, type Setting, type Subject } from './question.ts';
import { retained } from './retained.ts';

const questions: Readonly<Record<Check, Question>> = {
  inventoried,
  patched,
  logged,
  retained,
  monitored,
  contained,
};

/** Every text in a component that a remedy may name and that somebody else may have written. */
const namesIn = ({ component, ancestors }: Subject): readonly string[] =>
  [component, ...ancestors].flatMap(({ name, id, foundAt, logs, runsAs }) => [
    name,
    id,
    ...foundAt.map(({ path }) => path),
    ...logs.flatMap(({ because, trail, sink }) => [
      because?.path ?? '',
      trail?.path ?? '',
      trail?.rotation?.because?.path ?? '',
      sink?.to === 'file' ? sink.path : '',
    ]),
    runsAs?.because?.path ?? '',
  ]);

/** A name with a line break in it must not become a line of its own in text to paste. */
const withTamedRemedy = (verdict: Verdict, names: readonly string[]): Verdict => {
  if (verdict.remedy === undefined) return verdict;
  const { parts } = verdict;
  const wild = names.filter(name => /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(name));
  if (wild.length === 0) return verdict;
  return {
    ...verdict,
    ...(parts === undefined ? {} : { parts: parts.map(part => withTamedRemedy(part, names)) }),
    remedy: wild.reduce((text, name) => text.replaceAll(name, inRemedy(name)), verdict.remedy),
  };
};

/** An accepted risk stays what it is; the verdict only says that somebody accepted it, until when. */
const withException = (verdict: Verdict, risk: AcceptedRisk | undefined, now: Date): Verdict => {
  if (risk === undefined || verdict.state === 'pass' || verdict.state === 'not-applicable') {
    return verdict;
  }
  const expired = now.getTime() > Date.parse(`${risk.until}T23:59:59.999Z`);
  return {
    ...verdict,
    exception: {
      reason: risk.reason,
      until: risk.until,
      expired,
      ...(risk.by === undefined ? {} : { by: risk.by }),
    },
  };
};

/** Asks one component all six questions. */
export const askAll = (subject: Subject, setting: Setting): Verdicts => {
  const names = namesIn(subject);
  const told = (check: Check): Verdict => {
    const verdict = withTamedRemedy(questions[check](subject, setting), names);
    return setting.cut === undefined ? verdict : ofCutReading(verdict, check, setting.cut);
  };
  const answer = (check: Check): Verdict =>
    withException(
      told(check),
      setting.exceptions.findLast(
        risk => risk.check === check && idMatches(risk.match, subject.component.id),
      ),
      setting.now,
    );
  return {
    inventoried: answer('inventoried'),
    patched: answer('patched'),
    logged: answer('logged'),
    retained: answer('retained'),
    monitored: answer('monitored'),
    contained: answer('contained'),
  };
};

/** How many components stand how, per check. */
export const countStates = (
  answered: readonly { readonly checks: Verdicts }[],
): Readonly<Record<Check, StateCounts>> => {
  const none = (): Record<(typeof states)[number], number> => ({
    pass: 0,
    fail: 0,
    unknown: 0,
    'not-applicable': 0,
  });
  const counts: Record<Check, ReturnType<typeof none>> = {
    inventoried: none(),
    patched: none(),
    logged: none(),
    retained: none(),
    monitored: none(),
    contained: none(),
  };
  for (const { checks: verdicts } of answered) {
    for (const check of checks) counts[check][verdicts[check].state] += 1;
  }
  return counts;
};
