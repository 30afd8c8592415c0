import type { Comparison, DetectionRule, Node, RuleProblem } from '../../src/detect/sigma/nodes.ts';
import { type ReadRulesOptions, readRules } from '../../src/detect/sigma/read-rules.ts';

/** A node in one line: `(F "a" * | G = 5) & !any "b"`, so that a test can say what it expects. */
export const sayNode = (node: Node): string => {
  switch (node.is) {
    case 'field':
      return `${node.field} ${sayComparison(node.compare)}`;
    case 'keyword':
      return `any ${sayComparison(node.compare)}`;
    case 'not':
      return `!${sayNode(node.of)}`;
    case 'all':
      return `(${node.of.map(sayNode).join(' & ')})`;
    case 'any':
      return `(${node.of.map(sayNode).join(' | ')})`;
  }
};

const signs = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=', neq: '!=' } as const;
const wildcards = { one: '?', many: '*' } as const;

const sayComparison = (compare: Comparison): string => {
  switch (compare.is) {
    case 'text': {
      const pieces = compare.pattern.map(piece =>
        typeof piece === 'string' ? JSON.stringify(piece) : wildcards[piece.wildcard],
      );
      return `${pieces.length === 0 ? '""' : pieces.join(' ')}${compare.cased ? ' cased' : ''}`;
    }
    case 'regex':
      return `/${compare.source}/${compare.flags.join('')}`;
    case 'cidr':
      return `in ${compare.network}`;
    case 'number':
      return `${signs[compare.relation]} ${compare.value}`;
    case 'boolean':
      return `is ${compare.value}`;
    case 'null':
      return 'is null';
    case 'exists':
      return compare.wanted ? 'exists' : 'is absent';
    case 'field':
      return `${compare.where} of ${compare.field}${compare.cased ? ' cased' : ''}`;
    case 'time':
      return `${compare.part} ${signs[compare.relation]} ${compare.value}`;
  }
};

const head = 'title: A rule\nlogsource:\n  product: mail\n';

/** A rule whose detection is given, indented by two spaces. */
export const ruleOf = (detection: string): string => `${head}detection:\n${detection}\n`;

/** What a detection says, or the places and reasons of what is wrong with it. */
export const sayDetection = (detection: string, options?: ReadRulesOptions): string => {
  const { rules, problems } = readRules([{ path: 'a.yml', text: ruleOf(detection) }], options);
  const [rule] = rules;
  if (rule?.kind === 'detection' && problems.length === 0) return sayNode(rule.when);
  return problems.map(sayProblem).join('\n');
};

export const sayProblem = ({ path, line, column, why }: RuleProblem): string =>
  `${path}:${line}:${column ?? '-'}: ${why}`;

/** One field with one value: `F|contains`, `'a*'`. */
export const sayItem = (key: string, value: string, options?: ReadRulesOptions): string =>
  sayDetection(`  sel:\n    ${key}: ${value}\n  condition: sel`, options);

export const detectionRules = (text: string): readonly DetectionRule[] =>
  readRules([{ path: 'a.yml', text }]).rules.filter(rule => rule.kind === 'detection');
