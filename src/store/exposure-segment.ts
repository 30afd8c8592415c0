import type {
  IdentifierDictionary,
  MentionColumns,
  MessageColumns,
} from '../core/exposure-index.ts';
import { ColumnFile } from './parquet/column-file.ts';
import type { DenseColumnData } from './parquet/dense-column.ts';
import { writeParquet } from './parquet/write.ts';

/** A segment's tables. */
export interface SegmentTables {
  readonly messages: MessageColumns;
  readonly mentions: MentionColumns;
  readonly identifiers: IdentifierDictionary;
}

export type SegmentPart = keyof SegmentTables;
export const segmentParts: readonly SegmentPart[] = ['messages', 'mentions', 'identifiers'];

/** Below the folder of segments. */
export const segmentFile = (number: number, part: SegmentPart): string =>
  `${String(number).padStart(8, '0')}.${part}.parquet`;

/** Which segment a file is of; undefined for what is none. */
export const segmentOfFile = (name: string): number | undefined => {
  const [, number] = /^(\d{8,15})\.(?:messages|mentions|identifiers)\.parquet$/.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
};

/** Of the columns. Another number: readers of this one do not know them. */
const layout = '1';
/** zstd: what lies there is numbers without much order, a higher level finds no more. */
const level = 1;

type Shape<Name extends string> = readonly (readonly [
  name: Name,
  dense: DenseColumnData['dense'],
  as: DenseColumnData['as'],
])[];

const messageShape: Shape<keyof MessageColumns> = [
  ['message', 'uint32', 'deltas'],
  ['mailbox', 'uint32', 'few'],
  ['folder', 'uint32', 'few'],
  ['received', 'int64', 'plain'],
  ['uid', 'uint32', 'deltas'],
  ['idHigh', 'int64', 'plain'],
  ['idLow', 'int64', 'plain'],
  ['size', 'uint32', 'plain'],
  ['flags', 'uint32', 'few'],
  ['types', 'int64', 'few'],
  ['weak', 'int64', 'few'],
  ['sure', 'int64', 'few'],
  ['shared', 'int64', 'few'],
];

const mentionShape: Shape<keyof MentionColumns> = [
  ['message', 'uint32', 'deltas'],
  ['identifier', 'uint32', 'plain'],
  ['roles', 'uint32', 'few'],
  ['own', 'int64', 'few'],
  ['weak', 'int64', 'few'],
];

const identifierShape: Shape<keyof IdentifierDictionary> = [
  ['high', 'int64', 'plain'],
  ['low', 'int64', 'plain'],
  ['kind', 'uint32', 'few'],
];

const most32 = 2 ** 32 - 1;

const fileOf = <Name extends string>(
  shape: Shape<Name>,
  columns: Readonly<Record<Name, ArrayLike<number>>>,
  createdBy: string,
): Buffer => {
  const dense = shape.map(
    ([name, kind, as]): DenseColumnData => ({
      name,
      dense: kind,
      as,
      values:
        kind === 'uint32'
          ? Uint32Array.from(columns[name], value => Math.min(value, most32))
          : Float64Array.from(columns[name]),
    }),
  );
  return writeParquet({
    rows: dense[0]?.values.length ?? 0,
    columns: dense,
    metadata: { 'postern.exposure': layout },
    createdBy,
    level,
  });
};

/** The three files of a segment. */
export const segmentFiles = (
  { messages, mentions, identifiers }: SegmentTables,
  createdBy: string,
): Readonly<Record<SegmentPart, Buffer>> => ({
  messages: fileOf(messageShape, messages, createdBy),
  mentions: fileOf(mentionShape, mentions, createdBy),
  identifiers: fileOf(identifierShape, identifiers, createdBy),
});

/** All columns of a file. @throws RangeError where it is another one or damaged, and what the system says */
const columnsOf = <Name extends string>(
  path: string,
  shape: Shape<Name>,
): Record<Name, Float64Array> => {
  const file = new ColumnFile(path);
  try {
    if (file.metadata.get('postern.exposure') !== layout) {
      throw new RangeError('it is no table of the index, or another version of Postern wrote it');
    }
    const [group] = file.groups;
    const columns = shape.map(([name]) => [
      name,
      group === undefined ? new Float64Array(0) : file.numbers(group, name),
    ]);
    return Object.fromEntries(columns) as Record<Name, Float64Array>;
  } finally {
    file.close();
  }
};

export const readMessages = (path: string): MessageColumns => columnsOf(path, messageShape);

export const readMentions = (path: string): MentionColumns => columnsOf(path, mentionShape);

export const readIdentifiers = (path: string): IdentifierDictionary => {
  const { high, low, kind } = columnsOf(path, identifierShape);
  return { high, low, kind: Uint8Array.from(kind) };
};
