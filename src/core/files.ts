import type { Unseen } from './unseen.ts';

export type FileKind = 'file' | 'folder' | 'socket' | 'fifo' | 'device' | 'link' | 'other';

export interface FileStat {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface FolderEntry {
  readonly name: string;
  /** The entry's own kind: `link` is not followed. */
  readonly kind: FileKind;
}

/** Where a whole reading ended before everything was read: nothing that comes later was looked at. */
export interface Cut {
  /** "reading stopped after 60 s". */
  readonly why: string;
  /** The first path that was not looked at any more. */
  readonly before: string;
  /** What lets it go on. */
  readonly how: string;
}

/**
 * The inspected file system, read-only, as if its root were `/`. Paths are absolute within it.
 * Nothing outside the root is opened; links are followed inside it, as in a chroot.
 *
 * No method throws. What is plainly absent answers `undefined` or an empty list; whatever exists and
 * could not be read (permission, loop, link out of the root, device, too large, not text) is also
 * recorded in `unseen`, so that no reader can lose it.
 */
export interface FileView {
  /** The whole file as text, at most `bytesMax` (default 4 MiB). Larger files are unseen. */
  text(path: string, limits?: { readonly bytesMax?: number }): string | undefined;
  /** `lengthBytes` bytes from `offsetBytes`; from the end when negative. Shorter at the file's end. */
  slice(path: string, offsetBytes: number, lengthBytes: number): Uint8Array | undefined;
  /** The file in pieces, for those too large to hold; stops after `bytesMax`, which is then unseen. */
  chunks(path: string, bytesMax: number): Iterable<Uint8Array>;
  /** Of what the path leads to, links followed. */
  stat(path: string): FileStat | undefined;
  /** Where the path leads after following every link, within the root. */
  real(path: string): string | undefined;
  /** What the link at that path says, itself not followed; undefined when it is no link. */
  link(path: string): string | undefined;
  /** The folder's entries, sorted by name; at most 20,000, beyond that also unseen. */
  list(path: string): readonly FolderEntry[];
  /**
   * Paths that match, sorted. `*`, `?`, `[…]` and `{a,b}` within a segment. A pattern that starts
   * with `**` + `/` is answered from the one discovery walk and must be among a platform's `reads`.
   */
  glob(pattern: string): readonly string[];
  /** Records what could not be understood. */
  note(unseen: Unseen): void;
  /** Where the bounds on the whole reading ended it; undefined as long as they did not. */
  readonly cut?: Cut | undefined;
  /** Everything recorded so far, in order, without repeats. */
  readonly unseen: readonly Unseen[];
}
