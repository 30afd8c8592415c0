/**
 * Folding of text, one UTF-16 unit to one, so that places found in it are places in what it was made of: digits of
 * every script, full-width Latin letters and punctuation, blanks, dashes and quotation marks become ASCII;
 * characters without width become U+00AD, which digits and words may hold. U+30FC and U+FF70 (`ー`, `ｰ`) lengthen a
 * vowel, except between digits, where they are typed for a hyphen.
 */
export const fold = (text: string): string => {
  if (!foldable.test(text)) return text;
  const bytes = Buffer.from(text, 'utf16le');
  const units = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  for (let at = 0; at < units.length; at += 1) {
    const unit = units[at] ?? 0;
    if (unit < 0x80) continue;
    const folded = folds[unit] ?? unit;
    if (folded !== unit) units[at] = folded;
    else if ((unit === longVowel || unit === longVowelHalf) && betweenDigits(units, at))
      units[at] = hyphen;
  }
  return bytes.toString('utf16le');
};

/** What characters without width become: it counts as nothing within digits and words. */
const noWidth = 0xad;

/** The text without characters that have no width. */
export const withoutNoWidth = (text: string): string =>
  text.includes('\u00ad') ? text.replaceAll('\u00ad', '') : text;

const hyphen = 0x2d;
const longVowel = 0x30fc;
const longVowelHalf = 0xff70;

const ranges = (...pairs: (readonly [from: number, to: number])[]): number[] =>
  pairs.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));

/** First digits of the decimal scripts of the Basic Multilingual Plane (Unicode, Nd). */
const zeros = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
  0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
  0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
];

const folds = ((): Uint16Array => {
  const table = Uint16Array.from({ length: 0x10000 }, (_, unit) => unit);
  const put = (units: readonly number[], ascii: string): void => {
    for (const unit of units) table[unit] = ascii.charCodeAt(0);
  };
  for (let unit = 0xff01; unit <= 0xff5e; unit += 1) table[unit] = unit - 0xfee0;
  for (const zero of zeros)
    for (let digit = 0; digit < 10; digit += 1) table[zero + digit] = 0x30 + digit;
  put([0xa0, 0x1680, ...ranges([0x2000, 0x200a]), 0x202f, 0x205f, 0x3000], ' ');
  put([...ranges([0x2010, 0x2015]), 0x2043, 0x207b, 0x208b, 0x2212, 0xfe58, 0xfe63], '-');
  put([0x2500, 0x2501, 0x3161], '-');
  put([0x2044, 0x2215], '/');
  put([0x2018, 0x2019, 0x201a, 0x201b, 0x2032, 0xff07], "'");
  put([0x201c, 0x201d, 0x201e, 0x2033], '"');
  put([0xfe6b], '@');
  put([0xfe52], '.');
  put([0xfe55, 0x2236, 0xa789], ':');
  put([0x301c, 0x223c], '~');
  put([0x2028, 0x2029, 0x85], '\n');
  put([0xffe5], '\u00a5');
  for (const unit of [
    0x34f,
    0x61c,
    0x180e,
    ...ranges([0x200b, 0x200f], [0x202a, 0x202e], [0x2060, 0x2069]),
    0xfeff,
  ])
    table[unit] = noWidth;
  return table;
})();

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

/** One character that folding would change, or the vowel mark; made of the table, so that both say the same. */
const foldable = ((): RegExp => {
  let set = '';
  for (let unit = 0x80; unit < 0x10000; unit += 1) {
    if (folds[unit] === unit && unit !== longVowel && unit !== longVowelHalf) continue;
    let last = unit;
    while (last + 1 < 0x10000 && folds[last + 1] !== last + 1) last += 1;
    set += last === unit ? escaped(unit) : `${escaped(unit)}-${escaped(last)}`;
    unit = last;
  }
  return new RegExp(`[${set}]`);
})();

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

/** What is before was folded already; one bracket may close an area code before the dash. */
const betweenDigits = (units: Uint16Array, at: number): boolean => {
  const before = units[at - 1] ?? 0;
  const after = units[at + 1] ?? 0;
  return (isDigit(before) || before === 0x29) && isDigit(folds[after] ?? after);
};
