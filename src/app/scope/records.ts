import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { identifierWords } from '../../core/customer-index.ts';

const recordBytes = identifierWords * 4;
const blockRecords = 1 << 16;

/** Records of a pseudonym and a person, ascending, read from the first to the last. */
export class RecordStream {
  /** The record in hand; `isOver` where there is none. */
  a = 0;
  b = 0;
  c = 0;
  person = 0;
  isOver = false;
  private readonly fd: number | undefined;
  private readonly block = new Uint32Array(blockRecords * identifierWords);
  private readonly records: number;
  private read = 0;
  private held = 0;
  private at = 0;

  /** @param path none: no records. @throws RangeError where the file is cut off */
  constructor(path: string | undefined) {
    this.fd = path === undefined ? undefined : openSync(path, 'r');
    const size = this.fd === undefined ? 0 : fstatSync(this.fd).size;
    this.records = size / recordBytes;
    if (!Number.isInteger(this.records)) throw new RangeError(`${path ?? ''}: it is cut off`);
    this.next();
  }

  next(): void {
    if (this.at === this.held && !this.fill()) {
      this.isOver = true;
      return;
    }
    const { block } = this;
    const at = this.at * identifierWords;
    this.at += 1;
    this.a = block[at] ?? 0;
    this.b = block[at + 1] ?? 0;
    this.c = block[at + 2] ?? 0;
    this.person = block[at + 3] ?? 0;
  }

  /** Below 0 where the record in hand comes before a pseudonym, 0 where it is of it. */
  compare(a: number, b: number, c: number): number {
    if (this.isOver) return 1;
    return this.a - a || this.b - b || this.c - c;
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
  }

  private fill(): boolean {
    const count = Math.min(blockRecords, this.records - this.read);
    if (this.fd === undefined || count <= 0) return false;
    const bytes = new Uint8Array(this.block.buffer, 0, count * recordBytes);
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(
        this.fd,
        bytes,
        done,
        bytes.length - done,
        this.read * recordBytes + done,
      );
      if (read === 0) throw new RangeError('a file of identifiers that ends too early');
      done += read;
    }
    this.read += count;
    this.held = count;
    this.at = 0;
    return true;
  }
}

/** Writes such records. */
export class RecordWriter {
  private readonly fd: number;
  private readonly block = new Uint32Array(blockRecords * identifierWords);
  private held = 0;

  constructor(path: string) {
    this.fd = openSync(path, 'w', 0o600);
  }

  add(a: number, b: number, c: number, person: number): void {
    if (this.held === blockRecords) this.flush();
    const at = this.held * identifierWords;
    const { block } = this;
    block[at] = a;
    block[at + 1] = b;
    block[at + 2] = c;
    block[at + 3] = person;
    this.held += 1;
  }

  close(): void {
    this.flush();
    closeSync(this.fd);
  }

  private flush(): void {
    const bytes = new Uint8Array(this.block.buffer, 0, this.held * recordBytes);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done);
    this.held = 0;
  }
}
