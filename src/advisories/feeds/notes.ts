import type { AffectedProduct, FeedEntry, Span } from '../../core/advisory.ts';
import type { Feed } from '../feed.ts';
import { addressesOf, textIn } from '../json-value.ts';
import type { Note, NoteBranch, NotesDocument } from '../notes-document.ts';
import { keyOfNote } from '../product-key.ts';
import { readNotes } from './notes/parse.ts';

const spansOf = (branches: readonly NoteBranch[]): readonly Span[] =>
  branches.flatMap((branch, i): readonly Span[] => {
    const next = branches[i + 1]?.from;
    const lower = branch.from === undefined ? {} : { from: branch.from };
    const upper = next === undefined ? {} : { before: next };
    if (branch.fixed !== undefined) {
      return [
        { ...lower, before: branch.fixed, standing: 'affected' },
        {
          from: branch.fixed,
          ...(branch.until === undefined ? upper : { before: branch.until }),
          standing: 'not-affected',
        },
      ];
    }
    return branch.through === undefined
      ? [{ ...lower, ...upper, standing: 'affected' }]
      : [{ ...lower, through: branch.through, standing: 'affected' }];
  });

const affectedOf = (document: NotesDocument, note: Note): readonly AffectedProduct[] => {
  const unmended = note.branches.find(branch => branch.unmended !== undefined)?.unmended;
  const fixed = note.branches.map(branch => branch.fixed).filter(version => version !== undefined);
  const days = note.branches.map(branch => branch.on).filter(day => day !== undefined);
  const [first = note.date] = [...days].sort();
  return [...new Set([document.product, ...(document.names ?? [])])].map(name => ({
    key: keyOfNote(name),
    product: document.title,
    scheme: document.scheme,
    spans: spansOf(note.branches),
    rest: note.others ?? 'unknown',
    fixed,
    ...(fixed.length === 0 ? {} : { fixedOn: first }),
    ...(fixed.length === 0 || note.dated === undefined || days.length > 0
      ? {}
      : { fixedAtLatest: true }),
    ...(fixed.length === 0 || note.sign === undefined ? {} : { fixedByRelease: true }),
    ...(note.only === undefined ? {} : { blur: note.only }),
    ...(unmended === undefined ? {} : { unmended }),
  }));
};

const entriesOf = (document: NotesDocument): readonly FeedEntry[] =>
  document.notes.flatMap((note): readonly FeedEntry[] => {
    const exploited = note.exploited ?? [];
    const flaws = note.flaws.length === 0 ? [note.id] : note.flaws;
    const advisory: FeedEntry = {
      kind: 'advisory',
      advisory: {
        feed: 'notes',
        id: note.id,
        aliases: [],
        covers: note.flaws,
        title: note.title,
        published: note.date,
        severities:
          note.severity === undefined ? [] : [{ by: document.vendor, word: note.severity }],
        affected: affectedOf(document, note),
        references: addressesOf([
          ...note.urls,
          ...exploited.map(({ url }) => url),
          document.source,
        ]),
      },
    };
    const used = exploited.flatMap(({ since, by, flaws: some }) =>
      (some ?? flaws).map(
        (flaw): FeedEntry => ({ kind: 'exploited', exploited: { flaw, by, on: since } }),
      ),
    );
    return [advisory, ...used];
  });

/**
 * Vendors' security notes on products that no ecosystem speaks of, in Postern's own format: see
 * `docs/advisory-notes.md`. A note without a CVE counts as much as one with.
 */
export const notes: Feed = {
  id: 'notes',
  title: 'Vendors’ security notes',
  addresses: [],
  // Counted from the day up to which the document is complete.
  maxAgeHours: 30 * 24,
  sniff: (_name, head) =>
    /^\uFEFF?(?:#[^\n]*\n|\s|---)*(?:\{\s*)?(?:"?\$schema"?\s*:[^\n]*\n\s*)?"?format"?\s*:\s*["']?postern-notes\//.test(
      head,
    )
      ? 0.95
      : 0,
  cut: () => ({ by: 'whole' }),
  read: ({ value }) => {
    const document = readNotes(value);
    return 'mistake' in document ? { refused: document.mistake } : { entries: entriesOf(document) };
  },
  frame: members => {
    const text = textIn(members, 'text', 1 << 22);
    const document = readNotes(text ?? members);
    if ('mistake' in document) return {};
    return document.complete === undefined ? { partial: true } : { asOf: document.complete };
  },
};
