import { CsvTable } from '../../records/csv.ts';
import { Fields, parsedJson } from '../../records/fields.ts';

/** Where exports and shippers put the record itself. */
const wrappers = [
  'auditdata',
  'o365audit',
  'office365',
  'o365',
  'audit',
  'data',
  'result',
  '_source',
  '_raw',
  'original',
  'message',
  'event',
  // Defender's hunting events, `CloudAppEvents`, hold it as it was.
  'properties',
  'raweventdata',
];

const isRecord = (fields: Fields): boolean =>
  fields.has('operation') &&
  (fields.has('creationtime') ||
    fields.has('recordtype') ||
    fields.has('workload') ||
    fields.has('officeworkload')) &&
  !fields.has('auditdata');

/** Wazuh knows some records by their workload alone. */
const isBareRecord = (fields: Fields): boolean =>
  fields.has('workload') && fields.has('recordtype') && fields.has('creationtime');

const depthMax = 4;

const within = (fields: Fields, depth: number): Fields | undefined => {
  if (isRecord(fields) || isBareRecord(fields)) return fields;
  if (depth >= depthMax) return undefined;
  for (const name of wrappers) {
    const inner = fields.object(name);
    const found = inner === undefined ? undefined : within(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The audit record that a JSON text holds, whatever an export or a shipper has put around it. */
export const recordOfJson = (text: string): Fields | undefined => {
  const value = parsedJson(text);
  // A list of one: the answer of a search that found one record.
  const fields = Fields.of(Array.isArray(value) && value.length === 1 ? value[0] : value);
  return fields === undefined ? undefined : within(fields, 0);
};

const isAuditColumns = (names: readonly string[]): boolean =>
  names.includes('auditdata') ||
  (names.includes('operation') &&
    names.includes('recordtype') &&
    names.some(name => /^(?:creationtime|timegenerated(?:-\[utc\])?)$/.test(name)));

/** A table of records: the portal's export, `Search-UnifiedAuditLog | Export-Csv`, with `AuditData` as JSON. */
export const auditTable = (): CsvTable =>
  new CsvTable(isAuditColumns, cells => {
    // The record is the one cell that is an object, in whichever column this export has it.
    const at = cells.findIndex(cell => cell.startsWith('{"') && cell.includes('"Operation"'));
    return at < 0 ? undefined : cells.map((_, k) => (k === at ? 'auditdata' : `column-${k}`));
  });

/** Columns of `OfficeActivity` in a workspace: `TimeGenerated [UTC]`, `Client_IPAddress`. */
const workspaceName = (name: string): string => name.replace(/-\[utc\]$/, '').replaceAll('-', '_');

/** The record of a row. */
export const recordOfRow = (row: Fields): Fields | undefined =>
  within(row.has('auditdata') ? row : row.renamed(workspaceName), 0);
