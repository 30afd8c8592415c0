import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { identifierWords } from '../../core/customer-index.ts';

const recordBytes = identifierWords * 4;
const severalMax = 1_000;

/** Looks single identifiers up in a file of records, which ascend by pseudonym. */
export class PeopleFinder {
  private readonly fd: number | undefined;
  private readonly records: number;
  private readonly bytes = Buffer.alloc(recordBytes);

  /** @param path none: nobody is found. */
  constructor(path: string | undefined) {
    this.fd = path === undefined ? undefined : openSync(path, 'r');
    this.records = this.fd === undefined ? 0 : Math.floor(fstatSync(this.fd).size / recordBytes);
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
  }

  /** Persons who have the identifier. */
  of(words: readonly [number, number, number]): readonly number[] {
    let low = 0;
    let high = this.records;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.compare(middle, words) < 0) low = middle + 1;
      else high = middle;
    }
    const out: number[] = [];
    for (; low < this.records && out.length < severalMax; low += 1) {
      if (this.compare(low, words) !== 0) break;
      out.push(this.bytes.readUInt32LE(12));
    }
    return out;
  }

  private compare(record: number, [a, b, c]: readonly [number, number, number]): number {
    if (this.fd === undefined) return 1;
    readSync(this.fd, this.bytes, 0, recordBytes, record * recordBytes);
    return (
      this.bytes.readUInt32LE(0) - a ||
      this.bytes.readUInt32LE(4) - b ||
      this.bytes.readUInt32LE(8) - c
    );
  }
}
