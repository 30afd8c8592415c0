import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { baseOf, dirOf, joinPath } from '../core/paths.ts';

/** Where a path leads within the root, every link followed as `chroot` would. */
type Resolved =
  | { readonly at: 'found'; readonly inner: string; readonly stats: Stats }
  | { readonly at: 'absent' }
  | {
      readonly at: 'unseen';
      readonly why: string;
      /** The folder that bars the way, where it is not the path itself. */
      readonly folder?: string;
    };

export interface Resolver {
  resolve(path: string): Resolved;
  /** What the link at that path says; undefined when it is no link. */
  link(path: string): string | undefined;
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown error';

/**
 * Follows links by hand, one segment at a time, so that an absolute link starts again at the
 * inspected root and none can lead out of it. Segments already walked are remembered.
 *
 * @param isOver whether there is no time left to look at a path: what is not known by then is absent.
 */
export const makeResolver = (
  hostRoot: string,
  linksMax: number,
  isOver: (path: string) => boolean,
): Resolver => {
  type Step = { stats: Stats; target?: string } | 'absent' | { why: string; code: string };
  const steps = new Map<string, Step>();

  const stepAt = (inner: string): Step => {
    const known = steps.get(inner);
    if (known !== undefined) return known;
    if (isOver(inner)) return 'absent';
    let step: Step;
    try {
      const stats = lstatSync(hostRoot + inner);
      step = stats.isSymbolicLink() ? { stats, target: readlinkSync(hostRoot + inner) } : { stats };
    } catch (thrown) {
      const code = codeOf(thrown);
      step =
        code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG'
          ? 'absent'
          : { why: `cannot be looked at (${code})`, code };
    }
    steps.set(inner, step);
    return step;
  };

  const resolve = (path: string): Resolved => {
    if (path.includes('\0')) return { at: 'absent' };
    const queue = joinPath(path).split('/').reverse();
    let inner = '';
    let links = 0;
    let via: string | undefined;
    /** Segments that stood behind the link: once they are reached, the link itself led somewhere. */
    let behind = 0;
    let last: Stats | undefined;
    while (queue.length > 0) {
      const segment = queue.pop();
      if (queue.length < behind) via = undefined;
      if (segment === undefined || segment === '' || segment === '.') continue;
      if (segment === '..') {
        if (inner === '') return { at: 'unseen', why: `is a link that leaves the root (${via})` };
        inner = inner.slice(0, inner.lastIndexOf('/'));
        last = undefined;
        continue;
      }
      const next = `${inner}/${segment}`;
      const step = stepAt(next);
      if (step === 'absent') {
        return via === undefined
          ? { at: 'absent' }
          : { at: 'unseen', why: `is a link to ${via}, which does not exist below the root` };
      }
      if ('why' in step) {
        // Whatever lies in a folder that may not be searched is out of reach for one reason.
        return step.code === 'EACCES'
          ? { at: 'unseen', why: 'cannot be entered (EACCES)', folder: inner === '' ? '/' : inner }
          : { at: 'unseen', why: step.why };
      }
      if (step.target !== undefined) {
        links += 1;
        if (links > linksMax) return { at: 'unseen', why: 'is a symbolic link that loops' };
        via = step.target;
        behind = queue.length;
        if (step.target.startsWith('/')) inner = '';
        queue.push(...step.target.split('/').reverse());
        last = undefined;
        continue;
      }
      if (!step.stats.isDirectory() && queue.some(rest => rest !== '' && rest !== '.')) {
        return { at: 'absent' };
      }
      inner = next;
      last = step.stats;
    }
    if (last === undefined) {
      const step = inner === '' ? { stats: lstatSync(`${hostRoot}/`) } : stepAt(inner);
      if (step === 'absent' || 'why' in step) return { at: 'absent' };
      last = step.stats;
    }
    return { at: 'found', inner: inner === '' ? '/' : inner, stats: last };
  };

  const link = (path: string): string | undefined => {
    const bare = joinPath(path);
    const folder = resolve(dirOf(bare));
    if (folder.at !== 'found' || bare === '/') return undefined;
    const step = stepAt(`${folder.inner === '/' ? '' : folder.inner}/${baseOf(bare)}`);
    return step === 'absent' || 'why' in step ? undefined : step.target;
  };

  return { resolve, link };
};
