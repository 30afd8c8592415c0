/** Characters that would end a statement, hide in it or change what a terminal shows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const unseen =
  /([\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb])/u;

const halves = /\p{Surrogate}/gu;

/** Half of a character, which no text in UTF-8 has, becomes what readers of bytes make of it. */
export const wellFormed = (text: string): string => text.replaceAll(halves, '\ufffd');

/** Any text as an expression of DuckDB: what cannot be seen is spelled `chr(0)`. */
export const textLiteral = (text: string): string => {
  // With a group in the pattern, what separates stands among the parts: each second one.
  const parts = wellFormed(text)
    .split(unseen)
    .map((part, at) =>
      at % 2 === 1 ? `chr(${part.codePointAt(0) ?? 0})` : `'${part.replaceAll("'", "''")}'`,
    );
  const written = parts.length === 1 ? parts : parts.filter(part => part !== "''");
  return written.length === 1 ? (written[0] ?? "''") : `(${written.join(' || ')})`;
};

/** The name of a column; undefined where it cannot be written so that it is seen: no column is called so. */
export const identifier = (name: string): string | undefined =>
  name === '' || unseen.test(name) || wellFormed(name) !== name
    ? undefined
    : `"${name.replaceAll('"', '""')}"`;

/** One line of comment, whatever stands in the text. */
export const comment = (text: string): string =>
  `-- ${wellFormed(text).split(unseen).join(' ').replaceAll(/\s+/g, ' ').trim().slice(0, 300)}`;

/** Of type DOUBLE. */
export const numberLiteral = (value: number): string => `'${value}'::DOUBLE`;
