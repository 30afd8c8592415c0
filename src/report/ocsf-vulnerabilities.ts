import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { isClosed } from '../core/closed.ts';
import type { Finding } from '../core/finding.ts';
import { docsOf } from './findings.ts';
import { type SeverityWord, severityWord } from './severity.ts';
import { uuidOf } from './uuid.ts';

const classUid = 2002;
const createActivity = 1;

const severityIds: Readonly<Record<SeverityWord, readonly [id: number, name: string]>> = {
  unknown: [0, 'Unknown'],
  none: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
};

const lifeOf = (finding: Finding): readonly [id: number, name: string] => {
  if (isClosed(finding)) return [4, 'Resolved'];
  return finding.steps?.[0]?.state === 'mitigated' ? [2, 'In Progress'] : [1, 'New'];
};

const cvssVersion = (vector: string): string => /^CVSS:(\d\.\d)/.exec(vector)?.[1] ?? '2.0';

const cveOf = ({ id, title, severity, likelihood, references }: Finding): object => ({
  uid: id,
  title,
  ...(references.length === 0 ? {} : { references }),
  ...(severity?.score === undefined || severity.vector === undefined
    ? {}
    : {
        cvss: [
          {
            base_score: severity.score,
            vector_string: severity.vector,
            version: cvssVersion(severity.vector),
            vendor_name: severity.by,
          },
        ],
      }),
  ...(likelihood === undefined
    ? {}
    : {
        epss: {
          score: String(likelihood.score),
          ...(likelihood.percentile === undefined ? {} : { percentile: likelihood.percentile }),
        },
      }),
});

const packageOf = (component: AnsweredComponent, { fixedIn }: Finding): object => ({
  name: component.package?.source?.name ?? component.package?.name ?? component.name,
  version: 'value' in component.version ? component.version.value : 'unknown',
  ...(component.purl === undefined ? {} : { purl: component.purl }),
  ...(component.foundAt[0] === undefined ? {} : { path: component.foundAt[0].path }),
  ...(fixedIn === undefined ? {} : { fixed_in_version: fixedIn }),
});

const vulnerabilityOf = (component: AnsweredComponent, finding: Finding): object => {
  const { id, title, why, fixedIn, exploited, references, severity, firstSeen, remedy } = finding;
  return {
    title,
    desc: why,
    severity: severityWord(severity),
    ...(id.startsWith('CVE-')
      ? { cve: cveOf(finding) }
      : { advisory: { uid: id, title, ...(references.length === 0 ? {} : { references }) } }),
    affected_packages: [packageOf(component, finding)],
    is_fix_available: fixedIn !== undefined,
    ...(exploited === undefined ? {} : { is_exploit_available: true }),
    ...(references.length === 0 ? {} : { references }),
    ...(firstSeen === undefined ? {} : { first_seen_time: Date.parse(firstSeen) }),
    ...(remedy === undefined
      ? {}
      : { remediation: { desc: remedy, references: [docsOf('patched')] } }),
  };
};

/** What has no place of its own in the class: the clock, the deadline, and what they rest on. */
const unmapped = ({ outcome, clock, deadline, aliases, evidence }: Finding): object => ({
  postern: {
    outcome,
    aliases,
    evidence: evidence.map(({ what }) => what),
    ...(clock === undefined ? {} : { clock }),
    ...(deadline === undefined ? {} : { deadline }),
  },
});

/** OCSF 1.8 Vulnerability Finding (2002): one event for each flaw that applies to a component, or may. */
export const vulnerabilityEvents = (answer: Answer): readonly object[] =>
  answer.components.flatMap(component =>
    (component.flaws?.findings ?? [])
      .filter(({ outcome }) => outcome !== 'not-affected')
      .map(finding => {
        const [severityId, severity] = severityIds[severityWord(finding.severity)];
        const [statusId, status] = lifeOf(finding);
        const time = Date.parse(answer.generated);
        return {
          activity_id: createActivity,
          activity_name: 'Create',
          category_uid: 2,
          category_name: 'Findings',
          class_uid: classUid,
          class_name: 'Vulnerability Finding',
          type_uid: classUid * 100 + createActivity,
          type_name: 'Vulnerability Finding: Create',
          time,
          severity_id: severityId,
          severity,
          status_id: statusId,
          status,
          // Whether it applies could not be told.
          ...(finding.outcome === 'undetermined' ? { confidence_id: 1, confidence: 'Low' } : {}),
          message: `${component.id}: ${finding.id}: ${finding.why}`,
          metadata: {
            version: '1.8.0',
            product: { name: 'Postern', vendor_name: 'Postern', version: answer.tool.version },
            log_name: 'postern confirm',
          },
          finding_info: {
            uid: uuidOf('flaw', component.id, finding.id),
            title: `${finding.id} in ${component.id}`,
            desc: finding.title,
            created_time: time,
          },
          vulnerabilities: [vulnerabilityOf(component, finding)],
          resources: [
            {
              uid: component.id,
              name: component.name,
              type: component.kind,
              ...(component.owner === undefined ? {} : { owner: { name: component.owner } }),
            },
          ],
          unmapped: unmapped(finding),
        };
      }),
  );
