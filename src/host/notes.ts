import { dirOf } from '../core/paths.ts';
import type { Unseen } from '../core/unseen.ts';

/** What was not seen, in order, without repeats. */
export interface Notes {
  add(item: Unseen): void;
  readonly all: readonly Unseen[];
}

const notesMax = 2_000;
const perFileMax = 100;
const perFolderMax = 500;

const notThere = /\b(?:is|are) not there\b/;

/** What lies in a folder that may not be entered is not known to be missing. */
const opened = (all: readonly Unseen[]): readonly Unseen[] => {
  const closed = all
    .filter(({ why }) => why.startsWith('cannot be entered'))
    .map(({ what }) => what);
  return closed.length === 0
    ? all
    : all.map(item => {
        if (!notThere.test(item.why)) return item;
        const above = closed.find(folder => item.what.startsWith(`${folder}/`));
        return above === undefined
          ? item
          : {
              ...item,
              why: item.why.replace(
                notThere,
                `could not be opened, as ${above} may not be entered`,
              ),
            };
      });
};

/**
 * A hostile tree must not fill memory with complaints, nor one file or folder of it leave no room for
 * those about others. Where some are left out, the last one says so.
 */
export const openNotes = (): Notes => {
  const notes = new Map<string, Unseen>();
  const counts = new Map<string, number>();

  const put = (item: Unseen): void => {
    if (notes.size > notesMax) return;
    notes.set(`${item.what}\0${item.why}`, item);
    if (notes.size === notesMax) {
      notes.set('', {
        what: '/',
        why: 'has more than 2,000 things that could not be seen; the rest is not listed',
        how: 'Mend the ones listed and run Postern again.',
      });
    }
  };

  /** Whether there is room for one more; the first for which there is none is told. */
  const counted = (what: string, of: 'f' | 'd', max: number): boolean => {
    const key = `${of}${what}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count === max + 1) {
      put({
        what,
        why: `has more than ${max} things in it that could not be seen or understood; the rest is not listed`,
        how: 'Mend the ones listed and run Postern again.',
      });
    }
    return count <= max;
  };

  return {
    add: item => {
      if (notes.size > notesMax || notes.has(`${item.what}\0${item.why}`)) return;
      const file = item.what.replace(/:\d+$/, '');
      if (file.startsWith('/') && file !== '/') {
        if (!counted(file, 'f', perFileMax)) return;
        if (dirOf(file) !== '/' && !counted(dirOf(file), 'd', perFolderMax)) return;
      }
      put(item);
    },
    get all() {
      return opened([...notes.values()]);
    },
  };
};
