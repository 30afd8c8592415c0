import { TextColumn } from '../../store/parquet/text-column.ts';
import { type ColumnData, ParquetWriter } from '../../store/parquet/write.ts';
import { csvCell } from '../csv-cell.ts';
import type { NamedRow } from '../people/named-rows.ts';
import { toolVersion } from '../version.ts';
import { type ListedPerson, listedColumns } from './listed-people.ts';

/** What the list of customers says of somebody, where it is asked. */
export const namedColumns = [
  'name',
  'kana',
  'email',
  'telephone',
  'customerNumber',
  'postcode',
  'address',
  'birthDate',
] as const;

/** A list of people that is written while it is made. */
export interface PeopleFile {
  add(person: ListedPerson, named?: NamedRow): void;
  end(): void;
}

type Write = (bytes: Uint8Array) => void;

const hex = (word: number): string => word.toString(16).padStart(8, '0');
const flushBytes = 1 << 20;

/** A line for each person; `person` names him from version to version, and tells nobody who he is. */
export class PeopleCsv implements PeopleFile {
  private readonly write: Write;
  private readonly withNames: boolean;
  private text: string;

  constructor(write: Write, withNames: boolean) {
    this.write = write;
    this.withNames = withNames;
    const names = withNames ? [...namedColumns] : [];
    this.text = `${['person', ...listedColumns, ...names].join(',')}\r\n`;
  }

  add(person: ListedPerson, named?: NamedRow): void {
    const cells = [
      `${hex(person.keyHigh)}${hex(person.keyLow)}`,
      ...listedColumns.map(column => csvCell(person[column])),
      ...(this.withNames ? namedColumns.map(column => csvCell(named?.[column] ?? '')) : []),
    ];
    this.text += `${cells.join(',')}\r\n`;
    if (this.text.length > flushBytes) this.flush();
  }

  end(): void {
    this.flush();
  }

  private flush(): void {
    this.write(Buffer.from(this.text));
    this.text = '';
  }
}

const groupRows = 1 << 18;

/** The same columns; the person in two numbers of 32 bits, so that millions are written and joined fast. */
export class PeopleParquet implements PeopleFile {
  private readonly write: Write;
  private readonly names: readonly (typeof namedColumns)[number][];
  private readonly writer = new ParquetWriter({
    metadata: {},
    createdBy: `postern ${toolVersion}`,
    level: 1,
  });
  private high = new Uint32Array(groupRows);
  private low = new Uint32Array(groupRows);
  private texts: readonly TextColumn[];
  private rows = 0;

  constructor(write: Write, withNames: boolean) {
    this.write = write;
    this.names = withNames ? namedColumns : [];
    this.texts = this.newTexts();
  }

  add(person: ListedPerson, named?: NamedRow): void {
    const { rows, texts } = this;
    this.high[rows] = person.keyHigh;
    this.low[rows] = person.keyLow;
    for (let i = 0; i < listedColumns.length; i += 1) {
      const column = listedColumns[i];
      if (column !== undefined) texts[i]?.add(person[column]);
    }
    for (const [i, column] of this.names.entries()) {
      texts[listedColumns.length + i]?.add(named?.[column] ?? '');
    }
    this.rows += 1;
    if (this.rows === groupRows) this.flush();
  }

  end(): void {
    this.flush();
    this.write(this.writer.end());
  }

  private newTexts(): readonly TextColumn[] {
    return [...listedColumns, ...this.names].map(() => new TextColumn(groupRows));
  }

  private flush(): void {
    const { rows } = this;
    const numbers = (name: string, values: Uint32Array): ColumnData => ({
      name,
      dense: 'uint32',
      as: 'plain',
      values: values.subarray(0, rows),
    });
    const columns = [...listedColumns, ...this.names];
    this.write(
      this.writer.group(rows, [
        numbers('person_high', this.high),
        numbers('person_low', this.low),
        ...columns.flatMap((name, i) => this.texts[i]?.data(name) ?? []),
      ]),
    );
    this.texts = this.newTexts();
    this.rows = 0;
  }
}
