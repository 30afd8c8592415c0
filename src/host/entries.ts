import { type Dirent, opendirSync } from 'node:fs';

/**
 * A folder's entries, in no order, and one more than `max` when there are more: a folder of millions
 * must not fill memory before anybody counts them.
 */
export const readEntries = (path: string, max: number): readonly Dirent[] => {
  const folder = opendirSync(path, { bufferSize: 1024 });
  try {
    const entries: Dirent[] = [];
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      entries.push(entry);
      if (entries.length > max) break;
    }
    return entries;
  } finally {
    folder.closeSync();
  }
};
