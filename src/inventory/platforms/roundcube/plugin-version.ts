import { z } from 'zod';
import type { Version } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { dirOf, resolveFrom } from '../../../core/paths.ts';
import { purlOf } from '../../../core/purl.ts';
import type { Copy } from './copies.ts';

/** What a plug-in's own files, and those of Composer, tell of its make. */
export interface Make {
  readonly version?: Version;
  readonly supplier?: string;
  readonly purl?: string;
  /** It names a project that it comes from. */
  readonly isKnownProject: boolean;
}

const Manifest = z.object({
  name: z.string().max(200).optional().catch(undefined),
  version: z.string().max(100).optional().catch(undefined),
  authors: z
    .array(z.object({ name: z.string().max(200) }))
    .optional()
    .catch(undefined),
});

const LockList = z
  .union([
    z.array(z.unknown()),
    z.object({ packages: z.array(z.unknown()) }).transform(each => each.packages),
  ])
  .catch([]);
const LockEntry = z.object({
  name: z.string().max(200),
  version: z.string().max(100),
  'install-path': z.string().max(1_000).nullish().catch(undefined),
});

interface Locked {
  readonly name: string;
  readonly version: string;
}

const jsonOf = (files: FileView, path: string): unknown => {
  const text = files.stat(path)?.kind === 'file' ? files.text(path) : undefined;
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    files.note({ what: path, why: 'is no JSON', how: 'Check what the file is.' });
    return undefined;
  }
};

const locks = new WeakMap<FileView, Map<string, ReadonlyMap<string, Locked>>>();

/**
 * What Composer installed, by package name and by the folder that it was put into; Roundcube itself
 * asks `composer.lock`.
 */
const lockOf = (files: FileView, copy: Copy): ReadonlyMap<string, Locked> => {
  const known = locks.get(files) ?? new Map<string, ReadonlyMap<string, Locked>>();
  locks.set(files, known);
  const before = known.get(copy.folder);
  if (before !== undefined) return before;
  const versions = new Map<string, Locked>();
  const folders = [...new Set([copy.folder, copy.installPath])];
  for (const folder of folders) {
    for (const path of [`${folder}/composer.lock`, `${folder}/vendor/composer/installed.json`]) {
      for (const each of LockList.parse(jsonOf(files, path) ?? [])) {
        const entry = LockEntry.safeParse(each);
        if (!entry.success) continue;
        const { name, version, 'install-path': at } = entry.data;
        versions.set(name.toLowerCase(), { name, version });
        if (typeof at === 'string') versions.set(resolveFrom(dirOf(path), at), { name, version });
      }
    }
  }
  known.set(copy.folder, versions);
  return versions;
};

const plain = (version: string): string => version.trim().replace(/^v(?=\d)/i, '');

/** `<version><release>2.1</release>` of a PEAR package, as plug-ins of Roundcube 0.9 ship it. */
const fromPackageXml = (text: string): string | undefined =>
  /<version>\s*<release>\s*([\w.+-]{1,60})\s*<\/release>/.exec(text)?.[1];

const isVersion = /^v?\d+(?:\.\d+)*(?:[\w.+~-]{0,40})$/i;

/** A constant, an `info()` array or an `@version` line of the plug-in's own source. */
const fromSource = (text: string): string | undefined => {
  const head = text.slice(0, 200_000);
  const constant =
    /\b(?:const|public|static|protected|private|define\()\s*\(?['"$]{0,2}(?:plugin_?)?version['"]?\s*[=,]\s*['"]([^'"\n]{1,60})['"]/i.exec(
      head,
    )?.[1];
  const info = /['"]version['"]\s*=>\s*['"]([^'"\n]{1,60})['"]/i.exec(head)?.[1];
  const comment = /^[ \t*#/]*@version:?\s+v?(\d[\w.+-]{0,40})/im.exec(head.slice(0, 20_000))?.[1];
  return [constant, info, comment].find(each => each !== undefined && isVersion.test(each.trim()));
};

const purlFor = (name: string | undefined, version: string | undefined): string | undefined => {
  const [vendor, project, more] = (name ?? '').toLowerCase().split('/');
  if (vendor === undefined || project === undefined || more !== undefined) return undefined;
  if (!/^[a-z0-9_.-]+$/.test(vendor) || !/^[a-z0-9_.-]+$/.test(project)) return undefined;
  return purlOf({
    type: 'composer',
    namespace: vendor,
    name: project,
    ...(version === undefined ? {} : { version }),
  });
};

const textIn = (files: FileView, path: string): string =>
  files.stat(path)?.kind === 'file' ? (files.text(path) ?? '') : '';

/** The make of the plug-in `name` in `folder`. */
export const makeOf = (files: FileView, copy: Copy, folder: string, name: string): Make => {
  const parsed = Manifest.safeParse(jsonOf(files, `${folder}/composer.json`) ?? {});
  const manifest = parsed.success ? parsed.data : {};
  const all = lockOf(files, copy);
  const locked = all.get((manifest.name ?? '').toLowerCase()) ?? all.get(folder);
  const xml = textIn(files, `${folder}/package.xml`);
  const source = textIn(files, `${folder}/${name}.php`);
  const version = [locked?.version, manifest.version, fromPackageXml(xml), fromSource(source)]
    .filter(each => each !== undefined)
    .map(plain)
    .find(each => each !== '' && !each.startsWith('@'));
  const lead = /<lead>\s*<name>([^<]{1,200})<\/name>/.exec(xml)?.[1]?.trim();
  const author = /^[ \t*#/]*@author:?\s+([^<\n(]{1,100})/im
    .exec(source.slice(0, 20_000))?.[1]
    ?.trim();
  const supplier = manifest.authors?.[0]?.name ?? lead ?? author;
  const purl = purlFor(manifest.name ?? locked?.name, version);
  return {
    ...(version === undefined ? {} : { version: { value: version } }),
    ...(supplier === undefined || supplier === '' ? {} : { supplier }),
    ...(purl === undefined ? {} : { purl }),
    isKnownProject: purl !== undefined || xml !== '' || locked !== undefined,
  };
};
