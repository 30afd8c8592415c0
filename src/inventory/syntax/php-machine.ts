import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';
import { lineOf, type PhpNode } from './php-nodes.ts';
import { joinValues, type PhpValue, phpUnknown } from './php-values.ts';

/** What one reading of a configuration shares across all its files. */
export interface PhpMachine {
  readonly files: FileView;
  /** Those that the program defines before; the file's own are in each run. */
  readonly constants: ReadonlyMap<string, PhpValue>;
  readonly functions: Map<string, PhpNode>;
  /** Where `include 'x.php'` looks first, and what `./x.php` is relative to. */
  readonly includePath: readonly string[];
  readonly workingFolder: string | undefined;
  steps: number;
  filesOpened: number;
}

export type PhpEnd = 'exit' | 'return' | 'break' | 'continue';

/** One way through the program, as far as it has come. */
export interface PhpRun {
  readonly machine: PhpMachine;
  readonly path: string;
  vars: Map<string, PhpValue>;
  /** Constants that the file has defined so far. */
  constants: Map<string, PhpValue>;
  /** Files that `include_once` does not take again. */
  included: ReadonlySet<string>;
  /** `$a = &$b`: two names for one variable. */
  aliases: Map<string, string>;
  /** Why there may be variables that are not in `vars`. */
  open?: string;
  ended?: PhpEnd;
  returned?: PhpValue;
  /** Ways that left the loop or the file under a condition that nobody could decide. */
  readonly left: PhpRun[];
  readonly includeDepth: number;
}

/** The program is too long to follow: everything it sets is unknown. */
export class PhpTooLong extends Error {
  override readonly name = 'PhpTooLong';
}

const stepsMax = 250_000;

/** Counts work; copying a long list counts for more than one. */
export const step = (run: PhpRun, cost = 1): void => {
  run.machine.steps += cost;
  if (run.machine.steps > stepsMax) throw new PhpTooLong();
};

export const placeOf = (run: PhpRun, node: PhpNode): Place => ({
  path: run.path,
  line: lineOf(node),
});

export const fork = (run: PhpRun): PhpRun => ({
  ...run,
  vars: new Map(run.vars),
  constants: new Map(run.constants),
  aliases: new Map(run.aliases),
});

/** What it costs to compare or copy a value. */
export const weightOf = (value: PhpValue | undefined): number => {
  if (value?.is !== 'array') return 1;
  let weight = value.entries.size;
  for (const { value: inner } of value.entries.values()) {
    if (inner.is === 'array') weight += inner.entries.size;
  }
  return weight;
};

type Values = Map<string, PhpValue>;

const joinMaps = (run: PhpRun, maps: readonly Values[], why: string, repeats: boolean): Values => {
  const [first, ...others] = maps;
  return others.reduce<Values>((values, other) => {
    const joined: Values = new Map();
    for (const name of new Set([...values.keys(), ...other.keys()])) {
      const [a, b] = [values.get(name), other.get(name)];
      if (a !== b) step(run, weightOf(a) + weightOf(b));
      const value = joinValues(a, b, why, repeats);
      if (value !== undefined) joined.set(name, value);
    }
    return joined;
  }, first ?? new Map());
};

const joinInto = (run: PhpRun, ways: readonly PhpRun[], why: string, repeats: boolean): void => {
  const [first, ...others] = ways;
  if (first === undefined) return;
  run.vars = joinMaps(
    run,
    ways.map(way => way.vars),
    why,
    repeats,
  );
  run.constants = joinMaps(
    run,
    ways.map(way => way.constants),
    why,
    repeats,
  );
  run.included = new Set(
    [...first.included].filter(path => others.every(way => way.included.has(path))),
  );
  run.aliases = first.aliases;
  const open = ways.find(way => way.open !== undefined)?.open;
  if (open !== undefined) run.open = open;
};

