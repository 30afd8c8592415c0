import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf, UsageError } from '../../../core/errors.ts';
import { charsetOfFile } from './charset.ts';
import { CsvFault, CsvSplitter, delimiterOf, lineEndOf, type SplitRows } from './csv-splitter.ts';
import type { CustomerRows, RowBatch } from './rows.ts';

export interface CsvSettings {
  /** As the user names it. */
  readonly name: string;
  readonly path: string;
  readonly charset?: string;
  readonly delimiter?: string;
  /** Columns are given by number, `#1`: the first line is a row. */
  readonly isHeadless: boolean;
}

const chunkBytes = 1 << 20;

type Decoder = InstanceType<typeof TextDecoder>;

const decoderOf = ({ name, path, charset }: CsvSettings): { decoder: Decoder; skip: number } => {
  const found = charsetOfFile(path);
  if (charset === undefined) return { decoder: new TextDecoder(found.name), skip: found.skip };
  try {
    return { decoder: new TextDecoder(charset), skip: found.skip };
  } catch {
    throw new UsageError(`${name}: ${charset} is no charset that is known`);
  }
};

/** A CSV file, some rows at a time. */
export class CsvList implements CustomerRows {
  readonly head: readonly string[];
  readonly isHeadless: boolean;
  private readonly settings: CsvSettings;
  private readonly file: number;
  private readonly size: number;
  private readonly hash = createHash('sha256');
  private readonly decoder: Decoder;
  private readonly splitter: CsvSplitter;
  private skip: number;
  private at = 0;
  private faults = 0;
  private first: SplitRows;

  constructor(settings: CsvSettings) {
    this.settings = settings;
    this.isHeadless = settings.isHeadless;
    const { decoder, skip } = decoderOf(settings);
    this.decoder = decoder;
    this.skip = skip;
    this.file = openSync(settings.path, 'r');
    this.size = fstatSync(this.file).size;
    const start = this.read() ?? '';
    // What Excel writes before the head to say which delimiter it takes.
    const said = /^sep=(.)\r?\n/.exec(start)?.[1];
    const delimiter = settings.delimiter ?? said ?? delimiterOf(start.slice(0, 64 << 10));
    this.splitter = new CsvSplitter(delimiter, lineEndOf(start));
    this.first = this.split(start, this.at >= this.size);
    if (said !== undefined) this.shift();
    const [head] = this.first.rows;
    if (head === undefined) throw this.fault(1, 1, 'there is no row in it');
    this.head = settings.isHeadless ? head.map((_, i) => `#${i + 1}`) : head;
    if (!settings.isHeadless) this.shift();
  }

  async *batches(): AsyncGenerator<RowBatch, undefined> {
    yield { ...this.first, share: this.share() };
    this.first = { rows: [], lines: [] };
    for (;;) {
      const text = this.read();
      const rows = this.split(text ?? '', text === undefined);
      if (rows.rows.length > 0) yield { ...rows, share: this.share() };
      if (text === undefined) return undefined;
    }
  }

  place(line: number, column: number): string {
    return `${this.settings.name}:${line}:${column + 1}`;
  }

  digest(): string {
    return this.hash.copy().digest('hex');
  }

  unreadable(): number {
    return this.faults;
  }

  close(): Promise<void> {
    closeSync(this.file);
    return Promise.resolve();
  }

  private shift(): void {
    this.first = { rows: this.first.rows.slice(1), lines: this.first.lines.slice(1) };
  }

  private share(): number {
    return this.size === 0 ? 1 : this.at / this.size;
  }

  /** The next piece; `undefined` behind the last. */
  private read(): string | undefined {
    const bytes = Buffer.allocUnsafe(chunkBytes);
    const read = readSync(this.file, bytes, 0, chunkBytes, null);
    const part = bytes.subarray(0, read);
    this.at += read;
    if (read === 0) {
      const rest = this.decoder.decode();
      return rest === '' ? undefined : rest;
    }
    this.hash.update(part);
    const text = this.decoder.decode(part.subarray(this.skip), { stream: true });
    this.skip = 0;
    for (let i = text.indexOf('\ufffd'); i >= 0; i = text.indexOf('\ufffd', i + 1))
      this.faults += 1;
    return text;
  }

  private split(text: string, isLast: boolean): SplitRows {
    try {
      return this.splitter.push(text, isLast);
    } catch (thrown) {
      if (thrown instanceof CsvFault) throw this.fault(thrown.line, thrown.column, thrown.message);
      throw thrown;
    }
  }

  private fault(line: number, column: number, why: string): UsageError {
    return new UsageError(`${this.settings.name}:${line}:${column}: ${why}`);
  }
}

/** @throws UsageError with one line that says what is wrong with the file, and where */
export const openCsv = (settings: CsvSettings): CsvList => {
  try {
    return new CsvList(settings);
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`${settings.name}: cannot be read: ${messageOf(thrown)}`);
  }
};
