/**
 * Who is in the two bounds of a version, so that the next can say who came in and who went out, whatever numbers a
 * newer customer list gives them: 64 bits of each person's smallest pseudonym. Nobody is named without the key.
 *
 *     8 bytes  'PSTPEOP1'
 *     8 bytes  how many are evidenced, how many are within reach only: two 32-bit numbers, little-endian
 *     8 bytes  each, little-endian, ascending: those who are evidenced, then those within reach only
 */
export interface PeopleKeys {
  readonly evidenced: BigUint64Array;
  readonly reachOnly: BigUint64Array;
}

const magic = 'PSTPEOP1';
const headBytes = 16;

/** The key of a person. @param high, low the smallest of his pseudonyms, 48 bits each. */
export const personKey = (high: number, low: number): bigint =>
  (BigInt(high) << 16n) | (BigInt(low) >> 32n);

/** Sorts both in place. */
export const writePeopleKeys = ({ evidenced, reachOnly }: PeopleKeys): Buffer => {
  evidenced.sort();
  reachOnly.sort();
  const out = Buffer.alloc(headBytes + 8 * (evidenced.length + reachOnly.length));
  out.write(magic, 'latin1');
  out.writeUInt32LE(evidenced.length, 8);
  out.writeUInt32LE(reachOnly.length, 12);
  let at = headBytes;
  for (const keys of [evidenced, reachOnly]) {
    for (const key of keys) {
      out.writeBigUInt64LE(key, at);
      at += 8;
    }
  }
  return out;
};

/** `undefined` where the bytes are no such file. */
export const readPeopleKeys = (bytes: Buffer): PeopleKeys | undefined => {
  if (bytes.length < headBytes || bytes.toString('latin1', 0, 8) !== magic) return undefined;
  const [evidenced, reachOnly] = [bytes.readUInt32LE(8), bytes.readUInt32LE(12)];
  if (bytes.length !== headBytes + 8 * (evidenced + reachOnly)) return undefined;
  const take = (from: number, count: number): BigUint64Array => {
    const keys = new BigUint64Array(count);
    for (let i = 0; i < count; i++) keys[i] = bytes.readBigUInt64LE(headBytes + 8 * (from + i));
    return keys;
  };
  return { evidenced: take(0, evidenced), reachOnly: take(evidenced, reachOnly) };
};

/** How many came in, and how many went out. */
export interface Moved {
  readonly in: number;
  readonly out: number;
}

/** Of two ascending lists. */
const moved = (before: Iterator<bigint>, after: Iterator<bigint>): Moved => {
  let [came, went] = [0, 0];
  let [a, b] = [before.next(), after.next()];
  while (a.done !== true || b.done !== true) {
    if (b.done === true || (a.done !== true && a.value < b.value)) {
      went++;
      a = before.next();
    } else if (a.done === true || b.value < a.value) {
      came++;
      b = after.next();
    } else {
      a = before.next();
      b = after.next();
    }
  }
  return { in: came, out: went };
};

/** Both lists as one ascending one. */
function* merged({ evidenced, reachOnly }: PeopleKeys): Generator<bigint> {
  let [i, j] = [0, 0];
  while (i < evidenced.length || j < reachOnly.length) {
    const [a, b] = [evidenced[i], reachOnly[j]];
    if (b === undefined || (a !== undefined && a <= b)) {
      i++;
      if (a !== undefined) yield a;
    } else {
      j++;
      yield b;
    }
  }
}

export const changesBetween = (
  before: PeopleKeys,
  after: PeopleKeys,
): { readonly evidenced: Moved; readonly withinReach: Moved } => ({
  evidenced: moved(before.evidenced.values(), after.evidenced.values()),
  withinReach: moved(merged(before), merged(after)),
});
