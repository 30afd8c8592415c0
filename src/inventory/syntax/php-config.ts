import type { FileView } from '../../core/files.ts';
import { dirOf, joinPath, resolveFrom } from '../../core/paths.ts';
import { evaluatorWith } from './php-eval.ts';
import type { Evaluator } from './php-evaluator.ts';
import {
  loosenAll,
  type PhpMachine,
  type PhpRun,
  PhpTooLong,
  placeOf,
  rejoin,
} from './php-machine.ts';
import { lineOf, type PhpNode, type PhpTree, parsePhp } from './php-nodes.ts';
import { hoist, runStatements } from './php-statements.ts';
import { type PhpValue, phpString, phpText, phpUnknown } from './php-values.ts';

export interface PhpConfigOptions {
  /** Constants that the program defines before it reads the file: `RCUBE_INSTALL_PATH`. */
  readonly constants?: Readonly<Record<string, string>>;
  /** Variables that are set before: those of a file that is read first. */
  readonly variables?: ReadonlyMap<string, PhpValue>;
  /** Where `include 'x.php'` looks before it looks beside the file itself. */
  readonly includePath?: readonly string[];
  /** What `include './x.php'` is relative to: mostly the folder of the program's `index.php`. */
  readonly workingFolder?: string;
}

/** What a configuration file of PHP leaves behind. */
export interface PhpConfig {
  readonly path: string;
  readonly variables: ReadonlyMap<string, PhpValue>;
  readonly constants: ReadonlyMap<string, PhpValue>;
  /** What `return` at its end gives to the program that includes it. */
  readonly returned?: PhpValue;
  /** Why there may be variables, and values, that are not listed. */
  readonly open?: string;
}

const includeDepthMax = 12;
const filesMax = 200;
const bytesMax = 1 << 20;

const trees = new WeakMap<FileView, Map<string, PhpTree>>();

const treeOf = (files: FileView, path: string): PhpTree | undefined => {
  const known = trees.get(files) ?? new Map<string, PhpTree>();
  trees.set(files, known);
  const before = known.get(path);
  if (before !== undefined) return before;
  const text = files.text(path, { bytesMax });
  if (text === undefined) return undefined;
  const tree = parsePhp(text);
  known.set(path, tree);
  return tree;
};

/** Runs one file's statements within the variables of `run`. */
const runFile = (run: PhpRun, evaluator: Evaluator): void => {
  const { files } = run.machine;
  const tree = treeOf(files, run.path);
  run.machine.filesOpened += 1;
  if (tree === undefined) {
    loosenAll(run, `${run.path} could not be read`);
    return;
  }
  hoist(run, tree.statements);
  runStatements(evaluator, run, tree.statements);
  rejoin(run, ['return', 'break', 'continue'], 0, `it depends on where ${run.path} returns`);
  if (tree.fault !== undefined) {
    const { line, why } = tree.fault;
    files.note({
      what: `${run.path}:${line}`,
      why: `${why}; what it sets cannot be told`,
      how: `Mend it; php -l ${run.path} shows whether PHP itself can read it.`,
    });
    loosenAll(run, `${run.path} ${why} (line ${line})`);
  }
};

const findInclude = (run: PhpRun, text: string): string | undefined => {
  const { files, includePath, workingFolder } = run.machine;
  const dotted = /^\.\.?\//.test(text);
  const folders = dotted
    ? [workingFolder]
    : [...includePath, dirOf(files.real(run.path) ?? run.path), workingFolder];
  const candidates = text.startsWith('/')
    ? [joinPath(text)]
    : folders.flatMap(folder => (folder === undefined ? [] : [resolveFrom(folder, text)]));
  return candidates.find(path => files.stat(path)?.kind === 'file');
};

const include = (
  run: PhpRun,
  node: PhpNode,
  target: PhpValue,
  silent: boolean,
  evaluator: () => Evaluator,
): PhpValue => {
  const { machine } = run;
  const at = placeOf(run, node);
  const text = phpText(target);
  const where = `${run.path}:${lineOf(node)}`;
  if (text === undefined) {
    const reason = target.is === 'unknown' ? target.why : 'its name is no text';
    machine.files.note({
      what: where,
      why: `includes a file whose name cannot be told: ${reason}`,
      how: 'Write the name of the file out in full.',
    });
    loosenAll(run, `a file that ${where} includes may set it, and its name cannot be told`);
    return phpUnknown('it is what an included file returns', at);
  }
  const path = findInclude(run, text);
  if (path === undefined) {
    if (!silent) {
      machine.files.note({
        what: where,
        why: `includes ${text.slice(0, 300)}, which was not found`,
        how: 'Remove the line, or put the file there.',
      });
    }
    // `require` of a missing file ends the program; who runs one has it somewhere else.
    if (!text.startsWith('/') || node['require'] === true) {
      loosenAll(run, `${text.slice(0, 300)}, which ${where} includes, was not found`);
    }
    return { is: 'bool', yes: false, at };
  }
  const real = machine.files.real(path) ?? path;
  if (node['once'] === true && run.included.has(real)) return { is: 'bool', yes: true, at };
  if (run.includeDepth >= includeDepthMax || machine.filesOpened >= filesMax) {
    machine.files.note({
      what: where,
      why: 'includes more files than are followed',
      how: 'Check whether the files include each other.',
    });
    loosenAll(run, `${where} includes more files than are followed`);
    return phpUnknown('it is what an included file returns', at);
  }
  run.included = new Set([...run.included, real]);
  const inner: PhpRun = {
    ...run,
    path,
    left: [],
    includeDepth: run.includeDepth + 1,
  };
  delete inner.returned;
  runFile(inner, evaluator());
  run.vars = inner.vars;
  run.constants = inner.constants;
  run.included = inner.included;
  run.aliases = inner.aliases;
  if (inner.open !== undefined) run.open = inner.open;
  if (inner.ended === 'exit') run.ended = 'exit';
  return inner.returned ?? { is: 'number', number: 1, at };
};

