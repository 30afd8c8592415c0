import type { ScopeReport } from '../../core/scope-report.ts';
import { oneLine, wrap } from '../plain.ts';

/** What the organisation itself says of a case. */
export interface SheetWords {
  readonly cause?: string;
  readonly measures: readonly string[];
  readonly malicious: boolean;
}

const columns = 100;
const number = (value: number): string => value.toLocaleString('en');
const toFill = '(to be said by the organisation)';

const item = (n: number, title: string, lines: readonly string[]): readonly string[] => [
  '',
  `${n}. ${title}`,
  ...lines.map(line => wrap(oneLine(line), columns, '   ')),
];

/**
 * The nine items that Japan's Personal Information Protection Commission asks for (Enforcement Rules, article 8), which
 * hold what GDPR article 33(3) asks for as well. What Postern cannot know is left to be filled in, and says so.
 */
export const sheetText = (
  report: ScopeReport,
  { cause, measures, malicious }: SheetWords,
): string => {
  const { evidenced, withinReach, types, tenants, findings, timeline, deadlines, unknown } = report;
  const sensitive = types.filter(({ sensitivity }) => sensitivity !== 'ordinary');
  const windows = findings.map(
    ({ subject, value, from, to }) => `${subject} ${value}: ${from} to ${to}`,
  );
  const lines = [
    ...item(1, 'Overview', [
      report.sentence,
      ...windows,
      ...timeline
        .filter(({ what }) => /came to know/.test(what))
        .map(({ at }) => `known since ${at}`),
    ]),
    ...item(
      2,
      'Data concerned (people, evidenced / within reach)',
      types.map(
        ({ title, evidenced: shown, withinReach: reached }) =>
          `${title}: ${number(shown.weak)} / ${number(reached.weak)}`,
      ),
    ),
    ...item(3, 'Number of people and of records (evidenced / within reach)', [
      `people: ${number(evidenced.people)} / ${number(withinReach.people)}`,
      `of them customers: ${number(evidenced.people - evidenced.others)} / ${number(withinReach.people - withinReach.others)}; former ${number(evidenced.customers.former)} / ${number(withinReach.customers.former)}`,
      `messages: ${number(evidenced.messages)} / ${number(withinReach.messages)}; mailboxes: ${number(evidenced.mailboxes)} / ${number(withinReach.mailboxes)}; contracts: ${number(evidenced.contracts)} / ${number(withinReach.contracts)}`,
      ...tenants.map(
        ({ tenant, evidenced: shown, withinReach: reached }) =>
          `${tenant}: ${number(shown.people)} / ${number(reached.people)}`,
      ),
    ]),
    ...item(4, 'Cause', [
      cause ?? toFill,
      malicious ? 'with intent: unauthorised access' : 'without intent',
    ]),
    ...item(5, 'Secondary harm, or the risk of it', [
      sensitive.length === 0
        ? 'no data of a kind that invites misuse was found'
        : `data of kinds that invite misuse: ${sensitive.map(({ title, sensitivity }) => `${title} (${sensitivity})`).join(', ')}`,
      `known cases: ${toFill}`,
    ]),
    ...item(
      6,
      'What was said to the people concerned',
      timeline
        .filter(({ what }) => /were told/.test(what))
        .map(({ at }) => `told ${at}`)
        .concat(timeline.some(({ what }) => /were told/.test(what)) ? [] : [toFill]),
    ),
    ...item(7, 'Publication', [toFill]),
    ...item(8, 'Measures against a recurrence', measures.length === 0 ? [toFill] : measures),
    ...item(9, 'Other', [
      ...unknown.map(({ what, why }) => `not known: ${what}: ${why}`),
      ...report.inputs.map(
        ({ what, digest, asOf }) =>
          `rests on ${what}${asOf === undefined ? '' : `, ${asOf}`}${digest === undefined ? '' : `, ${digest}`}`,
      ),
    ]),
    '',
    'To be reported',
    ...deadlines
      .filter(({ applies }) => applies !== 'no')
      .map(({ due, title, what, applies, within }) =>
        wrap(
          oneLine(
            `${due?.slice(0, 16).replace('T', ' ') ?? 'no fixed day'} UTC, ${applies === 'yes' ? 'due' : applies === 'possible' ? 'perhaps due' : 'to be decided'}: ${title}: ${what} (${within})`,
          ),
          columns,
          '   ',
        ),
      ),
  ];
  const head =
    report.case === undefined
      ? 'Figures for a report'
      : `Figures for a report: case ${report.case.name}, version ${report.case.version}`;
  return `${[head, report.generated, ...lines].join('\n')}\n`;
};
