import type { Place } from '../../core/place.ts';
import { loosenAll, nameIn, type PhpRun, step, weightOf } from './php-machine.ts';
import {
  asArray,
  keyOf,
  loosened,
  type PhpArray,
  type PhpEntry,
  type PhpKey,
  type PhpValue,
  phpUnknown,
  withEntry,
  withPushed,
} from './php-values.ts';

/** One `[key]` of what is written to; `push` is `[]`. */
export type TargetKey = PhpValue | 'push';

/** `$config['a']['b'][]` */
export interface Target {
  readonly name: string;
  readonly keys: readonly TargetKey[];
}

const into = (
  before: PhpValue | undefined,
  keys: readonly TargetKey[],
  value: PhpValue,
  at: Place,
): PhpValue => {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  const array = asArray(before, at);
  if (array === undefined) return phpUnknown('it is written to as if it were an array', at);
  if (key === 'push') return withPushed(array, { value: into(undefined, rest, value, at) });
  const name = keyOf(key);
  if (name === undefined || (typeof name === 'number' && array.shifted !== undefined)) {
    const why =
      key.is === 'unknown' ? key.why : (array.shifted ?? 'a key is worked out when PHP runs');
    return withPushed(loosened(array, why), { value: into(undefined, rest, value, at) });
  }
  return withEntry(array, name, { value: into(valueIn(array, name), rest, value, at) });
};

const valueIn = (array: PhpArray, name: PhpKey): PhpValue | undefined => {
  const entry: PhpEntry | undefined = array.entries.get(name);
  if (entry === undefined) {
    return array.more === undefined ? undefined : phpUnknown(array.more, array.at);
  }
  if (entry.maybe === undefined) return entry.value;
  if (entry.value.is !== 'array') return phpUnknown(entry.maybe, entry.value.at, [entry.value]);
  const why = entry.maybe;
  return {
    ...entry.value,
    shifted: entry.value.shifted ?? why,
    entries: new Map(
      [...entry.value.entries].map(([key, each]) => [key, { ...each, maybe: each.maybe ?? why }]),
    ),
  };
};

/** Writes a value; a target without a name is no variable of the configuration. */
export const assign = (
  run: PhpRun,
  target: Target | undefined,
  value: PhpValue,
  at: Place,
): void => {
  if (target === undefined) return;
  const name = nameIn(run, target.name);
  if (target.name === 'GLOBALS') return loosenAll(run, 'variables are set by way of $GLOBALS');
  const before = run.vars.get(name);
  const base = before === undefined && run.open !== undefined ? phpUnknown(run.open, at) : before;
  if (target.keys.length > 0) step(run, 1 + (weightOf(base) >> 6));
  run.vars.set(name, into(base, target.keys, value, at));
};

const without = (
  before: PhpValue | undefined,
  keys: readonly TargetKey[],
): PhpValue | undefined => {
  const [key, ...rest] = keys;
  if (before === undefined || before.is !== 'array' || key === undefined || key === 'push') {
    return before?.is === 'unknown' && keys.length > 0
      ? phpUnknown(before.why, before.at, before.candidates)
      : before;
  }
  const name = keyOf(key);
  if (name === undefined || (typeof name === 'number' && before.shifted !== undefined)) {
    const why =
      key.is === 'unknown' ? key.why : (before.shifted ?? 'a key is worked out when PHP runs');
    return {
      ...before,
      entries: new Map(
        [...before.entries].map(([each, entry]) => [each, { ...entry, maybe: entry.maybe ?? why }]),
      ),
    };
  }
  const entries = new Map(before.entries);
  const entry = entries.get(name);
  if (entry === undefined) return before;
  if (rest.length === 0) entries.delete(name);
  else {
    const inner = without(entry.value, rest);
    if (inner !== undefined) entries.set(name, { ...entry, value: inner });
  }
  return { ...before, entries };
};

/** `unset()` */
export const remove = (run: PhpRun, target: Target | undefined): void => {
  if (target === undefined) return;
  const name = nameIn(run, target.name);
  if (target.keys.length === 0) {
    run.vars.delete(name);
    return;
  }
  const after = without(run.vars.get(name), target.keys);
  if (after !== undefined) run.vars.set(name, after);
};
