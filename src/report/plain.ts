/** Text without control characters: names come from files that an attacker may write. */
export const printable = (text: string): string =>
  text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g,
    '\ufffd',
  );

/** On one line. */
export const oneLine = (text: string): string => printable(text).replace(/\s+/g, ' ').trim();

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/;

const columnsOf = (character: string): number => (wide.test(character) ? 2 : 1);

/** Columns that a terminal gives the text; East Asian wide characters take two. */
export const width = (text: string): number => {
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
};

/** Cut to a number of columns, the last one an ellipsis when something is missing, and filled up. */
export const fit = (text: string, columns: number): string => {
  if (width(text) <= columns) return text + ' '.repeat(columns - width(text));
  let out = '';
  let used = 0;
  for (const character of text) {
    if (used + columnsOf(character) > columns - 1) break;
    out += character;
    used += columnsOf(character);
  }
  return `${out}…${' '.repeat(columns - used - 1)}`;
};

/** Broken at spaces to a number of columns; a word longer than a line is broken where it must. */
export const wrap = (text: string, columns: number, indent = ''): string => {
  const lines: string[] = [];
  let line = '';
  const room = columns - width(indent);
  const push = (): void => {
    if (line !== '') lines.push(indent + line);
    line = '';
  };
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && width(line) + 1 + width(rest) > room) push();
    while (width(rest) > room) {
      push();
      let head = '';
      for (const character of rest) {
        if (width(head) + columnsOf(character) > room) break;
        head += character;
      }
      lines.push(indent + head);
      rest = rest.slice(head.length);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  push();
  return lines.join('\n');
};
