import type { FileView } from '../../core/files.ts';
import { hasWildcard } from '../../core/glob.ts';
import { joinPath, resolveFrom } from '../../core/paths.ts';
import { type ApacheLine, apacheLines, apacheWords, expandVariables } from './apache-lines.ts';

/** One directive, or one section with what stands in it. Conditions are already settled. */
export interface ApacheDirective {
  /** In small letters: httpd does not tell them apart. */
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly ApacheDirective[];
  readonly path: string;
  readonly line: number;
}

export interface ApacheStart {
  readonly config: string;
  readonly serverRoot: string;
  /** From envvars and unit files. */
  readonly environment: ReadonlyMap<string, string>;
  /** `-D` of the command line. */
  readonly defines: readonly string[];
  /** `2.4.62`. */
  readonly version: string;
}

interface OpenSection {
  readonly name: string;
  readonly active: boolean;
  /** Undefined for a condition, whose inside belongs to the section around it. */
  readonly node?: {
    readonly args: readonly string[];
    readonly path: string;
    readonly line: number;
  };
  readonly block: ApacheDirective[];
}

interface Macro {
  readonly parameters: readonly string[];
  readonly body: readonly string[];
}

const filesMax = 5_000;
const depthMax = 20;
const directivesMax = 300_000;
const macrosUsedMax = 20_000;

const conditions: ReadonlySet<string> = new Set([
  'ifmodule',
  'ifdefine',
  'ifversion',
  'iffile',
  'ifdirective',
  'ifsection',
  'else',
]);

/** Compiled into every build that is in use. */
const builtIn: readonly string[] = [
  'core_module',
  'http_module',
  'so_module',
  'log_config_module',
  'logio_module',
  'version_module',
  'unixd_module',
  'watchdog_module',
  'core.c',
  'http_core.c',
  'mod_so.c',
  'mod_log_config.c',
  'mod_logio.c',
  'mod_version.c',
  'mod_unixd.c',
  'mod_watchdog.c',
];

