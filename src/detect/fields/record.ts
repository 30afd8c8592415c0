import { type JsonEvent, jsonEventOf } from './json-space.ts';
import { isMembers } from './json-values.ts';

/**
 * The record that a line is: a JSON object; or one in a cell of a table, as `Search-UnifiedAuditLog | Export-Csv`
 * writes it. Members of a record that is wrapped in another one (`AuditData`) stand beside the wrapper's.
 */
export const recordIn = (line: string): JsonEvent | undefined => {
  const text = line.startsWith('{') ? line : cellIn(line);
  const record = text === undefined ? undefined : jsonEventOf(text);
  return record === undefined ? undefined : unwrapped(record);
};

/** Where a quoted cell begins that is a JSON object: its quotes are doubled. */
const cellBegin = '"{""';

const cellIn = (line: string): string | undefined => {
  const begin = line.indexOf(cellBegin);
  if (begin < 0 || (begin > 0 && line[begin - 1] !== ',')) return undefined;
  const end = line.lastIndexOf('}"');
  return end < begin ? undefined : line.slice(begin + 1, end + 1).replaceAll('""', '"');
};

/** False: `recordIn` finds none in any of these lines, the first of which may begin with a byte order mark. */
export const mayHaveRecords = (raw: Buffer): boolean =>
  raw[0] === 0x7b || raw.includes('\n{') || raw.includes('\u{feff}{') || raw.includes(cellBegin);

const wrapperNames = ['AuditData', 'auditData'];

const unwrapped = (record: JsonEvent): JsonEvent => {
  for (const name of wrapperNames) {
    if (!Object.hasOwn(record, name)) continue;
    const value = record[name];
    const inner = typeof value === 'string' ? jsonEventOf(value) : value;
    if (isMembers(inner)) return { ...record, ...inner };
  }
  return record;
};
