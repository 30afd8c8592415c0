import type { FileView } from '../../../core/files.ts';
import { startsAtBoot, unitValues } from '../../../core/formats/systemd.ts';
import { dirOf, joinPath } from '../../../core/paths.ts';
import { type Daemon, optionOf, unitsThatStart } from '../../daemons/daemon.ts';
import { cut } from '../../syntax/postfix-list.ts';
import { makeExpander } from '../../syntax/postfix-macro.ts';
import { readSettings } from '../../syntax/postfix-main.ts';
import { shellWords } from '../../syntax/shell-defaults.ts';

/** Folders that builds are made with, the usual one first. */
const homes = ['/etc/postfix', '/usr/local/etc/postfix', '/opt/postfix/conf'] as const;

export const configReads: readonly string[] = [
  ...homes.flatMap(folder => [
    `${folder}/main.cf`,
    `${folder}/master.cf`,
    `${folder}/dynamicmaps.cf`,
    `${folder}/dynamicmaps.cf.d/*`,
  ]),
  '/etc/postfix-*/main.cf',
  '/etc/postfix-*/master.cf',
];

const dropped = '**/master.cf';
/** A configuration may lie anywhere: a unit names its folder, or the programs lie beside it. */
export const anywhereReads: readonly string[] = [dropped];

/** A folder with a configuration; `enabled` as multi_instance_enable has it, for all but the first. */
export interface Home {
  readonly folder: string;
  readonly isMain: boolean;
  readonly enabled: boolean | null;
  /** The program and unit that it has to itself; otherwise those of the first. */
  readonly daemon?: Daemon;
}

const instancesMax = 50;

const valueIn = (files: FileView, folder: string, name: string): string => {
  const { settings } = readSettings(files.text(`${folder}/main.cf`) ?? '');
  const raw = (asked: string): string | undefined => settings.get(asked)?.value.text;
  const text = raw(name);
  return text === undefined ? '' : makeExpander(raw).expand(text).text.trim();
};

const hasConfig = (files: FileView, folder: string): boolean =>
  files.stat(`${folder}/main.cf`)?.kind === 'file' ||
  files.stat(`${folder}/master.cf`)?.kind === 'file';

/**
 * The main configuration, the instances that it names (`multi_instance_directories`), and folders
 * beside it that it does not name, which `postfix -c` can still start (MULTI_INSTANCE_README).
 */
export const findHomes = (files: FileView, daemon: Daemon | undefined): readonly Home[] => {
  const own = ownHomes(files);
  const [first] = own;
  const asked = daemon === undefined ? undefined : askedFolder(files, daemon);
  const main =
    asked ?? (daemon === undefined ? undefined : homes.find(folder => hasConfig(files, folder)));
  if (main === undefined) {
    return daemon !== undefined || first === undefined
      ? own
      : [{ ...first, isMain: true }, ...own.slice(1)];
  }
  const listed = cut(valueIn(files, main, 'multi_instance_directories'))
    .map(({ text }) => text)
    .filter(folder => folder.startsWith('/'))
    .map(folder => joinPath(folder));
  const beside = files
    .glob('/etc/postfix-*/main.cf')
    .map(path => path.slice(0, -'/main.cf'.length));
  const others = [...new Set([...listed, ...beside, ...homes])].filter(
    folder =>
      folder !== main &&
      files.real(folder) !== files.real(main) &&
      (listed.includes(folder) || !own.some(each => each.folder === folder)),
  );
  for (const folder of listed) {
    if (hasConfig(files, folder)) continue;
    files.note({
      what: folder,
      why: `is named by multi_instance_directories in ${main}/main.cf and holds no configuration`,
      how: 'Collect it too, or take it out of the list.',
    });
  }
  return [
    { folder: main, isMain: true, enabled: null },
    ...others
      .filter(folder => hasConfig(files, folder))
      .slice(0, instancesMax)
      .map(folder => ({
        folder,
        isMain: false,
        enabled: !listed.includes(folder)
          ? null
          : valueIn(files, folder, 'multi_instance_enable').toLowerCase() === 'yes',
      })),
    ...own.filter(
      ({ folder }) => ![main, ...others].some(known => files.real(known) === files.real(folder)),
    ),
  ];
};

