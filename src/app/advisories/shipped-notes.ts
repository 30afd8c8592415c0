import { notes } from '../../advisories/feeds/notes.ts';
import { type HeldEntries, memoryIndex } from '../../advisories/memory-index.ts';
import { curatedNotes } from '../../advisories/notes.generated.ts';
import type { NotesDocument } from '../../advisories/notes-document.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';

const heldNotes = (document: NotesDocument): HeldEntries => {
  const reading = notes.read({ document: document.product, number: 1, value: document });
  // They are part of the program: a mistake in one is ours.
  if ('refused' in reading) throw new Error(`notes/${document.product}: ${reading.refused}`);
  const newest = document.notes
    .map(({ date }) => date)
    .sort()
    .at(-1);
  const asOf = new Date(document.complete ?? newest ?? 0).toISOString();
  return {
    holding: {
      feed: 'notes',
      part: document.product,
      asOf,
      asOfBasis: document.complete === undefined ? 'records' : 'source',
      taken: asOf,
      from: 'shipped with Postern',
      entries: reading.entries.length,
      ...(document.complete === undefined ? { partial: true } : {}),
      refused: 0,
      refusals: [],
    },
    entries: reading.entries,
  };
};

/**
 * The notes that ship with Postern, asked like the store. They name what is known of past break-ins and
 * claim no more: see `docs/advisory-notes.md`.
 */
export const shippedNotes = (): AdvisoryIndex => memoryIndex(curatedNotes.map(heldNotes));
