import { columnsOf, csvFields } from '../csv-line.ts';
import { isObject, oneLine, textIn, timeOf } from '../json-value.ts';
import { keyOfPurl } from '../product-key.ts';

/** From that day on, this version of that component was in use. */
export interface Deployment {
  /** RFC 3339, or a day. */
  readonly on: string;
  /** Package URL; the version in it, if it has one, is `version`'s. */
  readonly purl: string;
  /** Absent: it was removed. */
  readonly version?: string;
}

export interface Deployments {
  /** Earliest first. */
  readonly rows: readonly Deployment[];
  readonly refused: number;
  /** The first twenty that were not understood. */
  readonly refusals: readonly { readonly row: number; readonly why: string }[];
}

export interface DeploymentLimits {
  readonly rowsMax: number;
}

const deploymentLimits: DeploymentLimits = { rowsMax: 200_000 };

const refusalsNamed = 20;

interface RawRow {
  readonly date: string | undefined;
  readonly component: string | undefined;
  readonly version: string | undefined;
}

const understand = ({ date, component, version }: RawRow, now: Date): Deployment | string => {
  const on = date === undefined ? undefined : timeOf(date);
  if (on === undefined) return `date: ${oneLine(date ?? 'nothing', 40)} is no day`;
  if (Date.parse(on) > now.getTime()) return `date: ${on} is yet to come`;
  const key = component === undefined ? undefined : keyOfPurl(component);
  if (component === undefined || key === undefined) {
    return `component: ${oneLine(component ?? 'nothing', 60)} is no package URL`;
  }
  const said = version?.trim() ?? '';
  if (said.toLowerCase() === 'removed') return { on, purl: component };
  if (said !== '' && key.version !== undefined && said !== key.version) {
    return `version: ${oneLine(said, 40)}, and ${oneLine(key.version, 40)} in the package URL`;
  }
  const is = said === '' ? key.version : said;
  return is === undefined ? 'version: nothing' : { on, purl: component, version: is };
};

const fromObject = (value: unknown): RawRow | string =>
  isObject(value) && Object.keys(value).length > 0
    ? {
        date: textIn(value, 'date', 64),
        component: textIn(value, 'component'),
        version: textIn(value, 'version', 300),
      }
    : 'it is no JSON object with members';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const csvRows = (lines: readonly string[]): readonly (RawRow | string)[] | undefined => {
  const columns = columnsOf(lines[0] ?? '');
  const date = columns.get('date');
  const component = columns.get('component');
  const version = columns.get('version');
  if (date === undefined || component === undefined) return undefined;
  return lines.slice(1).map(line => {
    if (line.length > 10_000) return 'the line is too long';
    const fields = csvFields(line);
    return fields === undefined
      ? 'a quoted field has no end'
      : {
          date: fields[date]?.trim(),
          component: fields[component]?.trim(),
          version: version === undefined ? undefined : fields[version],
        };
  });
};

/** The rows of a document as they stand, and the number that the first of them is counted by. */
const rawRows = (
  text: string,
): { readonly first: number; readonly rows: readonly (RawRow | string)[] } | string => {
  const body = text.replace(/^\ufeff/, '');
  if (body.trimStart().startsWith('[')) {
    const list = parsed(body);
    return Array.isArray(list)
      ? { first: 1, rows: list.map(fromObject) }
      : 'it begins like a JSON array and is none';
  }
  const lines = body.split(/\r?\n/);
  if (body.trimStart().startsWith('{')) {
    return {
      first: 1,
      rows: lines.map(line => (line.trim() === '' ? '' : fromObject(parsed(line)))),
    };
  }
  const rows = csvRows(lines.map(line => (line.startsWith('#') ? '' : line)));
  return rows === undefined
    ? 'its first line names no columns date and component'
    : { first: 2, rows };
};

/** Reads a deployment history. It never throws, whatever the text is. */
export const readDeployments = (
  text: string,
  now: Date,
  { rowsMax }: DeploymentLimits = deploymentLimits,
): Deployments | { readonly unread: string } => {
  const raw = rawRows(text);
  if (typeof raw === 'string') return { unread: raw };
  const rows: Deployment[] = [];
  const refusals: { row: number; why: string }[] = [];
  let refused = 0;
  for (const [i, each] of raw.rows.entries()) {
    if (isBlank(each)) continue;
    const row =
      rows.length >= rowsMax
        ? `only ${rowsMax} rows are read`
        : typeof each === 'string'
          ? each
          : understand(each, now);
    if (typeof row !== 'string') {
      rows.push(row);
      continue;
    }
    refused += 1;
    if (refusals.length < refusalsNamed) refusals.push({ row: raw.first + i, why: row });
  }
  return {
    rows: rows.sort((a, b) => Date.parse(a.on) - Date.parse(b.on)),
    refused,
    refusals,
  };
};

/** An empty line, of JSON lines or of CSV. */
const isBlank = (row: RawRow | string): boolean =>
  typeof row === 'string'
    ? row === ''
    : (row.date ?? '') === '' && (row.component ?? '') === '' && (row.version ?? '').trim() === '';
