import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { type AliasTarget, readAliases, readForward } from '../../syntax/aliases.ts';
import { shellWords } from '../../syntax/shell-defaults.ts';
import type { Plugs } from './calls.ts';
import { type Instance, running } from './instance.ts';
import type { MapUse } from './maps.ts';
import { isTextMap } from './maps.ts';
import { type ProgramUse, programOf } from './programs.ts';
import { parseRoute } from './routes.ts';
import { tableText } from './tables.ts';

/** A command that an alias, an included list or a `.forward` hands mail to. */
interface Piped {
  readonly command: string;
  /** The alias; empty for `.forward`. */
  readonly alias: string;
  /** As `allow_mail_to_commands` names it. */
  readonly by: 'alias' | 'forward' | 'include';
  readonly at: Place;
  readonly user?: { readonly user: string; readonly because?: Place };
}

const pipesMax = 20_000;
const forwardsMax = 2_000;

/** Commands among the targets; one that stands in another file came in by `:include:`. */
const commandsOf = (
  targets: readonly AliasTarget[],
  { path, ...of }: Pick<Piped, 'alias' | 'user'> & { readonly path: string },
): readonly Piped[] =>
  targets
    .filter(({ to }) => to === 'program')
    .map(({ text, because }) => ({
      command: text,
      by: because.path !== path ? 'include' : of.alias === '' ? 'forward' : 'alias',
      at: because,
      ...of,
    }));

/** local(8) runs commands of a file that root owns as `default_privs`, of others as the owner. */
const aliasUser = (files: FileView, instance: Instance, path: string): Piped['user'] => {
  if (files.stat(path)?.uid !== 0) return undefined;
  const value = instance.params.get('default_privs');
  return { user: value.text, because: value.at };
};

const pipedInAliases = (
  files: FileView,
  instance: Instance,
  uses: readonly MapUse[],
): readonly Piped[] => {
  const out: Piped[] = [];
  for (const use of uses) {
    if (use.parameter !== 'alias_maps' || !isTextMap(use) || !use.name.startsWith('/')) continue;
    // The compiled-in table need not exist where nobody set it.
    if (use.at.line === undefined && files.stat(use.name) === undefined) continue;
    if (tableText(files, use) === undefined) continue;
    const user = aliasUser(files, instance, use.name);
    const path = use.name;
    for (const { name, targets } of readAliases(files, path)) {
      if (out.length > pipesMax) break;
      out.push(
        ...commandsOf(targets, { path, alias: name, ...(user === undefined ? {} : { user }) }),
      );
    }
  }
  return out;
};

/** Users' own `.forward` files (local(8), `forward_path`). */
const pipedInForwards = (files: FileView): readonly Piped[] =>
  [...files.glob('/home/*/.forward'), '/root/.forward']
    .slice(0, forwardsMax)
    .flatMap(path => commandsOf(readForward(files, path), { path, alias: '' }));

const wordsOf = (command: string): readonly string[] =>
  shellWords(command.slice(0, 2_000)).filter(word => !/^[A-Za-z_]\w*=/.test(word));

const whose = (aliases: readonly string[]): string => {
  const named = [...new Set(aliases.filter(alias => alias !== ''))];
  const forwards = aliases.filter(alias => alias === '').length;
  const parts = [
    ...(named.length === 0
      ? []
      : named.length > 3
        ? [`mail to ${named.length} aliases`]
        : [`mail to the ${named.length === 1 ? 'alias' : 'aliases'} ${named.join(', ')}`]),
    ...(forwards === 0 ? [] : [`mail of ${forwards === 1 ? 'a user' : 'users'} with a .forward`]),
  ];
  return parts.join(' and ').slice(0, 300);
};

/** Whether local(8) delivers anything: aliases, commands and mailboxes are its work alone. */
export const deliversLocally = (instance: Instance): boolean => {
  const { params } = instance;
  if (params.get('mydestination').text === '') return false;
  const { transport } = parseRoute(params.get('local_transport').text);
  return running(instance, 'local').some(({ name }) => name === transport);
};

/** Aliases that a database answers may hand mail to programs as well (aliases(5)). */
const noteAnswered = (files: FileView, uses: readonly MapUse[]): void => {
  const answered = uses.filter(
    use => use.parameter === 'alias_maps' && databases.has(use.type) && use.at.line !== undefined,
  );
  for (const { type, name, at } of answered.slice(0, 20)) {
    files.note({
      what: `${type}:${name}`,
      why: `answers for aliases (alias_maps in ${at.path}): to which programs they hand mail cannot be seen`,
      how: 'Look in it for values that begin with | or :include:.',
    });
  }
};

const databases = new Set([
  'mysql',
  'pgsql',
  'ldap',
  'sqlite',
  'mongodb',
  'memcache',
  'socketmap',
  'tcp',
  'nis',
  'nisplus',
]);

/** Programs behind aliases and `.forward` files: one use for each program and file. */
export const collectAliases = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  uses: readonly MapUse[],
): void => {
  const isLocal = deliversLocally(instance);
  const allowed = new Set(
    instance.params.get('allow_mail_to_commands').isSet
      ? instance.params.get('allow_mail_to_commands').items.map(({ text }) => text)
      : ['alias', 'forward'],
  );
  if (isLocal && allowed.has('alias')) noteAnswered(files, uses);
  const groups = new Map<string, { first: Piped; words: readonly string[]; aliases: string[] }>();
  const all = [...pipedInAliases(files, instance, uses), ...pipedInForwards(files)];
  for (const piped of all) {
    const words = wordsOf(piped.command);
    const program = programOf(files, words);
    if (program === undefined) continue;
    const key = `${program}\0${piped.by}\0${piped.by === 'forward' ? '' : piped.at.path}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { first: piped, words, aliases: [piped.alias] });
    else known.aliases.push(piped.alias);
  }
  for (const { first, words, aliases } of [...groups.values()].slice(0, 500)) {
    const isOn = isLocal && allowed.has(first.by);
    const use: ProgramUse = {
      words,
      kind: 'content-filter',
      ...(first.user === undefined ? {} : { user: first.user }),
      places: [first.at],
      reach: isOn
        ? [
            {
              resource: 'mail-in-transit',
              mode: 'read',
              extent: `${whose(aliases)}, in ${first.at.path}`,
              because: first.at,
            },
          ]
        : [],
      enabled: isOn,
    };
    plugs.programs.push(use);
  }
};
