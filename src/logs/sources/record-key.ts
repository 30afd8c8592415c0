import { hash } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parsed = (text: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const depthMax = 100;

/** The same for the same content, whatever the order of names and the spaces between. */
const canonical = (value: unknown, depth = 0): string => {
  if (depth > depthMax) throw new RangeError('nested too deeply');
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return `[${list.map(each => canonical(each, depth + 1)).join(',')}]`;
  }
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  return `{${Object.keys(value)
    .toSorted()
    .map(name => `${JSON.stringify(name)}:${canonical(value[name], depth + 1)}`)
    .join(',')}}`;
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Whether a record of these names says by an id which record it is. */
type Shape = (record: Json) => boolean;

const shapes: readonly Shape[] = [
  // journalctl(1), `-o json`, and exports, which are kept the same way.
  record => isText(record['__CURSOR']) && '__REALTIME_TIMESTAMP' in record,
  // The Office 365 Management Activity API: "the same notification can be delivered more than once".
  record => isText(record['Id']) && 'RecordType' in record && 'Operation' in record,
  // Graph's audit log queries.
  record => isText(record['id']) && 'auditLogRecordType' in record,
  // Entra's sign-ins and directory audits, by Graph.
  record => isText(record['id']) && ('activityDateTime' in record || 'userPrincipalName' in record),
  // Google's Reports API.
  record => record['kind'] === 'admin#reports#activity' && isObject(record['id']),
  // Slack's Audit Logs API.
  record => isText(record['id']) && 'date_create' in record && 'action' in record,
  // MicrosoftGraphActivityLogs.
  record => isText(record['RequestId']) && 'RequestUri' in record,
  record => isText(record['requestId']) && 'requestUri' in record,
];

/** One of the names that the shapes ask for; most lines of JSON have none, and are not taken apart twice. */
const mayHaveId =
  /"(?:__CURSOR|RecordType|auditLogRecordType|activityDateTime|userPrincipalName|admin#reports#activity|date_create|RequestUri|requestUri|AuditData|auditData)"/;

/** `Search-UnifiedAuditLog` puts the record into a field of another one, or into a cell. */
const wrapped = (record: Json): Json => {
  const inner = record['AuditData'] ?? record['auditData'];
  const value = typeof inner === 'string' ? parsed(inner) : inner;
  return isObject(value) && isText(value['Id']) ? value : record;
};

const brace = 0x7b;

/** Of a row of CSV: the cell that is a record of the unified audit log. */
const cellIn = (row: string): Json | undefined => {
  const from = row.indexOf('"{""');
  const to = row.lastIndexOf('}"');
  if (from < 0 || to < from) return undefined;
  return parsed(row.slice(from + 1, to + 1).replaceAll('""', '"'));
};

const keyBytes = 16;

/**
 * The key of a record whose source says by an id which record it is (exports of Microsoft 365, Entra, Google
 * Workspace and Slack, the journal): the same id with the same content has the same key, in whatever order its
 * fields come. Undefined for everything else: other lines may well be the same and tell of two things.
 */
export const recordKey = (line: string): Buffer | undefined => {
  let record: Json | undefined;
  if (line.charCodeAt(0) === brace) {
    if (!mayHaveId.test(line)) return undefined;
    record = parsed(line.endsWith(',') ? line.slice(0, -1) : line);
  } else if (line.includes('""RecordType"":') && line.includes('""Id"":')) record = cellIn(line);
  if (record === undefined) return undefined;
  const inner = wrapped(record);
  if (!shapes.some(isOf => isOf(inner))) return undefined;
  try {
    return hash('sha256', canonical(inner), 'buffer').subarray(0, keyBytes);
  } catch {
    return undefined;
  }
};

/** The keys of all records among the lines of these bytes. */
export const recordKeysIn = (bytes: Buffer): readonly Buffer[] => {
  const keys: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 ? bytes.length : found;
    const first = bytes[at];
    if (
      first === brace ||
      first === 0x22 ||
      (first !== undefined && first >= 0x30 && first <= 0x39)
    ) {
      const key = recordKey(bytes.toString('utf8', at, end).replace(/\r$/, ''));
      if (key !== undefined) keys.push(key);
    }
    at = end + 1;
  }
  return keys;
};
