/** Joins and normalises an absolute path; `..` never climbs above `/`. */
export const joinPath = (...parts: readonly string[]): string => {
  const out: string[] = [];
  for (const part of parts.join('/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') out.pop();
    else out.push(part);
  }
  return `/${out.join('/')}`;
};

/** `path` if it is absolute, else `path` below `base`. */
export const resolveFrom = (base: string, path: string): string =>
  path.startsWith('/') ? joinPath(path) : joinPath(base, path);

export const dirOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

export const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The absolute path that the last word of a text holds or is: `/b` in `hash -o /a:x /b`. */
export const pathAtEnd = (text: string): string | undefined => {
  const bare = text.trimEnd();
  const word = bare.slice(Math.max(bare.lastIndexOf(' '), bare.lastIndexOf('\t')) + 1);
  const slash = word.indexOf('/');
  return slash < 0 || slash + 1 === word.length ? undefined : word.slice(slash, slash + 4_096);
};
