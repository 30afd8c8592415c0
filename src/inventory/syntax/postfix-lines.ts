/** Where a stretch of joined text came from: it starts at `offset` and stood on `line` (1-based). */
interface LineMark {
  readonly offset: number;
  readonly line: number;
}

/** Text joined from several lines, which still knows where each character stood. */
export interface LinedText {
  readonly text: string;
  readonly marks: readonly LineMark[];
}

/** A logical line that starts with white space, which Postfix skips with a warning. */
export interface LinesReading {
  readonly lines: readonly LinedText[];
  readonly skipped: readonly LineMark[];
}

/** The line on which the character at `offset` stood. */
export const lineAt = ({ marks }: LinedText, offset: number): number => {
  let found = marks[0]?.line ?? 1;
  for (const mark of marks) {
    if (mark.offset > offset) break;
    found = mark.line;
  }
  return found;
};

/** C's `isspace`, which is what Postfix asks; JavaScript's `\s` knows more. */
export const blank = ' \t\n\v\f\r';

export const isBlank = (character: string): boolean =>
  character !== '' && blank.includes(character);

/** The part of a lined text from `start` to `end`, without white space at either side. */
export const sliceLined = (lined: LinedText, start: number, end: number): LinedText => {
  let from = start;
  let to = end;
  while (from < to && isBlank(lined.text.charAt(from))) from += 1;
  while (to > from && isBlank(lined.text.charAt(to - 1))) to -= 1;
  const marks: LineMark[] = [{ offset: 0, line: lineAt(lined, from) }];
  for (const mark of lined.marks) {
    if (mark.offset > from && mark.offset < to) {
      marks.push({ offset: mark.offset - from, line: mark.line });
    }
  }
  return { text: lined.text.slice(from, to), marks };
};

/** A text that stands on one line. */
export const onLine = (text: string, line: number): LinedText => ({
  text,
  marks: [{ offset: 0, line }],
});

/**
 * Logical lines of `main.cf`, `master.cf` and Postfix's text tables (postconf(5), `readlline`): a
 * line that starts with white space continues the one before; comment and empty lines are passed
 * over wherever they stand, between continuations too.
 */
export const readLogicalLines = (text: string): LinesReading => {
  const lines: LinedText[] = [];
  const skipped: LineMark[] = [];
  let parts: string[] = [];
  let marks: LineMark[] = [];
  let length = 0;
  const flush = (): void => {
    const first = marks[0];
    const joined = parts.join('');
    if (first !== undefined) {
      if (isBlank(joined.charAt(0))) skipped.push(first);
      else lines.push({ text: joined, marks });
    }
    parts = [];
    marks = [];
    length = 0;
  };
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const first = firstInk(raw);
    if (first === undefined || first === '#') {
      // A comment in the first column that follows a logical line keeps it open, as an empty one does.
      continue;
    }
    if (!isBlank(raw.charAt(0))) flush();
    marks.push({ offset: length, line });
    parts.push(raw);
    length += raw.length;
  }
  flush();
  return { lines, skipped };
};

const firstInk = (raw: string): string | undefined => {
  for (let i = 0; i < raw.length; i++) if (!isBlank(raw.charAt(i))) return raw.charAt(i);
  return undefined;
};
