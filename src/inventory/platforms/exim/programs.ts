import type { Reach } from '../../../core/component.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { type ProgramUse, programAt } from '../../programs/piped-programs.ts';
import { readAliases, readForward } from '../../syntax/aliases.ts';
import { commandProgram } from '../../syntax/command-program.ts';
import { type Driver, settingNamed } from '../../syntax/exim.ts';
import { expansionItems } from '../../syntax/exim-expansion.ts';
import { type Exim, isDynamic, valueOf } from './context.ts';

const passing = (extent: string, because: Place, mode: Reach['mode'] = 'read'): Reach => ({
  resource: 'mail-in-transit',
  mode,
  extent,
  because,
});

type User = { readonly user: string; readonly because: Place };

/** Who a pipe runs as: the transport's user, else that of the router that handed the mail over. */
const userOf = (...drivers: readonly (Driver | undefined)[]): User | undefined => {
  for (const driver of drivers) {
    const user = driver === undefined ? undefined : valueOf(driver, 'user');
    if (user !== undefined && !isDynamic(user.value)) {
      return { user: user.value, because: user.at };
    }
  }
  return undefined;
};

const withUser = (user: User | undefined): { readonly user?: User } =>
  user === undefined ? {} : { user };

const routersTo = (exim: Exim, transport: string): readonly Driver[] =>
  exim.setup.config.routers.filter(router => {
    const own = valueOf(router, 'transport')?.value ?? '';
    return own === transport || (isDynamic(own) && own.includes(transport));
  });

/** The router takes mail only while that program is there (`require_files`). */
const isGuarded = (exim: Exim, transport: string, program: string): boolean => {
  const routers = routersTo(exim, transport);
  return (
    routers.length > 0 &&
    routers.every(router => (valueOf(router, 'require_files')?.value ?? '').includes(program))
  );
};

/** Programs that transports of driver `pipe` start, and filters that rewrite what others send. */
const transportPrograms = (exim: Exim): readonly ProgramUse[] =>
  exim.setup.config.transports.flatMap((transport): readonly ProgramUse[] => {
    const idle = !exim.transports.includes(transport);
    const driver = valueOf(transport, 'driver')?.value;
    const command = driver === 'pipe' ? valueOf(transport, 'command') : undefined;
    const filter = valueOf(transport, 'transport_filter');
    const piped = command === undefined ? undefined : commandProgram(command.value);
    const filtered = filter === undefined ? undefined : commandProgram(filter.value);
    const guarded =
      piped !== undefined &&
      programAt(exim.files, piped.path) === undefined &&
      isGuarded(exim, transport.name, piped.path);
    return [
      ...(command === undefined || piped === undefined || guarded
        ? []
        : [
            {
              path: piped.path,
              args: piped.args,
              kind: 'content-filter',
              because: command.at,
              idle,
              reach: [
                passing(`every message that transport ${transport.name} pipes to it`, command.at),
              ],
              ...withUser(userOf(transport, ...routersTo(exim, transport.name))),
            } as const,
          ]),
      ...(filter === undefined || filtered === undefined
        ? []
        : [
            {
              path: filtered.path,
              args: filtered.args,
              kind: 'content-filter',
              because: filter.at,
              idle,
              reach: [
                passing(
                  `every message that transport ${transport.name} delivers`,
                  filter.at,
                  'write',
                ),
              ],
              ...withUser(userOf(transport)),
            } as const,
          ]),
    ];
  });

/** Files that a redirect router looks addresses up in, parts that vary as `*`. */
const aliasFiles = (router: Driver): readonly { readonly path: string; readonly at: Place }[] => {
  const data = valueOf(router, 'data');
  const file = valueOf(router, 'file');
  const found = [
    ...(data === undefined
      ? []
      : expansionItems(data.value)
          .filter(({ name, between }) => name === 'lookup' && /lsearch|^dbm|^cdb/.test(between))
          // Of a hashed table the text that it is made of is read.
          .map(({ args }) => ({
            path: (args[1] ?? '').trim().replace(/\.(?:db|cdb|dbm)$/, ''),
            at: data.at,
          }))),
    ...(file === undefined ? [] : [{ path: file.value, at: file.at }]),
  ];
  return found
    .map(({ path, at }) => ({
      path: path
        .trim()
        .replace(/\$\{[^}]{0,200}\}/g, '*')
        .replace(/\$[A-Za-z_]\w*/g, '*'),
      at,
    }))
    .filter(({ path }) => /^\/[\w.*@-]+(?:\/[\w.*@+-]+)*$/.test(path) && !path.startsWith('/*'));
};

