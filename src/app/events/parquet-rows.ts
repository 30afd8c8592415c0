import { type ColumnData, ParquetWriter } from '../../store/parquet/write.ts';
import { toolVersion } from '../version.ts';
import { columnsOf, type EventColumn, eventColumns } from './event-columns.ts';
import type { KeptEvent } from './kept-event.ts';
import { keptJson } from './render.ts';

/** Rows of a group: as many as are held. */
const groupRows = 50_000;

const numbers: ReadonlySet<EventColumn> = new Set(['time', 'count', 'bytes', 'sequence', 'line']);
const timeMsMax = 2 ** 50;

/** Texts of one column, each once. */
class Texts {
  readonly dictionary: string[] = [];
  private readonly codes: number[] = [];
  private readonly known = new Map<string, number>();

  add(text: string | undefined): void {
    if (text === undefined) {
      this.codes.push(-1);
      return;
    }
    let code = this.known.get(text);
    if (code === undefined) {
      code = this.dictionary.length;
      this.dictionary.push(text);
      this.known.set(text, code);
    }
    this.codes.push(code);
  }

  data(name: string): ColumnData {
    return { name, dictionary: this.dictionary, codes: Int32Array.from(this.codes) };
  }
}

const newTexts = (): ReadonlyMap<string, Texts> =>
  new Map(
    [...eventColumns.filter(each => !numbers.has(each)), 'ocsf', 'raw_data'].map(name => [
      name,
      new Texts(),
    ]),
  );

const newNumbers = (): ReadonlyMap<string, number[]> =>
  new Map([...numbers].map(name => [name, []]));

/** Events as a Parquet file: the columns of the table, and in `ocsf` the whole event. */
export class EventParquet {
  private readonly writer = new ParquetWriter({
    metadata: {},
    createdBy: `postern ${toolVersion}`,
    level: 3,
  });
  private readonly write: (bytes: Uint8Array) => void;
  private readonly raw: boolean;
  private readonly nowMs: number;
  private texts = newTexts();
  private numbers = newNumbers();
  private rows = 0;

  constructor(write: (bytes: Uint8Array) => void, raw: boolean, nowMs: number) {
    this.write = write;
    this.raw = raw;
    this.nowMs = nowMs;
  }

  add(kept: KeptEvent): void {
    const columns = columnsOf(kept);
    for (const [name, values] of this.numbers) {
      const value = columns[name as EventColumn];
      const isWhole = typeof value === 'number' && Number.isInteger(value);
      values.push(isWhole && Math.abs(value) <= timeMsMax ? value : Number.NaN);
    }
    for (const [name, texts] of this.texts) {
      if (name === 'ocsf') {
        texts.add(keptJson(kept, { toolVersion, processedMs: this.nowMs }, false));
      } else if (name === 'raw_data') texts.add(this.raw ? kept.text : undefined);
      else {
        const value = columns[name as EventColumn];
        texts.add(value === undefined ? undefined : String(value));
      }
    }
    this.rows += 1;
    if (this.rows >= groupRows) this.flush();
  }

  end(): void {
    this.flush();
    this.write(this.writer.end());
  }

  private flush(): void {
    const columns = [...eventColumns, 'ocsf', 'raw_data'].map((name): ColumnData => {
      const values = this.numbers.get(name);
      if (values === undefined) return (this.texts.get(name) ?? new Texts()).data(name);
      const kind = name === 'time' ? 'time' : 'int64';
      return { name, kind, values: Float64Array.from(values) };
    });
    this.write(this.writer.group(this.rows, columns));
    this.texts = newTexts();
    this.numbers = newNumbers();
    this.rows = 0;
  }
}
