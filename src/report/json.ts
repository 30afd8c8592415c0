import type { Answer, AnsweredComponent } from '../core/answer.ts';
import type { ReachedPeople } from '../core/reached-people.ts';
import { type Check, checks, type Verdict } from '../core/verdict.ts';
import { type SharedFlaws, sharedFlaws } from './json-flaws.ts';
import { componentRow } from './json-rows.ts';
import { safeJson } from './plain.ts';

const verdictRow = ({ state, why, evidence, remedy, exception }: Verdict): object => ({
  state,
  why,
  evidence,
  remedy,
  exception,
});

/** Details stand once, in `people` of the answer, by the name of the set. */
const reachedRow = (reached: ReachedPeople | undefined): object | undefined => {
  if (reached === undefined) return undefined;
  const { set, atLeast, isPart, counted, people } = reached;
  return {
    set,
    people: people.people,
    part: isPart,
    atLeast,
    customers: people.customers,
    former: people.byStatus.former,
    deletable: people.deletable,
    counted,
  };
};

const answeredRow = (component: AnsweredComponent, { findings }: SharedFlaws): object => ({
  ...componentRow(component),
  patch: component.patch,
  flaws:
    component.flaws === undefined
      ? undefined
      : { ...component.flaws, findings: findings.get(component) },
  people: reachedRow(component.people),
  checks: Object.fromEntries(checks.map(check => [check, verdictRow(component.checks[check])])),
});

const countRow = (answer: Answer, check: Check): object => {
  const { pass, fail, unknown, 'not-applicable': notApplicable } = answer.counts[check];
  return { pass, fail, unknown, notApplicable };
};

/** `postern.confirm/1`, as `schemas/confirm.schema.json` describes it. */
export const json = (answer: Answer): string => {
  const { generated, tool, target, organisation, tenants, sentence, components, unseen } = answer;
  const { advisories, priorities, parity, changes } = answer;
  const shared = sharedFlaws(components);
  return `${safeJson(
    {
      schema: 'postern.confirm/1',
      generated,
      tool,
      target,
      organisation,
      tenants,
      people: answer.people,
      summary: {
        sentence,
        components: components.length,
        thirdParty: components.filter(each => each.thirdParty).length,
        checks: Object.fromEntries(checks.map(check => [check, countRow(answer, check)])),
      },
      components: components.map(each => answeredRow(each, shared)),
      flaws: shared.findings.size === 0 ? undefined : shared.flaws,
      advisories,
      priorities,
      parity,
      changes,
      unseen,
    },
    2,
  )}\n`;
};
