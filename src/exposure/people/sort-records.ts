import { recordWords } from './record.ts';

const digits = 1 << 16;
const counts = new Uint32Array(digits + 1);

const isBefore = (words: Uint32Array, a: number, b: number): boolean => {
  const x = a * recordWords;
  const y = b * recordWords;
  for (let i = 0; i < 3; i += 1) {
    const left = words[x + i] ?? 0;
    const right = words[y + i] ?? 0;
    if (left !== right) return left < right;
  }
  // Records of one pseudonym come in the order of their rows.
  return false;
};

/**
 * Sorts records whose first words share their highest 8 bits: by the next 16 bits in one pass, as pseudonyms are
 * spread evenly, and what is left by insertion. Records of one pseudonym keep their order.
 *
 * @param into as large as `words`; gets the sorted records
 */
export const sortRecords = (words: Uint32Array, records: number, into: Uint32Array): void => {
  counts.fill(0);
  for (let i = 0; i < records; i += 1) {
    const digit = ((words[i * recordWords] ?? 0) >>> 8) & 0xffff;
    counts[digit + 1] = (counts[digit + 1] ?? 0) + 1;
  }
  for (let digit = 0; digit < digits; digit += 1) {
    counts[digit + 1] = (counts[digit + 1] ?? 0) + (counts[digit] ?? 0);
  }
  const order = new Uint32Array(records);
  for (let i = 0; i < records; i += 1) {
    const digit = ((words[i * recordWords] ?? 0) >>> 8) & 0xffff;
    const place = counts[digit] ?? 0;
    order[place] = i;
    counts[digit] = place + 1;
  }
  for (let i = 1; i < records; i += 1) {
    const record = order[i] ?? 0;
    let at = i;
    while (at > 0 && isBefore(words, record, order[at - 1] ?? 0)) {
      order[at] = order[at - 1] ?? 0;
      at -= 1;
    }
    order[at] = record;
  }
  for (let i = 0; i < records; i += 1) {
    const from = (order[i] ?? 0) * recordWords;
    const to = i * recordWords;
    for (let word = 0; word < recordWords; word += 1) into[to + word] = words[from + word] ?? 0;
  }
};

/** Records of one pseudonym each, of sorted records. */
export function* groupsOf(
  words: Uint32Array,
  records: number,
): Generator<
  { readonly words: Uint32Array; readonly from: number; readonly to: number },
  undefined
> {
  for (let from = 0; from < records; ) {
    const at = from * recordWords;
    let to = from + 1;
    while (
      to < records &&
      words[to * recordWords + 2] === words[at + 2] &&
      words[to * recordWords + 1] === words[at + 1] &&
      words[to * recordWords] === words[at]
    ) {
      to += 1;
    }
    yield { words, from, to };
    from = to;
  }
  return undefined;
}
