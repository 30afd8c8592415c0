import { either } from './php-choices.ts';
import type { Evaluator } from './php-evaluator.ts';
import { nameIn, type PhpRun, placeOf } from './php-machine.ts';
import { child, children, lineOf, type PhpNode, wordOf } from './php-nodes.ts';
import { operate } from './php-operators.ts';
import { assign } from './php-targets.ts';
import { keyOf, type PhpValue, phpAt, phpUnknown } from './php-values.ts';

export const assignment = (ev: Evaluator, run: PhpRun, node: PhpNode, depth: number): PhpValue => {
  const left = child(node, 'left');
  const right = child(node, 'right');
  const operator = wordOf(node, 'operator') ?? '=';
  const at = placeOf(run, node);
  if (left?.kind === 'list' || left?.kind === 'array')
    return destructure(ev, run, left, ev.value(run, right, depth + 1), depth + 1);
  if (operator === '=') {
    const found = ev.value(run, right, depth + 1);
    const moved: PhpValue = found.is === 'array' ? { ...found, at } : found;
    assign(run, ev.target(run, left, depth + 1), moved, at);
    return found;
  }
  const before = ev.value(run, left, depth + 1);
  const found =
    operator === '??='
      ? either(
          ev,
          run,
          node,
          before.is === 'null' ? false : before.is === 'unknown' ? undefined : true,
          [undefined, right],
          [before, before],
          depth,
        )
      : operate(operator.slice(0, -1), before, ev.value(run, right, depth + 1), at);
  assign(run, ev.target(run, left, depth + 1), found, at);
  return found;
};

const destructure = (
  ev: Evaluator,
  run: PhpRun,
  list: PhpNode,
  from: PhpValue,
  depth: number,
): PhpValue => {
  children(list, 'items').forEach((item, i) => {
    const key = child(item, 'key');
    const name = key === undefined ? i : (keyOf(ev.value(run, key, depth)) ?? i);
    const inner = item.kind === 'entry' ? child(item, 'value') : item;
    const found = phpAt(from, name) ?? { is: 'null', at: placeOf(run, item) };
    if (inner?.kind === 'list' || inner?.kind === 'array')
      destructure(ev, run, inner, found, depth + 1);
    else assign(run, ev.target(run, inner, depth), found, placeOf(run, item));
  });
  return from;
};

/** Two names for one thing: followed for whole variables, given up for parts of them. */
export const reference = (ev: Evaluator, run: PhpRun, node: PhpNode, depth: number): PhpValue => {
  const left = ev.target(run, child(node, 'left'), depth + 1);
  const right = ev.target(run, child(node, 'right'), depth + 1);
  const found = ev.value(run, child(node, 'right'), depth + 1);
  if (
    left !== undefined &&
    right !== undefined &&
    left.keys.length === 0 &&
    right.keys.length === 0
  ) {
    run.aliases.set(left.name, nameIn(run, right.name));
    return found;
  }
  const why = `it is also known by another name, since line ${lineOf(node)}`;
  const loose = phpUnknown(why, found.at, [found]);
  assign(run, left, loose, placeOf(run, node));
  assign(run, right, loose, placeOf(run, node));
  return found;
};
