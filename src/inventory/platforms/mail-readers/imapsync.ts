import type { Account, MailReader } from './reader.ts';

/** The value of `--name value` or `--name=value`. */
const valueOf = (args: readonly string[], name: string): string | undefined => {
  const inline = args.find(arg => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  if (inline !== undefined) return inline;
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : args[at + 1];
};

const accountAt = (args: readonly string[], side: '1' | '2', line: number): Account | undefined => {
  const host = valueOf(args, `host${side}`);
  if (host === undefined || host === '') return undefined;
  const secret = valueOf(args, `password${side}`);
  const removes =
    side === '1' && args.some(arg => /^--(?:delete1?|expunge1?|delete1messages)$/.test(arg));
  return {
    host: /[$`]/.test(host) ? 'a server that a script computes' : host,
    protocol: 'IMAP',
    line,
    removes,
    writes: side === '2',
    // A variable is not the secret itself.
    ...(secret === undefined || /^[$`]/.test(secret) ? {} : { secretLine: line }),
  };
};

/** imapsync keeps no configuration: everything stands on its command line. */
export const imapsync: MailReader = {
  tool: 'imapsync',
  supplier: 'Gilles Lamiral',
  binaries: ['/usr/bin/imapsync', '/usr/local/bin/imapsync', '/opt/imapsync/imapsync'],
  packages: ['imapsync'],
  system: [],
  home: [],
  fileOptions: [],
  read: () => undefined,
  readArguments: (args, line) => {
    const accounts = (['1', '2'] as const)
      .map(side => accountAt(args, side, line))
      .filter(each => each !== undefined);
    if (accounts.length === 0) return undefined;
    return { accounts, settings: new Map() };
  },
  logs: (_, started, path) => {
    if (started.args.includes('--nolog')) {
      return [
        {
          question: 'who read what',
          emitted: 'off',
          why: '--nolog: imapsync writes nothing down',
          because: { path },
          remedy:
            '# On the command that starts imapsync: leave --nolog out, and give --logdir /var/log/imapsync.',
          sink: { to: 'nowhere' },
        },
      ];
    }
    const folder = valueOf(started.args, 'logdir');
    const file = valueOf(started.args, 'logfile');
    const full = file?.startsWith('/')
      ? file
      : file !== undefined && folder?.startsWith('/')
        ? `${folder}/${file}`
        : undefined;
    return [
      {
        question: 'who read what',
        emitted: 'on',
        why: 'imapsync logs every message that it copies, with folder, number and size, in a file for each run',
        because: { path },
        ...(full === undefined ? {} : { sink: { to: 'file', path: full } as const }),
      },
    ];
  },
};
