import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import type { Listening } from '../../daemons/daemon-component.ts';
import type { Endpoint } from '../../platform.ts';
import { readSmtpdConf, type SmtpdStatement } from '../../syntax/smtpd-conf.ts';

interface SmtpdListener extends Listening {
  readonly asksLogin: boolean;
  /** Table that logins are asked of; absent: the accounts of this host. */
  readonly authTable?: string;
  readonly filter?: string;
}

interface SmtpdFilter {
  readonly name: string;
  readonly because: Place;
  /** The command of `proc-exec`, or of the `proc` that it names. */
  readonly command?: string;
  readonly user?: string;
  /** Of a chain: the filters in it. */
  readonly chain: readonly string[];
}

export interface SmtpdAction {
  readonly name: string;
  readonly method: string;
  readonly words: readonly string[];
  readonly because: Place;
}

interface SmtpdTable {
  readonly name: string;
  /** `file`, `db`, `static`, or the program that answers (`mysql`, `ldap`). */
  readonly type: string;
  readonly path: string;
  readonly because: Place;
}

export interface SmtpdSettings {
  readonly listeners: readonly SmtpdListener[];
  readonly socketFilter?: string;
  readonly filters: readonly SmtpdFilter[];
  readonly actions: readonly SmtpdAction[];
  /** Names of actions that a `match` leads to. */
  readonly used: ReadonlySet<string>;
  readonly tables: ReadonlyMap<string, SmtpdTable>;
  readonly keys: readonly { readonly path: string; readonly because: Place }[];
}

const portNames: Readonly<Record<string, number>> = {
  smtp: 25,
  smtps: 465,
  submissions: 465,
  submission: 587,
};

/** The word behind another: `port 587`, `filter x`. */
export const behind = (words: readonly string[], name: string): string | undefined => {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
};

/** `<aliases>`, the name of a table. */
export const tableName = (word: string | undefined): string | undefined =>
  /^<(.{1,200})>$/.exec(word ?? '')?.[1];

/** An address stays one; an interface of the loop is the host itself, any other faces outwards. */
const hostOf = (word: string): string => {
  if (/^lo\d*$/.test(word) || word === 'localhost') return '127.0.0.1';
  return /[.:]/.test(word) ? word : '*';
};

const listenerOf = ({ words, because }: SmtpdStatement): SmtpdListener => {
  const options = words.slice(3);
  const stated = behind(options, 'port');
  const otherwise = options.includes('smtps') ? 465 : 25;
  const number = Number(stated ?? otherwise);
  const port = portNames[stated ?? ''] ?? (number > 0 && number < 65_536 ? number : otherwise);
  const at = options.findIndex(word => word === 'auth' || word === 'auth-optional');
  const authTable = at < 0 ? undefined : tableName(options[at + 1]);
  const filter = behind(options, 'filter');
  const endpoint: Endpoint = { net: 'tcp', host: hostOf(words[2] ?? ''), port };
  return {
    endpoint,
    because,
    asksLogin: at >= 0,
    ...(authTable === undefined ? {} : { authTable }),
    ...(filter === undefined ? {} : { filter }),
  };
};

const filterOf = (
  { words, because }: SmtpdStatement,
  procs: ReadonlyMap<string, { readonly command: string; readonly user?: string }>,
): SmtpdFilter => {
  const [, name = '', kind = '', argument = ''] = words;
  const proc = kind === 'proc' ? procs.get(argument) : undefined;
  const command = kind === 'proc-exec' ? argument : proc?.command;
  const user = proc?.user ?? behind(words.slice(4), 'user');
  return {
    name,
    because,
    chain: kind === 'chain' ? words.slice(3).filter(word => !/^[{},]$/.test(word)) : [],
    ...(command === undefined ? {} : { command }),
    ...(user === undefined ? {} : { user }),
  };
};

const tableOf = ({ words, because }: SmtpdStatement): SmtpdTable => {
  const [, name = '', from = ''] = words;
  const match = /^([\w-]{1,60}):(.*)$/s.exec(from);
  const type = from.startsWith('/') ? 'file' : (match?.[1] ?? 'static');
  return { name, type, path: from.startsWith('/') ? from : (match?.[2] ?? ''), because };
};

/** Sorts the directives of smtpd.conf(5). */
export const readSettings = (files: FileView, path: string): SmtpdSettings => {
  const { statements, problems } = readSmtpdConf(files, path);
  for (const { place, why } of problems.slice(0, 20)) {
    files.note({
      what: `${place.path}:${place.line ?? 1}`,
      why,
      how: 'Check with: smtpd -n',
    });
  }
  const old = statements.find(({ words }) => words[0] === 'accept' || words[0] === 'reject');
  if (old !== undefined) {
    files.note({
      what: `${old.because.path}:${old.because.line ?? 1}`,
      why: 'is written in the grammar of OpenSMTPD before 6.4, which was not read: where mail goes is not known',
      how: 'Update OpenSMTPD, and write its rules as action and match.',
    });
  }
  const of = (name: string): readonly SmtpdStatement[] =>
    statements.filter(({ words }) => words[0] === name);
  const procs = new Map(
    of('proc').map(({ words }) => {
      const user = behind(words.slice(3), 'user');
      return [
        words[1] ?? '',
        { command: words[2] ?? '', ...(user === undefined ? {} : { user }) },
      ] as const;
    }),
  );
  const listens = of('listen').filter(({ words }) => words[1] === 'on');
  const socket = listens.find(({ words }) => words[2] === 'socket');
  const socketFilter = socket === undefined ? undefined : behind(socket.words, 'filter');
  return {
    listeners: listens.filter(({ words }) => words[2] !== 'socket').map(listenerOf),
    ...(socketFilter === undefined ? {} : { socketFilter }),
    filters: of('filter').map(each => filterOf(each, procs)),
    actions: of('action').map(({ words, because }) => ({
      name: words[1] ?? '',
      method: words[2] ?? '',
      words: words.slice(3),
      because,
    })),
    used: new Set(
      of('match').flatMap(({ words }) => {
        const action = behind(words, 'action');
        return action === undefined ? [] : [action];
      }),
    ),
    tables: new Map(
      of('table')
        .map(tableOf)
        .map(table => [table.name, table]),
    ),
    keys: of('pki').flatMap(({ words, because }) => {
      const key = behind(words, 'key');
      return key === undefined ? [] : [{ path: key, because }];
    }),
  };
};
