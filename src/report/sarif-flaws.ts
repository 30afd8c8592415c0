import { createHash } from 'node:crypto';
import type { AnsweredComponent } from '../core/answer.ts';
import { isClosed } from '../core/closed.ts';
import type { Finding } from '../core/finding.ts';
import { docsOf } from './findings.ts';
import { severityWord } from './severity.ts';

/** A flaw in a component, as SARIF asks for it: a rule for each flaw, a result for each component that has it. */
export interface FlawResults {
  readonly rules: readonly object[];
  readonly results: readonly object[];
}

const ruleOf = (finding: Finding): object => {
  const { id, title, references, severity } = finding;
  const [link] = references;
  return {
    id,
    name: 'KnownFlaw',
    shortDescription: { text: title === '' ? id : title },
    ...(link === undefined ? {} : { helpUri: link }),
    help: { text: `See ${docsOf('patched')} in the package.` },
    defaultConfiguration: { level: 'error' },
    properties: {
      tags: ['security', 'known-flaw'],
      ...(severity?.score === undefined ? {} : { 'security-severity': severity.score.toFixed(1) }),
    },
  };
};

const levelOf = (finding: Finding): 'error' | 'warning' | 'note' | 'none' => {
  if (finding.outcome !== 'affected') return 'none';
  if ((finding.deadline?.overdueDays ?? 0) > 0 || finding.exploited !== undefined) return 'error';
  const word = severityWord(finding.severity);
  return word === 'low' || word === 'none' ? 'note' : 'warning';
};

const messageOf = (component: AnsweredComponent, finding: Finding): string => {
  const { id, why, fixedIn, clock, deadline, exploited, remedy } = finding;
  return [
    `${component.id}: ${id}: ${why}`,
    ...(fixedIn === undefined ? [] : [`Mended in ${fixedIn}.`]),
    ...(clock === undefined
      ? []
      : [
          `A fix is public since ${clock.started.slice(0, 10)}${clock.atLatest === true ? ' at the latest' : ''} (${clock.sign}): ${clock.basis}.`,
        ]),
    ...(exploited === undefined ? [] : [`Exploited: ${exploited.by}, ${exploited.on}.`]),
    ...(deadline?.on === undefined ? [] : [`Deadline ${deadline.on}: ${deadline.why}.`]),
    ...(remedy === undefined ? [] : [`\nWhat mends it:\n${remedy}`]),
  ].join('\n');
};

/** Only what applies or may: SARIF's readers count every result as something to do. */
export const flawResults = (
  components: readonly AnsweredComponent[],
  firstRule: number,
  locationsOf: (component: AnsweredComponent) => readonly object[],
): FlawResults => {
  const rules: object[] = [];
  const indexes = new Map<string, number>();
  const results: object[] = [];
  for (const component of components) {
    for (const finding of component.flaws?.findings ?? []) {
      if (finding.outcome === 'not-affected') continue;
      let index = indexes.get(finding.id);
      if (index === undefined) {
        index = firstRule + rules.length;
        indexes.set(finding.id, index);
        rules.push(ruleOf(finding));
      }
      results.push({
        ruleId: finding.id,
        ruleIndex: index,
        kind: finding.outcome === 'affected' ? 'fail' : 'open',
        level: levelOf(finding),
        message: { text: messageOf(component, finding) },
        locations: locationsOf(component),
        partialFingerprints: {
          'postern/v1': createHash('sha256')
            .update(`${component.id}\0${finding.id}`)
            .digest('hex')
            .slice(0, 32),
        },
        ...(isClosed(finding)
          ? {
              suppressions: [
                {
                  kind: 'external',
                  justification: finding.steps?.[0]?.why ?? 'recorded as mended',
                },
              ],
            }
          : {}),
      });
    }
  }
  return { rules, results };
};
