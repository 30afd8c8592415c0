/** A folder that was listed, while something below it is still to be listed. */
export interface Branch {
  readonly path: string;
  readonly depth: number;
  /** Names of its folders that were not listed yet; the next one last. */
  names: string[];
  branches: Branch[];
  turn: number;
  ownTurn: boolean;
  /** Whether the folder listed last was a Maildir: the next one will be, too. */
  amongMaildirs: boolean;
  /** Names that were given up because too many waited. */
  dropped: number;
}

/** Where a walk stopped, at the first folder that it left in more than one place. */
interface Rest {
  readonly folder: string;
  /** Folders in it that were searched in part, and those that were not at all. */
  readonly inPart: readonly string[];
  readonly untouched: readonly string[];
}

export interface Frontier {
  /** The next folder to list; undefined when nothing is left. */
  next(): { readonly path: string; readonly depth: number; readonly from: Branch } | undefined;
  /** What was found in the folder that `next` gave. */
  add(from: Branch, path: string, names: string[]): void;
  /** Undefined when nothing is left. */
  rest(): Rest | undefined;
  /** Folders of which something was given up, with how much. */
  readonly dropped: readonly { readonly folder: string; readonly count: number }[];
}

/** A folder with so few waiting is never made to give some up while others have more. */
const fewNames = 64;

const branchAt = (path: string, depth: number, names: string[]): Branch => ({
  path,
  depth,
  names,
  branches: [],
  turn: 0,
  ownTurn: true,
  amongMaildirs: false,
  dropped: 0,
});

/** Takes out what is finished on the way; no deeper than the walk went. */
const hasMore = (branch: Branch): boolean => {
  branch.branches = branch.branches.filter(hasMore);
  branch.turn = 0;
  return branch.names.length > 0 || branch.branches.length > 0;
};

/**
 * What a walk has before it. Every folder shares its turns evenly among the folders in it, so that no
 * tree, however large, keeps the walk from another: below `/home` each user has the same share, and
 * below `/` each top folder. Of the names that wait, the longest list gives way.
 */
export const openFrontier = (waitingMax: number): Frontier => {
  const root = branchAt('', -1, ['']);
  let waiting = 1;
  let large: Branch[] = [];
  const dropped: Branch[] = [];

  const makeRoom = (): void => {
    while (waiting > waitingMax) {
      large = large.filter(({ names }) => names.length > fewNames);
      let longest: Branch | undefined;
      for (const each of large) {
        if (longest === undefined || each.names.length > longest.names.length) longest = each;
      }
      if (longest === undefined) return;
      // The front of the list comes last.
      const count = longest.names.length >> 1;
      longest.names = longest.names.slice(count);
      if (longest.dropped === 0) dropped.push(longest);
      longest.dropped += count;
      waiting -= count;
    }
  };

  const next: Frontier['next'] = () => {
    const way: Branch[] = [root];
    for (let at = way.at(-1); at !== undefined; at = way.at(-1)) {
      if (at.names.length > 0 && (at.ownTurn || at.branches.length === 0)) {
        at.ownTurn = false;
        const name = at.names.pop() ?? '';
        waiting -= 1;
        return { path: at === root ? '' : `${at.path}/${name}`, depth: at.depth + 1, from: at };
      }
      at.ownTurn = true;
      if (at.branches.length > 0) {
        at.turn = (at.turn + 1) % at.branches.length;
        const down = at.branches[at.turn];
        if (down !== undefined) way.push(down);
        continue;
      }
      // Nothing is left below it: the last of its neighbours takes its place.
      way.pop();
      const above = way.at(-1);
      const last = above?.branches.pop();
      if (above !== undefined && last !== undefined && last !== at)
        above.branches[above.turn] = last;
    }
    return undefined;
  };

  return {
    next,
    add: (from, path, names) => {
      if (names.length === 0) return;
      const branch = branchAt(path, from.depth + 1, names);
      from.branches.push(branch);
      waiting += names.length;
      if (names.length > fewNames) large.push(branch);
      if (waiting > waitingMax) makeRoom();
    },
    rest: () => {
      if (!hasMore(root)) return undefined;
      let at = root;
      for (;;) {
        const [only, ...others] = at.branches;
        if (only === undefined || others.length > 0 || at.names.length > 0) break;
        at = only;
      }
      return {
        folder: at.path === '' ? '/' : at.path,
        inPart: at.branches.map(({ path }) => path),
        untouched: at.names.map(name => `${at.path}/${name}`),
      };
    },
    get dropped() {
      return dropped.map(({ path, dropped: count }) => ({ folder: path, count }));
    },
  };
};
