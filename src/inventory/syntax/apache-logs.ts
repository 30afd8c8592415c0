import { resolveFrom } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import type { ApacheDirective } from './apache.ts';
import { apacheAll, apacheLast } from './apache.ts';
import { apacheWords } from './apache-lines.ts';
import { pipedLog } from './piped-logs.ts';
import type { WebLog } from './served.ts';

/** `CLF` is built in (mod_log_config). */
const common = '%h %l %u %t "%r" %>s %b';

/** A program that the lines are piped to: what it does with them, where that is known. */
const piped = (command: string, because: Place): WebLog['to'] => {
  const words = apacheWords(command.replace(/^\|+\$?/, ''));
  const program = words[0]?.split('/').at(-1) ?? '';
  if (program === 'logger') {
    const after = (...flags: readonly string[]): string | undefined => {
      const at = words.findIndex(word => flags.includes(word));
      return at < 0 ? undefined : words[at + 1];
    };
    return {
      is: 'syslog',
      facility: (after('-p', '--priority') ?? 'user.notice').split('.')[0] ?? 'user',
      program: after('-t', '--tag') ?? 'root',
    };
  }
  const known = pipedLog(words, because);
  if (known !== undefined) return { is: 'file', ...known, piped: command };
  const path = words.slice(1).find(word => word.startsWith('/'));
  return { is: 'other', as: [program, path].filter(each => each !== undefined).join(' ') };
};

const destination = (text: string, serverRoot: string, because: Place): WebLog['to'] => {
  if (text.startsWith('|')) return piped(text, because);
  if (text.includes('${')) return { is: 'other', as: text };
  return { is: 'file', path: resolveFrom(serverRoot, text) };
};

export type ApacheFormats = ReadonlyMap<string, string>;

/** `LogFormat "text" name`; without a name it is what TransferLog uses from then on. */
export const apacheFormats = (main: readonly ApacheDirective[]): ApacheFormats => {
  const out = new Map([['CLF', common]]);
  for (const { args } of apacheAll(main, 'logformat')) {
    const [text = '', name = ''] = args;
    out.set(name, out.get(text) ?? text);
  }
  return out;
};

const logOf = (directive: ApacheDirective, formats: ApacheFormats, serverRoot: string): WebLog => {
  const [target = '', ...rest] = directive.args;
  const condition = rest.find(each => /^(?:env|expr)=/i.test(each));
  const named =
    directive.name === 'transferlog' ? '' : (rest.find(each => each !== condition) ?? '');
  const format =
    formats.get(named) ?? (named === '' ? common : named.includes('%') ? named : undefined);
  const because = { path: directive.path, line: directive.line };
  return {
    to: destination(target, serverRoot, because),
    because,
    ...(format === undefined ? {} : { format }),
    ...(condition === undefined ? {} : { onlyIf: condition }),
  };
};

const nowhere = (log: WebLog): boolean => log.to.is === 'file' && log.to.path === '/dev/null';

/**
 * A virtual host's own logs, else the main server's; GlobalLog always. Apache has no access log but
 * what is configured.
 */
export const apacheLogs = (
  main: readonly ApacheDirective[],
  host: readonly ApacheDirective[] | undefined,
  formats: ApacheFormats,
  serverRoot: string,
): { readonly logs: readonly WebLog[]; readonly logsOff?: Place } => {
  const names = ['customlog', 'transferlog'] as const;
  const own = host === undefined ? [] : apacheAll(host, ...names);
  const stated = own.length > 0 ? own : apacheAll(main, ...names);
  const all = [...stated, ...apacheAll(main, 'globallog')].map(each =>
    logOf(each, formats, serverRoot),
  );
  const logs = all.filter(each => !nowhere(each));
  const off = logs.length === 0 ? all.find(nowhere)?.because : undefined;
  return off === undefined ? { logs } : { logs, logsOff: off };
};

/** The user of the workers: `User`, after variables. */
export const apacheUser = (
  main: readonly ApacheDirective[],
): { readonly name: string; readonly because: Place } | undefined => {
  const user = apacheLast(main, 'user');
  const name = user?.args[0] ?? '';
  if (user === undefined || name === '' || name.includes('${')) return undefined;
  return { name, because: { path: user.path, line: user.line } };
};
