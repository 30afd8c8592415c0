import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crowdMax, identifierWords, statusCounting } from '../../core/customer-index.ts';
import { type IdentifierKind, identifierKinds, personStatuses } from '../../core/personal.ts';
import { kindOfRecord, type RecordKind, recordWords } from '../../exposure/people/record.ts';
import { nobody } from '../../exposure/people/same-person.ts';
import { groupsOf } from '../../exposure/people/sort-records.ts';
import type { Buckets } from './buckets.ts';
import { identifiersFile, membershipsFile } from './customer-files.ts';
import type { RowColumns } from './row-columns.ts';

/** A file that numbers are written to, one behind the other. */
class Output {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'wx', 0o600);
  }

  write(values: Uint32Array | Uint16Array | Uint8Array): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at, bytes.length - at);
  }

  end(): void {
    fsyncSync(this.file);
    closeSync(this.file);
  }
}

export interface IdentifierCounts {
  readonly identifiers: number;
  readonly kinds: Readonly<Record<IdentifierKind, number>>;
  readonly crowds: number;
  /** 1 for each person with an identifier. */
  readonly recognisable: Uint8Array;
}

const isIdentifier = (kind: RecordKind): kind is IdentifierKind =>
  (identifierKinds as readonly RecordKind[]).includes(kind);

/** Writes `identifiers.bin`. */
export const putIdentifiers = (
  folder: string,
  buckets: Buckets,
  personOf: Uint32Array,
  persons: number,
): IdentifierCounts => {
  const output = new Output(join(folder, identifiersFile));
  const recognisable = new Uint8Array(persons);
  const kinds = {
    email: 0,
    telephone: 0,
    'customer-number': 0,
    'name-and-address': 0,
    'name-and-birth-date': 0,
  };
  let crowds = 0;
  let identifiers = 0;
  for (const { words, records } of buckets.sorted()) {
    const out = new Uint32Array(records * identifierWords);
    let at = 0;
    for (const { from, to } of groupsOf(words, records)) {
      const kind = kindOfRecord(words[from * recordWords + 4] ?? 0);
      if (!isIdentifier(kind)) continue;
      const sharing = personsOf(words, from, to, personOf);
      if (sharing.length === 0) continue;
      kinds[kind] += 1;
      if (sharing.length > crowdMax) {
        crowds += 1;
        continue;
      }
      for (const person of sharing) {
        for (let word = 0; word < 3; word += 1)
          out[at + word] = words[from * recordWords + word] ?? 0;
        out[at + 3] = person;
        at += identifierWords;
        recognisable[person] = 1;
      }
    }
    output.write(out.subarray(0, at));
    identifiers += at / identifierWords;
  }
  output.end();
  return { identifiers, kinds, crowds, recognisable };
};

/** Ascending; more than `crowdMax` where there are more. */
const personsOf = (
  words: Uint32Array,
  from: number,
  to: number,
  personOf: Uint32Array,
): readonly number[] => {
  const first = personOf[words[from * recordWords + 3] ?? 0] ?? nobody;
  if (to === from + 1) return first === nobody ? [] : [first];
  const persons = new Set<number>();
  for (let record = from; record < to && persons.size <= crowdMax; record += 1) {
    persons.add(personOf[words[record * recordWords + 3] ?? 0] ?? nobody);
  }
  persons.delete(nobody);
  return [...persons].toSorted((a, b) => a - b);
};

export interface MembershipCounts {
  readonly memberships: number;
  readonly statuses: Readonly<Record<'active' | 'dormant' | 'former', number>>;
  readonly deletable: { readonly yes: number; readonly unknown: number };
}

const atOnce = 1 << 20;

/** Rows sorted by person. */
const byPerson = (personOf: Uint32Array, persons: number): Uint32Array => {
  const places = new Uint32Array(persons + 1);
  let known = 0;
  for (const person of personOf) {
    if (person === nobody) continue;
    places[person + 1] = (places[person + 1] ?? 0) + 1;
    known += 1;
  }
  for (let person = 0; person < persons; person += 1) {
    places[person + 1] = (places[person + 1] ?? 0) + (places[person] ?? 0);
  }
  const rows = new Uint32Array(known);
  for (let row = 0; row < personOf.length; row += 1) {
    const person = personOf[row] ?? nobody;
    if (person === nobody) continue;
    const place = places[person] ?? 0;
    rows[place] = row;
    places[person] = place + 1;
  }
  return rows;
};

/** Writes `memberships.bin`. */
export const putMemberships = (
  folder: string,
  columns: RowColumns,
  personOf: Uint32Array,
  persons: number,
): MembershipCounts => {
  const rows = byPerson(personOf, persons);
  const output = new Output(join(folder, membershipsFile));
  const put = (
    make: (length: number) => Uint32Array | Uint16Array | Uint8Array,
    valueOf: (row: number) => number,
  ): void => {
    for (let from = 0; from < rows.length; from += atOnce) {
      const some = rows.subarray(from, from + atOnce);
      const values = make(some.length);
      for (let i = 0; i < some.length; i += 1) values[i] = valueOf(some[i] ?? 0);
      output.write(values);
    }
  };
  put(
    length => new Uint32Array(length),
    row => personOf[row] ?? nobody,
  );
  put(
    length => new Uint32Array(length),
    row => row + 1,
  );
  put(
    length => new Uint16Array(length),
    row => columns.tenantOf(row),
  );
  put(
    length => new Uint8Array(length),
    row => columns.statusOf(row),
  );
  put(
    length => new Uint8Array(length),
    row => columns.deletableOf(row),
  );
  output.end();
  return { memberships: rows.length, ...counted(rows, columns, personOf) };
};

/** A person's data could have been deleted where every membership's could; nobody can tell where one cannot be told. */
const counted = (
  rows: Uint32Array,
  columns: RowColumns,
  personOf: Uint32Array,
): Omit<MembershipCounts, 'memberships'> => {
  const statuses = { active: 0, dormant: 0, former: 0 };
  const deletable = { yes: 0, unknown: 0 };
  for (let i = 0; i < rows.length; ) {
    const person = personOf[rows[i] ?? 0];
    let status = personStatuses[columns.statusOf(rows[i] ?? 0)] ?? 'active';
    let allYes = true;
    let someNo = false;
    for (; i < rows.length && personOf[rows[i] ?? 0] === person; i += 1) {
      const row = rows[i] ?? 0;
      status = statusCounting(status, personStatuses[columns.statusOf(row)] ?? 'active');
      const state = columns.deletableOf(row);
      allYes &&= state === 1;
      someNo ||= state === 0;
    }
    statuses[status] += 1;
    if (allYes) deletable.yes += 1;
    else if (!someNo) deletable.unknown += 1;
  }
  return { statuses, deletable };
};
