import type { FileView } from '../../core/files.ts';
import { joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import type { Destination } from './destination.ts';
import { passes } from './rsyslog-conditions.ts';
import { type Parameters, parseRsyslog, type Statement } from './rsyslog-syntax.ts';
import { actionTarget, legacyTarget, type Target } from './rsyslog-targets.ts';
import { always, both, type Message, never, not, type Passing } from './severities.ts';

/** A file that rsyslog itself reads (imfile). */
export interface FileInput {
  readonly pattern: string;
  readonly message: Message;
  readonly ruleset?: string;
  readonly because: Place;
}

export interface Rsyslog {
  readonly config: string;
  /** Whether it takes the lines of the local programs, and from where. */
  readonly takes: 'socket' | 'journal' | 'neither';
  readonly inputs: readonly FileInput[];
  destinationsOf(message: Message, ruleset?: string): readonly Destination[];
}

const defaultRuleset = 'RSYSLOG_DefaultRuleset';
const filesMax = 1_000;
const depthMax = 10;
const stepsMax = 100_000;

interface Rules {
  readonly byName: Map<string, Statement[]>;
  /** Names and their values: `$template`, `template()`, `$outchannel`. */
  readonly templates: Map<string, string>;
  readonly channels: Map<string, string>;
  readonly inputs: FileInput[];
  readonly modules: Map<string, Parameters>;
  start: string;
}

/** Loads a file and all that it includes, in order, into one list. */
const load = (files: FileView, config: string): readonly Statement[] => {
  let read = 0;
  const loadFile = (path: string, depth: number): readonly Statement[] => {
    if (depth > depthMax || read >= filesMax) {
      files.note({ what: path, why: 'rsyslog includes too many files; it was not read', how });
      return [];
    }
    read += 1;
    const text = files.text(path);
    if (text === undefined) return [];
    const { statements, faults } = parseRsyslog(text, path);
    for (const { line, why } of faults.slice(0, 20)) {
      files.note({ what: `${path}:${line}`, why: `rsyslog's configuration: ${why}`, how });
    }
    return expand(statements, depth);
  };
  const included = (pattern: string, depth: number): readonly Statement[] => {
    const whole = files.stat(pattern)?.kind === 'folder' ? `${joinPath(pattern)}/*` : pattern;
    return files
      .glob(whole)
      .filter(path => files.stat(path)?.kind === 'file')
      .flatMap(path => loadFile(path, depth + 1));
  };
  const expand = (statements: readonly Statement[], depth: number): readonly Statement[] =>
    statements.flatMap((statement): readonly Statement[] => {
      if ('parameters' in statement && isOff(statement.parameters.get('config.enabled'))) return [];
      if (statement.is === 'directive' && statement.name === 'includeconfig') {
        return included(statement.value.replace(/(?<!\s)\s+#.*$/s, ''), depth);
      }
      if (statement.is === 'object' && statement.name === 'include') {
        const file = statement.parameters.get('file');
        const inline = statement.parameters.get('text');
        if (inline !== undefined) {
          return expand(parseRsyslog(inline, statement.because.path).statements, depth + 1);
        }
        return file === undefined ? [] : included(file, depth);
      }
      if (statement.is === 'if') {
        return [
          {
            ...statement,
            within: expand(statement.within, depth),
            otherwise: expand(statement.otherwise, depth),
          },
        ];
      }
      if (statement.is === 'object' && statement.body !== undefined) {
        return [{ ...statement, body: expand(statement.body, depth) }];
      }
      return [statement];
    });
  return loadFile(config, 0);
};

const how = 'Run: rsyslogd -N1';

const isOff = (value: string | undefined): boolean => /^(?:off|no|0)$/i.test(value ?? '');

const isFileInput = (parameters: Parameters): boolean =>
  parameters.get('type')?.toLowerCase() === 'imfile' && parameters.has('file');

const fileInput = (parameters: Parameters, because: Place): FileInput => {
  const tag = parameters.get('tag')?.replace(/:$/, '');
  const ruleset = parameters.get('ruleset');
  return {
    pattern: parameters.get('file') ?? '',
    message: {
      facility: (parameters.get('facility') ?? 'local0').toLowerCase(),
      ...(tag === undefined ? {} : { program: tag }),
    },
    ...(ruleset === undefined ? {} : { ruleset }),
    because,
  };
};

const collect = (statements: readonly Statement[]): Rules => {
  const rules: Rules = {
    byName: new Map(),
    templates: new Map(),
    channels: new Map(),
    inputs: [],
    modules: new Map(),
    start: defaultRuleset,
  };
  let current = defaultRuleset;
  let legacyFile: { pattern?: string; tag?: string; facility?: string; because?: Place } = {};
  const add = (name: string, list: readonly Statement[]): void => {
    const known = rules.byName.get(name);
    if (known === undefined) rules.byName.set(name, [...list]);
    else known.push(...list);
  };
  const directive = (name: string, value: string, because: Place): void => {
    switch (name) {
      case 'ruleset':
        current = value === '' ? defaultRuleset : value;
        return;
      case 'defaultruleset':
        rules.start = value;
        return;
      case 'modload':
        rules.modules.set(value.replace(/\.so$/, '').replace(/^.*\//, ''), new Map());
        return;
      case 'omitlocallogging':
        if (/^(?:on|1)$/i.test(value)) rules.modules.set('omit-local', new Map());
        return;
      case 'template': {
        const [, key = '', text = ''] =
          /^([\w.-]{1,100})\s*,\s*"((?:[^"\\]|\\.)*)"/.exec(value) ?? [];
        rules.templates.set(key, text);
        return;
      }
      case 'outchannel': {
        const [key = '', path = '', size = ''] = value.split(',').map(part => part.trim());
        rules.channels.set(key, `${path},${size}`);
        return;
      }
      case 'inputfilename':
        legacyFile.pattern = value;
        legacyFile.because = because;
        return;
      case 'inputfiletag':
        legacyFile.tag = value.replace(/:$/, '');
        return;
      case 'inputfilefacility':
        legacyFile.facility = value;
        return;
      case 'inputrunfilemonitor':
        if (legacyFile.pattern !== undefined) {
          rules.inputs.push({
            pattern: legacyFile.pattern,
            message: {
              facility: legacyFile.facility ?? 'local0',
              ...(legacyFile.tag === undefined ? {} : { program: legacyFile.tag }),
            },
            because: legacyFile.because ?? because,
          });
        }
        legacyFile = {};
        return;
    }
  };
  for (const statement of statements) {
    if (statement.is === 'directive') {
      // CentOS ships `$ModLoad imuxsock # provides support for …`.
      const bare = statement.value.replace(/(?<!\s)\s+#.*$/s, '');
      const isTemplate = statement.name === 'template';
      directive(statement.name, isTemplate ? statement.value : bare, statement.because);
    } else if (statement.is === 'object') {
      const { name, parameters, because } = statement;
      if (name === 'ruleset') add(parameters.get('name') ?? '', statement.body ?? []);
      else if (name === 'module') {
        const module = (parameters.get('load') ?? '').replace(/^.*\//, '').replace(/\.so$/, '');
        rules.modules.set(module, parameters);
      } else if (name === 'template') {
        rules.templates.set(parameters.get('name') ?? '', parameters.get('string') ?? '%');
      } else if (name === 'global') {
        const start = parameters.get('defaultruleset');
        if (start !== undefined) rules.start = start;
      } else if (name === 'input' && isFileInput(parameters)) {
        rules.inputs.push(fileInput(parameters, because));
      }
    } else add(current, [statement]);
  }
  return rules;
};

/** Actions that run only when another fails, or only now and then. */
const isOccasional = (parameters: Parameters): boolean =>
  /^(?:on|yes|1)$/i.test(parameters.get('action.execonlywhenpreviousissuspended') ?? '') ||
  parameters.has('action.execonlyeverynthtime') ||
  parameters.has('action.execonlyonceeveryinterval');

const isStop = (text: string): boolean => /^(?:~|stop\b|:omdiscard:)/.test(text.trim());

/** Walks the rules as one line would, for all severities at once. */
const follow = (rules: Rules, message: Message, start: string): readonly Destination[] => {
  const out: Destination[] = [];
  let steps = 0;
  const note = (target: Target | undefined, because: Place, alive: Passing): void => {
    if (target !== undefined && alive.may !== 0 && out.length < 1_000) {
      out.push({ ...target, because, ...alive });
    }
  };
  /** Answers which lines go on after the statements. */
  const run = (statements: readonly Statement[], from: Passing, depth: number): Passing => {
    let alive = from;
    for (const statement of statements) {
      steps += 1;
      if (alive.may === 0 || steps > stepsMax) break;
      switch (statement.is) {
        case 'action':
          if ((statement.parameters.get('type') ?? '').toLowerCase() === 'omdiscard') return never;
          note(
            actionTarget(statement.parameters, rules),
            statement.because,
            isOccasional(statement.parameters) ? { sure: 0, may: alive.may } : alive,
          );
          break;
        case 'legacy':
          if (isStop(statement.text)) return never;
          note(legacyTarget(statement.text, rules), statement.because, alive);
          break;
        case 'stop':
          return never;
        case 'call': {
          const body = rules.byName.get(statement.ruleset);
          if (body !== undefined && depth < 20) alive = run(body, alive, depth + 1);
          break;
        }
        case 'if': {
          const filter = passes(statement.filter, message);
          const yes = both(alive, filter);
          const no = both(alive, not(filter));
          const afterYes = run(statement.within, yes, depth + 1);
          const afterNo = run(statement.otherwise, no, depth + 1);
          const stoppedPerhaps = (yes.may & ~afterYes.sure) | (no.may & ~afterNo.sure);
          // Whatever survives both ways survives, even where the filter cannot be told.
          const keepsYes = (yes.may & ~afterYes.may) === 0 && statement.within.every(harmless);
          const keepsNo = (no.may & ~afterNo.may) === 0 && statement.otherwise.every(harmless);
          alive = {
            sure:
              keepsYes && keepsNo
                ? alive.sure
                : alive.sure & (afterYes.sure | afterNo.sure | ~stoppedPerhaps),
            may: alive.may & (afterYes.may | afterNo.may),
          };
          break;
        }
        case 'object':
        case 'directive':
        case 'other':
          break;
      }
    }
    return alive;
  };
  run(rules.byName.get(start) ?? [], always, 0);
  return out;
};

/** Whether no path through a statement ends the line's way. */
const harmless = (statement: Statement): boolean => {
  switch (statement.is) {
    case 'stop':
    case 'call':
      return false;
    case 'legacy':
      return !isStop(statement.text);
    case 'action':
      return (statement.parameters.get('type') ?? '').toLowerCase() !== 'omdiscard';
    case 'if':
      return statement.within.every(harmless) && statement.otherwise.every(harmless);
    case 'object':
    case 'directive':
    case 'other':
      return true;
  }
};

const takesOf = ({ modules }: Rules): Rsyslog['takes'] => {
  const socket = modules.get('imuxsock');
  const off = isOff(socket?.get('syssock.use')) || modules.has('omit-local');
  if (socket !== undefined && !off) return 'socket';
  return modules.has('imjournal') ? 'journal' : 'neither';
};

/** Reads rsyslog's configuration; undefined when there is none. */
export const openRsyslog = (
  files: FileView,
  config: string = '/etc/rsyslog.conf',
): Rsyslog | undefined => {
  if (files.stat(config)?.kind !== 'file') return undefined;
  const rules = collect(load(files, config));
  return {
    config,
    takes: takesOf(rules),
    inputs: rules.inputs,
    destinationsOf: (message, ruleset) => follow(rules, message, ruleset ?? rules.start),
  };
};