const compareVersions = (a: string, b: string): number => {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const versionHolds = (args: readonly string[], version: string): boolean => {
  const [first = '', second] = args;
  const negated = first.startsWith('!');
  const operator = second === undefined ? '=' : first.replace(/^!/, '');
  const wanted = second ?? first.replace(/^!/, '');
  if (operator === '~' || wanted.startsWith('/')) return true;
  const order = compareVersions(version, wanted);
  const holds =
    operator === '>'
      ? order > 0
      : operator === '>='
        ? order >= 0
        : operator === '<'
          ? order < 0
          : operator === '<='
            ? order <= 0
            : order === 0;
  return holds !== negated;
};

/** Reads a configuration as httpd does: includes, variables, macros and conditions while reading. */
class ApacheReader {
  readonly root: ApacheDirective[] = [];
  private readonly open: OpenSection[] = [];
  private readonly modules = new Set(builtIn);
  private readonly variables: Map<string, string>;
  private readonly defined: Set<string>;
  private readonly macros = new Map<string, Macro>();
  private recording: { name: string; parameters: readonly string[]; body: string[] } | undefined;
  private modulesSeen = false;
  private serverRoot: string;
  /** A file that is included a thousand times is taken apart once. */
  private readonly linesOf = new Map<string, readonly ApacheLine[]>();
  private filesRead = 0;
  private macrosUsed = 0;
  private count = 0;
  private readonly files: FileView;
  private readonly start: ApacheStart;

  constructor(files: FileView, start: ApacheStart) {
    this.files = files;
    this.start = start;
    this.serverRoot = start.serverRoot;
    this.variables = new Map(start.environment);
    this.defined = new Set(start.defines);
  }

  readFile(path: string, stack: readonly string[]): void {
    this.filesRead += 1;
    if (stack.length >= depthMax || stack.includes(path) || this.filesRead > filesMax) {
      this.refuse(
        path,
        stack.includes(path) ? 'includes itself' : 'is one of too many included files',
      );
      return;
    }
    const text = this.files.text(path);
    if (text === undefined) return;
    const depth = this.open.length;
    const lines = this.linesOf.get(path) ?? apacheLines(text);
    this.linesOf.set(path, lines);
    const inside = [...stack, path];
    for (const line of lines) {
      if (this.count > directivesMax) break;
      this.take(line, path, inside);
    }
    if (this.recording !== undefined) {
      this.refuse(path, `does not end the macro "${this.recording.name}"`);
      this.recording = undefined;
    }
    if (this.open.length > depth)
      this.refuse(path, `does not end <${this.open.at(-1)?.name ?? ''}>`);
    while (this.open.length > depth) this.close();
  }

  private refuse(what: string, why: string): void {
    this.files.note({
      what,
      why: `${why}; httpd would refuse it, and what was read of it may be wrong`,
      how: 'Run apachectl configtest and mend what it names.',
    });
  }

  private get active(): boolean {
    return this.open.at(-1)?.active ?? true;
  }

  private get here(): ApacheDirective[] {
    return this.open.findLast(section => section.node !== undefined)?.block ?? this.root;
  }

  private close(): void {
    const section = this.open.pop();
    if (section?.node === undefined || !section.active) return;
    this.here.push({ name: section.name, block: section.block, ...section.node });
  }

  private take({ text, line }: ApacheLine, path: string, stack: readonly string[]): void {
    if (this.recording !== undefined) {
      this.record(text);
      return;
    }
    this.count += 1;
    if (this.count > directivesMax) {
      if (this.count === directivesMax + 1)
        this.refuse(path, `has more than ${directivesMax} directives`);
      return;
    }
    const closing = /^<\/\s*([A-Za-z]+)\s*>/.exec(text);
    if (closing !== null) {
      const name = (closing[1] ?? '').toLowerCase();
      if (this.open.at(-1)?.name === name) this.close();
      else this.refuse(`${path}:${line}`, `has a </${name.slice(0, 40)}> that ends nothing`);
      return;
    }
    const expanded = expandVariables(text, this.variables);
    const section = expanded.startsWith('<');
    const [first = '', ...args] = apacheWords(
      section ? expanded.slice(1).replace(/>\s*$/, '') : expanded,
    );
    const name = first.toLowerCase();
    if (section) this.enter(name, args, path, line);
    else if (this.active) this.directive(name, args, path, line, stack);
  }

  private enter(name: string, args: readonly string[], path: string, line: number): void {
    if (this.open.length >= depthMax * 2) {
      this.refuse(`${path}:${line}`, `is nested deeper than ${depthMax * 2} sections`);
      return;
    }
    if (name === 'macro' && this.active) {
      const [macro = '', ...parameters] = args;
      this.recording = { name: macro.toLowerCase(), parameters, body: [] };
      return;
    }
    if (conditions.has(name)) {
      this.open.push({ name, active: this.active && this.holds(name, args), block: [] });
    } else this.open.push({ name, active: this.active, node: { args, path, line }, block: [] });
  }

  private record(text: string): void {
    const { recording } = this;
    if (recording === undefined) return;
    if (/^<\/\s*macro\s*>/i.test(text)) {
      this.macros.set(recording.name, recording);
      this.recording = undefined;
    } else recording.body.push(text);
  }

  private use(args: readonly string[], path: string, line: number, stack: readonly string[]): void {
    const [name = '', ...values] = args;
    const macro = this.macros.get(name.toLowerCase());
    this.macrosUsed += 1;
    if (macro === undefined || stack.length >= depthMax || this.macrosUsed > macrosUsedMax) {
      const why = macro === undefined ? 'which is not defined' : 'too often or too deep';
      this.refuse(`${path}:${line}`, `uses the macro "${name.slice(0, 40)}", ${why}`);
      return;
    }
    // Longer names first: `$domain` must not be taken for `$do`.
    const pairs = macro.parameters
      .map((parameter, i) => [parameter, values[i] ?? ''] as const)
      .filter(([parameter]) => parameter !== '')
      .sort(([a], [b]) => b.length - a.length);
    for (const body of macro.body) {
      let text = body;
      for (const [parameter, value] of pairs)
        text = text.replaceAll(parameter, () => value).slice(0, 8_192);
      this.take({ text, line }, path, [...stack, `macro ${name}`]);
    }
  }

  private holds(condition: string, args: readonly string[]): boolean {
    const [first = ''] = args;
    const negated = first.startsWith('!');
    const subject = first.replace(/^!\s*/, '') || (args[1] ?? '');
    // Without a single LoadModule in sight the modules are compiled in or loaded elsewhere.
    if (condition === 'ifmodule')
      return (this.modules.has(subject) || !this.modulesSeen) !== negated;
    if (condition === 'ifdefine') return this.defined.has(subject) !== negated;
    if (condition === 'ifversion') return versionHolds(args, this.start.version);
    if (condition === 'iffile') {
      return (this.files.stat(resolveFrom(this.serverRoot, subject)) !== undefined) !== negated;
    }
    return true;
  }

  private directive(
    name: string,
    args: readonly string[],
    path: string,
    line: number,
    stack: readonly string[],
  ): void {
    const [first = '', second = ''] = args;
    if (name === 'include' || name === 'includeoptional')
      this.include(name, first, `${path}:${line}`, stack);
    else if (name === 'use') this.use(args, path, line, stack);
    else if (name === 'define') {
      this.defined.add(first);
      if (args.length > 1) this.variables.set(first, second);
    } else if (name === 'undefine') {
      this.defined.delete(first);
      this.variables.delete(first);
    } else {
      if (name === 'serverroot') this.serverRoot = resolveFrom(this.serverRoot, first);
      if (name === 'loadmodule') this.load(first);
      this.here.push({ name, args, path, line });
    }
  }

  private load(identifier: string): void {
    this.modulesSeen = true;
    this.modules.add(identifier);
    this.modules.add(`mod_${identifier.replace(/_module$/, '')}.c`);
    if (identifier.startsWith('mpm_'))
      this.modules.add(`${identifier.slice(4).replace(/_module$/, '')}.c`);
  }

  private include(name: string, argument: string, at: string, stack: readonly string[]): void {
    const pattern = resolveFrom(this.serverRoot, argument);
    if (hasWildcard(pattern)) {
      for (const path of this.files.glob(pattern)) this.includePath(path, stack, 0);
    } else if (this.files.stat(pattern) !== undefined) this.includePath(pattern, stack, 0);
    else if (name === 'include') this.refuse(pattern, `is included at ${at} and is not there`);
  }

  private includePath(path: string, stack: readonly string[], depth: number): void {
    const kind = this.files.stat(path)?.kind;
    if (kind === 'file') this.readFile(path, stack);
    else if (kind === 'folder' && depth < 8) {
      for (const entry of this.files.list(path)) {
        if (!entry.name.startsWith('.'))
          this.includePath(joinPath(path, entry.name), stack, depth + 1);
      }
    }
  }
}

/** The configuration as one tree, conditions settled, includes and macros in their place. */
export const readApache = (files: FileView, start: ApacheStart): readonly ApacheDirective[] => {
  const reader = new ApacheReader(files, start);
  reader.readFile(start.config, []);
  return reader.root;
};

export const apacheAll = (
  block: readonly ApacheDirective[],
  ...names: readonly string[]
): readonly ApacheDirective[] => block.filter(each => names.includes(each.name));

export const apacheLast = (
  block: readonly ApacheDirective[],
  name: string,
): ApacheDirective | undefined => block.findLast(each => each.name === name);
