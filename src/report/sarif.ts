import { createHash } from 'node:crypto';
import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type Verdict } from '../core/verdict.ts';
import { checkTitles } from './check-titles.ts';
import { docsOf } from './findings.ts';

const rule = (check: Check): object => ({
  id: check,
  name: checkTitles[check].title.replace(/ (.)/g, (_, letter: string) => letter.toUpperCase()),
  shortDescription: { text: checkTitles[check].title },
  fullDescription: { text: checkTitles[check].asks },
  help: { text: `See ${docsOf(check)}.` },
});

/** A path below the inspected root as a relative URI. */
const uriOf = (path: string): string =>
  path
    .split('/')
    .filter(segment => segment !== '')
    .map(encodeURIComponent)
    .join('/');

const locations = ({ foundAt }: AnsweredComponent, { evidence }: Verdict): readonly object[] => {
  const places = [
    ...evidence.flatMap(({ path, line }) => (path === undefined ? [] : [{ path, line }])),
    ...foundAt,
  ];
  const unique = new Map(places.map(place => [`${place.path}:${place.line ?? 0}`, place]));
  return [...unique.values()].slice(0, 10).map(({ path, line }) => ({
    physicalLocation: {
      artifactLocation: { uri: uriOf(path), uriBaseId: 'ROOT' },
      ...(line === undefined ? {} : { region: { startLine: line } }),
    },
  }));
};

/** Stable over runs, so that a tracker updates its ticket rather than opening another. */
const fingerprint = (component: AnsweredComponent, check: Check): string =>
  createHash('sha256').update(`${component.id}\0${check}`).digest('hex').slice(0, 32);

const result = (component: AnsweredComponent, check: Check): object => {
  const verdict = component.checks[check];
  const { state, why, remedy, exception } = verdict;
  const failed = state === 'fail';
  return {
    ruleId: check,
    ruleIndex: checks.indexOf(check),
    kind: failed ? 'fail' : 'open',
    level: failed ? ((verdict.weight ?? 0) >= 60 ? 'error' : 'warning') : 'none',
    message: {
      text: `${component.id}: ${why}${remedy === undefined ? '' : `\n\nWhat mends it:\n${remedy}`}`,
    },
    locations: locations(component, verdict),
    partialFingerprints: { 'postern/v1': fingerprint(component, check) },
    ...(exception === undefined || exception.expired
      ? {}
      : {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: `${exception.reason} (until ${exception.until})`,
            },
          ],
        }),
  };
};

/** SARIF 2.1.0. Unknown is kind `open`: not a pass and not a failure (section 3.27.9). */
export const sarif = (answer: Answer): string => {
  const results = answer.components.flatMap(component =>
    checks
      .filter(check => ['fail', 'unknown'].includes(component.checks[check].state))
      .map(check => result(component, check)),
  );
  return `${JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: { name: 'Postern', version: answer.tool.version, rules: checks.map(rule) },
          },
          originalUriBaseIds: {
            ROOT: { description: { text: 'Root of the inspected file system' } },
          },
          invocations: [
            {
              executionSuccessful: true,
              endTimeUtc: answer.generated,
              toolExecutionNotifications: answer.unseen.map(({ what, why, how }) => ({
                level: 'warning',
                message: { text: `${what} ${why}. ${how}` },
              })),
            },
          ],
          results,
        },
      ],
    },
    null,
    2,
  )}\n`;
};
