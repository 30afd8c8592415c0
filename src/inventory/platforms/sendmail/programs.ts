import type { Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { baseOf, pathAtEnd } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import type { ProgramUse } from '../../programs/piped-programs.ts';
import { readAliases, readForward } from '../../syntax/aliases.ts';
import { commandProgram } from '../../syntax/command-program.ts';
import { type CfMailer, cfOption, type SendmailCf } from '../../syntax/sendmail-cf.ts';
import { mailerTable } from './delivery.ts';
import type { Sendmail } from './found.ts';

/** Programs of Sendmail itself, and shells: a mailer that runs them runs nobody else's code. */
const own =
  /(?:^|\/)(?:mail\.local|smrsh|sendmail|sensible-mda|sh|bash|dash|mail|rmail|false|true)$|^\[/;

/** Folders in which smrsh looks for whatever it may run. */
const smrshFolders = [
  '/etc/mail/smrsh',
  '/etc/smrsh',
  '/usr/adm/sm.bin',
  '/usr/lib/sm.bin',
] as const;

const passing = (extent: string, because: Place): Reach => ({
  resource: 'mail-in-transit',
  mode: 'read',
  extent,
  because,
});

/** A rule, the mailertable, or Sendmail itself resolves to the mailer. */
export const usedMailers = (files: FileView, cf: SendmailCf): ((name: string) => boolean) => {
  const table = new Set(mailerTable(files, cf).map(({ text }) => text.split(':')[0] ?? ''));
  const relays = new Set(cf.macros.map(({ value }) => /^([\w-]{1,100}):/.exec(value)?.[1] ?? ''));
  return name =>
    /^(?:local|prog|\*file\*|\*include\*)$/.test(name) ||
    cf.resolved.has(name) ||
    table.has(name) ||
    relays.has(name);
};

const mailerUses = (
  mailers: readonly CfMailer[],
  isUsed: (name: string) => boolean,
): readonly ProgramUse[] =>
  mailers
    .filter(({ program, name }) => program.startsWith('/') && !own.test(program) && name !== 'prog')
    .map(
      ({ name, program, args, user, at }): ProgramUse => ({
        path: program,
        args: args.split(/\s+/).slice(1),
        kind: 'content-filter',
        because: at,
        idle: !isUsed(name),
        reach: [passing(`every message of mailer ${name}`, at)],
        ...(user === '' ? {} : { user: { user: user.split(/[:.]/)[0] ?? user, because: at } }),
      }),
    );

/** Alias files; of several, and of other kinds than plain or hashed files, only those are read. */
const aliasPaths = (cf: SendmailCf): readonly string[] => {
  const stated = cf.options.filter(({ name }) => name === 'aliasfile' || name === 'A');
  const paths = stated.flatMap(({ value }) =>
    value
      .slice(0, 10_000)
      .split(',')
      .map(each => pathAtEnd(each) ?? ''),
  );
  return stated.length === 0 ? ['/etc/mail/aliases', '/etc/aliases'] : paths.filter(Boolean);
};

/** smrsh runs only what lies in its folder; null when the folder is not known. */
const smrshRuns = (files: FileView, program: string): boolean | null => {
  const folders = smrshFolders.filter(folder => files.stat(folder)?.kind === 'folder');
  if (folders.length === 0) return null;
  return folders.some(folder => files.list(folder).some(({ name }) => name === baseOf(program)));
};

const pipedUses = (files: FileView, { cf }: Sendmail): readonly ProgramUse[] => {
  const prog = cf.mailers.find(({ name }) => name === 'prog');
  const isRestricted = baseOf(prog?.program ?? '') === 'smrsh';
  const user = cfOption(cf, 'DefaultUser');
  const forwards = cfOption(cf, 'ForwardPath');
  const one = (
    command: string,
    because: Place,
    whose: string,
    mine: boolean,
  ): readonly ProgramUse[] => {
    const program = commandProgram(command);
    if (program === undefined) return [];
    const runs = isRestricted ? smrshRuns(files, program.path) : true;
    return [
      {
        path: program.path,
        args: program.args,
        kind: 'content-filter',
        because,
        idle: runs === null ? null : !runs,
        reach: [passing(`every message to ${whose}`, because)],
        // An alias runs as the default user, a user's own list as the user.
        ...(user === undefined || mine
          ? {}
          : { user: { user: user.value.split(/[:.]/)[0] ?? user.value, because: user.at } }),
      },
    ];
  };
  const homes =
    forwards?.value === ''
      ? []
      : ['/root/.forward', '/home/*/.forward'].flatMap(glob => [...files.glob(glob)]);
  return [
    ...aliasPaths(cf).flatMap(path =>
      readAliases(files, path).flatMap(({ name, targets }) =>
        targets
          .filter(({ to }) => to === 'program')
          .flatMap(({ text, because }) => one(text, because, `the alias ${name}`, false)),
      ),
    ),
    ...homes.flatMap(path =>
      readForward(files, path)
        .filter(({ to }) => to === 'program')
        .flatMap(({ text, because }) => one(text, because, `the owner of ${path}`, true)),
    ),
  ];
};

/** Maps of class `program`, and classes that a program prints. */
const askedUses = ({ cf }: Sendmail): readonly ProgramUse[] => [
  ...cf.maps
    .filter(({ type }) => type === 'program')
    .flatMap(({ name, args, at }): readonly ProgramUse[] => {
      const words = args.split(/\s+/);
      const command = words.slice(words.findIndex(word => !word.startsWith('-'))).join(' ');
      const program = commandProgram(command);
      return program === undefined
        ? []
        : [
            {
              path: program.path,
              args: program.args,
              kind: 'policy-service',
              because: at,
              reach: [passing(`what map ${name} asks it: addresses and hosts of messages`, at)],
            },
          ];
    }),
  ...cf.classFiles
    .filter(({ source }) => source.startsWith('|'))
    .flatMap(({ name, source, at }): readonly ProgramUse[] => {
      const program = commandProgram(source.slice(1));
      return program === undefined
        ? []
        : [
            {
              path: program.path,
              args: program.args,
              kind: 'connector',
              because: at,
              reach: [
                {
                  resource: 'mail-in-transit',
                  mode: 'write',
                  extent: `it says what belongs to class ${name}, at each start`,
                  because: at,
                },
              ],
            },
          ];
    }),
];

/** Every program that Sendmail starts by its configuration. */
export const programUses = (
  files: FileView,
  found: Sendmail,
  isUsed: (name: string) => boolean,
): readonly ProgramUse[] => [
  ...mailerUses(found.cf.mailers, isUsed),
  ...pipedUses(files, found),
  ...askedUses(found),
];
