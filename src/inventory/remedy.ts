import type { Place } from '../core/place.ts';

/**
 * Headings of remedies. Each says one file and one place in it, so that nobody who pastes has to
 * guess; line numbers are those of the file before anything was pasted.
 */

/** A name that somebody else chose must not become a line of its own in text to paste. */
const tame = (text: string): string => text.replace(/[\s\p{C}]+/gu, ' ').trim();

const heading = (path: string, where: string, what?: string): string =>
  `# in ${tame(path)}, ${where}${what === undefined ? '' : ` (${tame(what).replace(/[()]/g, '')})`}:`;

export const atEnd = (path: string, what?: string): string => heading(path, 'at its end', what);

export const atTop = (path: string, what?: string): string => heading(path, 'at its top', what);

/** @param what stands there today, for whoever looks for it after other changes. */
export const insteadOf = ({ path, line }: Place, what?: string): string =>
  heading(path, `in place of line ${line ?? 1}`, what);

export const after = ({ path, line }: Place, what?: string): string =>
  heading(path, `after line ${line ?? 1}`, what);

export const before = ({ path, line }: Place, what?: string): string =>
  heading(path, `before line ${line ?? 1}`, what);

/** In place of the line that sets it in that very file, else at the end, where it counts last. */
export const setIn = (path: string, place: Place | undefined, what?: string): string =>
  place?.path === path && place.line !== undefined ? insteadOf(place, what) : atEnd(path);

/** Each line in place of the one that sets it in that file, the others at its end. */
export const setEach = (
  path: string,
  settings: readonly (readonly [line: string, place: Place | undefined])[],
): string => {
  const known = settings.filter(([, place]) => place?.path === path && place.line !== undefined);
  const others = settings.filter(each => !known.includes(each));
  return [
    ...known.flatMap(([line, place]) => [setIn(path, place), line]),
    ...(others.length === 0 ? [] : [atEnd(path), ...others.map(([line]) => line)]),
  ].join('\n');
};
