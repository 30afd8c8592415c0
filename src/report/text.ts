import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type State, states, type Verdict } from '../core/verdict.ts';
import { docsOf, type Finding, findingsOf } from './findings.ts';
import { advisoriesSentence } from './flaw-groups.ts';
import { idsBelow } from './nesting.ts';
import { cut, fit, oneLine, width, wrap } from './plain.ts';
import { remedyLines } from './remedy-lines.ts';
import { flawLines } from './text-flaws.ts';
import { peopleLines } from './text-people.ts';
import { changeLines, parityLines, prioritiesLines } from './text-urgency.ts';

const columns = 100;
const nameColumns = 26;
const versionColumns = 14;
const findingsShown = 10;
const unseenShown = 10;
/** A sentence with names from files that somebody else wrote ends somewhere. */
const sentenceColumnsMax = 900;
const nameColumnsMax = 90;

export interface TextOptions {
  readonly color: boolean;
  /** All findings, not only the worst ten. */
  readonly verbose?: boolean;
}

type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow', text: string) => string;

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

const painter =
  (color: boolean): Paint =>
  (style, text) =>
    color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;

const cells: Readonly<Record<State, string>> = {
  pass: '✓',
  fail: 'fail',
  unknown: 'unknown',
  'not-applicable': '–',
};

const paintState = (paint: Paint, state: State, text: string): string => {
  switch (state) {
    case 'pass':
      return paint('green', text);
    case 'fail':
      return paint('red', text);
    case 'unknown':
      return paint('yellow', text);
    case 'not-applicable':
      return paint('dim', text);
  }
};

/** Wide enough for the check's name and for the longest state with its mark. */
const cellColumns = (check: Check): number => Math.max(check.length, 'unknown*'.length);

const isAccepted = ({ exception }: Verdict): boolean =>
  exception !== undefined && !exception.expired;

const cell = (paint: Paint, check: Check, verdict: Verdict): string => {
  const shown = `${cells[verdict.state]}${isAccepted(verdict) ? '*' : ''}`;
  const padding = ' '.repeat(cellColumns(check) - width(shown));
  return `${paintState(paint, verdict.state, shown)}${padding}`;
};

const shortName = (name: string): string => {
  if (width(name) <= nameColumns || !/\/|::/.test(name)) return name;
  // Of a path or a module the end tells more than the middle.
  const head = cut(name, Math.floor(nameColumns / 2.5)).replace(/…$/, '');
  const characters = Array.from(name);
  let tail = '';
  while (width(head) + 1 + width(tail) < nameColumns - 1) tail = `${characters.pop() ?? ''}${tail}`;
  return `${head}…${tail}`;
};

/** A part is shown by its name, indented below what it belongs to; everything else by its id. */
const rowName = ({ id, name }: AnsweredComponent, below: ReadonlySet<string>): string =>
  below.has(id) ? `  ${oneLine(name)}` : oneLine(id);

const versionOf = ({ version, enabled }: AnsweredComponent): string => {
  const shown = 'value' in version ? oneLine(version.value) : '?';
  return enabled === false ? `(off) ${shown}` : shown;
};

const countRows = (answer: Answer): readonly string[] =>
  states
    .filter(state => checks.some(check => answer.counts[check][state] > 0))
    .map(state =>
      [
        fit(`${state === 'pass' ? '✓' : cells[state]} in all`, nameColumns + 1 + versionColumns),
        ...checks.map(check => fit(String(answer.counts[check][state]), cellColumns(check))),
      ].join(' '),
    );

const table = (answer: Answer, paint: Paint): string => {
  const header = [
    fit('COMPONENT', nameColumns),
    fit('VERSION', versionColumns),
    ...checks.map(check => fit(check, cellColumns(check))),
  ].join(' ');
  const below = idsBelow(answer.components.map(({ id }) => id));
  const rows = answer.components.map(component => {
    const head = `${fit(shortName(rowName(component, below)), nameColumns)} ${fit(versionOf(component), versionColumns)}`;
    return [
      component.enabled === false ? paint('dim', head) : head,
      ...checks.map(check => cell(paint, check, component.checks[check])),
    ].join(' ');
  });
  const accepted = answer.components.some(({ checks: verdicts }) =>
    checks.some(check => isAccepted(verdicts[check])),
  );
  return [
    paint('bold', header.trimEnd()),
    ...rows.map(row => row.trimEnd()),
    ...countRows(answer).map(row => paint('dim', row.trimEnd())),
    ...(accepted ? [paint('dim', '* accepted by the organisation until a day')] : []),
  ].join('\n');
};

const placeOf = ({ evidence }: Verdict): string => {
  const places = evidence
    .filter(({ path }) => path !== undefined)
    .map(({ path, line }) => (line === undefined ? `${path}` : `${path}:${line}`));
  return [...new Set(places)].slice(0, 4).join(', ');
};

const sentence = (text: string): string => cut(oneLine(text), sentenceColumnsMax);

