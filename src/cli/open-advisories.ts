import { joinIndexes } from '../app/flaws.ts';
import type { AdvisoryIndex } from '../core/advisory-index.ts';
import { AdvisoryStore } from '../store/advisory-store.ts';
import { sqliteHere } from '../store/sqlite.ts';
import type { Invocation } from './arguments.ts';
import { storeToRead } from './store-folder.ts';
import type { Aim } from './target.ts';

/** The advisory database of the store, where somebody filled one; what in it is damaged is said as unseen. */
export const openAdvisories = (
  invocation: Invocation,
  { target, files }: Aim,
): (AdvisoryIndex & { close(): void }) | undefined => {
  if ('sample' in target) return undefined;
  const store = new AdvisoryStore(storeToRead(invocation));
  if (!store.exists()) return undefined;
  if (!sqliteHere()) {
    files.note({
      what: `the advisory database in ${store.folder}`,
      why: `SQLite is not in Node.js ${process.versions.node}, so that it was not asked`,
      how: 'Use Node.js 22.13 or newer.',
    });
    return undefined;
  }
  const open = store.open();
  for (const { name, why } of open.damaged) {
    files.note({
      what: `the advisories of ${name}`,
      why: `the file is damaged: ${why}`,
      how: `postern advisories update ${name}`,
    });
  }
  return { ...joinIndexes([open]), close: open.close };
};
