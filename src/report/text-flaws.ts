import type { Answer } from '../core/answer.ts';
import type { Finding, Sign } from '../core/finding.ts';
import {
  countsSentence,
  type FlawGroup,
  flawCounts,
  flawGroups,
  type GroupedFlaw,
  overdueOf,
} from './flaw-groups.ts';
import { cut, fit, oneLine, wrap } from './plain.ts';

const columns = 100;
const groupsShown = 12;
const flawsShown = 5;

export interface FlawLine {
  readonly line: string;
  /** Past its deadline. */
  readonly isLate: boolean;
}

const signWords: Readonly<Record<Sign, string>> = {
  'vendor note': 'vendor note',
  'upstream release': 'upstream',
  'distribution update': 'distribution',
  advisory: 'advisory',
};

const widths = { flaw: 16, mended: 21, since: 23, due: 12, overdue: 9 } as const;

const mendedIn = ({ fixedIn, unmended }: Finding): string =>
  fixedIn ?? (unmended === undefined ? 'no fix known' : 'will not be');

const dueText = ({ deadline }: Finding): string => {
  if (deadline === undefined) return '';
  if (deadline.on !== undefined) return deadline.on;
  return deadline.days === undefined ? 'next upgrade' : 'no clock yet';
};

const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

/** Mitigated is not patched: said below the flaw, with who said so. */
const mitigatedRow = ({ steps }: Finding): readonly string[] => {
  const [last] = steps ?? [];
  return last?.state === 'mitigated'
    ? [
        wrap(
          cut(
            oneLine(`mitigated ${last.on.slice(0, 10)} by ${last.by}, not patched: ${last.why}`),
            180,
          ),
          columns,
          '    ',
        ),
      ]
    : [];
};

const plain = (line: string): FlawLine => ({ line, isLate: false });

const openRow = ({ finding }: GroupedFlaw): readonly FlawLine[] => [
  { line: openLine(finding), isLate: overdueOf(finding) > 0 },
  ...mitigatedRow(finding).map(plain),
];

const openLine = (finding: Finding): string =>
  cut(
    `  ${[
      fit(oneLine(finding.id), widths.flaw),
      fit(oneLine(mendedIn(finding)), widths.mended),
      fit(
        finding.clock === undefined
          ? 'none in public'
          : `${finding.clock.atLatest === true ? '≤ ' : ''}${finding.clock.started.slice(0, 10)} ${signWords[finding.clock.sign]}`,
        widths.since,
      ),
      fit(dueText(finding), widths.due),
      fit(overdueOf(finding) === 0 ? '' : days(overdueOf(finding)), widths.overdue),
      finding.exploited === undefined ? '' : 'exploited',
    ].join(' ')}`.trimEnd(),
    columns,
  );

const undeterminedRow = ({ finding }: GroupedFlaw): string =>
  wrap(
    cut(`${oneLine(finding.id)} cannot be told: ${oneLine(finding.why)}`, 300),
    columns,
    '    ',
  ).replace(/^ {2}/, '');

const title = ({ name, version, components }: FlawGroup): string => {
  const others = components.length - 1;
  return cut(
    `${cut(oneLine(name), 52)} ${cut(oneLine(version), 30)}${others === 0 ? '' : ` (${components.length} parts)`}`,
    columns,
  );
};

const groupLines = (group: FlawGroup, all: boolean): readonly FlawLine[] => {
  const rows = [
    ...group.open.map(openRow),
    ...group.undetermined.map(flaw => [plain(undeterminedRow(flaw))]),
  ];
  const shown = all ? rows : rows.slice(0, flawsShown);
  const more = rows.length - shown.length;
  return [
    plain(title(group)),
    ...shown.flat(),
    ...(more === 0 ? [] : [plain(`  and ${more} more`)]),
  ];
};

/** The known flaws, by piece of software: what applies or may. What does not is only counted. */
export const flawLines = (
  answer: Answer,
  all: boolean,
): { readonly heading: string; readonly lines: readonly FlawLine[] } | undefined => {
  const groups = flawGroups(answer);
  if (groups.length === 0) return undefined;
  const wanted = groups.filter(({ open, undetermined }) => open.length + undetermined.length > 0);
  const shown = all ? wanted : wanted.slice(0, groupsShown);
  const more = wanted.length - shown.length;
  const header = `  ${fit('FLAW', widths.flaw)} ${fit('MENDED IN', widths.mended)} ${fit('FIX PUBLIC SINCE', widths.since)} ${fit('DEADLINE', widths.due)} OVERDUE`;
  return {
    heading: `KNOWN FLAWS (${countsSentence(flawCounts(groups))})`,
    lines: [
      ...(shown.some(({ open }) => open.length > 0) ? [plain(header)] : []),
      ...shown.flatMap(group => groupLines(group, all)),
      ...(more === 0 ? [] : [plain(`and ${more} more; --verbose shows all`)]),
    ],
  };
};
