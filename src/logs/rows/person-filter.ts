import type { TextColumn } from './columns.ts';

/** Texts of a column, each once, and which of them each row has; below 0 for none. */
interface Texts {
  readonly dictionary: readonly string[];
  readonly codes: ArrayLike<number>;
}

type PersonColumns = Readonly<Record<Extract<TextColumn, 'kind' | 'user' | 'actor'>, Texts>>;

/** Of whom rows tell, and what kind of event: says "maybe" where they may, never "no" where they do. */
export interface PersonFilter {
  /** All kinds in the rows. */
  readonly kinds: readonly string[];
  readonly bits: Uint8Array;
}

/** A person, as `personOf` takes him. */
export interface Person {
  readonly local: number;
  /** Undefined where he may be of any domain. */
  readonly whole: number | undefined;
}

/** Bits for each person and kind that occur together: one question in 45 opens rows in vain. */
const bitsOfPair = 8;
const localProbes = 2;
const wholeProbes = 4;
const wholeSalt = 0x5bd1e995;

/** Rows of more have no filter. */
const pairsMax = 1 << 22;

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** FNV-1a. */
const hashOf = (text: string, end: number): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < end; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
};

/** Each bit of it depends on all bits given (MurmurHash3's last step). */
const mixed = (hash: number): number => {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

const localEnd = (name: string): number => {
  const at = name.indexOf('@');
  return at < 0 ? name.length : at;
};

const kindHash = (kind: string): number => Math.imul(hashOf(kind, kind.length), 0x9e3779b1);

/** @returns false as soon as a place says so. */
const eachPlace = (
  hash: number,
  probes: number,
  bits: number,
  take: (place: number) => boolean,
): boolean => {
  const first = mixed(hash);
  const step = mixed(first + 0x9e3779b9) | 1;
  for (let i = 0; i < probes; i += 1) {
    if (!take(((first + Math.imul(i, step)) >>> 0) % bits)) return false;
  }
  return true;
};

const eachPair = ({ kind, user, actor }: PersonColumns, take: Take): void => {
  const kinds = kind.dictionary.length;
  for (const column of [user, actor]) {
    const seen = new Uint8Array(column.dictionary.length * kinds);
    for (let row = 0; row < column.codes.length; row += 1) {
      const code = column.codes[row] ?? -1;
      const kindCode = kind.codes[row] ?? -1;
      if (code < 0 || kindCode < 0 || seen[code * kinds + kindCode] === 1) continue;
      seen[code * kinds + kindCode] = 1;
      take(column.dictionary[code] ?? '', kind.dictionary[kindCode] ?? '');
    }
  }
};
type Take = (name: string, kind: string) => void;

/** Undefined where rows are too many, or not of a kind. */
export const personFilter = (columns: PersonColumns): PersonFilter | undefined => {
  const { kind, user, actor } = columns;
  const names = user.dictionary.length + actor.dictionary.length;
  if (names * kind.dictionary.length > 16 * pairsMax) return undefined;
  // Rows that tell of somebody, but not of what kind, are in no pair.
  for (let row = 0; row < kind.codes.length; row += 1) {
    if ((kind.codes[row] ?? -1) < 0) return undefined;
  }
  let pairs = 0;
  eachPair(columns, () => {
    pairs += 1;
  });
  if (pairs > pairsMax) return undefined;
  const bytes = new Uint8Array(Math.max(1, Math.ceil((pairs * bitsOfPair) / 8)));
  const bits = bytes.length * 8;
  const set = (place: number): boolean => {
    bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (1 << (place & 7));
    return true;
  };
  eachPair(columns, (text, kindText) => {
    const name = text.normalize('NFC').toLowerCase();
    const kindBits = kindHash(kindText);
    eachPlace(hashOf(name, localEnd(name)) ^ kindBits, localProbes, bits, set);
    eachPlace(hashOf(name, name.length) ^ kindBits ^ wholeSalt, wholeProbes, bits, set);
  });
  return { kinds: kind.dictionary, bits: bytes };
};

/**
 * How a filter is asked for a person. Undefined for names in other letters than ASCII: what is a small letter of which
 * capital one is not the same in every version of Unicode.
 *
 * @param name in small letters; without `@`, of whatever domain.
 */
export const personOf = (name: string): Person | undefined => {
  if (!isAscii(name)) return undefined;
  const end = localEnd(name);
  const whole = end === name.length ? undefined : hashOf(name, name.length);
  return { local: hashOf(name, end), whole };
};

/** Whether rows may tell of a person. @param isAsked of which kinds. */
export const mayTellOf = (
  { kinds, bits }: PersonFilter,
  { local, whole }: Person,
  isAsked: (kind: string) => boolean,
): boolean => {
  const isSet = (place: number): boolean => ((bits[place >> 3] ?? 0) >> (place & 7)) % 2 === 1;
  const count = bits.length * 8;
  return kinds.some(kind => {
    if (!isAsked(kind)) return false;
    const kindBits = kindHash(kind);
    return (
      eachPlace(local ^ kindBits, localProbes, count, isSet) &&
      (whole === undefined || eachPlace(whole ^ kindBits ^ wholeSalt, wholeProbes, count, isSet))
    );
  });
};

/** As it lies in a file. @param about what else is wanted of rows that are not opened. */
export const filterBytes = (
  { kinds, bits }: PersonFilter,
  about: Readonly<Record<string, number>>,
): Buffer => {
  const head = Buffer.from(JSON.stringify({ ...about, kinds }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, bits]);
};

export interface ReadFilter extends PersonFilter {
  readonly about: Readonly<Record<string, unknown>>;
}

/** @throws RangeError where it is none */
export const readFilter = (bytes: Buffer): ReadFilter => {
  const start = bytes.length < 4 ? Number.NaN : 4 + bytes.readUInt32LE(0);
  if (!(start < bytes.length)) throw new RangeError('its filter of persons is too short');
  const about: unknown = JSON.parse(bytes.toString('utf8', 4, start));
  if (typeof about === 'object' && about !== null && 'kinds' in about) {
    const { kinds, ...rest } = about;
    if (Array.isArray(kinds) && kinds.every(kind => typeof kind === 'string')) {
      return { kinds, bits: bytes.subarray(start), about: rest };
    }
  }
  throw new RangeError('its filter of persons is not as it should be');
};
