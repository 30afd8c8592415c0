import { z } from 'zod';
import type { FileView } from '../../core/files.ts';
import type { InstalledPackage } from '../../core/packages.ts';
import { dirOf, resolveFrom } from '../../core/paths.ts';
import { purlOf } from '../../core/purl.ts';
import type { PackageReading, PackageSource } from '../package-source.ts';

const installedPattern = '**/vendor/composer/installed.json';
const lockPattern = '**/composer.lock';
/** What packages ship with their dependencies inside, below folders that the walk does not enter. */
const packagedPatterns = ['/usr/lib/*/vendor/composer/installed.json'];
const filesMax = 200;
const jsonBytesMax = 16 << 20;
/** Of all files together: the largest real ones have about a megabyte. */
const totalBytesMax = 32 << 20;

const Entry = z.object({
  name: z.string().min(1).max(200),
  version: z.string().max(200).optional(),
  description: z.string().optional(),
  'install-path': z.string().max(1_000).nullish(),
  time: z.string().optional(),
});
type Entry = z.infer<typeof Entry>;

/** Composer 2 wraps the list, Composer 1 did not; a lock keeps development packages apart. */
const List = z.union([
  z.array(z.unknown()),
  z.object({ packages: z.array(z.unknown()) }).transform(({ packages }) => packages),
]);

const entriesIn = (files: FileView, path: string): readonly Entry[] => {
  const text = files.text(path, { bytesMax: jsonBytesMax });
  if (text === undefined) return [];
  const how = 'Run composer install in that folder again.';
  let list: readonly unknown[];
  try {
    list = List.parse(JSON.parse(text));
  } catch {
    files.note({ what: path, why: 'is not the JSON that Composer writes', how });
    return [];
  }
  const entries = list.map(each => Entry.safeParse(each));
  if (entries.some(({ success }) => !success)) {
    files.note({ what: path, why: 'holds entries that name no package', how });
  }
  return entries.flatMap(({ data }) => data ?? []);
};

const packageOf = (entry: Entry, folder: string, why: string): InstalledPackage => {
  const [vendor = '', project = ''] = entry.name.toLowerCase().split('/');
  const version = (entry.version ?? '').replace(/^v(?=\d)/, '');
  return {
    ecosystem: 'composer',
    name: entry.name.toLowerCase(),
    version: version === '' ? 'unknown' : version,
    supplier: vendor,
    origin: 'upstream',
    originWhy: why,
    purl: purlOf({
      type: 'composer',
      ...(project === '' ? {} : { namespace: vendor }),
      name: project === '' ? vendor : project,
      ...(version === '' ? {} : { version }),
    }),
    ...(entry.description === undefined ? {} : { description: entry.description.slice(0, 300) }),
    folder,
  };
};

/** False, with a note, for what lies behind the last byte that is read. */
const openBudget = (files: FileView): ((path: string) => boolean) => {
  let bytes = 0;
  return path => {
    bytes += files.stat(path)?.sizeBytes ?? 0;
    if (bytes <= totalBytesMax) return true;
    files.note({
      what: path,
      why: `was not read: the lists of Composer before it hold nearly ${totalBytesMax} bytes, which is all that is read`,
      how: 'Run Postern with --root on the part that holds mail software.',
    });
    return false;
  };
};

const read = (files: FileView): PackageReading => {
  const isRead = openBudget(files);
  const packages: InstalledPackage[] = [];
  const installed = [
    ...files.glob(installedPattern),
    ...packagedPatterns.flatMap(pattern => files.glob(pattern)),
  ];
  const settled = new Set<string>();
  for (const path of installed.slice(0, filesMax)) {
    const composer = dirOf(path);
    const vendor = dirOf(composer);
    settled.add(dirOf(vendor));
    if (!isRead(path)) continue;
    for (const entry of entriesIn(files, path)) {
      const at = entry['install-path'];
      const folder =
        at === undefined || at === null ? `${vendor}/${entry.name}` : resolveFrom(composer, at);
      packages.push(packageOf(entry, folder, `listed in ${path}`));
    }
  }
  // A lock says what should be there; where installed.json is missing, the folder says what is.
  const locks = files.glob(lockPattern).filter(path => !settled.has(dirOf(path)));
  for (const path of locks.slice(0, filesMax)) {
    const vendor = `${dirOf(path)}/vendor`;
    if (files.stat(vendor)?.kind !== 'folder' || !isRead(path)) continue;
    for (const entry of entriesIn(files, path)) {
      const folder = resolveFrom(vendor, entry.name);
      if (files.stat(folder)?.kind !== 'folder') continue;
      packages.push(packageOf(entry, folder, `locked in ${path}`));
    }
  }
  if (installed.length > filesMax || locks.length > filesMax) {
    files.note({
      what: '/',
      why: `holds more than ${filesMax} folders of Composer packages; the rest was not read`,
      how: 'Run Postern with --root on the part that holds mail software.',
    });
  }
  return { packages };
};

/** PHP packages: Composer's `installed.json` (1.x and 2.x), else `composer.lock`. */
export const composer: PackageSource = {
  id: 'composer',
  title: 'Composer',
  scope: 'language',
  reads: [installedPattern, lockPattern, ...packagedPatterns],
  read,
};
