import { type IdentifierKind, identifierKinds } from '../../core/personal.ts';
import type { JoiningKind } from './pseudonyms.ts';

/**
 * What one row of a customer list says of one identifier, in five 32-bit words: the pseudonym's three, the row (from
 * 0), and what joining rows asks of it.
 */
export const recordWords = 5;

/** By the number that stands in records: those that mail can have, then those that only join rows. */
const recordKinds: readonly RecordKind[] = [
  ...identifierKinds,
  'name-and-customer-number',
  'person-id',
];
export type RecordKind = IdentifierKind | JoiningKind;

const kindBits = 3;
/**
 * Who shares it may be another person all the same: `info@` is a role's, and a reading is that of several names.
 * It joins only rows that have one name.
 */
const sharedBit = 1 << kindBits;
const nameShift = kindBits + 1;

export const aboutRecord = (kind: RecordKind, isShared: boolean, name: number): number =>
  (recordKinds.indexOf(kind) | (isShared ? sharedBit : 0) | (name << nameShift)) >>> 0;

export const kindOfRecord = (about: number): RecordKind =>
  recordKinds[about & ((1 << kindBits) - 1)] ?? 'email';

export const isSharedRecord = (about: number): boolean => (about & sharedBit) !== 0;

/** Tells names apart, not for sure: 28 bits, 0 for none. */
export const nameOfRecord = (about: number): number => about >>> nameShift;

/** FNV-1a, cut to 28 bits. */
export const nameMark = (name: string | undefined): number => {
  if (name === undefined) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return (hash >>> nameShift) ^ (hash & 0xf) || 1;
};
