import { type Component, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { type PackageIndex, tellsInstalled } from '../../../core/packages.ts';
import { baseOf, resolveFrom } from '../../../core/paths.ts';
import { identify } from '../../identify.ts';
import { lineAt, readLogicalLines } from '../../syntax/postfix-lines.ts';
import { cut } from '../../syntax/postfix-list.ts';
import type { Instance } from './instance.ts';
import type { MapUse } from './maps.ts';

/** Where builds keep Postfix's own libraries (`shlib_directory`). */
const libraryFolders = [
  '/usr/lib/postfix',
  '/usr/lib64/postfix',
  '/usr/libexec/postfix',
  '/usr/local/lib/postfix',
] as const;

interface Row {
  readonly type: string;
  readonly library: string;
  readonly path: string;
  readonly line: number;
}

const rowsMax = 200;

const rowsOf = (files: FileView, instance: Instance): readonly Row[] => {
  const set = instance.params.get('meta_directory').text;
  const folder = set.startsWith('/') ? set : '/etc/postfix';
  const folders = [...new Set([folder, instance.folder])];
  const paths = folders.flatMap(each => [
    `${each}/dynamicmaps.cf`,
    ...files.glob(`${each}/dynamicmaps.cf.d/*`),
  ]);
  return [...new Set(paths)]
    .filter(path => files.stat(path)?.kind === 'file')
    .flatMap(path =>
      readLogicalLines(files.text(path) ?? '').lines.flatMap((line): readonly Row[] => {
        const [type, library] = cut(line.text).map(({ text }) => text);
        return type === undefined || library === undefined
          ? []
          : [{ type, library: library.slice(0, 300), path, line: lineAt(line, 0) }];
      }),
    )
    .slice(0, rowsMax);
};

/** Types of table that are named anywhere, `proxy:` and the like included. */
export const typesIn = (uses: readonly MapUse[]): ReadonlySet<string> =>
  new Set(uses.flatMap(({ type, through }) => [type, ...through]));

/** Map modules that were installed beside Postfix: dynamicmaps.cf and dynamicmaps.cf.d (postfix-mysql …). */
export const mapModules = (
  files: FileView,
  packages: PackageIndex,
  instance: Instance,
  types: ReadonlySet<string>,
): readonly Component[] => {
  const own = instance.params.get('shlib_directory').text;
  const found = new Map<string, Component>();
  for (const { type, library, path, line } of rowsOf(files, instance)) {
    const candidates = [own, ...libraryFolders]
      .filter(folder => folder.startsWith('/'))
      .map(folder => resolveFrom(folder, library));
    const file = candidates.find(each => files.stat(each)?.kind === 'file');
    const name = baseOf(library).replace(/\.so(?:\.[\d.]+)?$/, '');
    const packaged = packages.named(name) !== undefined;
    const knowsPackages = tellsInstalled(packages);
    // A line that a removed package left behind.
    if (name === '' || (file === undefined && !packaged && knowsPackages)) continue;
    const id = componentId(`${instance.id}/${name}`);
    const known = found.get(id);
    const isUsed = types.has(type);
    found.set(id, {
      id,
      name,
      kind: 'library',
      platform: 'postfix',
      partOf: componentId(instance.id),
      ...identify(packages, {
        files: file === undefined ? [] : [file],
        names: [name],
        otherwise: { origin: 'upstream', supplier: 'Postfix project' },
      }),
      enabled: isUsed || known?.enabled === true,
      foundAt: [...(known?.foundAt ?? []), { path, line }],
      reach: [],
      logs: [],
    });
  }
  return [...found.values()];
};