/** `pipe "command"` of an Exim filter file. */
const filterPipes = (
  path: string,
  text: string,
): readonly { readonly command: string; readonly because: Place }[] =>
  text.split('\n').flatMap((line, i) => {
    const match = /^[^#]{0,200}\bpipe\s+(?:"((?:[^"\\]|\\.){1,2000})"|(\S{1,2000}))/.exec(line);
    const command = match?.[1] ?? match?.[2];
    return command === undefined ? [] : [{ command, because: { path, line: i + 1 } }];
  });

/** Users' own lists: `file = $home/.forward`. */
const homeFiles = (exim: Exim, router: Driver): readonly string[] => {
  const name = /^\$\{?(?:home|local_user_home)\}?\/([\w.-]{1,100})$/.exec(
    valueOf(router, 'file')?.value ?? '',
  )?.[1];
  return name === undefined
    ? []
    : [`/root/${name}`, `/home/*/${name}`].flatMap(glob => [...exim.files.glob(glob)]);
};

/** Programs that aliases and users' `.forward` files start. */
const redirectPrograms = (exim: Exim): readonly ProgramUse[] =>
  exim.setup.config.routers.flatMap((router): readonly ProgramUse[] => {
    const pipes = valueOf(router, 'pipe_transport');
    const forbidden = valueOf(router, 'forbid_pipe')?.value === 'true';
    if (valueOf(router, 'driver')?.value !== 'redirect' || forbidden) return [];
    // Without a pipe_transport, mail to a |program fails.
    if (pipes === undefined) return [];
    const transport = exim.setup.config.transports.find(({ name }) => name === pipes.value);
    const user = userOf(transport, router);
    const one = (command: string, because: Place, whose: string): readonly ProgramUse[] => {
      const program = commandProgram(command);
      if (program === undefined || isDynamic(program.path)) return [];
      return [
        {
          path: program.path,
          args: program.args,
          kind: 'content-filter',
          because,
          reach: [passing(`every message to ${whose}`, because)],
          ...withUser(user),
        },
      ];
    };
    const direct = valueOf(router, 'data');
    return [
      ...(direct?.value.trimStart().startsWith('|') === true
        ? one(direct.value.trim().slice(1), direct.at, `those whom router ${router.name} takes`)
        : []),
      ...aliasFiles(router).flatMap(({ path }) =>
        (path.includes('*') ? exim.files.glob(path) : [path]).flatMap(file =>
          readAliases(exim.files, file, { blanksEndName: true }).flatMap(({ name, targets }) =>
            targets
              .filter(({ to }) => to === 'program')
              .flatMap(({ text, because }) => one(text, because, `the alias ${name}`)),
          ),
        ),
      ),
      ...homeFiles(exim, router).flatMap(path => [
        ...readForward(exim.files, path)
          .filter(({ to }) => to === 'program')
          .flatMap(({ text, because }) => one(text, because, `the owner of ${path}`)),
        ...filterPipesOf(exim, path).flatMap(({ command, because }) =>
          one(command, because, `the owner of ${path}`),
        ),
      ]),
    ];
  });

const filterPipesOf = (exim: Exim, path: string): ReturnType<typeof filterPipes> => {
  const text = exim.files.stat(path)?.kind === 'file' ? (exim.files.text(path) ?? '') : '';
  return /^#\s*exim\s+filter/i.test(text) ? filterPipes(path, text) : [];
};

/** The system filter's own pipes. */
const systemFilterPrograms = (exim: Exim): readonly ProgramUse[] => {
  const setting = settingNamed(exim.setup.config.main, 'system_filter');
  if (setting === undefined || !setting.value.startsWith('/')) return [];
  return filterPipesOf(exim, setting.value).flatMap(({ command, because }) => {
    const program = commandProgram(command);
    return program === undefined
      ? []
      : [
          {
            path: program.path,
            kind: 'content-filter' as const,
            because,
            reach: [passing('messages that the system filter pipes to it', because)],
          },
        ];
  });
};

/** `${run{command}}`, router driver queryprogram, ETRN's command. */
const askedPrograms = (exim: Exim): readonly ProgramUse[] => {
  const runs = exim.texts.flatMap(({ items, section, owner, setting }) =>
    items
      .filter(({ name }) => name === 'run')
      .flatMap(({ args }): readonly ProgramUse[] => {
        const program = commandProgram(args[0] ?? '');
        if (program === undefined) return [];
        const where = owner === '' ? section : `${section} ${owner}`;
        return [
          {
            path: program.path,
            kind: 'policy-service',
            because: setting.at,
            reach: [passing(`what ${where} tells it about messages`, setting.at)],
          },
        ];
      }),
  );
  const queries = exim.setup.config.routers.flatMap((router): readonly ProgramUse[] => {
    if (valueOf(router, 'driver')?.value !== 'queryprogram') return [];
    const command = valueOf(router, 'command');
    const program = commandProgram(command?.value ?? '');
    const user = valueOf(router, 'command_user');
    if (command === undefined || program === undefined) return [];
    return [
      {
        path: program.path,
        kind: 'policy-service',
        because: command.at,
        reach: [
          passing(`it says where the mail of router ${router.name} goes`, command.at, 'write'),
        ],
        ...(user === undefined ? {} : { user: { user: user.value, because: user.at } }),
      },
    ];
  });
  const etrn = settingNamed(exim.setup.config.main, 'smtp_etrn_command');
  const etrnProgram = commandProgram(etrn?.value ?? '');
  return [
    ...runs,
    ...queries,
    ...(etrn === undefined || etrnProgram === undefined
      ? []
      : [{ path: etrnProgram.path, kind: 'connector', because: etrn.at, reach: [] } as const]),
  ];
};

/** Every program that Exim starts by its configuration; not itself, which scanning setups pipe to. */
export const programUses = (exim: Exim): readonly ProgramUse[] =>
  [
    ...transportPrograms(exim),
    ...redirectPrograms(exim),
    ...systemFilterPrograms(exim),
    ...askedPrograms(exim),
  ].filter(({ path }) => !/^(?:exim4?|sendmail)$/.test(baseOf(path)));
