/**
 * The one definition of "ignoring case": every code point becomes its simple lower-case letter as of Unicode 15, one
 * for one and whatever stands beside it. That is what `lower()` of DuckDB does, so SQL asks for `lower(column)` and
 * compares it with texts that were folded here; `(?i)` folds more (`ſ` to `s`, `ς` to `σ`) and is left to rules that
 * ask for it. Letters that were added after Unicode 15 are left as they are, whatever Node.js knows of them.
 */
export const fold = (text: string): string => {
  const lower = text.toLowerCase();
  if (lower === text || !special.test(text)) return lower;
  let folded = '';
  for (const letter of text) folded += foldLetter(letter);
  return folded;
};

/** Sigma looks at its neighbours in JavaScript; the dotted I becomes two letters; the others are too new. */
const special =
  /[\u{130}\u{3a3}\u{1c89}\u{a7cb}\u{a7cc}\u{a7ce}\u{a7d2}\u{a7d4}\u{a7da}\u{a7dc}\u{10d50}-\u{10d65}\u{16ea0}-\u{16eb8}]/u;

const foldLetter = (letter: string): string => {
  if (letter === 'İ') return 'i';
  if (letter === 'Σ') return 'σ';
  return special.test(letter) ? letter : letter.toLowerCase();
};
