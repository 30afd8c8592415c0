import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type State, type Verdict } from '../core/verdict.ts';
import { docsOf, type Finding, findingsOf } from './findings.ts';
import { fit, oneLine, printable, wrap } from './plain.ts';

const columns = 100;
const nameColumns = 28;
const versionColumns = 15;
const findingsShown = 10;
const unseenShown = 10;

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

const cell = (paint: Paint, check: Check, { state, exception }: Verdict): string => {
  const accepted = exception !== undefined && !exception.expired ? '*' : '';
  return paintState(paint, state, fit(`${cells[state]}${accepted}`, check.length));
};

/** A part is shown indented below what it belongs to. */
const rowName = ({ id, platform, name }: AnsweredComponent): string => {
  if (id === platform) return name;
  const at = id.startsWith(`${platform}@`);
  return at && !id.endsWith(`/${name}`) ? id : `  ${name}`;
};

const versionOf = ({ version, enabled }: AnsweredComponent): string =>
  enabled === false ? '(off)' : 'value' in version ? version.value : '?';

const table = (answer: Answer, paint: Paint): string => {
  const header = [
    fit('COMPONENT', nameColumns),
    fit('VERSION', versionColumns),
    ...checks.map(check => check),
  ].join(' ');
  const rows = answer.components.map(component => {
    const off = component.enabled === false;
    const part = rowName(component).startsWith('  ') ? '  ' : '';
    const head = `${fit(part + oneLine(rowName(component)), nameColumns)} ${fit(oneLine(versionOf(component)), versionColumns)}`;
    return [
      off ? paint('dim', head) : head,
      ...checks.map(check => cell(paint, check, component.checks[check])),
    ].join(' ');
  });
  const counted = checks.map(check => {
    const { pass, fail, unknown } = answer.counts[check];
    return fit(`${pass}/${fail}/${unknown}`, check.length);
  });
  const foot = `${fit('pass/fail/unknown', nameColumns + 1 + versionColumns)} ${counted.join(' ')}`;
  return [paint('bold', header), ...rows, paint('dim', foot)]
    .map(line => line.trimEnd())
    .join('\n');
};

const placeOf = ({ evidence }: Verdict): string => {
  const places = evidence
    .filter(({ path }) => path !== undefined)
    .map(({ path, line }) => (line === undefined ? `${path}` : `${path}:${line}`));
  return [...new Set(places)].slice(0, 4).join(', ');
};

const showFinding = (finding: Finding, number: number, paint: Paint): string => {
  const { check, verdict, components } = finding;
  const [first, ...others] = components;
  const also =
    others.length === 0
      ? ''
      : ` and ${others.length} more: ${others
          .slice(0, 4)
          .map(({ name }) => name)
          .join(', ')}${others.length > 4 ? ', …' : ''}`;
  const title = `${String(number).padStart(2)}. ${verdict.state.toUpperCase()} ${check}: ${oneLine(`${first?.id ?? ''}${also}`)}`;
  const where = placeOf(verdict);
  const accepted = verdict.exception;
  return [
    paintState(paint, verdict.state, wrap(title, columns)),
    wrap(oneLine(verdict.why), columns, '    '),
    ...(where === ''
      ? []
      : [paint('dim', wrap(`see ${oneLine(where)}; ${docsOf(check)}`, columns, '    '))]),
    ...(accepted === undefined
      ? []
      : [
          wrap(
            oneLine(
              `accepted until ${accepted.until}${accepted.expired ? ' (expired)' : ''}: ${accepted.reason}`,
            ),
            columns,
            '    ',
          ),
        ]),
    ...(verdict.remedy === undefined
      ? []
      : printable(verdict.remedy)
          .split('\n')
          .map(line => `      ${line}`)),
  ].join('\n');
};

const unseenSection = (answer: Answer, paint: Paint, all: boolean): readonly string[] => {
  if (answer.unseen.length === 0) return [];
  const shown = all ? answer.unseen : answer.unseen.slice(0, unseenShown);
  const more = answer.unseen.length - shown.length;
  return [
    '',
    paint('bold', `COULD NOT BE SEEN (${answer.unseen.length})`),
    ...shown.map(({ what, why, how }) =>
      wrap(oneLine(`${what} ${why}. ${how}`), columns, '    ').replace(/^ {4}/, '  - '),
    ),
    ...(more > 0
      ? [paint('dim', `    and ${more} more; --verbose or --format json shows all`)]
      : []),
  ];
};

/** For a terminal: the sentence, a row per component, the worst findings with what mends them. */
export const text = (answer: Answer, { color, verbose = false }: TextOptions): string => {
  const paint = painter(color);
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
    '',
    ...(answer.components.length === 0 ? [] : [table(answer, paint)]),
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
