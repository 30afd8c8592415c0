/**
 * Characters that a terminal or a page would act on instead of showing: controls (ANSI escapes start
 * with one), line separators, zero-width and bidirectional ones, tags, and halves of surrogate pairs.
 */
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}\ud800-\udfff]/gu;

/** Text without control characters: names come from files that an attacker may write. */
export const printable = (text: string): string => text.replace(unsafe, '\ufffd');

/** On one line. */
export const oneLine = (text: string): string => printable(text.replace(/\s+/gu, ' ').trim());

/** Half a surrogate pair is no Unicode, and strict readers of JSON refuse the whole file for one. */
const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/[\ud800-\udfff]/gu, '\ufffd') : value;

/**
 * JSON in which those characters are written as escapes: the content is the same, and nothing of it
 * acts on a terminal that it is shown on.
 */
export const safeJson = (value: unknown, indent?: number): string =>
  (JSON.stringify(value, wellFormed, indent) ?? 'null').replace(unsafe, character =>
    [...Array(character.length).keys()]
      .map(i => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );

const wide =
  /[\u1100-\u115f\u231a\u231b\u23e9-\u23ec\u2614\u2615\u26a1\u2705\u274c\u2753-\u2757\u2b50\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f004}-\u{1faff}\u{20000}-\u{3fffd}]/u;

const columnsOf = (character: string): number => (wide.test(character) ? 2 : 1);

/** Columns that a terminal gives the text; East Asian wide characters take two. */
export const width = (text: string): number => {
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
};

/** As much of the text as fits into a number of columns. */
const headOf = (text: string, columns: number): string => {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns) break;
    end += character.length;
  }
  return text.slice(0, end);
};

/** Cut to a number of columns, the last one an ellipsis when something is missing. */
export const cut = (text: string, columns: number): string => {
  const head = headOf(text, columns);
  return head === text ? text : `${headOf(head, columns - 1)}…`;
};

/** Cut to a number of columns and filled up to them. */
export const fit = (text: string, columns: number): string => {
  const short = cut(text, columns);
  return short + ' '.repeat(Math.max(0, columns - width(short)));
};

/** Broken at spaces to a number of columns; a word longer than a line is broken where it must. */
export const wrap = (text: string, columns: number, indent = ''): string => {
  const lines: string[] = [];
  const room = Math.max(2, columns - width(indent));
  let line = '';
  let used = 0;
  const push = (): void => {
    if (line !== '') lines.push(indent + line);
    line = '';
    used = 0;
  };
  const add = (word: string, columnsOfWord: number): void => {
    line = line === '' ? word : `${line} ${word}`;
    used += columnsOfWord + (used === 0 ? 0 : 1);
  };
  for (const word of text.split(' ')) {
    let rest = word;
    // A word as long as a file, from a file: each step takes its head and measures no more than that.
    for (let head = headOf(rest, room); head !== rest; head = headOf(rest, room)) {
      push();
      lines.push(indent + head);
      rest = rest.slice(head.length);
    }
    const columnsOfRest = width(rest);
    if (line !== '' && used + 1 + columnsOfRest > room) push();
    add(rest, columnsOfRest);
  }
  push();
  return lines.join('\n');
};
