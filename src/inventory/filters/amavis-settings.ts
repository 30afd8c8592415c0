import type { FileView } from '../../core/files.ts';
import { baseOf, resolveFrom } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { type Daemon, type DaemonNames, optionOf, type Word } from '../daemons/daemon.ts';
import { type PerlStatement, type PerlValue, readPerl, textsIn } from '../syntax/perl-config.ts';

/** A statement with the file that holds it. */
export interface Statement extends PerlStatement {
  readonly path: string;
}

export interface Settings {
  /** The file to name in remedies: the one that is meant for local changes. */
  readonly localPath: string;
  readonly paths: readonly string[];
  readonly statements: readonly Statement[];
  /** Files that bring code of their own (`package Amavis::Custom`). */
  readonly custom: readonly Place[];
}

/** Debian's two folders, in the order in which they are read, and single files elsewhere. */
const debianFolders = ['/usr/share/amavis/conf.d', '/etc/amavis/conf.d'] as const;
const singleFiles = [
  '/etc/amavisd/amavisd.conf',
  '/etc/amavisd.conf',
  '/etc/amavis/amavisd.conf',
  '/usr/local/etc/amavisd.conf',
] as const;

export const settingsReads: readonly string[] = [
  ...debianFolders.map(folder => `${folder}/*`),
  ...singleFiles,
];

/** How the daemon shows itself. */
export const amavisNames: DaemonNames = {
  programs: ['amavisd', 'amavisd-new'],
  packages: ['amavisd-new', 'amavis', 'amavisd'],
  units: ['amavis', 'amavisd', 'amavisd-new'],
  configuration: settingsReads,
};

const filesMax = 200;
/** Of all files together, each as often as it is included. */
const charsMax = 8 << 20;
const depthMax = 10;

const configFiles = (files: FileView, daemon: Daemon): readonly string[] => {
  const asked = daemon.words
    .flatMap((word, i) => (word.text === '-c' ? [daemon.words[i + 1]?.text ?? ''] : []))
    .filter(path => path.startsWith('/'));
  if (asked.length > 0) return asked;
  const parts = debianFolders.flatMap(folder =>
    // Names as run-parts takes them: package managers' leftovers hold a dot.
    files.glob(`${folder}/*`).filter(path => /^[\w-]+$/.test(baseOf(path))),
  );
  if (parts.length > 0) return parts.filter(path => files.stat(path)?.kind === 'file');
  return singleFiles.filter(path => files.stat(path)?.kind === 'file').slice(0, 1);
};

export const readSettings = (files: FileView, daemon: Daemon): Settings => {
  const known = new Map<string, string>();
  const statements: Statement[] = [];
  const custom: Place[] = [];
  const read: string[] = [];
  let chars = 0;
  let full = false;
  const readFile = (path: string, depth: number): void => {
    full ||= read.length >= filesMax || chars > charsMax;
    if (depth > depthMax || full) {
      files.note({
        what: path,
        why: 'is included too deeply or too often',
        how: 'Look for an include_config_files that leads back to its own file.',
      });
      return;
    }
    read.push(path);
    const text = files.text(path);
    if (text === undefined) return;
    chars += text.length;
    const at = /^[ \t]*package[ \t]+Amavis::Custom\b/m.exec(text)?.index;
    if (at !== undefined) custom.push({ path, line: text.slice(0, at).split('\n').length });
    for (const statement of readPerl(text, known)) {
      statements.push({ ...statement, path });
      if (statement.how !== 'call' || full) continue;
      if (
        /^(?:include_config_files|include_optional_config_files|read_config_file)$/.test(
          statement.target,
        )
      ) {
        for (const each of textsIn(statement.value)) {
          const included = resolveFrom('/', each);
          if (files.stat(included)?.kind === 'file') readFile(included, depth + 1);
        }
      }
    }
  };
  const paths = configFiles(files, daemon);
  for (const path of paths) readFile(path, 0);
  const local = paths.find(path => baseOf(path) === '50-user') ?? paths.at(-1);
  return { localPath: local ?? singleFiles[0], paths: read, statements, custom };
};

/** The last statement that sets this variable; pushes do not count. */
export const lastSet = (settings: Settings, target: string): Statement | undefined =>
  settings.statements.findLast(each => each.target === target && each.how === '=');

export const placeOf = (statement: Statement): Place => ({
  path: statement.path,
  line: statement.line,
});

/** Text of a scalar, when it is certain. */
export const scalarOf = (settings: Settings, ...targets: readonly string[]): string | undefined => {
  const found = settings.statements.findLast(
    each => targets.includes(each.target) && each.how === '=',
  );
  return found?.value.is === 'text' ? found.value.text : undefined;
};

export interface Item {
  readonly value: PerlValue;
  readonly place: Place;
}

/** Elements of a list: the last assignment and what was pushed after it. */
export const itemsOf = (settings: Settings, target: string): readonly Item[] => {
  const all = settings.statements.filter(each => each.target === target);
  const from = all.findLastIndex(each => each.how === '=');
  return all.slice(Math.max(0, from)).flatMap(({ value, path }) => {
    const items = value.is === 'list' ? value.items : [value];
    return items.map(item => ({ value: item, place: { path, line: item.line } }));
  });
};

/**
 * Whether a check runs: the `@bypass_…_checks_maps` switch it off with a constant, or with an access
 * list that holds every recipient. Null: only Perl can tell.
 */
export const checkRuns = (
  settings: Settings,
  what: 'virus' | 'spam',
): { readonly runs: boolean | null; readonly place?: Place } => {
  const maps = lastSet(settings, `@bypass_${what}_checks_maps`);
  const acl = itemsOf(settings, `@bypass_${what}_checks_acl`);
  const everybody = acl.find(({ value }) => textsIn(value).includes('.'));
  const at = maps === undefined ? {} : { place: placeOf(maps) };
  if (maps === undefined) {
    return everybody === undefined ? { runs: true } : { runs: false, place: everybody.place };
  }
  const texts = textsIn(maps.value);
  const constant = texts.some(text => /^[1-9]/.test(text));
  const usesAcl = texts.some(text => /\bbypass_\w+_acl$/.test(text));
  if (!maps.certain) return { runs: null, ...at };
  if (constant) return { runs: false, ...at };
  if (usesAcl && everybody !== undefined) return { runs: false, place: everybody.place };
  return { runs: true, ...at };
};

/** The options that matter of the command that starts it. */
export const askedUser = (daemon: Daemon): Word | undefined =>
  optionOf(daemon.words, '-u') ?? daemon.unitUser;
