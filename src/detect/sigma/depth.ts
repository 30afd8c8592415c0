import { allOf, anyOf, not } from './joined-nodes.ts';
import { Mistake } from './mistake.ts';
import type { Node } from './nodes.ts';

/** How deep nodes may lie within each other: whoever walks through them may do so by recursion. */
const depthMax = 1_200;

/** How deep a node goes; found without recursion, each shared node once. */
const depthOf = (root: Node): number => {
  const depths = new Map<Node, number>();
  const waiting: Node[] = [root];
  while (waiting.length > 0) {
    const node = waiting.at(-1);
    if (node === undefined) break;
    const within = node.is === 'not' ? [node.of] : 'of' in node ? node.of : [];
    const unknown = within.filter(each => !depths.has(each));
    if (unknown.length > 0) {
      for (const each of unknown) waiting.push(each);
      continue;
    }
    waiting.pop();
    let deepest = 0;
    for (const each of within) deepest = Math.max(deepest, depths.get(each) ?? 0);
    depths.set(node, deepest + 1);
  }
  return depths.get(root) ?? 0;
};

/**
 * The same condition, no deeper than others can follow: `not` is moved inwards and what says the same as its
 * surroundings joins them, where it must be.
 */
export const shallow = (root: Node, at: number): Node => {
  if (depthOf(root) <= depthMax) return root;
  const flat = flattened(root);
  if (depthOf(flat) <= depthMax) return flat;
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
