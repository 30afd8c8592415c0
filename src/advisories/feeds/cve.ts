import type { Advisory, Exploited, FeedEntry, Severity, Ssvc } from '../../core/advisory.ts';
import type { Feed, FeedReading } from '../feed.ts';
import {
  addressesOf,
  isObject,
  type JsonObject,
  objectIn,
  objectsIn,
  sentenceIn,
  textIn,
  timeIn,
} from '../json-value.ts';
import { hintsOf } from '../text-doubt.ts';
import { metricsOf } from './cve/metrics.ts';
import { type Container, productsMax, productsOf } from './cve/products.ts';

const publishersMax = 20;
const severitiesMax = 8;
const textMax = 100_000;

/** Where a rejected record gives no day at all. */
const noDay = '1970-01-01';

const containersOf = (containers: JsonObject): readonly Container[] => {
  const cna = objectIn(containers, 'cna');
  const all = [...(cna === undefined ? [] : [cna]), ...objectsIn(containers, 'adp', publishersMax)];
  return all.map((value, i) => {
    const provider = objectIn(value, 'providerMetadata');
    const name = provider === undefined ? undefined : textIn(provider, 'shortName', 100);
    return { by: name ?? (i === 0 && cna !== undefined ? 'CNA' : `ADP ${i}`), value };
  });
};

/** The description in English, or else the first. */
const descriptionOf = (containers: readonly Container[]): string => {
  for (const { value } of containers) {
    const all = objectsIn(value, 'descriptions', 50);
    const english = all.find(each => textIn(each, 'lang', 20)?.toLowerCase().startsWith('en'));
    const text = textIn(english ?? all[0] ?? {}, 'value', textMax);
    if (text !== undefined) return text;
  }
  return '';
};

const titleOf = (containers: readonly Container[], description: string): string => {
  // A publisher's title is its own name ("CISA ADP Vulnrichment"); the CNA's is the flaw's.
  const [first] = containers;
  const title = first === undefined ? undefined : sentenceIn(first.value, 'title');
  return title ?? sentenceIn({ description }, 'description') ?? '';
};

const addresses = (containers: readonly Container[]): readonly string[] =>
  addressesOf(
    containers.flatMap(({ value }) =>
      objectsIn(value, 'references', 200).map(reference => textIn(reference, 'url', 1_000)),
    ),
  );

interface Rated {
  readonly severities: readonly Severity[];
  readonly ssvc?: Ssvc;
  readonly exploited?: Exploited;
}

const rated = (flaw: string, containers: readonly Container[]): Rated => {
  const severities: Severity[] = [];
  let ssvc: Ssvc | undefined;
  let exploited: Exploited | undefined;
  for (const { by, value } of containers) {
    const metrics = metricsOf(flaw, by, value);
    severities.push(...metrics.severities);
    ssvc ??= metrics.ssvc;
    exploited ??= metrics.exploited;
  }
  return {
    severities: severities.slice(0, severitiesMax),
    ...(ssvc === undefined ? {} : { ssvc }),
    ...(exploited === undefined ? {} : { exploited }),
  };
};

const rejected = (id: string, metadata: JsonObject, containers: readonly Container[]): Advisory => {
  const withdrawn = timeIn(metadata, 'dateRejected') ?? timeIn(metadata, 'dateUpdated') ?? noDay;
  const modified = timeIn(metadata, 'dateUpdated');
  const [reason] = containers.flatMap(({ value }) => objectsIn(value, 'rejectedReasons', 5));
  return {
    feed: 'cve',
    id,
    aliases: [],
    covers: [],
    title: reason === undefined ? '' : (sentenceIn(reason, 'value') ?? ''),
    ...(modified === undefined ? {} : { modified }),
    withdrawn,
    severities: [],
    affected: [],
    references: [],
  };
};

const entriesOf = (value: JsonObject): readonly FeedEntry[] | string => {
  const metadata = objectIn(value, 'cveMetadata');
  if (metadata === undefined) return 'it is no CVE record';
  const id = textIn(metadata, 'cveId', 40)?.toUpperCase() ?? '';
  if (!/^CVE-\d{4}-\d{4,19}$/.test(id)) return 'it has no CVE id';
  const state = textIn(metadata, 'state', 40)?.toUpperCase();
  const inside = objectIn(value, 'containers');
  if (inside === undefined) return `${id}: it has no containers`;
  const containers = containersOf(inside);
  if (state === 'REJECTED') {
    return [{ kind: 'advisory', advisory: rejected(id, metadata, containers) }];
  }
  if (state !== 'PUBLISHED') return `${id}: its state is neither PUBLISHED nor REJECTED`;
  const description = descriptionOf(containers);
  const references = addresses(containers);
  const affected = productsOf(containers, hintsOf(description, references));
  if (affected === undefined) return `${id}: it names more than ${productsMax} products`;
  const published = timeIn(metadata, 'datePublished');
  const modified = timeIn(metadata, 'dateUpdated');
  const { exploited, ...rating } = rated(id, containers);
  const advisory: Advisory = {
    feed: 'cve',
    id,
    aliases: [],
    covers: [],
    title: titleOf(containers, description),
    ...(published === undefined ? {} : { published }),
    ...(modified === undefined ? {} : { modified }),
    ...rating,
    affected,
    references,
  };
  return exploited === undefined
    ? [{ kind: 'advisory', advisory }]
    : [
        { kind: 'advisory', advisory },
        { kind: 'exploited', exploited },
      ];
};

/**
 * Records of the CVE list: what the numbering authority says, and what CISA and others add. Source: CVE
 * JSON record format 5.1, https://github.com/CVEProject/cve-schema
 */
export const cve: Feed = {
  id: 'cve',
  title: 'CVE list',
  addresses: [
    {
      part: '',
      // Its daily releases are named after a day, and not always the same one; the branch is always the newest.
      url: 'https://github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip',
      byDefault: true,
    },
  ],
  maxAgeHours: 48,
  sniff: (_name, head) => {
    if (/"dataType"\s*:\s*"CVE_RECORD"/.test(head)) return 1;
    if (/"cveMetadata"\s*:/.test(head)) return 0.95;
    return /^\uFEFF?\s*\[?\s*\{\s*"(?:containers"\s*:\s*\{\s*"(?:cna|adp)|dataVersion)"\s*:/.test(
      head,
    )
      ? 0.85
      : 0;
  },
  cut: (_name, head) => (/^\uFEFF?\s*\[/.test(head) ? { by: 'elements', of: [] } : { by: 'whole' }),
  read: ({ value }): FeedReading => {
    if (!isObject(value)) return { refused: 'it is no object' };
    const entries = entriesOf(value);
    return typeof entries === 'string' ? { refused: entries } : { entries };
  },
};
