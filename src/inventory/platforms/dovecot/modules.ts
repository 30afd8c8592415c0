import { baseOf, resolveFrom } from '../../../core/paths.ts';
import { effectiveDovecot } from '../../syntax/dovecot-lookup.ts';
import type { Instance } from './instance.ts';

/** Where builds put modules: Debian, rpm-based, multi-arch, by hand. */
const folders = [
  '/usr/lib/dovecot/modules',
  '/usr/lib64/dovecot/modules',
  '/usr/lib64/dovecot',
  '/usr/lib/dovecot',
  '/usr/local/lib/dovecot',
  '/usr/local/lib64/dovecot',
  '/usr/local/lib/dovecot/modules',
  '/opt/dovecot/lib/dovecot',
] as const;
const multiArch = '/usr/lib/*/dovecot/modules';

export const pluginReads: readonly string[] = [...folders, multiArch].map(
  folder => `${folder}/lib*_plugin.so`,
);

export interface Module {
  readonly name: string;
  readonly path: string;
}

/** `lib20_fts_plugin.so` is `fts` (module-dir.c). */
export const nameOf = (file: string): string =>
  baseOf(file)
    .replace(/\.so.*$/, '')
    .replace(/^lib/, '')
    .replace(/^\d+_/, '')
    .replace(/_plugin$/, '');

export const modulesIn = (instance: Instance, folder: string, all = false): readonly Module[] =>
  instance.files
    .list(folder)
    .filter(({ name, kind }) => (kind === 'file' || kind === 'link') && name.endsWith('.so'))
    .filter(({ name }) => all || name.endsWith('_plugin.so'))
    .map(({ name }) => ({ name: nameOf(name), path: `${folder}/${name}` }));

/** The folder that Dovecot loads from first; then the others in which modules lie. */
export const moduleFolders = (instance: Instance): readonly string[] => {
  const { files, config, byHand } = instance;
  const set = effectiveDovecot(config, 'mail_plugin_dir')?.value;
  const local = folders.filter(folder => /^\/(?:usr\/local|opt)\//.test(folder));
  const packaged = [...folders.filter(folder => !local.includes(folder)), ...files.glob(multiArch)];
  // A hand-built Dovecot beside a packaged one has modules of its own.
  const own = byHand ? (instance.id === 'dovecot' ? [...local, ...packaged] : local) : packaged;
  const all = [...(set === undefined ? [] : [resolveFrom('/', set)]), ...own];
  const seen = new Set<string>();
  return all.filter(folder => {
    const real = files.real(folder);
    if (real === undefined || seen.has(real)) return false;
    seen.add(real);
    return true;
  });
};

/** The module that a driver lies in, when the folder has one: `libdriver_mysql.so`. */
export const driverModule = (instance: Instance, file: string): string | undefined => {
  for (const folder of moduleFolders(instance)) {
    for (const path of [`${folder}/auth/${file}`, `${folder}/${file}`, `${folder}/dict/${file}`]) {
      if (instance.files.stat(path)?.kind === 'file') return path;
    }
  }
  return undefined;
};