/** The first line starts at the edge, the others below its text. */
const hang = (text: string, indent: string): string =>
  wrap(text, columns, indent).slice(indent.length);

const showFinding = (finding: Finding, number: number, paint: Paint): string => {
  const { check, verdict, components } = finding;
  const [first, ...others] = components;
  const also =
    others.length === 0
      ? ''
      : ` and ${others.length} more: ${others
          .slice(0, 4)
          .map(({ id }) => cut(oneLine(id), nameColumnsMax))
          .join(', ')}${others.length > 4 ? ', …' : ''}`;
  const title = `${number}. ${verdict.state.toUpperCase()} ${check}: ${cut(oneLine(first?.id ?? ''), nameColumnsMax)}${also}`;
  const where = placeOf(verdict);
  const accepted = verdict.exception;
  return [
    hang(title, '    ')
      .split('\n')
      .map(line => paintState(paint, verdict.state, line))
      .join('\n'),
    wrap(sentence(verdict.why), columns, '    '),
    ...(where === ''
      ? []
      : [
          paint(
            'dim',
            wrap(
              `see ${cut(oneLine(where), 4 * nameColumnsMax)}; ${docsOf(check)}`,
              columns,
              '    ',
            ),
          ),
        ]),
    ...(accepted === undefined
      ? []
      : [
          wrap(
            sentence(
              `accepted until ${accepted.until}${accepted.expired ? ' (expired)' : ''}: ${accepted.reason}`,
            ),
            columns,
            '    ',
          ),
        ]),
    ...(verdict.remedy === undefined ? [] : ['', ...remedyLines(verdict.remedy)]),
  ].join('\n');
};

const unseenSection = (answer: Answer, paint: Paint, all: boolean): readonly string[] => {
  if (answer.unseen.length === 0) return [];
  const shown = all ? answer.unseen : answer.unseen.slice(0, unseenShown);
  const more = answer.unseen.length - shown.length;
  return [
    '',
    paint('bold', `COULD NOT BE SEEN (${answer.unseen.length})`),
    ...shown.map(
      ({ what, why, how }) => `  - ${hang(sentence(`${what}: ${why}. ${how}`), '    ')}`,
    ),
    ...(more > 0
      ? [paint('dim', `    and ${more} more; --verbose or --format json shows all`)]
      : []),
  ];
};

const flawSection = (answer: Answer, paint: Paint, all: boolean): readonly string[] => {
  const flaws = flawLines(answer, all);
  if (flaws === undefined) return [];
  const { heading, lines } = flaws;
  return [
    '',
    paint('bold', wrap(heading, columns)),
    ...lines.map(({ line, isLate }) => (isLate ? paint('red', line) : line)),
  ];
};

/** A heading over lines; nothing where there are none. */
const section = (paint: Paint, heading: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', paint('bold', heading), ...lines];

const comparedSections = ({ parity, changes }: Answer, paint: Paint): readonly string[] => [
  ...(parity === undefined
    ? []
    : section(paint, 'BESIDE CUSTOMER-FACING APPLICATIONS', parityLines(parity))),
  ...(changes === undefined
    ? []
    : section(
        paint,
        `CHANGED SINCE ${changes.since.slice(0, 16).replace('T', ' ')}`,
        changeLines(changes),
      )),
];

/** For a terminal: the sentence, a row per component, the worst findings with what mends them. */
export const text = (answer: Answer, { color, verbose = false }: TextOptions): string => {
  const paint = painter(color);
  const { priorities = [] } = answer;
  const findings = findingsOf(answer);
  const shown = verbose ? findings : findings.slice(0, findingsShown);
  const more = findings.length - shown.length;
  const target = 'sample' in answer.target ? 'the sample estate' : answer.target.root;
  return [
    paint('bold', wrap(oneLine(answer.sentence), columns)),
    paint(
      'dim',
      wrap(oneLine(`${target}, ${answer.generated}, postern ${answer.tool.version}`), columns),
    ),
    paint('dim', wrap(oneLine(advisoriesSentence(answer)), columns)),
    '',
    ...(answer.components.length === 0 ? [] : [table(answer, paint)]),
    ...section(paint, 'WHAT TO PATCH FIRST', prioritiesLines(priorities, verbose)),
    ...flawSection(answer, paint, verbose),
    ...comparedSections(answer, paint),
    ...section(
      paint,
      'WHOSE DATA IS WITHIN REACH',
      peopleLines(answer).map(line => `  - ${hang(sentence(line), '    ')}`),
    ),
    ...(shown.length === 0
      ? []
      : [
          '',
          paint(
            'bold',
            verbose
              ? `FINDINGS (${findings.length})`
              : `WHAT TO MEND FIRST (${shown.length} of ${findings.length})`,
          ),
          ...shown.flatMap((finding, i) => ['', showFinding(finding, i + 1, paint)]),
          ...(more > 0
            ? [
                '',
                paint('dim', `${more} more; --verbose shows them here, --format html on a page.`),
              ]
            : []),
        ]),
    ...unseenSection(answer, paint, verbose),
    '',
  ].join('\n');
};
