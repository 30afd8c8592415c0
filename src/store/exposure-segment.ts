import type {
  IdentifierDictionary,
  MentionColumns,
  MessageColumns,
} from '../core/exposure-index.ts';
import { ParquetFile } from './parquet/read.ts';
import { type ColumnData, writeParquet } from './parquet/write.ts';

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

const messageColumns = [
  'message',
  'mailbox',
  'folder',
  'received',
  'uid',
  'idHigh',
  'idLow',
  'size',
  'flags',
  'types',
  'weak',
  'shared',
] as const satisfies readonly (keyof MessageColumns)[];

const mentionColumns = [
  'message',
  'identifier',
  'roles',
  'own',
  'weak',
] as const satisfies readonly (keyof MentionColumns)[];

const numbers = (values: ArrayLike<number>): Float64Array =>
  values instanceof Float64Array ? values : Float64Array.from(values);

const fileOf = (
  columns: readonly (readonly [name: string, values: ArrayLike<number>])[],
  createdBy: string,
): Buffer =>
  writeParquet({
    rows: columns[0]?.[1].length ?? 0,
    columns: columns.map(
      ([name, values]): ColumnData => ({
        name,
        kind: name === 'received' ? 'time' : 'int64',
        values: numbers(values),
      }),
    ),
    metadata: { 'postern.exposure': layout },
    createdBy,
    level,
  });

/** The three files of a segment. */
export const segmentFiles = (
  { messages, mentions, identifiers }: SegmentTables,
  createdBy: string,
): Readonly<Record<SegmentPart, Buffer>> => ({
  messages: fileOf(
    messageColumns.map(name => [name, messages[name]]),
    createdBy,
  ),
  mentions: fileOf(
    mentionColumns.map(name => [name, mentions[name]]),
    createdBy,
  ),
  identifiers: fileOf(
    [
      ['high', identifiers.high],
      ['low', identifiers.low],
      ['kind', identifiers.kind],
    ],
    createdBy,
  ),
});

/** @throws RangeError where the file is another one or damaged, as all that follow. */
const opened = (bytes: Buffer): ParquetFile => {
  const file = new ParquetFile(bytes);
  if (file.metadata.get('postern.exposure') !== layout) {
    throw new RangeError('it is no table of the index, or another version of Postern wrote it');
  }
  return file;
};

const column = (file: ParquetFile, name: string): Float64Array => {
  const values = file.numbers(name);
  if (values.length !== file.rows) throw new RangeError('a column is missing');
  return values;
};

export const readMessages = (bytes: Buffer): MessageColumns => {
  const file = opened(bytes);
  const at = (name: keyof MessageColumns): Float64Array => column(file, name);
  return {
    message: at('message'),
    mailbox: at('mailbox'),
    folder: at('folder'),
    received: at('received'),
    uid: at('uid'),
    idHigh: at('idHigh'),
    idLow: at('idLow'),
    size: at('size'),
    flags: at('flags'),
    types: at('types'),
    weak: at('weak'),
    shared: at('shared'),
  };
};

export const readMentions = (bytes: Buffer): MentionColumns => {
  const file = opened(bytes);
  const at = (name: keyof MentionColumns): Float64Array => column(file, name);
  return {
    message: at('message'),
    identifier: at('identifier'),
    roles: at('roles'),
    own: at('own'),
    weak: at('weak'),
  };
};

export const readIdentifiers = (bytes: Buffer): IdentifierDictionary => {
  const file = opened(bytes);
  return {
    high: column(file, 'high'),
    low: column(file, 'low'),
    kind: Uint8Array.from(column(file, 'kind')),
  };
};
