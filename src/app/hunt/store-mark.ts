import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const sizeOf = (path: string): string => {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${size}/${mtimeMs}`;
  } catch {
    return '';
  }
};

/** Changes whenever lines come to a store: what its spools hold, and what its state says of segments. */
export const storeMark = (store: string): string => {
  const spool = join(store, 'spool');
  const parts = ['state.sqlite', 'state.sqlite-wal'].map(name => sizeOf(join(store, name)));
  for (const source of namesIn(spool))
    for (const name of namesIn(join(spool, source)))
      parts.push(`${source}/${name} ${sizeOf(join(spool, source, name))}`);
  return parts.join('\n');
};
