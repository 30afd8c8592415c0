import type { AccessLog } from '../core/access-log.ts';
import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type Verdict } from '../core/verdict.ts';

const logRow = ({ question, emitted, why, because, remedy, sink, trail }: AccessLog): object => ({
  question,
  emitted,
  why,
  because,
  path: trail?.path ?? (sink?.to === 'file' ? sink.path : undefined),
  oldest: trail?.oldest,
  newest: trail?.newest,
  retainedDays: trail?.retainedDays,
  rotation: trail?.rotation,
  shippedTo: trail?.shippedTo,
  shippedBecause: trail?.shippedBecause,
  level: trail?.level,
  sink,
  unknown: trail?.unknown,
  remedy,
});

const verdictRow = ({ state, why, evidence, remedy, exception }: Verdict): object => ({
  state,
  why,
  evidence,
  remedy,
  exception,
});

const componentRow = (component: AnsweredComponent): object => {
  const { logs, checks: verdicts, ...rest } = component;
  return {
    ...rest,
    logs: logs.map(logRow),
    checks: Object.fromEntries(checks.map(check => [check, verdictRow(verdicts[check])])),
  };
};

const countRow = (answer: Answer, check: Check): object => {
  const { pass, fail, unknown, 'not-applicable': notApplicable } = answer.counts[check];
  return { pass, fail, unknown, notApplicable };
};

/** `postern.confirm/1`, as `schemas/confirm.schema.json` describes it. */
export const json = (answer: Answer): string => {
  const { generated, tool, target, organisation, tenants, sentence, components, unseen } = answer;
  return `${JSON.stringify(
    {
      schema: 'postern.confirm/1',
      generated,
      tool,
      target,
      organisation,
      tenants,
      summary: {
        sentence,
        components: components.length,
        thirdParty: components.filter(each => each.thirdParty).length,
        checks: Object.fromEntries(checks.map(check => [check, countRow(answer, check)])),
      },
      components: components.map(componentRow),
      unseen,
    },
    null,
    2,
  )}\n`;
};
