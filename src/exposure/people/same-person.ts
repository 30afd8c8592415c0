import { isSharedRecord, kindOfRecord, nameOfRecord, recordWords } from './record.ts';

/** Records of one identifier, one behind the other, rows ascending. */
export interface RecordGroup {
  readonly words: Uint32Array;
  /** First record and the one behind the last. */
  readonly from: number;
  readonly to: number;
}

const rowOf = ({ words }: RecordGroup, record: number): number =>
  words[record * recordWords + 3] ?? 0;

const aboutOf = ({ words }: RecordGroup, record: number): number =>
  words[record * recordWords + 4] ?? 0;

/** An address that so many different names share is nobody's own. */
const namesMax = 8;

/** One name and one date in so many rows is a placeholder, or a test's: people of one name and birth date are few. */
const pairRowsMax = 50;

/** Kinds whose identifiers are one person's: two rows that share one are his. */
const isJoining = (group: RecordGroup): boolean => {
  switch (kindOfRecord(aboutOf(group, group.from))) {
    case 'email':
      return true;
    case 'name-and-address':
    case 'name-and-birth-date':
    case 'name-and-customer-number':
      return group.to - group.from <= pairRowsMax;
    case 'telephone':
    case 'customer-number':
    case 'person-id':
      return false;
  }
};

/**
 * Which rows are of one person. Rows that name a person by number are of him and nobody else; others are of the
 * person they share an e-mail address with, a name and birth date, a name and address, or a name and customer
 * number of one tenant. A row without number that shares with rows of two numbers is of neither. A telephone
 * alone never joins. What comes out does not depend on the order of the groups.
 */
export class SamePerson {
  /** The first row that is known to be of the same person; never behind the row itself. */
  private readonly first: Uint32Array;
  /** Rows with a number of the person. */
  private readonly numbered: Uint8Array;

  constructor(rows: number, numbered: Uint8Array) {
    this.first = new Uint32Array(rows);
    for (let row = 0; row < rows; row += 1) this.first[row] = row;
    this.numbered = numbered;
  }

  /** First of all, for every group: rows with one number. */
  joinNumbered(group: RecordGroup): void {
    if (kindOfRecord(aboutOf(group, group.from)) !== 'person-id') return;
    const row = rowOf(group, group.from);
    for (let at = group.from + 1; at < group.to; at += 1) this.join(row, rowOf(group, at));
  }

  /** Then, for every group: rows without number. */
  joinOthers(group: RecordGroup): void {
    if (group.to - group.from < 2 || !isJoining(group)) return;
    const isShared = sharedByNames(group);
    const firsts = new Map<number, number>();
    for (let at = group.from; at < group.to; at += 1) {
      const row = rowOf(group, at);
      if (this.numbered[row] === 1) continue;
      const name = isShared ? nameOfRecord(aboutOf(group, at)) : 0;
      // Of a shared one, a row without a name could be anybody's.
      if (isShared && name === 0) continue;
      const first = firsts.get(name);
      if (first === undefined) firsts.set(name, row);
      else this.join(first, row);
    }
  }

  /** Last, for every group, where some rows have a number and others none. */
  joinMixed(group: RecordGroup, candidates: Candidates): void {
    if (group.to - group.from < 2 || !isJoining(group) || sharedByNames(group)) return;
    let theirs: number | undefined;
    for (let at = group.from; at < group.to && theirs !== nobody; at += 1) {
      const row = rowOf(group, at);
      if (this.numbered[row] !== 1) continue;
      const found = this.find(row);
      theirs = theirs === undefined || theirs === found ? found : nobody;
    }
    if (theirs === undefined) return;
    for (let at = group.from; at < group.to; at += 1) {
      const row = rowOf(group, at);
      if (this.numbered[row] !== 1) candidates.add(this.find(row), theirs);
    }
  }

  /** What `joinMixed` found: people without number who share with one numbered person only. */
  settle(candidates: Candidates): void {
    for (const [first, theirs] of candidates.single()) this.join(first, theirs);
  }

  /**
   * Numbers the persons in the order of their first rows.
   *
   * @param blank rows that are nobody's. @returns for each row its person; `nobody` for blank ones
   */
  number(blank: Uint8Array): { readonly personOf: Uint32Array; readonly persons: number } {
    const { first } = this;
    for (let row = 0; row < first.length; row += 1) first[row] = first[first[row] ?? 0] ?? 0;
    let persons = 0;
    // Each row's first row stands before it, and has its person's number by then.
    for (let row = 0; row < first.length; row += 1) {
      if (blank[row] === 1) first[row] = nobody;
      else if (first[row] === row) {
        first[row] = persons;
        persons += 1;
      } else first[row] = first[first[row] ?? 0] ?? 0;
    }
    return { personOf: first, persons };
  }

  private find(row: number): number {
    const { first } = this;
    let at = row;
    for (;;) {
      const up = first[at] ?? at;
      if (up === at) return at;
      const above = first[up] ?? up;
      first[at] = above;
      at = above;
    }
  }

  private join(a: number, b: number): void {
    const x = this.find(a);
    const y = this.find(b);
    if (x < y) this.first[y] = x;
    else if (y < x) this.first[x] = y;
  }
}

export const nobody = 0xffffffff;

/** Whether it is a role's address, a reading, or an address of many names: then it joins only rows of one name. */
const sharedByNames = (group: RecordGroup): boolean => {
  const names = new Set<number>();
  for (let at = group.from; at < group.to; at += 1) {
    const about = aboutOf(group, at);
    if (isSharedRecord(about)) return true;
    if (kindOfRecord(about) === 'email' && names.size <= namesMax) names.add(nameOfRecord(about));
  }
  names.delete(0);
  return names.size > namesMax;
};

/** For each person without number, the numbered one that he shares with, as long as it is one. */
export class Candidates {
  private readonly found = new Map<number, number>();

  add(first: number, theirs: number): void {
    const before = this.found.get(first);
    this.found.set(first, before === undefined || before === theirs ? theirs : nobody);
  }

  *single(): Generator<readonly [number, number]> {
    for (const [first, theirs] of this.found) if (theirs !== nobody) yield [first, theirs];
  }
}
