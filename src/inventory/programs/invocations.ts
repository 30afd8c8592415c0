import type { FileView } from '../../core/files.ts';
import { cronJobs } from '../../core/formats/crontab.ts';
import {
  parseUnit,
  readUnit,
  switchedOn,
  unitNames,
  unitValue,
  unitValues,
} from '../../core/formats/systemd.ts';
import { baseOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';

/** A command that some timer or service of this host starts. */
export interface Invocation {
  readonly tool: string;
  /** The word that names the program: a bare name or a path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly by: 'cron' | 'systemd';
  readonly unit?: string;
  readonly user?: string;
  /** False: the unit is installed and nothing starts it. */
  readonly active: boolean;
  readonly because: Place;
}

interface Command {
  readonly text: string;
  readonly by: 'cron' | 'systemd';
  readonly unit?: string;
  readonly user?: string;
  readonly active: boolean;
  readonly because: Place;
}

/** Words before a program's name that speak about it instead of starting it. */
const speaksOf: ReadonlySet<string> = new Set([
  '[',
  '[[',
  'test',
  'killall',
  'pkill',
  'pgrep',
  'pidof',
  'systemctl',
  'service',
  'echo',
  'printf',
  'logger',
  'which',
  'command',
  'type',
  'whereis',
  'apt',
  'apt-get',
  'dnf',
  'yum',
  'chown',
  'chmod',
  'rm',
  'ls',
  'cat',
  'grep',
  'cp',
  'mv',
  'mkdir',
  'touch',
  'find',
]);

interface Word {
  readonly text: string;
  /** `;`, `&&`, `|`, `(` and their like. */
  readonly ends: boolean;
}

/** Words of a shell command, quotes taken off. */
const shellWords = (text: string): readonly Word[] => {
  const out: Word[] = [];
  let word = '';
  let inWord = false;
  const flush = (): void => {
    if (inWord) out.push({ text: word, ends: false });
    word = '';
    inWord = false;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '"' || c === "'") {
      inWord = true;
      for (i += 1; i < text.length && text.charAt(i) !== c; i++) {
        if (c === '"' && text.charAt(i) === '\\') i += 1;
        word += text.charAt(i);
      }
    } else if (c === '\\') {
      i += 1;
      inWord = true;
      word += text.charAt(i);
    } else if (/[;&|()\n`{}]/.test(c) && !(c === '{' || c === '}')) {
      flush();
      out.push({ text: c, ends: true });
    } else if (c === '#' && !inWord) {
      break;
    } else if (/\s/.test(c)) flush();
    else {
      inWord = true;
      word += c;
    }
  }
  flush();
  return out.slice(0, 2_000);
};

/** The tools that a command line starts, with their arguments; `sh -c "…"` is looked into. */
const toolsIn = (
  text: string,
  tools: ReadonlySet<string>,
  depth = 0,
): readonly {
  readonly tool: string;
  readonly program: string;
  readonly args: readonly string[];
}[] => {
  const out: { tool: string; program: string; args: string[] }[] = [];
  let current: { tool: string; program: string; args: string[] } | undefined;
  let first: string | undefined;
  let previous = '';
  for (const { text: word, ends } of shellWords(text)) {
    if (ends) {
      current = undefined;
      first = undefined;
      previous = '';
      continue;
    }
    // Assignments before a command, and the words of a condition, are not the command yet.
    const isPrefix =
      /^[A-Za-z_]\w*=/.test(word) || /^(?:if|then|else|do|while|until|!|exec|time)$/.test(word);
    if (first === undefined && !isPrefix) first = word;
    if (current !== undefined) {
      current.args.push(word);
    } else if (tools.has(baseOf(word)) && !speaksOf.has(baseOf(first ?? ''))) {
      current = { tool: baseOf(word), program: word, args: [] };
      out.push(current);
    } else if (depth < 3 && /\s/.test(word) && /^-\w*c$/.test(previous)) {
      out.push(...toolsIn(word, tools, depth + 1).map(each => ({ ...each, args: [...each.args] })));
    }
    previous = word;
  }
  return out;
};

const scriptBytesMax = 1 << 18;
/** Programs of packages, and places in which no script of the administrator's lies. */
const packagedFolder =
  /^\/(?:(?:usr\/)?(?:s?bin|lib|lib64|libexec)|run|dev|proc|sys|tmp|var\/(?:run|log|lock|tmp))\//;

/** A script of the administrator's own that a command names: its lines, looked into once. */
const scriptOf = (
  files: FileView,
  command: string,
): { path: string; lines: readonly string[] } | undefined => {
  const path = shellWords(command)
    .map(({ text }) => text)
    .find(
      word =>
        word.startsWith('/') && !packagedFolder.test(word) && files.stat(word)?.kind === 'file',
    );
  if (path === undefined || (files.stat(path)?.sizeBytes ?? 0) > scriptBytesMax) return undefined;
  const head = Buffer.from(files.slice(path, 0, 2) ?? []).toString('latin1');
  if (head !== '#!') return undefined;
  return { path, lines: joinedLines(files.text(path) ?? '') };
};

/** Physical lines, each with those that it continues; the continuing ones are left empty. */
const joinedLines = (text: string): readonly string[] => {
  const lines = text.split('\n');
  const out = lines.map(() => '');
  let at = 0;
  lines.forEach((line, i) => {
    const goesOn = line.endsWith('\\');
    if ((out[at] ?? '').length < 65_536) out[at] += goesOn ? `${line.slice(0, -1)} ` : line;
    if (!goesOn) at = i + 1;
  });
  return out;
};

const execKeys = ['ExecStartPre', 'ExecStart', 'ExecStartPost'] as const;

const unitCommands = (files: FileView, tools: ReadonlySet<string>): readonly Command[] => {
  const ownServices = files
    .list('/etc/systemd/system')
    .map(({ name }) => name)
    .filter(name => name.endsWith('.service'));
  const packaged = unitNames(files, '.service').filter(name =>
    [...tools].some(tool => name.includes(tool)),
  );
  return [...new Set([...ownServices, ...packaged])].flatMap((name): readonly Command[] => {
    const unit = readUnit(files, name);
    if (unit === undefined) return [];
    const base = name.slice(0, -'.service'.length);
    const user = unitValue(unit, 'Service', 'User')?.value ?? 'root';
    const active = switchedOn(files, [base]) === true;
    return execKeys
      .flatMap(key => unitValues(unit, 'Service', key))
      .map(({ value, because }) => ({
        text: value.replace(/^[-@:+!|]+/, ''),
        by: 'systemd',
        unit: name,
        user,
        active,
        because,
      }));
  });
};

/** Units in people's own folders: started with their session or, lingering, with the host. */
const ownUnitCommands = (
  files: FileView,
  homes: readonly { folder: string; user: string }[],
): readonly Command[] =>
  homes.flatMap(({ folder, user }) =>
    files.glob(`${folder}/.config/systemd/user/*.service`).flatMap(path => {
      const name = baseOf(path);
      const wanted = files.glob(`${folder}/.config/systemd/user/*.wants/*`).map(baseOf);
      const timer = name.replace(/\.service$/, '.timer');
      return parseUnit(files.text(path) ?? '', path)
        .filter(({ section, key }) => section === 'Service' && key === 'ExecStart')
        .map(
          ({ value, because }): Command => ({
            text: value.replace(/^[-@:+!|]+/, ''),
            by: 'systemd',
            unit: name,
            user,
            active: wanted.includes(name) || wanted.includes(timer),
            because,
          }),
        );
    }),
  );

const withScripts = (
  files: FileView,
  command: Command,
  tools: ReadonlySet<string>,
): readonly Invocation[] => {
  const shared = {
    by: command.by,
    active: command.active,
    ...(command.unit === undefined ? {} : { unit: command.unit }),
    ...(command.user === undefined ? {} : { user: command.user }),
  };
  const direct = toolsIn(command.text, tools);
  if (direct.length > 0)
    return direct.map(each => ({ ...each, ...shared, because: command.because }));
  const script = scriptOf(files, command.text);
  if (script === undefined) return [];
  return script.lines.flatMap((line, i) =>
    toolsIn(line, tools).map(each => ({
      ...each,
      ...shared,
      because: { path: script.path, line: i + 1 },
    })),
  );
};

const invocationsMax = 5_000;

/** Everything on this host that starts one of these tools without a person. */
export const invocations = (
  files: FileView,
  tools: ReadonlySet<string>,
  homes: readonly { folder: string; user: string }[],
): readonly Invocation[] => {
  const commands: readonly Command[] = [
    ...cronJobs(files).map(
      ({ command, user, because }): Command => ({
        text: command,
        by: 'cron',
        active: true,
        because,
        ...(user === undefined ? {} : { user }),
      }),
    ),
    ...unitCommands(files, tools),
    ...ownUnitCommands(files, homes),
  ];
  return commands.flatMap(command => withScripts(files, command, tools)).slice(0, invocationsMax);
};
