import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type State } from '../core/verdict.ts';
import { overdueOf } from './flaw-groups.ts';
import { printable } from './plain.ts';
import { sourceAges } from './source-ages.ts';

const escape = (text: string): string =>
  printable(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\n/g, '&#10;')
    .replace(/\t/g, '&#9;');

const overdueMax = 50;

/** The flaws that a failure of `patched` is about, one a line, as comments above what mends them. */
const overdueLines = ({ flaws }: AnsweredComponent, check: Check): string => {
  if (check !== 'patched') return '';
  const late = (flaws?.findings ?? [])
    .filter(finding => finding.outcome === 'affected' && overdueOf(finding) > 0)
    .sort((a, b) => overdueOf(b) - overdueOf(a));
  const lines = late
    .slice(0, overdueMax)
    .map(({ id, deadline, fixedIn, exploited }) =>
      [
        `# ${id}: ${deadline?.overdueDays ?? 0} days past ${deadline?.on ?? 'its deadline'}`,
        ...(exploited === undefined ? [] : ['exploited']),
        ...(fixedIn === undefined ? [] : [`mended in ${fixedIn}`]),
      ].join(', '),
    );
  return [...lines, ...(late.length > overdueMax ? [`# and ${late.length - overdueMax} more`] : [])]
    .map(line => `${line}\n`)
    .join('');
};

/** Unknown is skipped, which no reader of JUnit counts as passed; its reason is the message. */
const testCase = (component: AnsweredComponent, check: Check): string => {
  const { state, why, remedy = '' } = component.checks[check];
  const open = `    <testcase classname="${escape(component.id)}" name="${check}" time="0"`;
  switch (state) {
    case 'pass':
      return `${open}/>`;
    case 'fail':
      return `${open}><failure type="fail" message="${escape(why)}">${escape(overdueLines(component, check) + remedy)}</failure></testcase>`;
    case 'unknown':
      return `${open}><skipped message="unknown: ${escape(why)}"/></testcase>`;
    case 'not-applicable':
      return `${open}><skipped message="not applicable: ${escape(why)}"/></testcase>`;
  }
};

const suite = (answer: Answer, check: Check): string => {
  const { fail, unknown, 'not-applicable': none } = answer.counts[check];
  const ages = sourceAges(answer);
  return [
    `  <testsuite name="${check}" tests="${answer.components.length}" failures="${fail}" errors="0" skipped="${unknown + none}" time="0" timestamp="${answer.generated.slice(0, 19)}">`,
    ...(check === 'patched' && ages.length > 0
      ? [
          `    <properties>${ages.map(age => `<property name="advisories" value="${escape(age)}"/>`).join('')}</properties>`,
        ]
      : []),
    ...answer.components.map(component => testCase(component, check)),
    '  </testsuite>',
  ].join('\n');
};

/** JUnit XML: a suite for each check, a case for each component. */
export const junit = (answer: Answer): string => {
  const total = (state: State): number =>
    checks.reduce((sum, check) => sum + answer.counts[check][state], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="postern confirm" tests="${answer.components.length * checks.length}" failures="${total('fail')}" errors="0" skipped="${total('unknown') + total('not-applicable')}">`,
    ...checks.map(check => suite(answer, check)),
    '</testsuites>',
    '',
  ].join('\n');
};
