import type { Advisory, Severity } from '../../core/advisory.ts';
import { baseScoreOf } from '../cvss.ts';
import type { Feed, FeedAddress, FeedReading } from '../feed.ts';
import {
  addressesOf,
  flawOf,
  isObject,
  type JsonObject,
  objectIn,
  objectsIn,
  sentenceIn,
  textIn,
  timeIn,
} from '../json-value.ts';
import { authorOf, isUpdate, namesOf } from './osv/names.ts';
import { productsMax, productsOf } from './osv/products.ts';

const severitiesMax = 8;
const host = 'https://osv-vulnerabilities.storage.googleapis.com';

/** Each of these has records that change every week; two months without one is a mirror that nobody fills. */
const paceHours = 60 * 24;

/** npm and Maven are the largest by far, and hold little that a mail host runs. */
const ecosystems: readonly (readonly [string, boolean])[] = [
  ['Debian', true],
  ['Ubuntu', true],
  ['Alpine', true],
  ['AlmaLinux', true],
  ['Rocky Linux', true],
  ['Packagist', true],
  ['PyPI', true],
  ['npm', false],
  ['Maven', false],
  ['Red Hat', false],
  ['SUSE', false],
  ['openSUSE', false],
];

const address = ([part, byDefault]: readonly [string, boolean]): FeedAddress => ({
  part,
  url: `${host}/${encodeURIComponent(part)}/all.zip`,
  byDefault,
  paceHours,
});

/** `Important: php:8.3 security update` begins with the distribution's own word. */
const wordOfTitle = (title: string): string | undefined =>
  /^(?:Red Hat Security Advisory: )?(Critical|Important|Moderate|Low):/i
    .exec(title)?.[1]
    ?.toLowerCase();

const scored = (list: readonly JsonObject[], by: string, into: Map<string, Severity>): void => {
  for (const each of list) {
    const text = textIn(each, 'score', 300);
    if (text === undefined || into.size >= severitiesMax) continue;
    if (textIn(each, 'type', 40) === 'Ubuntu') {
      into.set(`word ${text}`, { by: 'Ubuntu', word: text.toLowerCase().slice(0, 40) });
      continue;
    }
    const score = baseScoreOf(text);
    // A number is no vector, but some databases write it.
    const number = /^\d{1,2}(?:\.\d)?$/.test(text) && Number(text) <= 10 ? Number(text) : undefined;
    if (score !== undefined) into.set(text, { by, score, vector: text });
    else if (number !== undefined) into.set(text, { by, score: number });
  }
};

const severitiesOf = (id: string, value: JsonObject, title: string): readonly Severity[] => {
  const by = authorOf(id);
  const found = new Map<string, Severity>();
  scored(objectsIn(value, 'severity', 20), by, found);
  let urgency: string | undefined;
  for (const affected of objectsIn(value, 'affected', 200)) {
    scored(objectsIn(affected, 'severity', 20), by, found);
    const specific = objectIn(affected, 'ecosystem_specific');
    if (specific === undefined) continue;
    urgency ??= textIn(specific, 'urgency', 40) ?? textIn(specific, 'ubuntu_priority', 40);
  }
  if (found.size > 0) return [...found.values()];
  const specific = objectIn(value, 'database_specific');
  const said = specific === undefined ? undefined : textIn(specific, 'severity', 40);
  const word = wordOfTitle(title) ?? said?.toLowerCase() ?? urgency;
  return word === undefined || word === 'not yet assigned' ? [] : [{ by, word }];
};

const dateProblem = (value: JsonObject, member: string): boolean =>
  Object.hasOwn(value, member) && value[member] !== null && timeIn(value, member) === undefined;

const advisoryOf = (value: JsonObject): Advisory | string => {
  const name = textIn(value, 'id', 120);
  const id = name === undefined ? undefined : flawOf(name);
  if (id === undefined) return 'it has no id';
  if (dateProblem(value, 'withdrawn')) return `${id}: "withdrawn" is no date`;
  const products = value['affected'] ?? [];
  if (!Array.isArray(products)) {
    return `${id}: "affected" is no list`;
  }
  const title = sentenceIn(value, 'summary') ?? sentenceIn(value, 'details') ?? '';
  const published = timeIn(value, 'published');
  const modified = timeIn(value, 'modified');
  const withdrawn = timeIn(value, 'withdrawn');
  const affected =
    withdrawn === undefined
      ? productsOf(value, {
          title,
          ...(published === undefined || !isUpdate(id) ? {} : { fixedOn: published }),
        })
      : [];
  if (affected === undefined) return `${id}: it names more than ${productsMax} products`;
  return {
    feed: 'osv',
    id,
    ...namesOf(id, value),
    title,
    ...(published === undefined ? {} : { published }),
    ...(modified === undefined ? {} : { modified }),
    ...(withdrawn === undefined ? {} : { withdrawn }),
    severities: severitiesOf(id, value, title),
    affected,
    references: addressesOf(
      objectsIn(value, 'references', 200).map(reference => textIn(reference, 'url', 1_000)),
    ),
  };
};

/**
 * Records of the Open Source Vulnerability format, as osv.dev exports them by ecosystem and as
 * distributions publish them. Source: OSV schema 1.7, https://ossf.github.io/osv-schema/
 */
export const osv: Feed = {
  id: 'osv',
  title: 'Open Source Vulnerabilities (osv.dev)',
  addresses: ecosystems.map(address),
  maxAgeHours: 48,
  sniff: (_name, head) => {
    if (!/^\uFEFF?\s*[{[]/.test(head)) return 0;
    if (/"(?:cveMetadata|vulnStatus|document)"\s*:/.test(head)) return 0;
    const schema = /"schema_version"\s*:/.test(head);
    const package_ = /"package"\s*:\s*\{[^{}]{0,400}"ecosystem"\s*:/.test(head);
    if (schema || package_) return schema && package_ ? 0.95 : 0.9;
    if (/"id"\s*:/.test(head) && /"(?:modified|affected)"\s*:/.test(head)) return 0.6;
    // A long description may come before everything else.
    return /^\uFEFF?\s*\[?\s*\{\s*"(?:id|aliases|summary|details|modified|published)"\s*:/.test(
      head,
    )
      ? 0.4
      : 0;
  },
  cut: (_name, head) => (/^\uFEFF?\s*\[/.test(head) ? { by: 'elements', of: [] } : { by: 'whole' }),
  read: ({ value }): FeedReading => {
    if (!isObject(value)) return { refused: 'it is no object' };
    const advisory = advisoryOf(value);
    return typeof advisory === 'string'
      ? { refused: advisory }
      : { entries: [{ kind: 'advisory', advisory }] };
  },
};
