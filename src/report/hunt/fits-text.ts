import type { FittedRule, RuleFits } from '../../core/rule-fit.ts';
import { cut, fit, oneLine, wrap } from '../plain.ts';

const columns = 100;
const logColumns = 54;
const rulesShown = 12;
const problemsShown = 20;

export interface FitsTextOptions {
  /** Every rule by its title, not only the first of each reason. */
  readonly verbose?: boolean;
}

const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

const indent = (text: string, by: number): readonly string[] =>
  wrap(oneLine(text), columns, ' '.repeat(by)).split('\n');

interface Reason {
  readonly why: string;
  readonly how: string | undefined;
  readonly rules: FittedRule[];
}

/** Rules that one thing holds back, those of the most rules first. */
const byReason = (rules: readonly FittedRule[]): readonly Reason[] => {
  const reasons = new Map<string, Reason>();
  for (const rule of rules) {
    if (rule.fit.state === 'applies') continue;
    const { why, how } = rule.fit;
    const key = `${why}\0${how ?? ''}`;
    const reason = reasons.get(key) ?? { why, how, rules: [] };
    reason.rules.push(rule);
    reasons.set(key, reason);
  }
  return [...reasons.values()].toSorted((a, b) => b.rules.length - a.rules.length);
};

const ruleLines = (rules: readonly FittedRule[], verbose: boolean): readonly string[] => {
  const shown = verbose ? rules : rules.slice(0, rulesShown);
  const lines = shown.map(({ level, title }) =>
    cut(`      ${fit(level, 14)}${oneLine(title)}`, columns),
  );
  const more = rules.length - shown.length;
  return more === 0 ? lines : [...lines, `      and ${more} more: --verbose`];
};

const reasonLines = (rules: readonly FittedRule[], verbose: boolean): readonly string[] =>
  byReason(rules).flatMap(({ why, how, rules: of }) => [
    ...indent(`${counted(of.length, 'rule', 'rules')}: ${why}.`, 2),
    ...(how === undefined ? [] : indent(how, 4)),
    ...(verbose || of.length <= 3 ? ruleLines(of, verbose) : []),
  ]);

/** Which rules can tell of something in which logs, for a terminal; lines are at most 100 columns wide. */
export const fitsText = ({ rules, logs, problems }: RuleFits, options: FitsTextOptions): string => {
  const verbose = options.verbose === true;
  const of = (state: FittedRule['fit']['state']): readonly FittedRule[] =>
    rules.filter(({ fit: { state: each } }) => each === state);
  const [applies, waits, cannot] = [of('applies'), of('waits'), of('cannot')];
  const lines = [
    `${counted(rules.length, 'rule', 'rules')}: ${applies.length} can tell of something in your logs, ${waits.length} wait for events that have not come, ${cannot.length} cannot.`,
    '',
  ];
  if (logs.length > 0) {
    lines.push(
      `${fit('log', logColumns)} ${'rules'.padStart(7)} ${'waiting'.padStart(8)}  components`,
    );
    for (const { log, applies: count, waits: waiting, components } of logs) {
      const row = `${fit(oneLine(log), logColumns)} ${String(count).padStart(7)} ${String(waiting).padStart(8)}  ${components.join(', ')}`;
      lines.push(cut(row, columns).trimEnd());
    }
  } else lines.push('No log is kept yet: postern ingest keeps them.');
  if (verbose && applies.length > 0) lines.push('', 'They run:', ...ruleLines(applies, true));
  if (waits.length > 0) lines.push('', 'They wait:', ...reasonLines(waits, verbose));
  if (cannot.length > 0) lines.push('', 'They cannot:', ...reasonLines(cannot, verbose));
  if (problems.length > 0) {
    lines.push('', `${counted(problems.length, 'problem', 'problems')} in rules:`);
    for (const { path, line, column, why } of problems.slice(
      0,
      verbose ? undefined : problemsShown,
    )) {
      const place = column === undefined ? `${path}:${line}` : `${path}:${line}:${column}`;
      lines.push(...indent(`${place}: ${why}`, 2));
    }
    const more = verbose ? 0 : problems.length - problemsShown;
    if (more > 0) lines.push(`  and ${more} more: --verbose`);
  }
  return `${lines.join('\n')}\n`;
};
