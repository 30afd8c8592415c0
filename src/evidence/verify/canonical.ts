/** What a leaf may be made of. No fractions: two programs need not write them alike. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [key: string]: Value };

const depthMax = 6;

/**
 * JSON in its one form: keys sorted by UTF-16 code units, no spaces, whole numbers only. For what is allowed
 * here that is RFC 8785. Throws for anything else.
 */
export const canonicalJson = (value: Value, depth = 0): string => {
  if (depth > depthMax) throw new RangeError(`it is nested deeper than ${depthMax}`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      throw new RangeError('a number in it is not whole');
    }
    return String(value);
  }
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) throw new RangeError('a text in it is no Unicode');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((each: Value) => canonicalJson(each, depth + 1)).join(',')}]`;
  }
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${canonicalJson(key)}:${canonicalJson(each, depth + 1)}`).join(',')}}`;
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value, when these bytes are its one form; `undefined` otherwise. */
export const readCanonical = (bytes: Uint8Array): Value | undefined => {
  try {
    const text = decoder.decode(bytes);
    const value = JSON.parse(text) as Value;
    return canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
};
