import type {
  CoverageState,
  ScopeBasis,
  ScopeCount,
  ScopeCoverage,
  ScopeDuty,
  ScopeReport,
  ScopeTypeCount,
} from '../../core/scope-report.ts';
import { cut, fit, oneLine, width, wrap } from '../plain.ts';

const columns = 100;
const labelColumns = 42;
const numberColumns = 27;
const rowsMax = 30;

const number = (value: number): string => value.toLocaleString('en');

const right = (text: string, room: number): string =>
  ' '.repeat(Math.max(0, room - width(text))) + text;

const row = (label: string, evidenced: string, withinReach: string): string =>
  `  ${fit(oneLine(label), labelColumns)}${right(evidenced, numberColumns)}${right(withinReach, numberColumns)}`;

const both = (
  label: string,
  { evidenced, withinReach }: ScopeReport,
  of: (count: ScopeCount) => number,
): string => row(label, number(of(evidenced)), number(of(withinReach)));

const numbers = (report: ScopeReport): readonly string[] => [
  row('', 'evidenced', 'within reach'),
  both('people', report, ({ people }) => people),
  both('  customers, active', report, ({ customers }) => customers.active),
  both('  customers, dormant', report, ({ customers }) => customers.dormant),
  both('  customers, former', report, ({ customers }) => customers.former),
  both('  in no customer list', report, ({ others }) => others),
  both('contracts', report, ({ contracts }) => contracts),
  both('mailboxes', report, ({ mailboxes }) => mailboxes),
  both('messages', report, ({ messages }) => messages),
];

/** Those whose own data it is, and all whom a message with it names; or those of whom it is only guessed. */
const typeCount = ({ own, shared, weak }: ScopeTypeCount): string => {
  if (shared === 0) return weak === 0 ? '0' : `? ${number(weak)}`;
  return own === shared ? number(own) : `${number(own)} to ${number(shared)}`;
};

const people = (report: ScopeReport): readonly string[] => [
  row('', 'evidenced', 'within reach'),
  both('whose mailbox it is', report, ({ roles }) => roles.owner),
  both('who wrote or got a message', report, ({ roles }) => roles.correspondent),
  both('who is named in a message', report, ({ roles }) => roles.mentioned),
  both('probable, not certain', report, ({ probable }) => probable),
  both('former, data could have been deleted', report, ({ deletable }) => deletable),
  '  who is several of these counts in each; postern scope people lists them',
];

const shown = <T>(all: readonly T[], lineOf: (each: T) => string): readonly string[] => [
  ...all.slice(0, rowsMax).map(lineOf),
  ...(all.length > rowsMax
    ? [`  … and ${number(all.length - rowsMax)} more; --format json has all`]
    : []),
];

const words: Readonly<Record<CoverageState, string>> = {
  kept: 'kept',
  partial: 'partly kept',
  missing: 'MISSING',
  lost: 'LOST',
  off: 'NOT WRITTEN',
};

interface Stretch {
  readonly from: string;
  to: string;
  readonly is: CoverageState;
  readonly why: string | undefined;
}

/** Days of the same state and reason in a row, as one. */
export const stretchesOf = ({ days }: ScopeCoverage): readonly Stretch[] => {
  const stretches: Stretch[] = [];
  for (const { day, is, why } of days) {
    const last = stretches.at(-1);
    if (last !== undefined && last.is === is && last.why === why) last.to = day;
    else stretches.push({ from: day, to: day, is, why });
  }
  return stretches;
};

const coverage = (each: ScopeCoverage): string =>
  [
    `  ${cut(oneLine(`${each.log} (${each.question})`), columns - 2)}`,
    ...stretchesOf(each).map(({ from, to, is, why }) =>
      wrap(
        oneLine(
          `${from === to ? from : `${from} to ${to}`}  ${words[is]}${why === undefined ? '' : `: ${why}`}`,
        ),
        columns,
        '    ',
      ),
    ),
  ].join('\n');

const appliesWords: Readonly<Record<ScopeDuty['applies'], string>> = {
  yes: 'due',
  possible: 'perhaps due',
  ask: 'to be decided',
  no: 'not due',
};

