import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import { baseOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { defaultDeliveries } from '../courier-suite/default-delivery.ts';
import { findProgram, programs } from '../courier-suite/layout.ts';
import { programPaths } from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Link, Platform } from '../platform.ts';
import { programAt } from '../programs/piped-programs.ts';
import { spamcLinks } from '../programs/spamc.ts';
import { shellWords } from '../syntax/shell-defaults.ts';

const id = componentId('maildrop');
const binaries = [...programPaths(['maildrop']), '/usr/lib/courier/bin/maildrop'];
/** Debian; a build within Courier; a build by hand (maildroprc(5)). */
const globalFiles = ['/etc/maildroprc', '/etc/courier/maildroprc', '/usr/local/etc/maildroprc'];
const personalFiles = ['/home/*/.mailfilter', '/root/.mailfilter', '/home/*/.mailfilters/*'];
const filesMax = 2_000;

interface Statement {
  readonly word: string;
  /** Without its quotes; variables as written. */
  readonly argument: string;
  readonly because: Place;
}

/** The argument of a statement up to its closing quote, or to a comment when bare. */
const argumentOf = (text: string): string => {
  const mark = text.charAt(0);
  if (mark !== '"' && mark !== "'" && mark !== '`') return (text.split('#')[0] ?? '').trim();
  for (let i = 1; i < text.length; i++) {
    if (text.charAt(i) === '\\') i += 1;
    else if (text.charAt(i) === mark) return text.slice(1, i).replace(/\\(["'\\])/g, '$1');
  }
  return text.slice(1);
};

/** The statements that run or read something else (maildropfilter(7)). */
const statementsOf = (text: string, path: string): readonly Statement[] =>
  text
    .split('\n')
    .slice(0, 20_000)
    .flatMap((raw, i): readonly Statement[] => {
      const bare = raw.trim();
      if (bare.startsWith('#')) return [];
      const because = { path, line: i + 1 };
      const match =
        /(?:^|[\s;{}()])(xfilter|to|cc|include|logfile)\s*(?:\(\s*)?(["'`/$|!].*)$/s.exec(bare);
      const ran = /=\s*`([^`]{1,2000})/.exec(bare);
      return [
        ...(match === null
          ? []
          : [{ word: match[1] ?? '', argument: argumentOf(match[2] ?? ''), because }]),
        ...(ran === null ? [] : [{ word: '`', argument: ran[1] ?? '', because }]),
      ];
    });

/** Files and what they include, each once; what a variable names cannot be followed. */
const read = (files: FileView, first: readonly string[]): readonly Statement[] => {
  const out: Statement[] = [];
  const seen = new Set<string>();
  const open = [...first];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    if (seen.has(path) || seen.size >= filesMax || files.stat(path)?.kind !== 'file') continue;
    seen.add(path);
    for (const statement of statementsOf(files.text(path) ?? '', path)) {
      out.push(statement);
      if (statement.word !== 'include') continue;
      if (statement.argument.startsWith('/') && !/[$`]/.test(statement.argument)) {
        open.unshift(statement.argument);
      } else {
        files.note({
          what: `${path}:${statement.because.line ?? 1}`,
          why: 'includes a file whose name depends on the message or the user; it was not read',
          how: 'Look through the files that it may name for xfilter and for programs that mail is given to.',
        });
      }
    }
  }
  return out;
};

/** The program that a statement runs, with what it does to the mail. */
const ranBy = (
  statement: Statement,
):
  | {
      readonly program: string;
      readonly args: readonly string[];
      readonly mode: 'read' | 'write';
      readonly how: string;
    }
  | undefined => {
  const { word, argument } = statement;
  const pipe = (word === 'to' || word === 'cc') && /^\s*\|/.test(argument);
  if (word !== 'xfilter' && word !== '`' && !pipe) return undefined;
  const words = shellWords(argument.replace(/^\s*\|\s*/, '').slice(0, 2_000));
  const first = words.findIndex(each => !/^[A-Za-z_]\w*=/.test(each));
  const program = words[first];
  if (program === undefined || baseOf(program) === '') return undefined;
  const args = words.slice(first + 1);
  if (word === 'xfilter') {
    return { program, args, mode: 'write', how: 'it passes through it (xfilter)' };
  }
  return { program, args, mode: 'read', how: pipe ? 'it is given to it' : 'it makes it run' };
};

const handedOver = (statement: Statement, ran: NonNullable<ReturnType<typeof ranBy>>): Reach => {
  const personal = statement.because.path.includes('/.mailfilter');
  return {
    resource: 'mail-in-transit',
    mode: ran.mode,
    extent: `${personal ? 'mail of one account' : 'mail that maildrop delivers'}: ${ran.how}`,
    because: statement.because,
  };
};

/** The spamd that `xfilter "spamc"` hands each message on to. */
const spamdOf = (
  files: FileView,
  packages: PackageIndex,
  statements: readonly Statement[],
  enabled: boolean | null,
): readonly Link[] =>
  spamcLinks(
    id,
    statements.slice(0, 2_000).flatMap(statement => {
      const ran = ranBy(statement);
      if (ran === undefined) return [];
      const { program, args } = ran;
      if (programAt(files, program) === undefined && tellsInstalled(packages)) return [];
      const reach = [handedOver(statement, ran)];
      return [
        {
          path: program,
          args,
          because: statement.because,
          kind: 'content-filter' as const,
          reach,
          ...(enabled === null ? { idle: null } : {}),
        },
      ];
    }),
  );

const programsOf = (
  packages: PackageIndex,
  statements: readonly Statement[],
  enabled: boolean | null,
): readonly Component[] => {
  const found = new Map<string, Component>();
  for (const statement of statements) {
    const ran = ranBy(statement);
    // reformail, mailbot and their like come with maildrop itself.
    if (ran === undefined || own.has(baseOf(ran.program))) continue;
    const reach = handedOver(statement, ran);
    const key = ran.program.slice(0, 500);
    const known = found.get(key);
    found.set(key, {
      id: componentId(`maildrop/${key}`),
      name: baseOf(ran.program).slice(0, 200),
      kind: 'content-filter',
      platform: 'maildrop',
      partOf: id,
      enabled,
      ...identify(packages, { files: [ran.program] }),
      foundAt: [...(known?.foundAt ?? []), statement.because].slice(0, 50),
      reach: [...(known?.reach ?? []), reach].slice(0, 50),
      logs: [],
    });
    if (found.size >= 500) break;
  }
  return [...found.values()];
};

const own: ReadonlySet<string> = new Set([
  'reformail',
  'reformime',
  'mailbot',
  'makemime',
  'lockmail',
  'makedat',
  'echo',
  'test',
  '[',
  'date',
]);

const logOf = (statements: readonly Statement[], place: Place): AccessLog => {
  const logfile = statements.find(
    ({ word, because }) => word === 'logfile' && !because.path.includes('/.mailfilter'),
  );
  if (logfile === undefined) {
    return {
      question: 'what was changed',
      emitted: 'off',
      why: 'no logfile is set: neither deliveries nor what a program made of a message are written down',
      because: place,
      remedy:
        '# Each account writes the file itself.\n# in /etc/maildroprc, at its top:\nlogfile "$HOME/.maildrop.log"',
    };
  }
  return {
    question: 'what was changed',
    emitted: 'partial',
    why: 'a line for each delivery with sender, subject and folder; what xfilter made of a message is not told',
    because: logfile.because,
    ...(logfile.argument.startsWith('/') && !/[$`]/.test(logfile.argument)
      ? { sink: { to: 'file', path: logfile.argument } as const }
      : {}),
  };
};

/** maildrop, which delivers mail and has programs look through it: maildrop(1), maildropfilter(7). */
export const maildrop: Platform = {
  id: 'maildrop',
  title: 'maildrop',
  reads: [...binaries, ...globalFiles, ...personalFiles],
  read: (files, packages) => {
    const binary = binaries.find(path => files.stat(path)?.kind === 'file');
    const packaged = ['maildrop', 'courier-maildrop'].some(
      name => packages.named(name) !== undefined,
    );
    if (binary === undefined && !packaged) return { components: [] };
    const mta = findProgram(files, packages, programs.mta, 'courierd');
    const called =
      mta === undefined
        ? undefined
        : defaultDeliveries(files).find(({ program }) => baseOf(program) === 'maildrop');
    const shared = globalFiles.filter(path => files.stat(path)?.kind === 'file');
    const statements = read(files, [
      ...shared,
      ...personalFiles.flatMap(pattern => files.glob(pattern)),
    ]);
    // Postfix and Exim say themselves that they call it.
    const enabled = called === undefined ? null : true;
    const place: Place = { path: shared[0] ?? binary ?? '/usr/bin/maildrop' };
    const main: Component = {
      id,
      name: 'maildrop',
      kind: 'content-filter',
      platform: 'maildrop',
      ...(called === undefined ? {} : { partOf: componentId('courier') }),
      enabled,
      ...identify(packages, {
        files: binary === undefined ? [] : [binary],
        names: ['maildrop', 'courier-maildrop'],
        otherwise: { origin: 'upstream', supplier: 'Double Precision, Inc.' },
      }),
      foundAt: called === undefined ? [place] : [place, called.because],
      reach:
        called === undefined
          ? []
          : [
              {
                resource: 'mail-in-transit',
                mode: 'write',
                extent: 'every message that is delivered to a local mailbox',
                because: called.because,
              },
            ],
      logs: [logOf(statements, place)],
    };
    return {
      components: [main, ...programsOf(packages, statements, enabled)],
      links: spamdOf(files, packages, statements, enabled),
    };
  },
};
