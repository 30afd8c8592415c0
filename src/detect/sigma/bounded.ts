import { allOf, anyOf, not } from './joined-nodes.ts';
import { Mistake } from './mistake.ts';
import type { Node } from './nodes.ts';

/** How deep nodes may lie within each other: whoever walks through them may do so by recursion. */
const depthMax = 1_200;
/** Nodes of a rule where each is written out wherever the condition names it, as it is in a query. */
const sizeMax = 1_000_000;

interface Measure {
  readonly depth: number;
  readonly size: number;
}

/** How deep and large a node is; found without recursion, each shared node once. */
const measure = (root: Node): Measure => {
  const known = new Map<Node, Measure>();
  const waiting: Node[] = [root];
  while (waiting.length > 0) {
    const node = waiting.at(-1);
    if (node === undefined) break;
    const within = node.is === 'not' ? [node.of] : 'of' in node ? node.of : [];
    const unknown = within.filter(each => !known.has(each));
    if (unknown.length > 0) {
      for (const each of unknown) waiting.push(each);
      continue;
    }
    waiting.pop();
    let depth = 0;
    let size = 1;
    for (const each of within) {
      const part = known.get(each);
      depth = Math.max(depth, part?.depth ?? 0);
      size += part?.size ?? 0;
    }
    known.set(node, { depth: depth + 1, size });
  }
  return known.get(root) ?? { depth: 0, size: 0 };
};

/**
 * The same condition, no deeper than others can follow: `not` is moved inwards and what says the same as its
 * surroundings joins them, where it must be.
 */
export const bounded = (root: Node, at: number): Node => {
  const { depth, size } = measure(root);
  if (size > sizeMax) {
    throw new Mistake(
      `the rule has more than ${sizeMax} parts, written out where the condition names them`,
      at,
    );
  }
  if (depth <= depthMax) return root;
  const flat = flattened(root);
  if (measure(flat).depth <= depthMax) return flat;
  throw new Mistake(`the condition is nested more than ${depthMax} deep`, at);
};

/** Bottom up, without recursion: for each node what it is, and what its opposite is. */
const flattened = (root: Node): Node => {
  const done = new Map<Node, readonly [Node, Node]>();
  const waiting: Node[] = [root];
  while (waiting.length > 0) {
    const node = waiting.at(-1);
    if (node === undefined) break;
    const within = node.is === 'not' ? [node.of] : 'of' in node ? node.of : [];
    const unknown = within.filter(each => !done.has(each));
    if (unknown.length > 0) {
      for (const each of unknown) waiting.push(each);
      continue;
    }
    waiting.pop();
    const pairs = within.map(each => done.get(each) ?? ([each, not(each)] as const));
    done.set(node, pairOf(node, pairs));
  }
  return done.get(root)?.[0] ?? root;
};

const pairOf = (node: Node, within: readonly (readonly [Node, Node])[]): readonly [Node, Node] => {
  const [first] = within;
  if (node.is === 'not' && first !== undefined) return [first[1], first[0]];
  if (node.is !== 'all' && node.is !== 'any') return [node, not(node)];
  const other = node.is === 'all' ? 'any' : 'all';
  const join = { all: allOf, any: anyOf };
  return [
    join[node.is](within.flatMap(([each]) => spread(each, node.is))),
    join[other](within.flatMap(([, each]) => spread(each, other))),
  ];
};

const spread = (node: Node, is: Node['is']): readonly Node[] =>
  node.is === is && (node.is === 'all' || node.is === 'any') ? node.of : [node];
