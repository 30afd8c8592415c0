import type { Unseen } from '../../core/unseen.ts';

/** Names of mailboxes are personal data: what is told of a store is its root, how many, and pseudonyms. */
export interface MailNotes {
  add(path: string, why: string): void;
  readonly all: readonly Unseen[];
  readonly count: number;
}

interface Noted {
  readonly root: string;
  readonly why: string;
  count: number;
  readonly examples: Set<string>;
}

const kindsMax = 1_000;
const examplesMax = 5;

const isBelow = (path: string, root: string): boolean =>
  root === '/' || path === root || path.startsWith(`${root}/`);

/**
 * @param roots the paths that somebody asked for, which may be named.
 * @param pseudonymOf what stands for a path where it must be found again; without it, a count has to do.
 */
export const openMailNotes = (
  roots: readonly string[],
  pseudonymOf?: (path: string) => string,
): MailNotes => {
  const longestFirst = [...roots].sort((a, b) => b.length - a.length);
  const noted = new Map<string, Noted>();

  let total = 0;
  const add = (path: string, why: string): void => {
    total += 1;
    const root = longestFirst.find(each => isBelow(path, each)) ?? '/';
    const key = `${root}\0${why}`;
    let known = noted.get(key);
    if (known === undefined) {
      if (noted.size >= kindsMax) return;
      known = { root, why, count: 0, examples: new Set() };
      noted.set(key, known);
    }
    known.count += 1;
    if (path !== root && pseudonymOf !== undefined && known.examples.size < examplesMax) {
      known.examples.add(pseudonymOf(path));
    }
  };

  const told = ({ root, why, count, examples }: Noted): Unseen => {
    const named = examples.size === 0 ? '' : `; of them ${[...examples].join(', ')}`;
    return {
      what: root,
      why:
        count === 1
          ? `something in it ${why}${named}`
          : `${count} things in it: each ${why}${named}`,
      how: 'Run Postern as a user who may read it; what is encrypted or damaged must be taken as read by whoever could.',
    };
  };

  return {
    add,
    get count() {
      return total;
    },
    get all() {
      return [...noted.values()].map(told);
    },
  };
};
