import { importedPart } from '../../advisories/matching/match.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import type { FileView } from '../../core/files.ts';
import { AdvisoryStore } from '../../store/advisory-store.ts';
import { sqliteHere } from '../../store/sqlite.ts';
import { joinIndexes } from '../flaws.ts';
import { shippedNotes } from './shipped-notes.ts';

/** The advisory database in a store; it need not be there yet. */
export const advisoryStore = (folder: string): AdvisoryStore => new AdvisoryStore(folder);

export type OpenIndex = AdvisoryIndex & { close(): void };

const notesAlone = (): OpenIndex => Object.assign(shippedNotes(), { close: () => {} });

/**
 * Opens the database to be asked. Where nobody filled one, the notes that ship with Postern still tell of
 * flaws; what in it is damaged is said as unseen.
 */
export const openIndex = (folder: string, files: Pick<FileView, 'note'>): OpenIndex => {
  const store = new AdvisoryStore(folder);
  if (!store.exists()) return notesAlone();
  if (!sqliteHere()) {
    files.note({
      what: `the advisory database in ${store.folder}`,
      why: `SQLite is not in Node.js ${process.versions.node}, so that it was not asked`,
      how: 'Use Node.js 22.13 or newer.',
    });
    return notesAlone();
  }
  const open = store.open(({ name, why }) =>
    files.note({
      what: `the advisories of ${name}`,
      why: `its file was not asked: ${why}`,
      how: name.endsWith(`/${importedPart}`)
        ? `Remove it below ${store.folder}, and import what was in it anew.`
        : `postern advisories update ${name}`,
    }),
  );
  return Object.assign(joinIndexes([shippedNotes(), open]), { close: () => open.close() });
};
