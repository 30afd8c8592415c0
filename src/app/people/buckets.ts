import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { recordWords } from '../../exposure/people/record.ts';
import { sortRecords } from '../../exposure/people/sort-records.ts';

/** By the first 8 bits of a pseudonym, which are spread evenly: each part fits into memory, whatever the whole is. */
const parts = 256;
const partShift = 24;
const recordBytes = 4 * recordWords;
/** Of each part, before they are written. */
const heldRecords = 2_048;

/** Records of a customer list on disk, sorted by pseudonym when they are read. */
export class Buckets {
  private readonly folder: string;
  private readonly files: readonly number[];
  private readonly held: readonly Uint32Array[];
  private readonly fill = new Uint32Array(parts);
  private isThere = true;

  constructor(folder: string) {
    this.folder = folder;
    const numbers = Array.from({ length: parts }, (_, part) => part);
    this.files = numbers.map(part => openSync(this.path(part), 'wx+', 0o600));
    this.held = numbers.map(() => new Uint32Array(heldRecords * recordWords));
  }

  add(first: number, second: number, third: number, row: number, about: number): void {
    const part = first >>> partShift;
    const held = this.held[part];
    if (held === undefined) return;
    let at = this.fill[part] ?? 0;
    held[at] = first;
    held[at + 1] = second;
    held[at + 2] = third;
    held[at + 3] = row;
    held[at + 4] = about;
    at += recordWords;
    this.fill[part] = at;
    if (at === held.length) this.flush(part);
  }

  /** When all is added: sorts every part where it lies. */
  sort(): void {
    for (let part = 0; part < parts; part += 1) {
      this.flush(part);
      const { words, records } = this.load(part);
      const sorted = new Uint32Array(words.length);
      sortRecords(words, records, sorted);
      write(this.files[part] ?? -1, sorted, sorted.length, 0);
    }
  }

  /** All records by pseudonym, a part of them at a time. */
  *sorted(): Generator<{ readonly words: Uint32Array; readonly records: number }, undefined> {
    for (let part = 0; part < parts; part += 1) yield this.load(part);
    return undefined;
  }

  remove(): void {
    if (!this.isThere) return;
    this.isThere = false;
    for (const [part, file] of this.files.entries()) {
      closeSync(file);
      rmSync(this.path(part), { force: true });
    }
  }

  private path(part: number): string {
    return join(this.folder, `part-${part.toString(16).padStart(2, '0')}`);
  }

  private flush(part: number): void {
    const held = this.held[part];
    if (held !== undefined) write(this.files[part] ?? -1, held, this.fill[part] ?? 0, null);
    this.fill[part] = 0;
  }

  private load(part: number): { readonly words: Uint32Array; readonly records: number } {
    const file = this.files[part] ?? -1;
    const { size } = fstatSync(file);
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const read = readSync(file, bytes, at, size - at, at);
      if (read === 0) throw new RangeError(`${this.path(part)}: it ends too early`);
      at += read;
    }
    return { words: new Uint32Array(bytes.buffer), records: size / recordBytes };
  }
}

/** @param position in bytes, `null` behind what was written last */
const write = (file: number, words: Uint32Array, count: number, position: number | null): void => {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, 4 * count);
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(file, bytes, at, bytes.length - at, position === null ? null : position + at);
  }
};
