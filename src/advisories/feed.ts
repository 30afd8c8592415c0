import type { FeedEntry, FeedId } from '../core/advisory.ts';

/** A document that a feed publishes under an address of its own. */
export interface FeedAddress {
  /** Part of the feed: `Debian`, `2025`; empty for a feed of one document. */
  readonly part: string;
  readonly url: string;
  /** What is taken when nobody says otherwise. */
  readonly byDefault: boolean;
  /** Address of the digest that the source publishes beside it, and how it is written. */
  readonly digest?: { readonly url: string; readonly form: 'sha256sum' | 'nvd-meta' };
  /** Environment variable that holds an API key, and the header that carries it. */
  readonly key?: { readonly variable: string; readonly header: string };
  /** One document for each year up to this one; `{year}` in part, address and digest is replaced. */
  readonly years?: { readonly first: number };
  /** The source asks for pages: NVD's API. `{start}` in `url` is replaced. */
  readonly paged?: { readonly size: number };
  /**
   * Some record of it changes within these hours, always: a server whose newest record is older keeps an
   * old copy, however freshly it says so. Absent where a source may rest for longer.
   */
  readonly paceHours?: number;
}

/** How a document is cut into records before it is read, so that none has to fit into memory whole. */
export type Cut =
  /** The document is one record. */
  | { readonly by: 'whole' }
  /** Each element of the array at this path is one. */
  | { readonly by: 'elements'; readonly of: readonly string[] }
  /** Each member of the top-level object is one: `key` is its name. */
  | { readonly by: 'members' }
  /** Each line is one. */
  | { readonly by: 'lines' };

/** One record of a document, and where it stood. */
export interface FeedRecord {
  /** Name within the archive or the file's own name; only a label. */
  readonly document: string;
  /** 1-based number within the document. */
  readonly number: number;
  /** The member's name, for `by: 'members'`. */
  readonly key?: string;
  /** For `by: 'lines'`: the document's first line that does not begin with `#`, which may name columns. */
  readonly header?: string;
  /** Parsed JSON; the line itself for `by: 'lines'`; text for a document that is not JSON. */
  readonly value: unknown;
}

export type FeedReading =
  | { readonly entries: readonly FeedEntry[] }
  /** Not understood: counted and named, and the feed goes on. */
  | { readonly refused: string };

/** A kind of advisory data. Pure: the same record gives the same entries; it never throws. */
export interface Feed {
  readonly id: FeedId;
  readonly title: string;
  readonly addresses: readonly FeedAddress[];
  /** A document with fewer entries is an excerpt, unless whoever imports it says otherwise. */
  readonly wholeMin?: number;
  /** Hours after which a copy proves nothing by its silence, unless configured. */
  readonly maxAgeHours: number;
  /** How sure it is, 0 to 1, that a document is its own. `head`: its first 4 KiB as text. */
  sniff(name: string, head: string): number;
  /** How a document is cut; asked after `sniff`. */
  cut(name: string, head: string): Cut;
  /**
   * Parts within one document (an OSV archive of all ecosystems): which one a record belongs to;
   * absent: the part that the address or the import gave.
   */
  read(record: FeedRecord): FeedReading;
  /**
   * What the document says of itself beside its records: when it was made, how many it should hold.
   * `count` that differs from the records read is a truncated document: the whole is refused.
   * `members`: those of the top-level object; of a document that is cut by lines, `head`, its first
   * 4 KiB; of a text that is one record, `text`.
   */
  frame?(members: Readonly<Record<string, unknown>>): {
    readonly asOf?: string;
    readonly count?: number;
    readonly problem?: string;
    /** It names some flaws and does not claim to name all. */
    readonly partial?: boolean;
  };
}
