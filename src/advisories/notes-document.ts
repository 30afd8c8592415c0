import type { SchemeId, Standing } from '../core/advisory.ts';

/** The only format there is so far; another one is refused, not guessed at. */
export const notesFormat = 'postern-notes/1';

/**
 * One line of development in a note. Branches stand in the order of their versions: from the fixed version
 * of one up to the beginning of the next nothing is affected, nor from the last fixed version on.
 */
export interface NoteBranch {
  /** First version of the branch that is affected; absent in the first branch: from the beginning. */
  readonly from?: string;
  /** First version that is mended. */
  readonly fixed?: string;
  /** First version after the mended ones that the note says nothing of; absent: up to the next branch. */
  readonly until?: string;
  /** Last version that is affected, where nobody says which one is mended. */
  readonly through?: string;
  /** The vendor will not mend it: its own word. Neither `fixed` nor `through` then. */
  readonly unmended?: string;
  /** Day on which the fix became public; absent: the day of the note. */
  readonly on?: string;
}

/** Who says since when attackers have been using it. */
export interface NoteExploited {
  readonly since: string;
  readonly by: string;
  readonly url?: string;
  /** Which of the note's flaws; absent: all of them. */
  readonly flaws?: readonly string[];
}

export interface Note {
  /** `zimbra-10.1.13`: letters, digits, `.`, `_`, `-`; unique within the document. */
  readonly id: string;
  /** Day on which the vendor published it, or, where nobody confirms that day, one on which it was known (`dated`). */
  readonly date: string;
  /** The vendor's own day is not known: its fix was public on `date`, and perhaps long before. */
  readonly dated?: 'at-latest';
  /** What its maker published on that day was the release that mends it, not a note on the flaw. */
  readonly sign?: 'release';
  readonly title: string;
  readonly urls: readonly string[];
  /** CVE and other names; empty where nobody gave one: the note itself then names the flaw. */
  readonly flaws: readonly string[];
  readonly branches: readonly NoteBranch[];
  /** Of versions that no branch holds; absent: `unknown`. */
  readonly others?: Standing;
  /** Why a version alone proves nothing: a setting, a module, a patch that is not in the version. */
  readonly only?: string;
  /** The vendor's word: `critical`. */
  readonly severity?: string;
  /** It was used by attackers. */
  readonly exploited?: readonly NoteExploited[];
}

/**
 * A vendor's security notes on one product that no ecosystem speaks of: `docs/advisory-notes.md`. What
 * Postern ships lies in `notes/`; a user's own files are of the same form, in YAML or JSON.
 */
export interface NotesDocument {
  readonly format: typeof notesFormat;
  /** Name that the product goes by here: `zimbra`. */
  readonly product: string;
  /** Other names for it. */
  readonly names?: readonly string[];
  /** As its vendor writes it. */
  readonly title: string;
  readonly vendor: string;
  readonly scheme: SchemeId;
  /** Where the vendor publishes its notes. */
  readonly source: string;
  /**
   * Last day up to which every security note of the vendor is in this document. Absent: it holds some, and
   * its silence proves nothing.
   */
  readonly complete?: string;
  readonly notes: readonly Note[];
}
