import { conditionAt, type Evaluator } from './php-evaluator.ts';
import { phpBool } from './php-functions.ts';
import { branch, fork, type PhpRun, placeOf, settle } from './php-machine.ts';
import { child, children, type PhpNode, wordOf } from './php-nodes.ts';
import { identical, operate } from './php-operators.ts';
import { type PhpValue, phpTruth, phpUnknown } from './php-values.ts';

/** `a && b`, `a ?: b`: the right side only under a condition. */
export const either = (
  ev: Evaluator,
  run: PhpRun,
  node: PhpNode,
  decided: boolean | undefined,
  sides: readonly [PhpNode | undefined, PhpNode | undefined],
  fallback: readonly [PhpValue, PhpValue],
  depth: number,
): PhpValue => {
  const [yes, no] = sides;
  if (decided === true) return yes === undefined ? fallback[0] : ev.value(run, yes, depth + 1);
  if (decided === false) return no === undefined ? fallback[1] : ev.value(run, no, depth + 1);
  const why = conditionAt(run, node);
  const ways = [fork(run), fork(run)] as const;
  const one = yes === undefined ? fallback[0] : ev.value(ways[0], yes, depth + 1);
  const two = no === undefined ? fallback[1] : ev.value(ways[1], no, depth + 1);
  settle(run, ways, why);
  if (ways[0].ended === 'exit') return two;
  if (ways[1].ended === 'exit') return one;
  const first = [one, two].find(each => each.is === 'unknown')?.why;
  return phpUnknown(first ?? why, placeOf(run, node), [one, two]);
};

export const binary = (ev: Evaluator, run: PhpRun, node: PhpNode, depth: number): PhpValue => {
  const type = wordOf(node, 'type') ?? '';
  const right = child(node, 'right');
  const at = placeOf(run, node);
  const left = ev.value(run, child(node, 'left'), depth + 1);
  const isAnd = type === '&&' || type === 'and';
  if (isAnd || type === '||' || type === 'or') {
    const truth = phpTruth(left);
    const no = phpBool(false, at);
    const yes = phpBool(true, at);
    const result = isAnd
      ? either(ev, run, node, truth, [right, undefined], [no, no], depth)
      : either(ev, run, node, truth, [undefined, right], [yes, yes], depth);
    const found = phpTruth(result);
    return found === undefined
      ? phpUnknown(result.is === 'unknown' ? result.why : conditionAt(run, node), at)
      : phpBool(found, at);
  }
  if (type === '??') {
    const isSet = left.is === 'null' ? false : left.is === 'unknown' ? undefined : true;
    return either(ev, run, node, isSet, [undefined, right], [left, left], depth);
  }
  return operate(type, left, ev.value(run, right, depth + 1), at);
};

export const matched = (ev: Evaluator, run: PhpRun, node: PhpNode, depth: number): PhpValue => {
  const subject = ev.value(run, child(node, 'cond'), depth + 1);
  const open: PhpNode[] = [];
  for (const arm of children(node, 'arms')) {
    const body = child(arm, 'body');
    const tests = children(arm, 'conds').map(each =>
      identical(subject, ev.value(run, each, depth + 1)),
    );
    const fits =
      tests.length === 0 || tests.includes(true)
        ? true
        : tests.includes(undefined)
          ? undefined
          : false;
    if (fits === true && open.length === 0) return ev.value(run, body, depth + 1);
    if (fits !== false && body !== undefined) open.push(body);
  }
  const why = conditionAt(run, node);
  const found: PhpValue[] = [];
  branch(
    run,
    why,
    open.map(body => way => void found.push(ev.value(way, body, depth + 1))),
  );
  return phpUnknown(why, placeOf(run, node), found);
};

export const isSet = (ev: Evaluator, run: PhpRun, node: PhpNode, depth: number): PhpValue => {
  const found = children(node, 'variables').map(each => ev.value(run, each, depth + 1));
  const at = placeOf(run, node);
  if (found.some(each => each.is === 'null')) return phpBool(false, at);
  const open = found.find(each => each.is === 'unknown');
  return open?.is === 'unknown' ? phpUnknown(open.why, at) : phpBool(true, at);
};
