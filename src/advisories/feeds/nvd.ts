import type { Advisory, Exploited, FeedEntry, Severity } from '../../core/advisory.ts';
import { productOfCpe, productsOfConfigurations } from '../cpe-configurations.ts';
import type { Feed, FeedAddress, FeedReading } from '../feed.ts';
import {
  addressesOf,
  isObject,
  type JsonObject,
  numberIn,
  objectIn,
  objectsIn,
  sentenceIn,
  textIn,
  timeIn,
} from '../json-value.ts';
import { cautioned, doubtOf, hintsOf } from '../text-doubt.ts';
import { severityOf } from './cve/metrics.ts';

const textMax = 100_000;
const severitiesMax = 8;
const productsMax = 20_000;

/** Where a rejected record gives no day at all. */
const noDay = '1970-01-01';

const site = 'https://nvd.nist.gov/feeds/json/cve/2.0';

/** The file of 2002 holds all before it too. */
const yearFiles: FeedAddress = {
  part: '{year}',
  url: `${site}/nvdcve-2.0-{year}.json.gz`,
  byDefault: true,
  digest: { url: `${site}/nvdcve-2.0-{year}.meta`, form: 'nvd-meta' },
  years: { first: 2002 },
};

const metricLists = ['cvssMetricV40', 'cvssMetricV31', 'cvssMetricV30', 'cvssMetricV2'] as const;

/** Sources are mail addresses, or the identifier of an organisation in the CVE program. */
const sourceNames: ReadonlyMap<string, string> = new Map([
  ['nvd@nist.gov', 'NVD'],
  ['134c704f-9b21-4f2e-91b3-4a467353bcc0', 'CISA-ADP'],
]);

const severitiesOf = (record: JsonObject): readonly Severity[] => {
  const metrics = objectIn(record, 'metrics');
  if (metrics === undefined) return [];
  const own: Severity[] = [];
  const others: Severity[] = [];
  for (const list of metricLists) {
    for (const metric of objectsIn(metrics, list, 20)) {
      const cvss = objectIn(metric, 'cvssData');
      const source = textIn(metric, 'source', 200) ?? 'NVD';
      const by = sourceNames.get(source) ?? source;
      const severity = cvss === undefined ? undefined : severityOf(by, cvss);
      // Of the second version, the word stands beside the score and not within it; the score is enough.
      if (severity !== undefined) (by === 'NVD' ? own : others).push(severity);
    }
  }
  return [...own, ...others].slice(0, severitiesMax);
};

const exploitedOf = (flaw: string, record: JsonObject): Exploited | undefined => {
  const on = timeIn(record, 'cisaExploitAdd')?.slice(0, 10);
  const due = timeIn(record, 'cisaActionDue')?.slice(0, 10);
  return on === undefined
    ? undefined
    : { flaw, by: 'CISA KEV', on, ...(due === undefined ? {} : { due }) };
};

const descriptionOf = (record: JsonObject): JsonObject | undefined => {
  const all = objectsIn(record, 'descriptions', 50);
  return all.find(each => textIn(each, 'lang', 20)?.toLowerCase().startsWith('en')) ?? all[0];
};

/** What NVD has looked through: there, what its configurations do not hold is not affected. */
const isAnalyzed = (status: string): boolean => status === 'analyzed' || status === 'modified';

const affectedOf = (
  record: JsonObject,
  status: string,
  text: string,
  references: readonly string[],
): Advisory['affected'] => {
  const rest = isAnalyzed(status) ? 'not-affected' : 'unknown';
  const products = productsOfConfigurations(record, 'configurations', rest);
  if (products.length === 0) return [];
  const hints = hintsOf(text, references);
  const alone = new Set(products.map(({ name }) => name.key)).size === 1;
  return products.map(product => {
    const spans = alone ? cautioned(hints, product.scheme, product.spans) : product.spans;
    const doubt = doubtOf(hints, product.scheme, spans, alone);
    return productOfCpe({ ...product, spans }, doubt);
  });
};

