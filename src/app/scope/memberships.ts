import { closeSync, openSync, readSync } from 'node:fs';
import type { MembershipRows } from '../../scope/census.ts';

export const noRows: MembershipRows = {
  rows: 0,
  person: new Uint32Array(0),
  tenant: new Uint16Array(0),
  status: new Uint8Array(0),
  deletable: new Uint8Array(0),
};

/** Columns of the customer list one behind the other: person, row, tenant, status, deletable (`core/customer-index.ts`). */
export class Memberships {
  private readonly fd: number | undefined;
  private readonly count: number;
  private readonly word = Buffer.alloc(4);

  constructor(file: { readonly path: string; readonly count: number } | undefined) {
    this.fd = file === undefined ? undefined : openSync(file.path, 'r');
    this.count = file?.count ?? 0;
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
  }

  /** Those of persons from one to another, the last not included. */
  of(from: number, to: number): MembershipRows {
    const first = this.firstOf(from);
    const rows = this.firstOf(to) - first;
    const person = new Uint32Array(rows);
    const tenant = new Uint16Array(rows);
    const status = new Uint8Array(rows);
    const deletable = new Uint8Array(rows);
    const { count } = this;
    this.read(person, 4 * first);
    this.read(tenant, 8 * count + 2 * first);
    this.read(status, 10 * count + first);
    this.read(deletable, 11 * count + first);
    return { rows, person, tenant, status, deletable };
  }

  private firstOf(person: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      this.read(this.word, 4 * middle);
      if (this.word.readUInt32LE(0) < person) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private read(into: Uint8Array | Uint16Array | Uint32Array, at: number): void {
    if (this.fd === undefined) return;
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.fd, bytes, done, bytes.length - done, at + done);
      if (read === 0) throw new RangeError('the customer list ends too early: read it again');
      done += read;
    }
  }
}