/** Folder that a command line (`postfix -c`) or the environment (MAIL_CONFIG) names (postfix(1)). */
const askedFolder = (
  files: FileView,
  { words, unit }: Pick<Daemon, 'words' | 'unit'>,
): string | undefined => {
  const option = optionOf(words, '-c')?.text;
  const variable =
    unit === undefined
      ? undefined
      : unitValues(unit, 'Service', 'Environment')
          .flatMap(({ value }) => shellWords(value))
          .findLast(pair => pair.startsWith('MAIL_CONFIG='))
          ?.slice('MAIL_CONFIG='.length);
  return [option, variable]
    .filter(folder => folder?.startsWith('/') === true)
    .map(folder => joinPath(folder ?? ''))
    .find(folder => hasConfig(files, folder));
};

/** A build with a place of its own is made with its configuration beside its programs. */
const besideProgram = (files: FileView, program: string): string | undefined => {
  const prefix = dirOf(dirOf(program));
  if (prefix === '/usr' || prefix === '/' || prefix === '/usr/local') return undefined;
  return ['etc', 'etc/postfix', 'conf']
    .map(name => joinPath(prefix, name))
    .find(folder => hasConfig(files, folder));
};

/** Programs of distributions and of plain `make install`, which every configuration may use. */
const isShared = (folder: string): boolean =>
  !folder.startsWith('/') || /^\/usr\/(?:local\/)?(?:lib|lib64|libexec)\//.test(`${folder}/`);

/**
 * Every Postfix with programs of its own outside the usual places: the units of systemd that start
 * one, and configurations that name the folder of such programs (`daemon_directory`).
 */
const ownHomes = (files: FileView): readonly Home[] => {
  const found = new Map<string, Home>();
  for (const { unit, words } of unitsThatStart(files, 'postfix').slice(0, instancesMax)) {
    const program = words[0]?.text ?? '';
    const folder =
      askedFolder(files, { words: words.slice(1), unit }) ?? besideProgram(files, program);
    if (folder === undefined || homes.some(home => files.real(home) === files.real(folder))) {
      continue;
    }
    const startsAt = startsAtBoot(files, [unit.name.replace(/\.service$/, '')]);
    const binary = files.stat(program)?.kind === 'file' ? { binary: program } : {};
    const daemon: Daemon = { ...binary, unit, words: words.slice(1), startsAtBoot: startsAt };
    found.set(folder, { folder, isMain: false, enabled: startsAt, daemon });
  }
  for (const path of files.glob(dropped).slice(0, instancesMax * 10)) {
    const folder = dirOf(path);
    if (found.size >= instancesMax || found.has(folder)) continue;
    if (homes.some(home => home === folder) || files.stat(`${folder}/main.cf`)?.kind !== 'file') {
      continue;
    }
    const programs = valueIn(files, folder, 'daemon_directory');
    if (isShared(programs) || files.stat(`${programs}/master`)?.kind !== 'file') continue;
    const program = `${valueIn(files, folder, 'command_directory')}/postfix`;
    const binary = files.stat(program)?.kind === 'file' ? { binary: program } : {};
    const daemon: Daemon = { ...binary, words: [], startsAtBoot: null };
    found.set(folder, { folder, isMain: false, enabled: null, daemon });
  }
  return [...found.values()];
};

const mark = /mail_version=(\d{1,2}\.\d{1,2}(?:\.\d{1,3}|-\d{8})?(?:-RC\d{1,2})?)/;

/** The version that a program of Postfix states about itself. */
export const versionIn = (files: FileView, path: string | undefined): string | undefined => {
  if (path === undefined) return undefined;
  let before = '';
  for (const piece of files.chunks(path, 8 << 20)) {
    let text = before;
    for (let i = 0; i < piece.length; i += 32_768) {
      text += String.fromCharCode(...piece.subarray(i, i + 32_768));
    }
    const found = mark.exec(text);
    if (found !== null) return found[1];
    before = text.slice(-100);
  }
  return undefined;
};
