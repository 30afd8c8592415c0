import { printable } from '../report/plain.ts';

/** What a spreadsheet would calculate instead of showing. */
const formula = /^[=+\-@\t\r]/;
const quoted = /[",\r\n]/;

/** A cell of CSV (RFC 4180); a text that a spreadsheet would take for a formula gets an apostrophe before it. */
export const csvCell = (value: string | number | undefined): string => {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = printable(formula.test(value) ? `'${value}` : value);
  return quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
