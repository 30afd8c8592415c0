import type { FeedEntry } from '../../core/advisory.ts';
import { columnsOf, csvFields } from '../csv-line.ts';
import type { Feed, FeedReading } from '../feed.ts';
import {
  flawOf,
  isObject,
  type JsonObject,
  textIn,
  textsIn,
  timeIn,
  timeOf,
} from '../json-value.ts';

interface Row {
  readonly flaws: readonly string[];
  readonly by: string;
  readonly on: string | undefined;
  readonly due?: string | undefined;
  /** `Known`, `Unknown`. */
  readonly ransomware?: string | undefined;
}

const flawsPerRecordMax = 50;

const entriesOf = ({ flaws, by, on, due, ransomware }: Row): FeedReading => {
  const named = [...new Set(flaws.map(flawOf).filter(flaw => flaw !== undefined))];
  if (named.length === 0) return { refused: 'it names no flaw' };
  const day = on?.slice(0, 10);
  if (day === undefined) return { refused: 'the day on which it was taken in is no date' };
  const last = due === undefined ? undefined : timeOf(due)?.slice(0, 10);
  const word = ransomware?.toLowerCase();
  return {
    entries: named.slice(0, flawsPerRecordMax).map(
      (flaw): FeedEntry => ({
        kind: 'exploited',
        exploited: {
          flaw,
          by,
          on: day,
          ...(last === undefined ? {} : { due: last }),
          // "Unknown" is not "no".
          ...(word === 'known' ? { ransomware: true } : {}),
        },
      }),
    ),
  };
};

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** `Jan 1, 2026, 12:00:00 AM`, as ENISA's API writes it. */
const englishDay = (text: string): string | undefined => {
  const match = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4})\b/.exec(text.slice(0, 40));
  const month = months.indexOf(match?.[1]?.toLowerCase() ?? '');
  if (match === null || month < 0) return undefined;
  const two = (value: string | number): string => String(value).padStart(2, '0');
  return timeOf(`${match[3]}-${two(month + 1)}-${two(match[2] ?? '')}`);
};

/** An entry of CISA's catalogue, of VulnCheck's (`cve` is a list there) or of ENISA's EUVD. */
const fromJson = (value: JsonObject): FeedReading => {
  const since = textIn(value, 'exploitedSince', 64);
  if (since !== undefined) {
    const aliases = (textIn(value, 'aliases', 4_096) ?? '').split(/[\n,]/);
    const cves = aliases.filter(alias => /^\s*cve-/i.test(alias));
    return entriesOf({
      flaws: cves.length > 0 ? cves : [textIn(value, 'id') ?? ''],
      by: 'ENISA EUVD',
      on: timeOf(since) ?? englishDay(since),
    });
  }
  const cves = textsIn(value, 'cve', flawsPerRecordMax);
  const vulnCheck = cves.length > 0;
  return entriesOf({
    flaws: vulnCheck ? cves : [textIn(value, 'cveID') ?? ''],
    by: vulnCheck ? 'VulnCheck KEV' : 'CISA KEV',
    on: timeIn(value, vulnCheck ? 'date_added' : 'dateAdded'),
    due: textIn(value, 'dueDate', 64),
    ransomware: textIn(value, 'knownRansomwareCampaignUse', 64),
  });
};

const fromLine = (line: string, header: string): FeedReading => {
  if (line === '' || line === header) return { entries: [] };
  const column = columnsOf(header);
  const fields = csvFields(line);
  if (fields === undefined) return { refused: 'the line ends within a quoted field' };
  const field = (name: string): string => fields[column.get(name) ?? -1] ?? '';
  return entriesOf({
    flaws: [field('cveid')],
    by: 'CISA KEV',
    on: timeOf(field('dateadded')),
    due: field('duedate'),
    ransomware: field('knownransomwarecampaignuse'),
  });
};

/**
 * Catalogues of flaws that are being exploited. Sources: CISA's JSON schema of known exploited
 * vulnerabilities and its CSV; VulnCheck's `vulncheck-kev` index; the `exploitedSince` of ENISA's EUVD.
 */
export const kev: Feed = {
  id: 'kev',
  title: 'CISA Known Exploited Vulnerabilities',
  addresses: [
    {
      part: '',
      url: 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json',
      byDefault: true,
    },
  ],
  // CISA adds to it several times a week, and pauses over holidays.
  maxAgeHours: 14 * 24,
  sniff: (_name, head) => {
    if (/^\uFEFF?\s*"?cveID"?\s*,/i.test(head) && /dateAdded/i.test(head)) return 0.95;
    if (/"catalogVersion"\s*:/.test(head) && /"(?:vulnerabilities|dateReleased)"\s*:/.test(head))
      return 0.95;
    if (/"cveID"\s*:/.test(head) && /"dateAdded"\s*:/.test(head)) return 0.9;
    if (/"vulncheck_(?:xdb|reported_exploitation)"\s*:/.test(head)) return 0.9;
    return /"exploitedSince"\s*:/.test(head) ? 0.8 : 0;
  },
  cut: (_name, head) => {
    const text = head.replace(/^\uFEFF/, '').trimStart();
    if (text.startsWith('[')) return { by: 'elements', of: [] };
    if (!text.startsWith('{')) return { by: 'lines' };
    if (/"vulncheck_(?:xdb|reported_exploitation)"\s*:/.test(text))
      return { by: 'elements', of: ['data'] };
    return {
      by: 'elements',
      of: [/"exploitedSince"\s*:/.test(text) ? 'items' : 'vulnerabilities'],
    };
  },
  read: ({ value, header }) => {
    if (typeof value === 'string') {
      return fromLine(
        value.replace(/^\uFEFF/, '').trimEnd(),
        (header ?? '').replace(/^\uFEFF/, '').trimEnd(),
      );
    }
    return isObject(value) ? fromJson(value) : { refused: 'it is no object' };
  },
  frame: members => {
    const { count } = members;
    const asOf =
      timeIn(members, 'dateReleased') ?? dayOfVersion(textIn(members, 'catalogVersion', 64));
    return {
      ...(asOf === undefined ? {} : { asOf }),
      ...(typeof count === 'number' && Number.isSafeInteger(count) ? { count } : {}),
    };
  },
};

/** `2025.08.25` */
const dayOfVersion = (version: string | undefined): string | undefined =>
  version === undefined ? undefined : timeOf(version.replaceAll('.', '-'));
