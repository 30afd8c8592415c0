import { conditionAt, type Evaluator } from './php-evaluator.ts';
import {
  branch,
  defineConstant,
  fork,
  loosenAll,
  type PhpRun,
  placeOf,
  rejoin,
  settle,
  step,
} from './php-machine.ts';
import { child, children, lineOf, type PhpNode, wordOf } from './php-nodes.ts';
import { looselyEqual } from './php-operators.ts';
import { assign, remove } from './php-targets.ts';
import { type PhpValue, phpString, phpTruth, phpUnknown } from './php-values.ts';

const roundsMax = 2_000;

/** Functions can be called before the line that declares them. */
export const hoist = (run: PhpRun, statements: readonly PhpNode[]): void => {
  for (const node of statements) {
    if (node.kind === 'function') {
      run.machine.functions.set((wordOf(node, 'name') ?? '').toLowerCase(), node);
    } else if (node.kind === 'namespace' || node.kind === 'block' || node.kind === 'if') {
      hoist(run, [...children(node, 'children'), ...bodyOf(node, 'body').slice(0, 500)]);
    }
  }
};

const bodyOf = (node: PhpNode, name: string): readonly PhpNode[] => {
  const body = child(node, name);
  if (body === undefined) return [];
  return body.kind === 'block' ? children(body, 'children') : [body];
};

const choose = (ev: Evaluator, run: PhpRun, node: PhpNode): void => {
  const test = ev.value(run, child(node, 'test'));
  if (run.ended !== undefined) return;
  const truth = phpTruth(test);
  const yes = bodyOf(node, 'body');
  const no = bodyOf(node, 'alternate');
  if (truth !== undefined) return runStatements(ev, run, truth ? yes : no);
  branch(run, conditionAt(run, node), [
    way => runStatements(ev, way, yes),
    way => runStatements(ev, way, no),
  ]);
};

const switchOver = (ev: Evaluator, run: PhpRun, node: PhpNode): void => {
  const subject = ev.value(run, child(node, 'test'));
  const body = child(node, 'body');
  const cases = body === undefined ? [] : children(body, 'children');
  const from = run.left.length;
  const enter = (way: PhpRun, at: number): void =>
    runStatements(
      ev,
      way,
      cases.slice(at).flatMap(each => bodyOf(each, 'body')),
    );
  const why = conditionAt(run, node);
  let isOpen = false;
  const starts: number[] = [];
  let sure: number | undefined;
  cases.forEach((each, i) => {
    const test = child(each, 'test');
    if (test === undefined || sure !== undefined) return;
    const fits = looselyEqual(subject, ev.value(run, test));
    if (fits === false) return;
    if (fits === true && !isOpen) sure = i;
    else {
      isOpen = true;
      starts.push(i);
    }
  });
  const otherwise = cases.findIndex(each => child(each, 'test') === undefined);
  if (sure !== undefined) enter(run, sure);
  else if (!isOpen) {
    if (otherwise >= 0) enter(run, otherwise);
  } else {
    branch(run, why, [
      ...starts.map(at => (way: PhpRun) => enter(way, at)),
      way => (otherwise >= 0 ? enter(way, otherwise) : undefined),
    ]);
  }
  rejoin(run, ['break', 'continue'], from, why);
};

/** A loop whose rounds nobody can count: none, or some, in two passes so that one sees the other. */
const loopOpen = (
  ev: Evaluator,
  run: PhpRun,
  node: PhpNode,
  round: (way: PhpRun) => void,
): void => {
  const why = `it depends on a loop in line ${lineOf(node)} of ${run.path}`;
  for (let pass = 0; pass < 2; pass++) {
    branch(
      run,
      why,
      [
        () => undefined,
        way => {
          const from = way.left.length;
          round(way);
          runStatements(ev, way, bodyOf(node, 'body'));
          rejoin(way, ['break', 'continue'], from, why);
        },
      ],
      true,
    );
  }
};

const eachOf = (ev: Evaluator, run: PhpRun, node: PhpNode): void => {
  const source = ev.value(run, child(node, 'source'));
  const key = child(node, 'key');
  const item = child(node, 'value');
  const set = (way: PhpRun, name: PhpValue, found: PhpValue): void => {
    if (key !== undefined) assign(way, ev.target(way, key), name, placeOf(way, key));
    if (item !== undefined) assign(way, ev.target(way, item), found, placeOf(way, item));
  };
  const at = placeOf(run, node);
  const why = `it depends on a loop in line ${lineOf(node)} of ${run.path}`;
  const isOpen =
    source.is !== 'array' ||
    source.more !== undefined ||
    [...source.entries.values()].some(({ maybe }) => maybe !== undefined) ||
    item?.['byref'] === true;
  if (isOpen) {
    const found = source.is === 'array' ? [...source.entries.values()].map(each => each.value) : [];
    if (item?.['byref'] === true) {
      const list = child(node, 'source');
      assign(run, ev.target(run, list), phpUnknown(why, source.at, [source]), at);
    }
    loopOpen(ev, run, node, way => set(way, phpUnknown(why, at), phpUnknown(why, at, found)));
    return;
  }
  const from = run.left.length;
  for (const [name, { value }] of source.entries) {
    step(run);
    set(
      run,
      typeof name === 'number' ? { is: 'number', number: name, at } : phpString(name, at),
      value,
    );
    runStatements(ev, run, bodyOf(node, 'body'));
    rejoin(run, ['continue'], from, why);
    if (run.ended !== undefined) break;
  }
  rejoin(run, ['break', 'continue'], from, why);
};

