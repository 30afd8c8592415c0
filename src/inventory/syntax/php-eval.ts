import { dirOf } from '../../core/paths.ts';
import { assignment, reference } from './php-assign.ts';
import { callFacts, callOf, loosenArguments } from './php-calls.ts';
import { binary, either, isSet, matched } from './php-choices.ts';
import { conditionAt, type Evaluator } from './php-evaluator.ts';
import { callFunction, phpBool } from './php-functions.ts';
import { constantIn, loosenAll, type PhpRun, placeOf, readVariable, step } from './php-machine.ts';
import { child, children, lineOf, type PhpNode, wordOf } from './php-nodes.ts';
import { joinTexts } from './php-operators.ts';
import { assign, type Target, type TargetKey } from './php-targets.ts';
import {
  asArray,
  emptyArray,
  keyOf,
  type PhpArray,
  type PhpValue,
  phpAt,
  phpString,
  phpText,
  phpTruth,
  phpUnknown,
  withEntry,
  withPushed,
} from './php-values.ts';

/** Runs an included file within the same variables; `undefined` target: nobody knows which file. */
export type Include = (run: PhpRun, node: PhpNode, target: PhpValue, silent: boolean) => PhpValue;

const depthMax = 150;

const numberOf = (text: string): number | undefined => {
  const plain = text.replaceAll('_', '');
  if (/^0\d+$/.test(plain)) return Number.parseInt(plain, 8);
  if (/^0[oO][0-7]+$/.test(plain)) return Number.parseInt(plain.slice(2), 8);
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
};

