/** What is wrong with a rule, and where; thrown within the reader, which makes a `RuleProblem` of it. */
export class Mistake extends Error {
  /** Offset in the text of the file, where it is known. */
  readonly at: number | undefined;

  constructor(why: string, at?: number) {
    super(why);
    this.name = 'Mistake';
    this.at = at;
  }
}

const shownMax = 60;

/** A name or value of a rule, for a message: one line, printable, not long. */
export const shown = (text: string): string => {
  const cut = text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
  return `'${cut.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD')}'`;
};
