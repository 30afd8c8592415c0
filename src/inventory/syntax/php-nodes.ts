import { Engine } from 'php-parser';
import { messageOf } from '../../core/errors.ts';

/** A node of php-parser's tree; its other properties are asked for by name and kind. */
export interface PhpNode {
  readonly kind: string;
  readonly [property: string]: unknown;
}

const isNode = (value: unknown): value is PhpNode =>
  typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';

export const child = (node: PhpNode, name: string): PhpNode | undefined => {
  const value = node[name];
  return isNode(value) ? value : undefined;
};

export const children = (node: PhpNode, name: string): readonly PhpNode[] => {
  const value = node[name];
  return Array.isArray(value) ? value.filter(isNode) : [];
};

/** A property that is a text, or a node that is nothing but a name. */
export const wordOf = (node: PhpNode, name: string): string | undefined => {
  const value = node[name];
  if (typeof value === 'string') return value;
  if (!isNode(value)) return undefined;
  return typeof value['name'] === 'string' ? value['name'] : undefined;
};

const lineIn = (node: PhpNode, end: 'start' | 'end'): number => {
  const loc = node['loc'];
  if (typeof loc !== 'object' || loc === null || !(end in loc)) return 0;
  const position: unknown =
    end === 'start' && 'start' in loc ? loc.start : 'end' in loc ? loc.end : 0;
  return typeof position === 'object' &&
    position !== null &&
    'line' in position &&
    typeof position.line === 'number'
    ? position.line
    : 0;
};

export const lineOf = (node: PhpNode): number => Math.max(1, lineIn(node, 'start'));

export interface PhpTree {
  readonly statements: readonly PhpNode[];
  /** Why PHP, or this reader, cannot make sense of the file; what is before it is in `statements`. */
  readonly fault?: { readonly line: number; readonly why: string };
}

/** php-parser slows down and nests with its input: whoever owns the file decides how much. */
const sourceMax = 512 * 1024;

const faultOf = (error: PhpNode | undefined): PhpTree['fault'] => {
  if (error === undefined) return undefined;
  const line = typeof error['line'] === 'number' ? error['line'] : 1;
  return { line, why: 'does not parse as PHP' };
};

/** Parses one file. Never throws. */
export const parsePhp = (source: string): PhpTree => {
  if (source.length > sourceMax) {
    return {
      statements: [],
      fault: { line: 1, why: `is longer than the ${sourceMax} characters that are parsed` },
    };
  }
  try {
    const engine = new Engine({
      parser: { extractDoc: false, suppressErrors: true },
      ast: { withPositions: true },
    });
    const program: unknown = engine.parseCode(source, 'php');
    if (!isNode(program)) throw new TypeError('no tree');
    const fault = faultOf(children(program, 'errors')[0]);
    const statements = children(program, 'children');
    if (fault === undefined) return { statements };
    const before = statements.filter(each => lineIn(each, 'end') < fault.line);
    return { statements: before, fault };
  } catch (thrown) {
    const line = /on line (\d+)/.exec(messageOf(thrown))?.[1];
    return {
      statements: [],
      fault: { line: line === undefined ? 1 : Number(line), why: 'does not parse as PHP' },
    };
  }
};

/** Every node below, itself included, in order; at most `max`. */
export const nodesBelow = (root: PhpNode, max = 20_000): readonly PhpNode[] => {
  const out: PhpNode[] = [];
  const stack: unknown[] = [root];
  while (stack.length > 0 && out.length < max) {
    const value = stack.pop();
    if (Array.isArray(value)) {
      for (let i = value.length - 1; i >= 0; i--) stack.push(value[i]);
    } else if (isNode(value)) {
      out.push(value);
      const inner = Object.entries(value).filter(([name]) => name !== 'loc');
      for (let i = inner.length - 1; i >= 0; i--) stack.push(inner[i]?.[1]);
    }
  }
  return out;
};
