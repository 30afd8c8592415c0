import { type Joiner, readCondition } from './condition.ts';
import { allOf, anyOf, not } from './joined-nodes.ts';
import { Mistake, shown } from './mistake.ts';
import type { Node } from './nodes.ts';
import type { ScalarTree } from './yaml-tree.ts';

type Selections = ReadonlyMap<string, Node>;

/** Ways in which `2 of them` may be fulfilled. */
const waysMax = 1_000;

/** The identifiers that `selection*` or `them` names; those that begin with `_` only by name. */
const matching = (pattern: string, selections: Selections): readonly Node[] => {
  const them = pattern.toLowerCase() === 'them';
  const parts = (them ? '*' : pattern).split('*');
  return [...selections]
    .filter(([name]) => (!name.startsWith('_') || pattern.startsWith('_')) && fits(name, parts))
    .map(([, node]) => node);
};

const fits = (name: string, parts: readonly string[]): boolean => {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return name === first;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  if (!name.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at === -1 || at + part.length > name.length - last.length) return false;
    from = at + part.length;
  }
  return true;
};

const quantified =
  (selections: Selections) =>
  (quantifier: string, pattern: string, at: number): Node => {
    const nodes = matching(pattern, selections);
    if (nodes.length === 0) {
      throw new Mistake(`no search identifier is called ${shown(pattern)}`, at);
    }
    if (quantifier === 'all') return allOf(nodes);
    if (quantifier === 'any' || quantifier === '1') return anyOf(nodes);
    if (!/^[1-9]\d{0,5}$/.test(quantifier)) {
      throw new Mistake(
        `${shown(`${quantifier} of`)} is neither '1 of', 'any of' nor 'all of'`,
        at,
      );
    }
    return atLeast(Number(quantifier), nodes, at);
  };

/** `2 of selection*`, which is not in the specification, is any two of them. */
const atLeast = (count: number, nodes: readonly Node[], at: number): Node => {
  if (count > nodes.length) {
    throw new Mistake(`${count} of ${nodes.length} search identifiers can never hold`, at);
  }
  if (nodes.length > waysMax) {
    throw new Mistake(`'${count} of' ${nodes.length} search identifiers is too much`, at);
  }
  const out: Node[] = [];
  const choose = (chosen: readonly Node[], from: number): void => {
    if (out.length > waysMax) {
      throw new Mistake(`'${count} of' ${nodes.length} search identifiers is too much`, at);
    }
    if (chosen.length === count) out.push(allOf(chosen));
    else {
      const last = nodes.length - (count - chosen.length);
      for (let next = from; next <= last; next++) {
        const node = nodes[next];
        if (node !== undefined) choose([...chosen, node], next + 1);
      }
    }
  };
  choose([], 0);
  return anyOf(out);
};

/** What a rule's condition says, its search identifiers put in. */
export const readRuleCondition = (condition: ScalarTree, selections: Selections): Node => {
  const joiner: Joiner<Node> = {
    all: allOf,
    any: anyOf,
    not,
    named: (name, at) => {
      const node = selections.get(name);
      if (node !== undefined) return node;
      throw new Mistake(
        `the condition names ${shown(name)}, which no search identifier is called`,
        at,
      );
    },
    quantified: quantified(selections),
  };
  return readCondition(condition, joiner);
};
