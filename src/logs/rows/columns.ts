/**
 * The columns in which what questions ask for stands by itself, each value once in a segment; null where the log
 * does not say it. The rest of an event is in `rest` and `more`: see `encode.ts`.
 */
export const textColumns = [
  /** An `EventKind`; `unparsed` for a line that no format understands. */
  'kind',
  'outcome',
  'component',
  'service',
  /** Name of whose mailbox, account or message it is. */
  'user',
  /** Name of who did it, where that is another one. */
  'actor',
  /** Id of the application that acted, else its name. */
  'app',
  /** Where from, in canonical form. */
  'address',
  /** That wrote the line. */
  'host',
  'folder',
  /** Id of the format that read the line. */
  'format',
  /** The file or feed that the line is from. */
  'log',
  'rest',
  'more',
] as const;
export type TextColumn = (typeof textColumns)[number];

/** Stands in `kind` for a line that no format understands. */
export const unparsedKind = 'unparsed';

/** No value. */
export const absent = -1;