/** Numbers of PHP's own constants on Linux, and texts. */
const ownConstants: Readonly<Record<string, string | number>> = {
  PHP_EOL: '\n',
  DIRECTORY_SEPARATOR: '/',
  PATH_SEPARATOR: ':',
  LOG_EMERG: 0,
  LOG_ALERT: 1,
  LOG_CRIT: 2,
  LOG_ERR: 3,
  LOG_WARNING: 4,
  LOG_NOTICE: 5,
  LOG_INFO: 6,
  LOG_DEBUG: 7,
  LOG_KERN: 0,
  LOG_USER: 8,
  LOG_MAIL: 16,
  LOG_DAEMON: 24,
  LOG_AUTH: 32,
  LOG_SYSLOG: 40,
  LOG_LPR: 48,
  LOG_NEWS: 56,
  LOG_UUCP: 64,
  LOG_CRON: 72,
  LOG_AUTHPRIV: 80,
  LOG_LOCAL0: 128,
  LOG_LOCAL1: 136,
  LOG_LOCAL2: 144,
  LOG_LOCAL3: 152,
  LOG_LOCAL4: 160,
  LOG_LOCAL5: 168,
  LOG_LOCAL6: 176,
  LOG_LOCAL7: 184,
};

const machineFor = (files: FileView, path: string, options: PhpConfigOptions): PhpMachine => {
  const at = { path };
  const constants = new Map<string, PhpValue>();
  for (const [name, value] of Object.entries({ ...ownConstants, ...options.constants })) {
    constants.set(
      name,
      typeof value === 'number' ? { is: 'number', number: value, at } : phpString(value, at),
    );
  }
  return {
    files,
    constants,
    functions: new Map(),
    includePath: options.includePath ?? [],
    workingFolder: options.workingFolder,
    steps: 0,
    filesOpened: 0,
  };
};

/**
 * Reads a configuration file that is a PHP program, as far as its text decides what it sets: no
 * code is run. What depends on a request, on the environment or on a condition that cannot be
 * decided is `unknown`, with the values that the text mentions as candidates. Undefined when the
 * file does not exist.
 */
export const readPhpConfig = (
  files: FileView,
  path: string,
  options: PhpConfigOptions = {},
): PhpConfig | undefined => {
  if (files.stat(path)?.kind !== 'file') return undefined;
  const machine = machineFor(files, path, options);
  const run: PhpRun = {
    machine,
    path,
    vars: new Map(options.variables),
    constants: new Map(),
    included: new Set([files.real(path) ?? path]),
    aliases: new Map(),
    left: [],
    includeDepth: 0,
  };
  const evaluator: Evaluator = evaluatorWith((at, node, target, silent) =>
    include(at, node, target, silent, () => evaluator),
  );
  try {
    runFile(run, evaluator);
  } catch (thrown) {
    if (!(thrown instanceof PhpTooLong || thrown instanceof RangeError)) throw thrown;
    const why = 'is too long a program to be followed';
    files.note({ what: path, why, how: 'Set plain values in it, without loops.' });
    loosenAll(run, `${path} ${why}`);
  }
  for (const [alias, name] of run.aliases) {
    const value = run.vars.get(name);
    if (value !== undefined) run.vars.set(alias, value);
  }
  return {
    path,
    variables: run.vars,
    constants: new Map([...run.constants, ...machine.constants]),
    ...(run.returned === undefined ? {} : { returned: run.returned }),
    ...(run.open === undefined ? {} : { open: run.open }),
  };
};

/** A variable that the file leaves behind: unknown when it may be set in a way that is not seen. */
export const phpVariable = (config: PhpConfig, name: string): PhpValue | undefined =>
  config.variables.get(name) ??
  (config.open === undefined ? undefined : phpUnknown(config.open, { path: config.path }));
