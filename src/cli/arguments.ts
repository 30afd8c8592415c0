import { parseArgs } from 'node:util';
import { UsageError } from '../core/errors.ts';
import { type Flag, globalFlags, laterVerbs, type Verb, verbs } from './verbs.ts';

/** Who set an option, strongest first. */
export type Source = 'flag' | 'environment' | 'file';

/** A command line, understood: values of flags with one, names of switches given. */
export interface Invocation {
  readonly verb: Verb;
  /** Its action and the words that follow it; absent for a verb without actions. */
  readonly action?: { readonly name: string; readonly words: readonly string[] };
  /** What follows a verb that has no actions and takes words: files. */
  readonly words?: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly switches: ReadonlySet<string>;
  readonly sources: ReadonlyMap<string, Source>;
}

const verbList = (): string => verbs.map(({ name }) => name).join(', ');

export const findVerb = (name: string): Verb => {
  const verb = verbs.find(each => each.name === name);
  if (verb !== undefined) return verb;
  if (laterVerbs.includes(name)) {
    throw new UsageError(`argument 1: this version has no "${name}" yet; it has: ${verbList()}`);
  }
  if (name === '') {
    throw new UsageError(
      `argument 1: a verb is missing; expected one of: ${verbList()}; postern --help says more`,
    );
  }
  throw new UsageError(
    `argument 1: unknown verb "${name.slice(0, 60)}"; expected one of: ${verbList()}; see postern --help`,
  );
};

export const environmentName = (flag: string): string =>
  `POSTERN_${flag.replaceAll('-', '_').toUpperCase()}`;

/** Flags that the environment and the file cannot set: they would change what is asked. */
const commandLineOnly: readonly string[] = ['help'];

const isSet = (value: string): boolean => !/^(?:|0|no|false|off)$/i.test(value);

const parse = (verb: Verb, args: readonly string[], flags: readonly Flag[]) => {
  const options = Object.fromEntries(
    flags.map(({ name, value, short, isMany }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(isMany === true ? { multiple: true as const } : {}),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (thrown) {
    const said = thrown instanceof Error ? (thrown.message.split(/\.\s|\n/)[0] ?? '') : '';
    const short = said.replace(/\.$/, '').slice(0, 200);
    throw new UsageError(`${verb.name}: ${short}; see postern ${verb.name} --help`);
  }
};

const actionOf = (
  verb: Verb,
  positionals: readonly string[],
  askedForHelp: boolean,
): Invocation['action'] => {
  const see = `see postern ${verb.name} --help`;
  if (verb.actions === undefined) {
    const [stray] = positionals;
    if (stray === undefined || verb.takes !== undefined) return undefined;
    throw new UsageError(`${verb.name}: unexpected "${stray.slice(0, 60)}"; ${see}`);
  }
  const [name = verb.otherwise, ...words] = positionals;
  if (name === undefined && askedForHelp) return undefined;
  const action = verb.actions.find(each => each.name === name);
  if (action === undefined) {
    const said =
      name === undefined ? 'an action is missing' : `unknown action "${name.slice(0, 60)}"`;
    throw new UsageError(
      `${verb.name}: ${said}; expected one of: ${verb.actions.map(each => each.name).join(', ')}; ${see}`,
    );
  }
  const needed = action.takes.filter(word => !word.startsWith('['));
  const missing = needed[words.length];
  if (missing !== undefined) {
    throw new UsageError(`${verb.name} ${action.name}: ${missing} is missing; ${see}`);
  }
  const stray = action.takes.some(word => word.includes('…'))
    ? undefined
    : words[action.takes.length];
  if (stray !== undefined) {
    throw new UsageError(`${verb.name} ${action.name}: unexpected "${stray.slice(0, 60)}"; ${see}`);
  }
  return { name: action.name, words };
};

/** Reads the command line; what it leaves open, the environment may say. */
export const parseArguments = (
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Invocation => {
  const [name = '', ...rest] = args;
  const verb = findVerb(name);
  const flags = [...verb.flags, ...globalFlags];
  const parsed = parse(verb, rest, flags);
  const action = actionOf(verb, parsed.positionals, parsed.values['help'] === true);
  const values = new Map<string, string>();
  const switches = new Set<string>();
  const sources = new Map<string, Source>();
  for (const flag of flags) {
    const all = parsed.values[flag.name];
    // Those of one that may be given many times are lines of one text.
    const given = Array.isArray(all) ? all.join('\n') : all;
    const inherited = commandLineOnly.includes(flag.name)
      ? undefined
      : environment[environmentName(flag.name)];
    if (given !== undefined) sources.set(flag.name, 'flag');
    if (given === true) switches.add(flag.name);
    else if (typeof given === 'string') {
      if (given === '') throw new UsageError(`${verb.name}: --${flag.name}: its value is empty`);
      values.set(flag.name, given);
    } else if (inherited !== undefined && inherited !== '') {
      if (flag.value !== undefined) values.set(flag.name, inherited);
      else if (isSet(inherited)) switches.add(flag.name);
      sources.set(flag.name, 'environment');
    }
  }
  return {
    verb,
    values,
    switches,
    sources,
    ...(action === undefined ? {} : { action }),
    ...(verb.takes === undefined ? {} : { words: parsed.positionals }),
  };
};

/** Adds what `postern.yaml` says under `options`: the weakest voice, stronger than a default only. */
export const withFileOptions = (
  invocation: Invocation,
  options: ReadonlyMap<string, string | boolean>,
): Invocation => {
  const values = new Map(invocation.values);
  const switches = new Set(invocation.switches);
  const sources = new Map(invocation.sources);
  const known = new Set([...invocation.verb.flags, ...globalFlags].map(({ name }) => name));
  for (const [name, value] of options) {
    if (sources.has(name) || !known.has(name)) continue;
    if (typeof value === 'string') values.set(name, value);
    else if (value) switches.add(name);
    sources.set(name, 'file');
  }
  return { ...invocation, values, switches, sources };
};

/** The option as whoever set it wrote it, for an error message. */
export const spellingOf = ({ sources }: Invocation, flag: string): string => {
  switch (sources.get(flag)) {
    case 'environment':
      return environmentName(flag);
    case 'file':
      return `postern.yaml, options, ${flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}`;
    case 'flag':
    case undefined:
      return `--${flag}`;
  }
};
