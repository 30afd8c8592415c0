import type { Evaluator } from './php-evaluator.ts';
import { callFunction, changesArguments, leavesAlone, phpBool, sorts } from './php-functions.ts';
import { constantIn, defineConstant, loosenAll, type PhpRun, placeOf } from './php-machine.ts';
import { child, children, lineOf, nodesBelow, type PhpNode, wordOf } from './php-nodes.ts';
import { assign } from './php-targets.ts';
import {
  asArray,
  emptyArray,
  type PhpValue,
  phpText,
  phpUnknown,
  withPushed,
} from './php-values.ts';

export const callFacts = (run: PhpRun, node: PhpNode): Parameters<typeof callFunction>[2] => ({
  at: placeOf(run, node),
  files: run.machine.files,
  constant: name => constantIn(run, name),
});

/** Whatever is called may have written to the variables that it was given. */
export const loosenArguments = (
  ev: Evaluator,
  run: PhpRun,
  args: readonly PhpNode[],
  name: string,
): void => {
  for (const arg of args) {
    if (arg.kind !== 'variable' && arg.kind !== 'offsetlookup') continue;
    const at = ev.target(run, arg);
    if (at === undefined || at.name === 'this') continue;
    const before = ev.value(run, arg);
    const why = `${name}() may have changed it in line ${lineOf(arg)}`;
    assign(run, at, phpUnknown(why, before.at, [before]), placeOf(run, arg));
  }
};

const push = (
  ev: Evaluator,
  run: PhpRun,
  args: readonly PhpNode[],
  name: string,
  depth: number,
): void => {
  const [list, ...items] = args;
  const at = ev.target(run, list, depth);
  const before =
    list === undefined ? undefined : asArray(ev.value(run, list, depth), placeOf(run, list));
  if (at === undefined || before === undefined || list === undefined) return;
  let added = emptyArray(placeOf(run, list));
  for (const item of items) {
    const found = ev.value(run, item.kind === 'variadic' ? child(item, 'what') : item, depth);
    added =
      item.kind === 'variadic'
        ? (asArray(callFunction('array_merge', [added, found], callFacts(run, item)), added.at) ??
          added)
        : withPushed(added, { value: found });
  }
  // Only what is put in front gives the others new numbers.
  const after =
    name === 'array_unshift'
      ? callFunction('array_merge', [added, before], callFacts(run, list))
      : [...added.entries.values()].reduce(withPushed, before);
  const more = added.more ?? (after.is === 'array' ? after.more : undefined);
  assign(
    run,
    at,
    after.is === 'array' && more !== undefined ? { ...after, more } : after,
    placeOf(run, list),
  );
};

/** A call of a function or method. */
export const callOf = (ev: Evaluator, run: PhpRun, node: PhpNode, depth: number): PhpValue => {
  const what = child(node, 'what');
  const args = children(node, 'arguments');
  const at = placeOf(run, node);
  const isName = what?.kind === 'name' || what?.kind === 'identifier';
  const name = isName ? ((wordOf(node, 'what') ?? '').split('\\').at(-1)?.toLowerCase() ?? '') : '';
  if (name === 'array_push' || name === 'array_unshift') {
    push(ev, run, args, name, depth + 1);
    return phpUnknown('it is the length of a list', at);
  }
  const plain = args.every(({ kind }) => kind !== 'variadic' && kind !== 'namedargument');
  const given = args.map(arg =>
    ev.value(
      run,
      child(arg, 'what') !== undefined && arg.kind === 'variadic' ? child(arg, 'what') : arg,
      depth + 1,
    ),
  );
  const own = run.machine.functions.get(name);
  if (what?.kind === 'variable' || what?.kind === 'closure') {
    // A closure may write to variables of the file that it has by reference.
    loosenAll(run, `a function in a variable may have set it, called in line ${lineOf(node)}`);
    return phpUnknown('it is what a function in a variable answers', at);
  }
  if (own !== undefined || !isName) {
    const below = own === undefined ? [] : nodesBelow(own);
    const reachesOut = below.some(
      each => each.kind === 'global' || (each.kind === 'variable' && each['name'] === 'GLOBALS'),
    );
    if (reachesOut) loosenAll(run, `${name}() may have set it, called in line ${lineOf(node)}`);
    else loosenArguments(ev, run, args, name === '' ? 'what is called' : name);
    return phpUnknown(`it is what ${name === '' ? 'a method' : `${name}()`} answers`, at);
  }
  if (name === 'define') {
    const constant = phpText(given[0]);
    const [, second] = given;
    if (constant !== undefined && second !== undefined) defineConstant(run, constant, second);
    else if (constant === undefined) run.open ??= 'a constant is defined whose name is worked out';
    return phpBool(true, at);
  }
  if (name === 'extract' || name === 'parse_str') {
    loosenAll(run, `${name}() may have set it in line ${lineOf(node)}`);
    return phpUnknown(`it is what ${name}() answers`, at);
  }
  if (sorts.has(name)) return phpBool(true, at);
  if (changesArguments.has(name) || !leavesAlone(name)) loosenArguments(ev, run, args, name);
  return plain
    ? callFunction(name, given, callFacts(run, node))
    : phpUnknown(`it depends on what ${name}() answers`, at);
};
