import type { Found } from '../data-type.ts';
import type { TableLines } from '../search/columns.ts';
import type { FoundRecord } from './records.ts';

/** Columns, and labels, of people who are not the row's own: his agent, who entered it, whom to call in an emergency. */
export const others: RegExp =
  /担当|営業|紹介者|登録者|更新者|作成者|上長|緊急連絡|保証人|問い?合わ?せ|\b(?:rep|agent|manager|owner|sales|created|updated|assigned|assignee|referrer|emergency|sponsor)\b/i;
/** Columns of a second address of the same person. */
const seconds =
  /[2②]|副|サブ|予備|携帯|モバイル|勤務先|自宅|\b(?:second|secondary|alt|alternate|alternative|mobile|work|home|other|backup|recovery)\b/i;
/** From so many rows on, what stands in half of them, and in two at least, is of nobody in particular. */
const rowsMin = 2;
const columnsMax = 200;
const lineReach = 4_096;

/** Rows of the table of lines `first` up to `past`, each a record; what is the same in most rows stands apart. */
export const rowsOf = (
  text: string,
  table: TableLines,
  first: number,
  past: number,
  found: readonly Found[],
): readonly FoundRecord[] => {
  const rows = linesOf(table, first, past, found);
  const common = commonValues(rows);
  const delimiter = table.delimiters[first] ?? 0;
  const heads = headsOf(text, table.starts[first] ?? 0, delimiter);
  return [...rows].flatMap(([line, row]) => {
    const columns = columnsOf(text, table.starts[line] ?? 0, delimiter, row);
    const headOf = (index: number): string => heads[columns[index] ?? -1] ?? '';
    const isOwn = (one: Found, index: number): boolean =>
      !(one.identifier !== undefined && common.has(one.value)) &&
      (line === first || !others.test(headOf(index)));
    const own = row.filter(isOwn);
    const emails = row.flatMap((one, index) =>
      one.type === 'email' && isOwn(one, index) ? [headOf(index)] : [],
    );
    const isOnePerson = emails.length > 1 && emails.slice(1).every(head => seconds.test(head));
    const apart = row.filter((one, index) => !isOwn(one, index)).map(one => ({ found: [one] }));
    return own.length === 0
      ? apart
      : [isOnePerson ? { found: own, isOnePerson } : { found: own }, ...apart];
  });
};

const linesOf = (
  table: TableLines,
  first: number,
  past: number,
  found: readonly Found[],
): ReadonlyMap<number, readonly Found[]> => {
  const rows = new Map<number, Found[]>();
  let line = first;
  for (const one of found) {
    while (line + 1 < past && (table.starts[line + 1] ?? 0) <= one.from) line += 1;
    const row = rows.get(line);
    if (row === undefined) rows.set(line, [one]);
    else row.push(one);
  }
  return rows;
};

const commonValues = (rows: ReadonlyMap<number, readonly Found[]>): ReadonlySet<string> => {
  if (rows.size < rowsMin) return new Set();
  const counts = new Map<string, number>();
  for (const row of rows.values()) {
    for (const value of new Set(
      row.flatMap(one => (one.identifier === undefined ? [] : [one.value])),
    )) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return new Set(
    [...counts].filter(([, count]) => count > 1 && count * 2 >= rows.size).map(([value]) => value),
  );
};

/** Texts of the head line's cells. */
const headsOf = (text: string, start: number, delimiter: number): readonly string[] => {
  const newline = text.indexOf('\n', start);
  const end = Math.min(newline < 0 ? text.length : newline, start + lineReach);
  return text.slice(start, end).split(String.fromCharCode(delimiter), columnsMax);
};

/** The column of each finding of a row. */
const columnsOf = (
  text: string,
  start: number,
  delimiter: number,
  row: readonly Found[],
): readonly number[] => {
  let column = 0;
  let at = start;
  let quoted = false;
  return row.map(({ from }) => {
    for (; at < from && at < start + lineReach; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === 0x22) quoted = !quoted;
      else if (unit === delimiter && !quoted) column += 1;
    }
    return column;
  });
};
