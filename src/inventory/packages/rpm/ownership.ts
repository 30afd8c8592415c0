import { baseOf } from '../../../core/paths.ts';
import { type RpmHeader, rpmTags } from './header.ts';

/** A package's file list, packed: most lists are never asked about. */
interface PackedList {
  readonly name: string;
  readonly folders: readonly string[];
  readonly folderOf: readonly number[];
  readonly states: readonly number[];
  readonly bases: Buffer;
}

export interface Ownership {
  readonly ownerOf: (path: string) => string | undefined;
  readonly filesOf: (name: string) => readonly string[];
}

/** A file's state in the database: 1 was replaced by another package's, 2 was never installed. */
const onDisk = (state: number | undefined): boolean => state !== 1 && state !== 2;

/** rpm 3 wrote whole paths; everything since writes folders and names apart. */
const oldList = (name: string, header: RpmHeader): PackedList | undefined => {
  const paths = header.texts(rpmTags.oldFileNames);
  if (paths.length === 0) return undefined;
  const folders = paths.map(path => path.slice(0, path.lastIndexOf('/') + 1));
  return {
    name,
    folders,
    folderOf: folders.map((_, i) => i),
    states: header.numbers(rpmTags.fileStates),
    bases: Buffer.from(paths.map(baseOf).join('\0')),
  };
};

const pack = (header: RpmHeader): PackedList => {
  const name = header.text(rpmTags.name) ?? '';
  return (
    oldList(name, header) ?? {
      name,
      folders: header.texts(rpmTags.dirNames),
      folderOf: header.numbers(rpmTags.dirIndexes),
      states: header.numbers(rpmTags.fileStates),
      // Copied, so that the whole header is not kept for it.
      bases: Buffer.from(header.bytes(rpmTags.baseNames)),
    }
  );
};

const unpackList = ({ folders, folderOf, states, bases }: PackedList): readonly string[] => {
  const names = bases.toString('utf8').split('\0');
  return folderOf
    .map((folder, i) => `${folders[folder] ?? '?'}${names[i] ?? ''}`)
    .filter((path, i) => path.startsWith('/') && onDisk(states[i]));
};

/** Which package owns which file: by folder first, then only the lists that hold that folder. */
export const openOwnership = (headers: Iterable<RpmHeader>): Ownership => {
  const byFolder = new Map<string, PackedList[]>();
  const byName = new Map<string, PackedList[]>();
  for (const header of headers) {
    const list = pack(header);
    byName.set(list.name, [...(byName.get(list.name) ?? []), list]);
    for (const folder of new Set(list.folders)) {
      const known = byFolder.get(folder);
      if (known === undefined) byFolder.set(folder, [list]);
      else known.push(list);
    }
  }
  const unpacked = new Map<PackedList, ReadonlySet<string>>();
  const pathsOf = (list: PackedList): ReadonlySet<string> => {
    const known = unpacked.get(list) ?? new Set(unpackList(list));
    unpacked.set(list, known);
    return known;
  };
  return {
    ownerOf: path =>
      byFolder.get(path.slice(0, path.lastIndexOf('/') + 1))?.find(list => pathsOf(list).has(path))
        ?.name,
    filesOf: name => (byName.get(name) ?? []).flatMap(list => [...pathsOf(list)]),
  };
};
