import { parseArgs } from 'node:util';
import { UsageError } from '../core/errors.ts';
import { type Flag, globalFlags, laterVerbs, type Verb, verbs } from './verbs.ts';

/** A command line, understood: values of flags with one, names of switches given. */
export interface Invocation {
  readonly verb: Verb;
  readonly values: ReadonlyMap<string, string>;
  readonly switches: ReadonlySet<string>;
}

const verbList = (): string => verbs.map(({ name }) => name).join(', ');

const findVerb = (name: string): Verb => {
  const verb = verbs.find(each => each.name === name);
  if (verb !== undefined) return verb;
  if (laterVerbs.includes(name)) {
    throw new UsageError(`argument 1: this version has no "${name}" yet; it has: ${verbList()}`);
  }
  throw new UsageError(
    `argument 1: unknown verb "${name.slice(0, 60)}"; expected one of: ${verbList()}`,
  );
};

const environmentName = (flag: Flag): string =>
  `POSTERN_${flag.name.replaceAll('-', '_').toUpperCase()}`;

const isSet = (value: string): boolean => !/^(?:|0|no|false|off)$/i.test(value);

/** Reads the command line; what it leaves open, the environment may say. */
export const parseArguments = (
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Invocation => {
  const [name = '', ...rest] = args;
  const verb = findVerb(name);
  const flags = [...verb.flags, ...globalFlags];
  const options = Object.fromEntries(
    flags.map(({ name: flag, value, short }) => [
      flag,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...rest], options, strict: true, allowPositionals: true });
  } catch (thrown) {
    const said = thrown instanceof Error ? (thrown.message.split(/[.\n]/)[0] ?? '') : '';
    throw new UsageError(`${verb.name}: ${said}; see postern ${verb.name} --help`);
  }
  const [stray] = parsed.positionals;
  if (stray !== undefined) {
    throw new UsageError(
      `${verb.name}: unexpected "${stray.slice(0, 60)}"; see postern ${verb.name} --help`,
    );
  }
  const values = new Map<string, string>();
  const switches = new Set<string>();
  for (const flag of flags) {
    const given = parsed.values[flag.name];
    const inherited = environment[environmentName(flag)];
    if (flag.value === undefined) {
      if (given === true || (inherited !== undefined && isSet(inherited))) switches.add(flag.name);
    } else if (typeof given === 'string') values.set(flag.name, given);
    else if (inherited !== undefined && inherited !== '') values.set(flag.name, inherited);
  }
  return { verb, values, switches };
};