const repeat = (ev: Evaluator, run: PhpRun, node: PhpNode): void => {
  const why = `it depends on a loop in line ${lineOf(node)} of ${run.path}`;
  const evaluateAll = (way: PhpRun, name: string): PhpValue | undefined =>
    children(node, name)
      .map(each => ev.value(way, each))
      .at(-1);
  const test = (way: PhpRun): boolean | undefined => {
    if (node.kind !== 'for') return phpTruth(ev.value(way, child(node, 'test')));
    const found = evaluateAll(way, 'test');
    return found === undefined ? true : phpTruth(found);
  };
  evaluateAll(run, 'init');
  const from = run.left.length;
  for (let round = 0; run.ended === undefined; round++) {
    const goesOn = node.kind === 'do' && round === 0 ? true : test(run);
    if (goesOn === false) break;
    if (goesOn === undefined || round >= roundsMax) {
      loopOpen(ev, run, node, way => void evaluateAll(way, 'increment'));
      break;
    }
    runStatements(ev, run, bodyOf(node, 'body'));
    rejoin(run, ['continue'], from, why);
    evaluateAll(run, 'increment');
  }
  rejoin(run, ['break', 'continue'], from, why);
};

const attempt = (ev: Evaluator, run: PhpRun, node: PhpNode): void => {
  const why = `it depends on what fails in line ${lineOf(node)} of ${run.path}`;
  const catches = children(node, 'catches');
  const before = fork(run);
  const whole = fork(run);
  runStatements(ev, whole, bodyOf(node, 'body'));
  // Whatever the body had set when it failed is set.
  const thrown = fork(whole);
  delete thrown.ended;
  const start = fork(before);
  settle(start, [before, thrown], why);
  const failed = catches.map(each => {
    const way = fork(start);
    runStatements(ev, way, bodyOf(each, 'body'));
    return way;
  });
  settle(run, [whole, ...failed], why);
  runStatements(ev, run, bodyOf(node, 'always'));
};

const constants = (ev: Evaluator, run: PhpRun, node: PhpNode): void => {
  for (const each of children(node, 'constants')) {
    const name = wordOf(each, 'name');
    const found = ev.value(run, child(each, 'value'));
    if (name !== undefined) defineConstant(run, name, found);
  }
};

const shared = (ev: Evaluator, run: PhpRun, node: PhpNode, name: string): void => {
  for (const each of [...children(node, 'items'), ...children(node, 'variables')]) {
    const variable = each.kind === 'staticvariable' ? child(each, 'variable') : each;
    const at = placeOf(run, each);
    assign(run, ev.target(run, variable), phpUnknown(`it is a ${name} variable`, at), at);
  }
};

const runStatement = (ev: Evaluator, run: PhpRun, node: PhpNode): void => {
  step(run);
  switch (node.kind) {
    case 'expressionstatement':
      ev.value(run, child(node, 'expression'));
      return;
    case 'echo':
      for (const each of children(node, 'expressions')) ev.value(run, each);
      return;
    case 'block':
    case 'namespace':
    case 'declare':
      return runStatements(ev, run, children(node, 'children'));
    case 'if':
      return choose(ev, run, node);
    case 'switch':
      return switchOver(ev, run, node);
    case 'foreach':
      return eachOf(ev, run, node);
    case 'for':
    case 'while':
    case 'do':
      return repeat(ev, run, node);
    case 'try':
      return attempt(ev, run, node);
    case 'unset':
      for (const each of children(node, 'variables')) remove(run, ev.target(run, each));
      return;
    case 'constantstatement':
      return constants(ev, run, node);
    case 'return': {
      const expression = child(node, 'expr');
      if (expression !== undefined) run.returned = ev.value(run, expression);
      run.ended ??= 'return';
      return;
    }
    case 'break':
    case 'continue':
      run.ended = node.kind;
      return;
    case 'throw':
      run.ended = 'exit';
      return;
    case 'halt':
      run.ended = 'return';
      return;
    case 'global':
    case 'static':
      return shared(ev, run, node, node.kind);
    case 'goto':
      return loosenAll(run, `it depends on a jump in line ${lineOf(node)} of ${run.path}`);
    default:
      // Declarations, HTML between the code, labels: they set nothing.
      return;
  }
};

/** Runs statements one after the other, until one of them leaves. */
export const runStatements = (ev: Evaluator, run: PhpRun, statements: readonly PhpNode[]): void => {
  for (const node of statements) {
    if (run.ended !== undefined) return;
    runStatement(ev, run, node);
  }
};
