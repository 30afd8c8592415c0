import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type State, type Verdict } from '../core/verdict.ts';
import { checkTitles } from './check-titles.ts';
import { docsOf } from './findings.ts';
import { vulnerabilityEvents } from './ocsf-vulnerabilities.ts';
import { safeJson } from './plain.ts';
import { uuidOf } from './uuid.ts';

const classUid = 2003;
const createActivity = 1;

/** Compliance status ids of OCSF 1.8. */
const statusOf: Readonly<Record<State, readonly [id: number, name: string]>> = {
  pass: [1, 'Pass'],
  fail: [3, 'Fail'],
  unknown: [0, 'Unknown'],
  'not-applicable': [99, 'Not applicable'],
};

const severityOf = ({ state, weight = 0 }: Verdict): readonly [id: number, name: string] => {
  if (state === 'unknown') return [0, 'Unknown'];
  if (state !== 'fail') return [1, 'Informational'];
  if (weight >= 80) return [4, 'High'];
  return weight >= 50 ? [3, 'Medium'] : [2, 'Low'];
};

/** A finding that was accepted is suppressed; one that needs nothing is resolved. */
const lifeOf = ({ state, exception }: Verdict): readonly [id: number, name: string] => {
  if (exception !== undefined && !exception.expired) return [3, 'Suppressed'];
  return state === 'pass' || state === 'not-applicable' ? [4, 'Resolved'] : [1, 'New'];
};

const event = (answer: Answer, component: AnsweredComponent, check: Check): object => {
  const verdict = component.checks[check];
  const [statusId, status] = statusOf[verdict.state];
  const [severityId, severity] = severityOf(verdict);
  const [lifeId, life] = lifeOf(verdict);
  const time = Date.parse(answer.generated);
  return {
    activity_id: createActivity,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: classUid,
    class_name: 'Compliance Finding',
    type_uid: classUid * 100 + createActivity,
    type_name: 'Compliance Finding: Create',
    time,
    severity_id: severityId,
    severity,
    status_id: lifeId,
    status: life,
    ...(verdict.exception === undefined
      ? {}
      : { comment: `${verdict.exception.reason} (until ${verdict.exception.until})` }),
    message: `${component.id}: ${verdict.why}`,
    metadata: {
      version: '1.8.0',
      product: { name: 'Postern', vendor_name: 'Postern', version: answer.tool.version },
      log_name: 'postern confirm',
    },
    finding_info: {
      uid: uuidOf('finding', component.id, check),
      title: `${checkTitles[check].title}: ${component.id}`,
      desc: verdict.why,
      created_time: time,
    },
    compliance: {
      control: check,
      desc: checkTitles[check].asks,
      standards: ['Postern six questions'],
      status_id: statusId,
      status,
      status_detail: verdict.why,
    },
    resources: [
      {
        uid: component.id,
        name: component.name,
        type: component.kind,
        ...('value' in component.version ? { version: component.version.value } : {}),
        ...(component.owner === undefined ? {} : { owner: { name: component.owner } }),
        ...(component.labels === undefined ? {} : { labels: component.labels }),
      },
    ],
    ...(verdict.remedy === undefined
      ? {}
      : { remediation: { desc: verdict.remedy, references: [docsOf(check)] } }),
    ...(verdict.evidence.length === 0
      ? {}
      : { evidences: [{ data: { evidence: verdict.evidence } }] }),
  };
};

/**
 * OCSF 1.8, one event a line: a Compliance Finding (2003) for each component and check, and after them a
 * Vulnerability Finding (2002) for each flaw of a component.
 */
export const ocsf = (answer: Answer): string =>
  [
    ...answer.components.flatMap(component => checks.map(check => event(answer, component, check))),
    ...vulnerabilityEvents(answer),
  ]
    .map(each => `${safeJson(each)}\n`)
    .join('');
