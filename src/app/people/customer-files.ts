import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CustomerIdentifiers,
  type CustomerList,
  identifierWords,
  type MembershipColumns,
} from '../../core/customer-index.ts';
import { messageOf, UsageError } from '../../core/errors.ts';

export const customersFolder = 'exposure/customers';
export const identifiersFile = 'identifiers.bin';
export const membershipsFile = 'memberships.bin';

/** The customer list that a store holds; `undefined` where none was read into it. */
export const openCustomers = (store: string): Customers | undefined => {
  const path = join(store, customersFolder, 'manifest.json');
  if (!existsSync(path)) return undefined;
  let list: CustomerList;
  try {
    list = JSON.parse(readFileSync(path, 'utf8')) as CustomerList;
  } catch (thrown) {
    throw new UsageError(`${path}: damaged: ${messageOf(thrown)}; read the customer list again`);
  }
  if (list.format !== 1) {
    throw new UsageError(`${path}: of another version of Postern; read the customer list again`);
  }
  return new Customers(list, join(store, customersFolder, list.folder));
};

/** Reads what `readCustomers` wrote. */
export class Customers {
  readonly list: CustomerList;
  private readonly folder: string;

  constructor(list: CustomerList, folder: string) {
    this.list = list;
    this.folder = folder;
  }

  /** All identifiers in their order, some at a time; what was given before is overwritten. */
  *identifiers(recordsAtOnce: number = 1 << 16): Generator<CustomerIdentifiers, undefined> {
    const recordBytes = 4 * identifierWords;
    const file = this.open(identifiersFile, this.list.identifiers * recordBytes);
    try {
      const words = new Uint32Array(recordsAtOnce * identifierWords);
      const bytes = new Uint8Array(words.buffer);
      for (let left = this.list.identifiers; left > 0; ) {
        const records = Math.min(left, recordsAtOnce);
        this.fill(file, bytes.subarray(0, records * recordBytes));
        yield { records, words: words.subarray(0, records * identifierWords) };
        left -= records;
      }
    } finally {
      closeSync(file);
    }
    return undefined;
  }

  /** All of it at once: 12 bytes for each row of the list. */
  memberships(): MembershipColumns {
    const count = this.list.memberships;
    const file = this.open(membershipsFile, 12 * count);
    try {
      const bytes = new Uint8Array(12 * count);
      this.fill(file, bytes);
      const { buffer } = bytes;
      return {
        person: new Uint32Array(buffer, 0, count),
        row: new Uint32Array(buffer, 4 * count, count),
        tenant: new Uint16Array(buffer, 8 * count, count),
        status: new Uint8Array(buffer, 10 * count, count),
        deletable: new Uint8Array(buffer, 11 * count, count),
      };
    } finally {
      closeSync(file);
    }
  }

  private open(name: string, size: number): number {
    const path = join(this.folder, name);
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (thrown) {
      throw new UsageError(`${path}: ${messageOf(thrown)}; read the customer list again`);
    }
    if (fstatSync(file).size !== size) {
      closeSync(file);
      throw new UsageError(`${path}: not as long as its list says; read the customer list again`);
    }
    return file;
  }

  private fill(file: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      // The system call reads at most 2 GiB at once.
      const read = readSync(file, bytes, at, Math.min(bytes.length - at, 1 << 30), null);
      if (read === 0) throw new RangeError(`${this.folder}: a file ends too early`);
      at += read;
    }
  }
}
