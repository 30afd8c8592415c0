import type { FileView } from '../../../core/files.ts';
import { joinPath } from '../../../core/paths.ts';
import { cut } from '../../syntax/postfix-list.ts';
import { makeExpander } from '../../syntax/postfix-macro.ts';
import { readSettings } from '../../syntax/postfix-main.ts';

/** Folders that builds are made with, the usual one first. */
const homes = ['/etc/postfix', '/usr/local/etc/postfix', '/opt/postfix/conf'] as const;

export const configReads: readonly string[] = [
  ...homes.flatMap(folder => [
    `${folder}/main.cf`,
    `${folder}/master.cf`,
    `${folder}/dynamicmaps.cf`,
    `${folder}/dynamicmaps.cf.d/*.cf`,
  ]),
  '/etc/postfix-*/main.cf',
  '/etc/postfix-*/master.cf',
];

/** A folder with a configuration; `enabled` as multi_instance_enable has it, for all but the first. */
export interface Home {
  readonly folder: string;
  readonly isMain: boolean;
  readonly enabled: boolean | null;
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
export const findHomes = (files: FileView): readonly Home[] => {
  const main = homes.find(folder => hasConfig(files, folder));
  if (main === undefined) return [];
  const listed = cut(valueIn(files, main, 'multi_instance_directories'))
    .map(({ text }) => text)
    .filter(folder => folder.startsWith('/'))
    .map(folder => joinPath(folder));
  const beside = files
    .glob('/etc/postfix-*/main.cf')
    .map(path => path.slice(0, -'/main.cf'.length));
  const others = [...new Set([...listed, ...beside, ...homes])].filter(
    folder => folder !== main && files.real(folder) !== files.real(main),
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
  ];
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
