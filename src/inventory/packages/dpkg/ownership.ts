import type { FileView } from '../../../core/files.ts';
import { baseOf } from '../../../core/paths.ts';

const infoFolder = '/var/lib/dpkg/info';
const listBytesMax = 16 << 20;

export interface Ownership {
  readonly ownerOf: (path: string) => string | undefined;
  readonly filesOf: (name: string) => readonly string[];
}

export interface Owner {
  readonly name: string;
  readonly arch?: string;
  /** `status.d` packages (container images without dpkg) list their files in `.md5sums` beside it. */
  readonly sums?: string;
}

interface Diversion {
  readonly to: string;
  /** `:` when the administrator made it. */
  readonly by: string;
}

/** dpkg-divert(1): three lines each, the contested path, where it went, and who sent it there. */
const readDiversions = (files: FileView): ReadonlyMap<string, Diversion> => {
  const lines = (files.text('/var/lib/dpkg/diversions') ?? '').split('\n');
  const diversions = new Map<string, Diversion>();
  for (let i = 0; i + 2 < lines.length; i += 3) {
    diversions.set(lines[i] ?? '', { to: lines[i + 1] ?? '', by: lines[i + 2] ?? '' });
  }
  return diversions;
};

const wordsOf = (path: string): readonly string[] => path.toLowerCase().split(/[^a-z0-9+]+/);

/**
 * Which package owns which file, read lazily: most questions are about files whose path holds the
 * package's name, so those lists come first, and all of them only when they did not answer.
 */
export const openOwnership = (files: FileView, owners: readonly Owner[]): Ownership => {
  const byName = new Map<string, Owner[]>();
  const byStem = new Map<string, string[]>();
  for (const owner of owners) {
    const same = byName.get(owner.name);
    if (same !== undefined) {
      same.push(owner);
      continue;
    }
    byName.set(owner.name, [owner]);
    const stem = owner.name.split(/[-.]/)[0] ?? owner.name;
    const kin = byStem.get(stem);
    if (kin === undefined) byStem.set(stem, [owner.name]);
    else kin.push(owner.name);
  }
  const lists = new Map<string, readonly string[]>();
  const sets = new Map<string, ReadonlySet<string>>();
  let diversions: ReadonlyMap<string, Diversion> | undefined;
  let listed: ReadonlySet<string> | undefined;
  let everything: Map<string, string> | undefined;

  const readList = ({ name, arch, sums }: Owner): readonly string[] => {
    if (sums !== undefined) {
      const text = files.text(sums, { bytesMax: listBytesMax }) ?? '';
      return text.split('\n').flatMap(line => {
        const match = /^[0-9a-f]{32}\s+(\S.*)$/.exec(line);
        return match === null ? [] : [`/${match[1]}`];
      });
    }
    listed ??= new Set(files.list(infoFolder).map(entry => entry.name));
    const path = [`${name}:${arch ?? ''}.list`, `${name}.list`].find(each => listed?.has(each));
    if (path === undefined) return [];
    const text = files.text(`${infoFolder}/${path}`, { bytesMax: listBytesMax }) ?? '';
    return text.split('\n').filter(line => line.startsWith('/') && line !== '/.');
  };

  const filesOf = (name: string): readonly string[] => {
    const known = lists.get(name);
    if (known !== undefined) return known;
    const all = (byName.get(name) ?? []).map(readList);
    const paths = all.length < 2 ? (all[0] ?? []) : [...new Set(all.flat())];
    lists.set(name, paths);
    return paths;
  };

  const has = (name: string, path: string): boolean => {
    let set = sets.get(name);
    if (set === undefined) {
      set = new Set(filesOf(name));
      sets.set(name, set);
    }
    return set.has(path);
  };

  const listedOwner = (path: string): string | undefined => {
    if (everything === undefined) {
      for (const word of wordsOf(path)) {
        const owner = byStem.get(word)?.find(name => has(name, path));
        if (owner !== undefined) return owner;
      }
      everything = new Map();
      for (const name of byName.keys()) {
        for (const owned of filesOf(name)) if (!everything.has(owned)) everything.set(owned, name);
      }
    }
    return everything.get(path);
  };

  const ownerOf = (path: string): string | undefined => {
    diversions ??= readDiversions(files);
    const diverted = diversions.get(path);
    // What lies at a diverted path is the diverter's: a package's, or the administrator's own.
    if (diverted !== undefined) {
      return byName.has(diverted.by) && has(diverted.by, path) ? diverted.by : undefined;
    }
    const owner = listedOwner(path);
    if (owner !== undefined) return owner;
    for (const [contested, { to, by }] of diversions) {
      if (to !== path || baseOf(contested) === '') continue;
      return [...byName.keys()].find(name => name !== by && has(name, contested));
    }
    return undefined;
  };
  return { ownerOf, filesOf };
};
