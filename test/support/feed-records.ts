import type { Feed, FeedRecord } from '../../src/advisories/feed.ts';
import type { FeedEntry } from '../../src/core/advisory.ts';

export interface FeedAnswer {
  readonly entries: readonly FeedEntry[];
  readonly refused: readonly string[];
  readonly frame: ReturnType<NonNullable<Feed['frame']>>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** The members of a document beside its records, as the intake hands them to `frame`. */
const withoutRecords = (document: unknown, of: readonly string[]): Record<string, unknown> => {
  if (!isObject(document)) return {};
  return Object.fromEntries(Object.entries(document).filter(([name]) => name !== of[0]));
};

/** A document cut into records, as the intake would do, but all in memory. */
export const recordsOf = (
  feed: Feed,
  name: string,
  text: string,
): { readonly records: readonly FeedRecord[]; readonly frame: Record<string, unknown> } => {
  const head = text.slice(0, 4_096);
  const cut = feed.cut(name, head);
  const value = parsed(text);
  const numbered = (values: readonly unknown[]): readonly FeedRecord[] =>
    values.map((each, i) => ({ document: name, number: i + 1, value: each }));
  switch (cut.by) {
    case 'whole':
      return {
        records: numbered([value ?? text]),
        frame: isObject(value) ? value : { text },
      };
    case 'lines': {
      const lines = text.split(/\r?\n/);
      const at = lines.findIndex(line => line !== '' && !line.startsWith('#'));
      const header = lines[at] ?? '';
      return {
        records: lines
          .slice(at + 1)
          .filter(line => line.trim() !== '' && !line.startsWith('#'))
          .map((line, i) => ({ document: name, number: i + 1, header, value: line })),
        frame: { head },
      };
    }
    case 'members':
      return {
        records: Object.entries(isObject(value) ? value : {}).map(([key, each], i) => ({
          document: name,
          number: i + 1,
          key,
          value: each,
        })),
        frame: {},
      };
    case 'elements': {
      let list: unknown = value;
      for (const step of cut.of) list = isObject(list) ? list[step] : undefined;
      return {
        records: numbered(Array.isArray(list) ? (list as readonly unknown[]) : []),
        frame: withoutRecords(value, cut.of),
      };
    }
  }
};

/** Everything that a feed finds in a document. */
export const readDocument = (feed: Feed, name: string, text: string): FeedAnswer => {
  const { records, frame } = recordsOf(feed, name, text);
  const entries: FeedEntry[] = [];
  const refused: string[] = [];
  for (const record of records) {
    const reading = feed.read(record);
    if ('refused' in reading) refused.push(reading.refused);
    else entries.push(...reading.entries);
  }
  return { entries, refused, frame: feed.frame?.(frame) ?? {} };
};
