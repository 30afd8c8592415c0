import type { Changes } from '../core/changes.ts';
import type { Parity, ParitySide, SlowerPart } from '../core/parity.ts';
import type { Priority } from '../core/priority.ts';
import { cut, fit, oneLine, wrap } from './plain.ts';
import { remedyLines } from './remedy-lines.ts';

const columns = 100;
const sentenceColumnsMax = 600;
const prioritiesShown = 5;
const slowerShown = 5;
const namedMax = 4;

const indented = (text: string, indent = '    '): string =>
  wrap(cut(oneLine(text), sentenceColumnsMax), columns, indent);

const some = (names: readonly string[]): string =>
  names.length > namedMax
    ? `${names.slice(0, namedMax).join(', ')} and ${names.length - namedMax} more`
    : names.join(', ');

const lateText = ({ overdueDays, deadline }: Priority): string => {
  if (overdueDays === undefined) {
    return deadline === undefined || deadline.days === undefined
      ? 'with the next upgrade'
      : 'no day known';
  }
  if (overdueDays <= 0) return `due ${deadline?.on ?? ''}`;
  return `${overdueDays} day${overdueDays === 1 ? '' : 's'} overdue`;
};

/** What one act mends, and who uses it already. */
const flawsText = ({ flaws, exploitation, exploited, likelihood }: Priority): string => {
  switch (exploitation) {
    case 'exploited':
      return exploited.length === flaws.length
        ? `exploited: ${some(exploited)}`
        : `mends ${flaws.length} flaws, exploited: ${some(exploited)}`;
    case 'likely':
      return `mends ${some(flaws)}, exploitation likely${likelihood === undefined ? '' : ` (EPSS ${(likelihood * 100).toFixed(0)}%)`}`;
    case 'other':
      return flaws.length === 0
        ? 'a security update whose flaws nobody names'
        : `mends ${some(flaws)}, not known to be exploited`;
  }
};

const priorityLines = (priority: Priority): readonly string[] => [
  wrap(
    `${priority.rank}. ${cut(oneLine(priority.what), 90)}: ${lateText(priority)}`,
    columns,
    '    ',
  ).slice(4),
  indented(flawsText(priority)),
  indented(priority.people.words),
  ...remedyLines(priority.remedy),
];

/** What to mend first, one act after another; remedies at the margin, to be pasted. */
export const prioritiesLines = (
  priorities: readonly Priority[],
  all: boolean,
): readonly string[] => {
  const shown = all ? priorities : priorities.slice(0, prioritiesShown);
  const more = priorities.length - shown.length;
  return [
    ...shown.flatMap((each, i) => [...(i === 0 ? [] : ['']), ...priorityLines(each)]),
    ...(more === 0 ? [] : ['', `${more} more; --verbose shows all`]),
  ];
};

const days = (value: number | undefined): string =>
  value === undefined ? '–' : `${value} day${value === 1 ? '' : 's'}`;

const sideRow = (name: string, side: ParitySide): string =>
  `  ${fit(name, 34)} ${fit(String(side.mended), 8)} ${fit(days(side.median), 10)} ${fit(days(side.percentile90), 10)} ${fit(String(side.open), 6)} ${side.overdue}`;

const slowerText = ({
  group,
  components,
  kind,
  what,
  days: taken,
  allowedDays,
}: SlowerPart): string =>
  `slower: ${components[0] ?? group}: ${
    kind === 'open' ? `${what} is open for ${days(taken)}` : `${what} took up to ${days(taken)}`
  }, ${days(allowedDays)} allowed`;

/** HTML shows ten of each application, JSON all. */
const doubtsShown = 5;

/** Days to patch of both sides, and what is slower than parity allows. */
export const parityLines = (parity: Parity): readonly string[] => [
  `  ${fit('DAYS TO PATCH', 34)} ${fit('UPDATES', 8)} ${fit('MEDIAN', 10)} ${fit('9 IN 10', 10)} ${fit('OPEN', 6)} OVERDUE`,
  sideRow('customer-facing applications', parity.customerFacing),
  sideRow('mail platform', parity.mailPlatform),
  indented(`held against ${parity.basis}; ${parity.why}`, '  '),
  ...parity.customerFacing.applications
    .flatMap(({ name, doubts }) => doubts.map(doubt => indented(`${name}: ${doubt}`, '  ')))
    .slice(0, doubtsShown),
  ...parity.slower.slice(0, slowerShown).map(each => indented(slowerText(each), '  ')),
  ...(parity.slower.length > slowerShown
    ? [`  and ${parity.slower.length - slowerShown} more`]
    : []),
];

const changeLine = (word: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [indented(`${word}: ${some(names)}`, '  ')];

/** What is different since the run before; empty when nothing is. */
export const changeLines = (changes: Changes): readonly string[] => {
  const flaw = (each: { readonly component: string; readonly flaw: string }): string =>
    `${each.flaw} in ${each.component}`;
  return [
    ...changeLine('new parts', changes.componentsNew),
    ...changeLine('gone parts', changes.componentsGone),
    ...changeLine('new flaws', changes.flawsNew.map(flaw)),
    ...changeLine('mended', changes.flawsMended.map(flaw)),
    ...changeLine(
      'other deadlines',
      changes.deadlines.map(each => `${flaw(each)} ${each.from ?? 'none'} → ${each.to ?? 'none'}`),
    ),
    ...changeLine(
      'other answers',
      changes.verdicts.map(
        ({ component, check, from, to }) => `${component} ${check} ${from} → ${to}`,
      ),
    ),
  ];
};