/** Goes on with what the ways have in common; ways that end the program are of no interest. */
export const settle = (
  run: PhpRun,
  ways: readonly PhpRun[],
  why: string,
  repeats = false,
): void => {
  const live = ways.filter(({ ended }) => ended === undefined);
  const gone = ways.filter(({ ended }) => ended !== undefined && ended !== 'exit');
  if (live.length > 0) {
    run.left.push(...gone);
    joinInto(run, live, why, repeats);
    return;
  }
  const [first, ...others] = gone;
  if (first === undefined) {
    run.ended = 'exit';
    return;
  }
  run.left.push(...others);
  run.vars = first.vars;
  run.constants = first.constants;
  run.included = first.included;
  run.aliases = first.aliases;
  if (first.ended !== undefined) run.ended = first.ended;
  if (first.returned !== undefined) run.returned = first.returned;
};

/** Takes every way from here, because the text does not decide which one the program takes. */
export const branch = (
  run: PhpRun,
  why: string,
  ways: readonly ((way: PhpRun) => void)[],
  repeats = false,
): void => {
  const ends = ways.map(take => {
    const way = fork(run);
    take(way);
    return way;
  });
  settle(run, ends, why, repeats);
};

/** Takes back the ways that left by any of these; they meet the main one here. */
export const rejoin = (run: PhpRun, kinds: readonly PhpEnd[], from: number, why: string): void => {
  const back: PhpRun[] = [];
  for (let i = run.left.length - 1; i >= from; i--) {
    const way = run.left[i];
    if (way?.ended === undefined || !kinds.includes(way.ended)) continue;
    run.left.splice(i, 1);
    back.push(way);
  }
  if (run.ended !== undefined && kinds.includes(run.ended)) delete run.ended;
  if (back.length === 0) return;
  const returned = [run, ...back].map(way => way.returned).filter(each => each !== undefined);
  for (const way of back) delete way.ended;
  settle(run, [fork(run), ...back], why);
  const [one, ...rest] = returned;
  if (one !== undefined) {
    run.returned = rest.reduce<PhpValue>(
      (value, next) => joinValues(value, next, why) ?? value,
      one,
    );
  }
  if (run.ended === 'exit') delete run.ended;
};

/** Something that cannot be followed may have changed every variable. */
export const loosenAll = (run: PhpRun, why: string): void => {
  for (const [name, value] of run.vars) {
    run.vars.set(name, phpUnknown(why, value.at, [value]));
  }
  run.open = why;
};

export const constantIn = (run: PhpRun, name: string): PhpValue | undefined =>
  run.machine.constants.get(name) ?? run.constants.get(name);

/** The first definition of a constant stands. */
export const defineConstant = (run: PhpRun, name: string, value: PhpValue): void => {
  const known = constantIn(run, name);
  if (known === undefined) run.constants.set(name, value);
  else if (known.is === 'unknown' && !run.machine.constants.has(name)) {
    run.constants.set(name, phpUnknown(known.why, value.at, [known, value]));
  }
};

export const nameIn = (run: PhpRun, name: string): string => run.aliases.get(name) ?? name;

/** Decided by each request, or by whoever starts PHP. */
const fromOutside: Readonly<Record<string, string>> = {
  _SERVER: 'it depends on the request',
  _GET: 'it depends on the request',
  _POST: 'it depends on the request',
  _REQUEST: 'it depends on the request',
  _COOKIE: 'it depends on the request',
  _SESSION: 'it depends on the session',
  _FILES: 'it depends on the request',
  _ENV: 'it depends on the environment that PHP is started with',
  GLOBALS: 'it depends on variables of the program that reads the file',
  argv: 'it depends on how PHP is started',
  this: 'it depends on the program that reads the file',
};

export const readVariable = (run: PhpRun, name: string, at: Place): PhpValue | undefined => {
  const outside = fromOutside[name];
  if (outside !== undefined && Object.hasOwn(fromOutside, name)) return phpUnknown(outside, at);
  const value = run.vars.get(nameIn(run, name));
  if (value === undefined && run.open !== undefined) return phpUnknown(run.open, at);
  return value;
};
