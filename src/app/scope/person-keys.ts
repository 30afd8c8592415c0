import { join } from 'node:path';
import type { PeopleKeys } from '../../scope/people-keys.ts';
import { customersFolder, identifiersFile } from '../people/customer-files.ts';
import type { EngineAnswer } from './engine.ts';
import type { Linked } from './linked.ts';
import { countBits } from './people-sets.ts';
import { RecordStream } from './records.ts';

/**
 * What each person is known by from version to version: the smallest of his pseudonyms, its first 64 bits. Two numbers
 * of 32 bits by person, the first ones first; 0 and 0 where somebody has none.
 */
export const keysOfPeople = (store: string, { about, folder }: Linked): Uint32Array => {
  const keys = new Uint32Array(2 * about.persons);
  const paths = [
    ...(about.customers === null
      ? []
      : [join(store, customersFolder, about.customers.folder, identifiersFile)]),
    join(folder, 'others.bin'),
  ];
  for (const path of paths) {
    const stream = new RecordStream(path);
    try {
      for (; !stream.isOver; stream.next()) {
        const at = 2 * stream.person;
        // Records are ascending: the first of a person is his smallest.
        if (keys[at] !== 0 || keys[at + 1] !== 0) continue;
        keys[at] = stream.a;
        keys[at + 1] = stream.b;
      }
    } finally {
      stream.close();
    }
  }
  return keys;
};

/** The first bits of the key of somebody without any: his number follows. */
const unrecognisable = 0xffff_ffff;

/** Of everybody whose bit is set in `of` and not in `without`. */
const keysOf = (
  keys: Uint32Array,
  of: Uint32Array,
  without: Uint32Array | undefined,
): BigUint64Array => {
  const bits = without === undefined ? of : of.map((word, i) => word & ~(without[i] ?? 0));
  const out = new BigUint64Array(countBits(bits));
  // Little-endian: the lower half comes first.
  const halves = new Uint32Array(out.buffer);
  let at = 0;
  for (let i = 0; i < bits.length; i += 1) {
    for (let rest = bits[i] ?? 0; rest !== 0; rest &= rest - 1) {
      const person = 32 * i + (31 - Math.clz32(rest & -rest));
      const [high = 0, low = 0] = [keys[2 * person], keys[2 * person + 1]];
      const isKnown = high !== 0 || low !== 0;
      halves[at] = isKnown ? low : person;
      halves[at + 1] = isKnown ? high : unrecognisable;
      at += 2;
    }
  }
  return out;
};

/** Who is in the two bounds, by what stays the same when a newer list numbers people otherwise. */
export const peopleKeys = (
  store: string,
  linked: Linked,
  { people }: Pick<EngineAnswer, 'people'>,
): PeopleKeys => {
  const keys = keysOfPeople(store, linked);
  return {
    evidenced: keysOf(keys, people.evidenced, undefined),
    reachOnly: keysOf(keys, people.withinReach, people.evidenced),
  };
};
