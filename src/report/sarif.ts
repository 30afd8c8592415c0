import { createHash } from 'node:crypto';
import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type Verdict } from '../core/verdict.ts';
import { checkTitles } from './check-titles.ts';
import { docsOf } from './findings.ts';
import { safeJson } from './plain.ts';
import { flawResults } from './sarif-flaws.ts';
import { sourceAges } from './source-ages.ts';

const rule = (check: Check): object => ({
  id: check,
  name: checkTitles[check].title.replace(/ (.)/g, (_, letter: string) => letter.toUpperCase()),
  shortDescription: { text: checkTitles[check].title },
  fullDescription: { text: checkTitles[check].asks },
  help: { text: `See ${docsOf(check)} in the package.` },
  defaultConfiguration: { level: 'error' },
});

/** A path below the inspected root as a relative URI. */
const uriOf = (path: string): string =>
  path
    .split('/')
    .filter(segment => segment !== '')
    .map(segment => encodeURIComponent(segment.replace(/[\ud800-\udfff]/gu, '\ufffd')))
    .join('/');

const locations = (
  { foundAt }: AnsweredComponent,
  evidence: Verdict['evidence'],
): readonly object[] => {
  const places = [
    ...evidence.flatMap(({ path, line }) => (path === undefined ? [] : [{ path, line }])),
    ...foundAt,
  ];
  const unique = new Map(places.map(place => [`${place.path}:${place.line ?? 0}`, place]));
  return [...unique.values()].slice(0, 10).map(({ path, line }) => ({
    physicalLocation: {
      // What is not absolute (postern.yaml) lies where Postern was called, not below the root.
      artifactLocation: path.startsWith('/')
        ? { uri: uriOf(path), uriBaseId: 'ROOT' }
        : { uri: uriOf(path) },
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
    locations: locations(component, verdict.evidence),
    partialFingerprints: { 'postern/v1': fingerprint(component, check) },
    ...(exception === undefined || exception.expired
      ? {}
      : {
          suppressions: [
            {
              kind: 'external',
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
  const ages = sourceAges(answer);
  const flaws = flawResults(answer.components, checks.length, component =>
    locations(component, []),
  );
  return `${safeJson(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'Postern',
              version: answer.tool.version,
              rules: [...checks.map(rule), ...flaws.rules],
            },
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
                message: { text: `${what}: ${why}. ${how}` },
              })),
            },
          ],
          results: [...results, ...flaws.results],
          ...(ages.length === 0 ? {} : { properties: { advisories: ages } }),
        },
      ],
    },
    2,
  )}\n`;
};