/** By the day, then what; why it is due only where that is decided. */
const duty = ({ due, applies, title, what, within, why, source }: ScopeDuty): string => {
  const by = due === undefined ? 'no fixed day    ' : due.slice(0, 16).replace('T', ' ');
  const reason = applies === 'ask' ? why : `${why}; ${source}`;
  return [
    fit(oneLine(`  ${by}  ${appliesWords[applies]}: ${title}`), columns).trimEnd(),
    wrap(oneLine(`${what}: ${within} (${reason})`), columns, '    '),
  ].join('\n');
};

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

export const boundTitles = { evidenced: 'evidenced', 'within-reach': 'within reach' } as const;

const basisLine = ({
  title,
  bound,
  evidence,
  people: many,
  messages,
  counted,
  first,
}: ScopeBasis): string => {
  const rests = evidence === 0 ? '' : `, by ${number(evidence)} lines, findings or gaps`;
  const more = counted === 0 ? '' : `; ${number(counted)} messages were counted and not named`;
  const begin =
    first === undefined
      ? ''
      : ` (first: ${first.where}${first.at === undefined ? '' : `, ${first.at}`})`;
  return `${boundTitles[bound]}: ${title}: ${number(many)} people, ${number(messages)} messages${rests}${more}${begin}`;
};

/** At most 100 columns; in the order in which somebody who must decide reads. */
export const scopeText = (report: ScopeReport): string => {
  const { types, tenants, timeline, basis, unknown, deadlines, changes, inputs } = report;
  const hasBoth = types.some(
    ({ evidenced, withinReach }) =>
      evidenced.own !== evidenced.shared || withinReach.own !== withinReach.shared,
  );
  const hasWeak = types.some(({ withinReach: { shared, weak } }) => shared === 0 && weak > 0);
  const lines = [
    wrap(oneLine(report.sentence), columns),
    ...(report.case === undefined
      ? []
      : [
          '',
          `Case ${oneLine(report.case.name)}, version ${report.case.version}, ${report.generated}`,
        ]),
    ...section('How many', numbers(report)),
    ...section('By data type', [
      ...(types.length === 0 ? [] : [row('', 'evidenced', 'within reach')]),
      ...shown(types, ({ title, sensitivity, evidenced, withinReach }) =>
        row(
          sensitivity === 'ordinary' ? title : `${title} (${sensitivity})`,
          typeCount(evidenced),
          typeCount(withinReach),
        ),
      ),
      ...(hasBoth
        ? ['  a to b: a people whose own data it is; b with all whom a message names beside it']
        : []),
      ...(hasWeak ? ['  ?: found with low confidence only'] : []),
    ]),
    ...section('By tenant', [
      ...(tenants.length === 0 ? [] : [row('', 'evidenced', 'within reach')]),
      ...shown(tenants, ({ tenant, evidenced, withinReach }) =>
        row(tenant, number(evidenced.people), number(withinReach.people)),
      ),
    ]),
    ...section('What the logs of that time can tell', report.coverage.map(coverage)),
    ...section(
      'What happened',
      shown(timeline, ({ at, what }) =>
        wrap(oneLine(`${at.slice(0, 19).replace('T', ' ')}  ${what}`), columns, '  '),
      ),
    ),
    ...section('People', people(report)),
    ...section(
      'Why people are counted',
      shown(basis, each => wrap(oneLine(basisLine(each)), columns, '  ')),
    ),
    ...section(
      'What cannot be known',
      shown(unknown, ({ what, why, how }) =>
        wrap(oneLine(`${what}: ${why}${how === '' ? '' : `. ${how}`}`), columns, '  '),
      ),
    ),
    ...section(
      'What must be done, and by when',
      deadlines.filter(({ applies }) => applies !== 'no').map(duty),
    ),
    ...(changes === undefined
      ? []
      : section(`Since version ${changes.since}`, [
          `  evidenced: ${number(changes.evidenced.in)} people came in, ${number(changes.evidenced.out)} went out`,
          `  within reach: ${number(changes.withinReach.in)} came in, ${number(changes.withinReach.out)} went out`,
          ...changes.because.map(each => wrap(oneLine(each), columns, '  ')),
        ])),
    ...section(
      'What this rests on',
      inputs.map(({ what, digest, asOf }) =>
        wrap(
          oneLine(
            `${what}${asOf === undefined ? '' : `, ${asOf}`}${digest === undefined ? '' : `, ${digest}`}`,
          ),
          columns,
          '  ',
        ),
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
};
