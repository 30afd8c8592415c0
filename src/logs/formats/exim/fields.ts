import { type HostAt, hostAt } from './host.ts';

/** `KEY=value` pairs in the order in which Exim writes them. */
export interface Fields {
  readonly values: ReadonlyMap<string, string>;
  readonly host?: HostAt;
  /** Index of what follows them. */
  readonly end: number;
  /** A key stood there twice, which Exim does not write: one of them is in another's value. */
  readonly repeated: boolean;
}

const isUpper = (code: number): boolean => code >= 65 && code <= 90;

const keyEnd = (text: string, at: number): number => {
  let end = at;
  while (
    end - at < 6 &&
    (isUpper(text.charCodeAt(end)) || (end > at && text.charCodeAt(end) === 56)) // M8S
  ) {
    end += 1;
  }
  if (end === at && text.startsWith('id=', at)) return at + 2;
  // One that Exim made for a message without.
  if (end === at && text.startsWith('id*=', at)) return at + 3;
  if (end === at + 1 && text.startsWith('Ci=', at)) return at + 2;
  return end > at && text.charCodeAt(end) === 61 ? end : -1;
};

/** Behind the quote that closes the one at an index; Exim writes a backslash before those within. */
const quotedEnd = (text: string, at: number): number => {
  for (let here = at + 1; here < text.length; here += 1) {
    const code = text.charCodeAt(here);
    if (code === 92) here += 1;
    else if (code === 34) return here + 1;
  }
  return text.length;
};

/** Behind an address: quoted local parts may hold blanks and brackets (RFC 5321). */
export const addressEnd = (text: string, at: number): number => {
  let here = at;
  if (text.charCodeAt(here) === 34) here = quotedEnd(text, here);
  while (here < text.length && text.charCodeAt(here) !== 32 && text.charCodeAt(here) !== 62)
    here += 1;
  return here;
};

/** Behind `<address>`. */
export const bracketedEnd = (text: string, at: number): number => {
  const end = addressEnd(text, at + 1);
  if (text.charCodeAt(end) === 62) return end + 1;
  const close = text.indexOf('>', end);
  return close < 0 ? text.length : close + 1;
};

const valueEnd = (text: string, at: number): number => {
  const first = text.charCodeAt(at);
  if (first === 34) return quotedEnd(text, at);
  if (first === 60) return bracketedEnd(text, at);
  const blank = text.indexOf(' ', at);
  return blank < 0 ? text.length : blank;
};

/** Marks without a value: chunking, PRDR, pipelining, TCP fast open. */
const marks = /(?:K|PRDR|ARC|L[-.*]{0,2}|TFO\*?|D|utf8|defer \(-?\w{1,6}\)) /y;

const keysMax = 40;

/** Reads fields from an index on until something else stands there. The first of a key counts. */
export const fieldsAt = (text: string, from: number): Fields => {
  const values = new Map<string, string>();
  let host: HostAt | undefined;
  let repeated = false;
  let at = from;
  for (let step = 0; step < keysMax; step += 1) {
    const end = keyEnd(text, at);
    if (end < 0) {
      marks.lastIndex = at;
      if (marks.exec(text) === null) break;
      at = marks.lastIndex;
      continue;
    }
    const written = text.slice(at, end);
    const key = written === 'id*' ? 'id' : written;
    let next: number;
    if (key === 'H') {
      const found = hostAt(text, end + 1);
      if (host !== undefined) repeated = true;
      else host = found;
      next = found?.end ?? valueEnd(text, end + 1);
      // A star behind an address says that it was looked up with DNSSEC.
      if (text.charCodeAt(next) === 42) next += 1;
    } else {
      next = valueEnd(text, end + 1);
      // A message id, which the sender writes, may hold blanks: behind it only the subject is Exim's own field.
      if (values.has('id') && key !== 'T') repeated ||= key === 'A' || key === 'P';
      else if (values.has(key)) repeated ||= key !== 'C';
      else values.set(key, text.slice(end + 1, next));
    }
    if (text.charCodeAt(next) !== 32) {
      at = next;
      break;
    }
    at = next + 1;
  }
  return { values, ...(host === undefined ? {} : { host }), end: at, repeated };
};

/** Without the quotes or angle brackets around it. */
export const bare = (value: string): string =>
  (value.startsWith('"') && value.endsWith('"') && value.length > 1) ||
  (value.startsWith('<') && value.endsWith('>'))
    ? value.slice(1, -1).replace(/\\(["\\])/g, '$1')
    : value;