const advisoryOf = (id: string, record: JsonObject): Advisory => {
  const status = textIn(record, 'vulnStatus', 60)?.toLowerCase() ?? '';
  const published = timeIn(record, 'published');
  const modified = timeIn(record, 'lastModified');
  const description = descriptionOf(record) ?? {};
  const references = addressesOf(
    objectsIn(record, 'references', 500).map(reference => textIn(reference, 'url', 1_000)),
  );
  const isRejected = status === 'rejected';
  const text = textIn(description, 'value', textMax) ?? '';
  return {
    feed: 'nvd',
    id,
    aliases: [],
    covers: [],
    title: sentenceIn(description, 'value') ?? '',
    ...(published === undefined ? {} : { published }),
    ...(modified === undefined ? {} : { modified }),
    ...(isRejected ? { withdrawn: modified ?? published ?? noDay } : {}),
    severities: isRejected ? [] : severitiesOf(record),
    affected: isRejected ? [] : affectedOf(record, status, text, references),
    references,
  };
};

/** In pages and year files each record is wrapped: `{"cve": {…}}`. */
const unwrapped = (value: JsonObject): JsonObject => objectIn(value, 'cve') ?? value;

const isOurs = (members: Readonly<Record<string, unknown>>): boolean =>
  Object.hasOwn(members, 'vulnerabilities') || Object.hasOwn(members, 'resultsPerPage');

/**
 * NIST's National Vulnerability Database: pages of its API, the files of each year, and single records.
 * Products have CPE names only. Sources: https://nvd.nist.gov/developers/vulnerabilities and the JSON
 * schema of the CVE API 2.0.
 */
export const nvd: Feed = {
  id: 'nvd',
  title: 'National Vulnerability Database',
  addresses: [
    yearFiles,
    {
      part: 'modified',
      url: `${site}/nvdcve-2.0-modified.json.gz`,
      byDefault: false,
      digest: { url: `${site}/nvdcve-2.0-modified.meta`, form: 'nvd-meta' },
    },
    {
      part: 'api',
      url: 'https://services.nvd.nist.gov/rest/json/cves/2.0?resultsPerPage=2000&startIndex={start}',
      byDefault: false,
      key: { variable: 'NVD_API_KEY', header: 'apiKey' },
      paged: { size: 2_000 },
    },
  ],
  maxAgeHours: 48,
  sniff: (_name, head) => {
    if (/"format"\s*:\s*"NVD_CVE"/.test(head)) return 1;
    if (/"sourceIdentifier"\s*:/.test(head) && /"(?:vulnStatus|lastModified)"\s*:/.test(head))
      return 0.95;
    return /"vulnerabilities"\s*:\s*\[\s*\{\s*"cve"\s*:/.test(head) ? 0.9 : 0;
  },
  cut: (_name, head) => {
    if (/^\uFEFF?\s*\[/.test(head)) return { by: 'elements', of: [] };
    return /"(?:vulnerabilities|resultsPerPage|startIndex)"\s*:/.test(head)
      ? { by: 'elements', of: ['vulnerabilities'] }
      : { by: 'whole' };
  },
  read: ({ value }): FeedReading => {
    if (!isObject(value)) return { refused: 'it is no object' };
    const record = unwrapped(value);
    const id = textIn(record, 'id', 40)?.toUpperCase() ?? '';
    if (!/^CVE-\d{4}-\d{4,19}$/.test(id)) return { refused: 'it has no CVE id' };
    if (Object.hasOwn(record, 'configurations') && !Array.isArray(record['configurations'])) {
      return { refused: `${id}: "configurations" is no list` };
    }
    const advisory = advisoryOf(id, record);
    if (advisory.affected.length > productsMax) {
      return { refused: `${id}: it names more than ${productsMax} products` };
    }
    const exploited = advisory.withdrawn === undefined ? exploitedOf(id, record) : undefined;
    const entries: FeedEntry[] = [{ kind: 'advisory', advisory }];
    if (exploited !== undefined) entries.push({ kind: 'exploited', exploited });
    return { entries };
  },
  frame: members => {
    if (!isOurs(members)) return {};
    const { format, version } = members;
    const asOf = timeIn(members, 'timestamp');
    const total = numberIn(members, 'totalResults');
    const start = numberIn(members, 'startIndex') ?? 0;
    const size = numberIn(members, 'resultsPerPage');
    // A page holds what is left at most; the file of a year is one page that holds all.
    const count =
      total === undefined || total < start ? undefined : Math.min(size ?? total, total - start);
    const strange =
      (format !== undefined && format !== 'NVD_CVE') ||
      (version !== undefined && version !== '2.0');
    return {
      ...(asOf === undefined ? {} : { asOf }),
      ...(count === undefined || !Number.isSafeInteger(count) ? {} : { count }),
      ...(strange ? { problem: `it says that it is ${String(format)} ${String(version)}` } : {}),
    };
  },
};