/** Makes the evaluator of expressions around the way that files are included. */
export const evaluatorWith = (include: Include): Evaluator => {
  const nothing = (run: PhpRun, node: PhpNode): PhpValue => ({
    is: 'null',
    at: placeOf(run, node),
  });

  const target = (run: PhpRun, node: PhpNode | undefined, depth = 0): Target | undefined => {
    const keys: TargetKey[] = [];
    let here = node;
    while (here?.kind === 'offsetlookup' && keys.length < depthMax) {
      const offset = child(here, 'offset');
      keys.unshift(offset === undefined ? 'push' : offsetOf(run, offset, depth + 1));
      here = child(here, 'what');
    }
    if (here?.kind !== 'variable') return undefined;
    const name = nameOf(run, here, depth);
    if (name !== undefined) return { name, keys };
    loosenAll(run, `a variable whose name is worked out is set in line ${lineOf(here)}`);
    return undefined;
  };

  /** `$config`, `${'config'}`, `$$name` */
  const nameOf = (run: PhpRun, node: PhpNode, depth: number): string | undefined => {
    const name = node['name'];
    return typeof name === 'string' ? name : phpText(value(run, child(node, 'name'), depth + 1));
  };

  /** `"$a[key]"` writes its key without quotes. */
  const offsetOf = (run: PhpRun, node: PhpNode, depth: number): PhpValue =>
    node.kind === 'identifier'
      ? phpString(wordOf(node, 'name') ?? '', placeOf(run, node))
      : value(run, node, depth);

  const arrayOf = (run: PhpRun, node: PhpNode, depth: number): PhpValue => {
    let out: PhpArray = emptyArray(placeOf(run, node));
    for (const item of children(node, 'items')) {
      const inner = item.kind === 'entry' ? child(item, 'value') : item;
      const found = value(run, inner, depth + 1);
      if (item['unpack'] === true || item.kind === 'variadic') {
        const joined = callFunction('array_merge', [out, found], callFacts(run, node));
        out = asArray(joined, out.at) ?? out;
        continue;
      }
      const key = child(item, 'key');
      if (key === undefined) {
        out = withPushed(out, { value: found });
        continue;
      }
      const name = value(run, key, depth + 1);
      const plain = keyOf(name);
      out =
        plain === undefined
          ? {
              ...withPushed(out, { value: found }),
              more: name.is === 'unknown' ? name.why : 'a key is worked out when PHP runs',
            }
          : withEntry(out, plain, { value: found });
    }
    return out;
  };

  const unary = (run: PhpRun, node: PhpNode, depth: number): PhpValue => {
    const inner = value(run, child(node, 'what'), depth + 1);
    const at = placeOf(run, node);
    const type = wordOf(node, 'type');
    if (type === '!') {
      const truth = phpTruth(inner);
      return truth === undefined
        ? phpUnknown(inner.is === 'unknown' ? inner.why : conditionAt(run, node), at)
        : phpBool(!truth, at);
    }
    if (inner.is === 'number' && (type === '-' || type === '+')) {
      return { is: 'number', number: type === '-' ? -inner.number : inner.number, at };
    }
    return phpUnknown('it is worked out when PHP runs', at);
  };

  const casted = (run: PhpRun, node: PhpNode, depth: number): PhpValue => {
    const inner = value(run, child(node, 'expr'), depth + 1);
    const at = placeOf(run, node);
    if (inner.is === 'unknown') return { ...inner, at };
    switch (wordOf(node, 'type') ?? '') {
      case 'array':
        if (inner.is === 'array') return inner;
        return inner.is === 'null' ? emptyArray(at) : withPushed(emptyArray(at), { value: inner });
      case 'bool':
      case 'boolean': {
        const truth = phpTruth(inner);
        return truth === undefined
          ? phpUnknown('it is worked out when PHP runs', at)
          : phpBool(truth, at);
      }
      case 'string': {
        const text = phpText(inner);
        return text === undefined
          ? phpUnknown('it is worked out when PHP runs', at)
          : phpString(text, at);
      }
      case 'int':
      case 'integer':
        return callFunction('intval', [inner], callFacts(run, node));
      default:
        return phpUnknown('it is worked out when PHP runs', at, [inner]);
    }
  };

  const looked = (run: PhpRun, node: PhpNode, depth: number): PhpValue => {
    const what = value(run, child(node, 'what'), depth + 1);
    const offset = child(node, 'offset');
    const key = offset === undefined ? undefined : offsetOf(run, offset, depth + 1);
    const name = key === undefined ? undefined : keyOf(key);
    const at = placeOf(run, node);
    if (what.is === 'unknown' && name !== undefined) return phpAt(what, name) ?? what;
    if (name === undefined)
      return phpUnknown(key?.is === 'unknown' ? key.why : 'it is worked out when PHP runs', at);
    if (what.is === 'string') return phpUnknown('it is worked out when PHP runs', at);
    return phpAt(what, name) ?? nothing(run, node);
  };

  const counting = (run: PhpRun, node: PhpNode, depth: number): PhpValue => {
    const what = child(node, 'what');
    const before = value(run, what, depth + 1);
    const at = placeOf(run, node);
    const by = wordOf(node, 'type') === '-' ? -1 : 1;
    const after: PhpValue =
      before.is === 'number'
        ? { is: 'number', number: before.number + by, at }
        : before.is === 'null' && by === 1
          ? { is: 'number', number: 1, at }
          : phpUnknown('it is worked out when PHP runs', at);
    assign(run, target(run, what, depth + 1), after, at);
    return node.kind === 'pre' ? after : before;
  };

  const constantOf = (run: PhpRun, node: PhpNode): PhpValue => {
    const name = (wordOf(node, 'name') ?? '').split('\\').at(-1) ?? '';
    const known = constantIn(run, name);
    const at = placeOf(run, node);
    if (known !== undefined) return { ...known, at };
    const low = name.toLowerCase();
    if (low === 'true' || low === 'false') return phpBool(low === 'true', at);
    if (low === 'null') return { is: 'null', at };
    return phpUnknown(
      `it depends on the constant ${name.slice(0, 100)}, which is defined elsewhere`,
      at,
    );
  };

  const magic = (run: PhpRun, node: PhpNode): PhpValue => {
    const at = placeOf(run, node);
    switch (String(node['value']).toUpperCase()) {
      case '__DIR__':
        return phpString(dirOf(realPath(run)), at);
      case '__FILE__':
        return phpString(realPath(run), at);
      case '__LINE__':
        return { is: 'number', number: lineOf(node), at };
      default:
        return phpString('', at);
    }
  };

  const value = (run: PhpRun, node: PhpNode | undefined, depth = 0): PhpValue => {
    step(run);
    if (node === undefined) return { is: 'null', at: { path: run.path } };
    const at = placeOf(run, node);
    if (depth > depthMax) return phpUnknown('it is nested too deep to be followed', at);
    switch (node.kind) {
      case 'string':
      case 'nowdoc':
        return phpString(String(node['value']), at);
      case 'number': {
        const number = numberOf(String(node['value']));
        return number === undefined
          ? phpUnknown('it is no number', at)
          : { is: 'number', number, at };
      }
      case 'boolean':
        return phpBool(node['value'] === true, at);
      case 'nullkeyword':
        return { is: 'null', at };
      case 'name':
      case 'identifier':
        return constantOf(run, node);
      case 'magic':
        return magic(run, node);
      case 'variable': {
        const name = node['name'];
        if (typeof name !== 'string') return phpUnknown('the name of a variable is worked out', at);
        return readVariable(run, name, at) ?? { is: 'null', at };
      }
      case 'offsetlookup':
        return looked(run, node, depth);
      case 'array':
      case 'list':
        return arrayOf(run, node, depth);
      case 'encapsed':
        return joinTexts(
          children(node, 'value').map(part => value(run, child(part, 'expression'), depth + 1)),
          at,
        );
      case 'bin':
        return binary(evaluator, run, node, depth);
      case 'unary':
        return unary(run, node, depth);
      case 'cast':
        return casted(run, node, depth);
      case 'assign':
        return assignment(evaluator, run, node, depth);
      case 'assignref':
        return reference(evaluator, run, node, depth);
      case 'retif': {
        const test = value(run, child(node, 'test'), depth + 1);
        const yes = child(node, 'trueExpr');
        return either(
          evaluator,
          run,
          node,
          phpTruth(test),
          [yes, child(node, 'falseExpr')],
          [test, test],
          depth,
        );
      }
      case 'match':
        return matched(evaluator, run, node, depth);
      case 'isset':
        return isSet(evaluator, run, node, depth);
      case 'empty': {
        const inner = value(run, child(node, 'expression'), depth + 1);
        const truth = phpTruth(inner);
        return truth === undefined
          ? phpUnknown(inner.is === 'unknown' ? inner.why : conditionAt(run, node), at)
          : phpBool(!truth, at);
      }
      case 'silent': {
        const inner = child(node, 'expr');
        return inner?.kind === 'include'
          ? include(run, inner, value(run, child(inner, 'target'), depth + 1), true)
          : value(run, inner, depth + 1);
      }
      case 'include':
        return include(run, node, value(run, child(node, 'target'), depth + 1), false);
      case 'pre':
      case 'post':
        return counting(run, node, depth);
      case 'call':
        return callOf(evaluator, run, node, depth);
      case 'exit':
        run.ended = 'exit';
        return { is: 'null', at };
      case 'throw':
        run.ended = 'exit';
        return { is: 'null', at };
      case 'eval':
        loosenAll(run, `it may be set by eval() in line ${lineOf(node)} of ${run.path}`);
        return phpUnknown('it is what eval() answers', at);
      case 'print':
        return value(run, child(node, 'expression'), depth + 1);
      case 'closure':
        for (const used of children(node, 'uses')) {
          if (used['byref'] !== true) continue;
          const why = `a function may have set it, declared in line ${lineOf(node)}`;
          assign(
            run,
            target(run, used, depth + 1),
            phpUnknown(why, at, [value(run, used, depth + 1)]),
            at,
          );
        }
        return phpUnknown('it is a function', at);
      case 'new': {
        loosenArguments(evaluator, run, children(node, 'arguments'), 'a constructor');
        return phpUnknown('it is an object', at);
      }
      default:
        return phpUnknown('it is worked out when PHP runs', at);
    }
  };

  const evaluator: Evaluator = { value, target };
  return evaluator;
};

/** PHP resolves links before it says where a file is. */
const realPath = (run: PhpRun): string => run.machine.files.real(run.path) ?? run.path;
