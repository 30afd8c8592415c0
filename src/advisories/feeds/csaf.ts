import type { Advisory, AffectedProduct, FeedEntry, Severity } from '../../core/advisory.ts';
import type { Feed, FeedReading } from '../feed.ts';
import {
  addressesOf,
  flawOf,
  isObject,
  type JsonObject,
  numberIn,
  objectIn,
  objectsIn,
  oneLine,
  sentenceIn,
  textIn,
  timeIn,
} from '../json-value.ts';
import { affectedOf } from './csaf/affected.ts';
import { type ProductTree, readProductTree } from './csaf/product-tree.ts';
import { isRelease, productsOf, type StatedProduct } from './csaf/products.ts';
import { type Speaker, statementsOf } from './csaf/statements.ts';
import { gatherProducts, productRefsMax, statusesOf, statusNames } from './csaf/status.ts';

const vulnerabilitiesMax = 20_000;

interface CsafDocument extends Speaker {
  readonly category: string;
  readonly title: string;
  /** Its publisher says that it made the product. */
  readonly vendor: boolean;
  readonly published: string | undefined;
  readonly word: string | undefined;
  readonly addresses: readonly string[];
  readonly tree: ProductTree;
  readonly products: (id: string) => readonly StatedProduct[];
}

const flawsOf = (vulnerability: JsonObject): readonly string[] => {
  const cve = textIn(vulnerability, 'cve', 60);
  const others = objectsIn(vulnerability, 'ids', 20).map(item => textIn(item, 'text', 200));
  const named = [cve, ...others].map(name => (name === undefined ? undefined : flawOf(name)));
  return [...new Set(named.filter(flaw => flaw !== undefined))];
};

const cvssOf = (holder: JsonObject, by: string): readonly Severity[] =>
  ['cvss_v4', 'cvss_v3', 'cvss_v2'].flatMap((name): readonly Severity[] => {
    const cvss = objectIn(holder, name);
    if (cvss === undefined) return [];
    const score = numberIn(cvss, 'baseScore');
    const vector = textIn(cvss, 'vectorString', 300);
    const known = score !== undefined && score >= 0 && score <= 10;
    return known || vector !== undefined
      ? [{ by, ...(known ? { score } : {}), ...(vector === undefined ? {} : { vector }) }]
      : [];
  });

/** CSAF 2.0 has `scores`, 2.1 `metrics`. */
const severitiesOf = (
  vulnerability: JsonObject,
  { author, word }: CsafDocument,
): readonly Severity[] => {
  const all = [
    ...objectsIn(vulnerability, 'scores', 50).flatMap(score => cvssOf(score, author)),
    ...objectsIn(vulnerability, 'metrics', 50).flatMap(metric =>
      cvssOf(objectIn(metric, 'content') ?? {}, author),
    ),
  ];
  const distinct = new Map(all.map(severity => [`${severity.vector} ${severity.score}`, severity]));
  return [
    ...[...distinct.values()].slice(0, 10),
    ...(word === undefined ? [] : [{ by: author, word }]),
  ];
};

const referencesOf = (holder: JsonObject): readonly (string | undefined)[] =>
  objectsIn(holder, 'references', 100).map(reference => textIn(reference, 'url', 1_000));

/** A vendor's `vendor_fix` bears the day from which it is to be had: that of its release. CSAF 2.0, 3.2.3.12.2. */
const releasedBy = ({ vendor }: CsafDocument, product: AffectedProduct): AffectedProduct =>
  vendor && product.release === undefined && product.fixedOn !== undefined
    ? { ...product, fixedByRelease: true }
    : product;

const advisoryOf = (
  document: CsafDocument,
  vulnerability: JsonObject,
  flaws: readonly string[],
  alone: boolean,
  number: number,
  isVex: boolean,
): Advisory => {
  const all = gatherProducts(
    vulnerability,
    statusesOf(vulnerability),
    document.tree,
    document.products,
  );
  // Of a VEX only what a distribution mended: whoever has an older package lacks it.
  const gathered = isVex ? all.filter(each => each.fixed.some(isRelease)) : all;
  const [flaw] = flaws;
  const title = sentenceIn(vulnerability, 'title');
  return {
    feed: 'csaf',
    // A document's flaws are in different products: each is an advisory of its own.
    id: alone ? document.document : `${document.document}/${flaw ?? number}`,
    aliases: [],
    covers: flaws,
    title: alone || title === undefined ? document.title : title,
    // A VEX is begun when the flaw is known, and its fix is older or younger than that.
    ...(document.published === undefined || isVex ? {} : { published: document.published }),
    ...(document.on === undefined ? {} : { modified: document.on }),
    severities: severitiesOf(vulnerability, document),
    ...(isVex ? { accusing: true } : {}),
    affected: gathered.map(each => releasedBy(document, affectedOf(each))),
    references: addressesOf([...document.addresses, ...referencesOf(vulnerability)]),
  };
};

/** CSAF 2.1 tells when a flaw was first exploited. */
const exploitationsOf = (
  vulnerability: JsonObject,
  flaws: readonly string[],
  by: string,
): readonly FeedEntry[] => {
  const [flaw] = flaws;
  const days = objectsIn(vulnerability, 'first_known_exploitation_dates', 20)
    .map(item => timeIn(item, 'exploitation_date'))
    .filter(date => date !== undefined)
    .sort();
  return flaw === undefined || days[0] === undefined
    ? []
    : [{ kind: 'exploited', exploited: { flaw, by, on: days[0].slice(0, 10) } }];
};

const entriesOf = (
  document: CsafDocument,
  vulnerabilities: readonly JsonObject[],
): readonly FeedEntry[] => {
  const isVex = document.category === 'csaf_vex';
  return vulnerabilities.flatMap((vulnerability, i): readonly FeedEntry[] => {
    const flaws = flawsOf(vulnerability);
    const statuses = statusesOf(vulnerability);
    const said = flaws.length > 0 ? flaws : [document.document];
    const exploited = exploitationsOf(vulnerability, flaws, document.author);
    // An advisory speaks as a VEX does where it clears products.
    const cleared = isVex ? statuses : { known_not_affected: statuses['known_not_affected'] ?? [] };
    const statements = statementsOf(
      document,
      said,
      vulnerability,
      cleared,
      document.tree,
      document.products,
    ).map((statement): FeedEntry => ({ kind: 'vex', statement }));
    const advisory = advisoryOf(
      document,
      vulnerability,
      flaws,
      vulnerabilities.length === 1,
      i + 1,
      isVex,
    );
    if (isVex && advisory.affected.length === 0) return [...statements, ...exploited];
    return [{ kind: 'advisory', advisory }, ...statements, ...exploited];
  });
};

/** Taken back, or replaced by another: CSAF 2.1's categories for what must no longer be relied on. */
const withdrawn = (document: CsafDocument, on: string): FeedReading => ({
  entries: [
    {
      kind: 'advisory',
      advisory: {
        feed: 'csaf',
        id: document.document,
        aliases: [],
        covers: [],
        title: document.title,
        ...(document.published === undefined ? {} : { published: document.published }),
        modified: on,
        withdrawn: on,
        severities: [],
        affected: [],
        references: addressesOf(document.addresses),
      },
    },
  ],
});

/** Publishers that are neither the maker (`vendor`) nor who runs the product (`user`). CSAF 2.0, 3.2.1.8.1. */
const outsiders: ReadonlySet<string> = new Set([
  'coordinator',
  'discoverer',
  'other',
  'translator',
]);

const readDocument = (value: JsonObject): FeedReading => {
  const about = objectIn(value, 'document');
  const tracking = about === undefined ? undefined : objectIn(about, 'tracking');
  if (about === undefined || tracking === undefined)
    return { refused: 'it has no document.tracking' };
  const version = textIn(about, 'csaf_version', 20);
  if (version === undefined || !/^2\.[0-9]+$/.test(version)) {
    return { refused: `it is of CSAF ${oneLine(version ?? 'no version', 20)}, not of 2.x` };
  }
  const id = textIn(tracking, 'id', 200);
  if (id === undefined) return { refused: 'it has no tracking.id' };
  if (textIn(tracking, 'status', 20) === 'draft') {
    return { refused: 'it is a draft: its author does not stand by it yet' };
  }
  const tree = readProductTree(objectIn(value, 'product_tree') ?? {});
  if (tree === undefined) return { refused: 'its product tree is larger or deeper than any' };
  const vulnerabilities = objectsIn(value, 'vulnerabilities', vulnerabilitiesMax + 1);
  if (vulnerabilities.length > vulnerabilitiesMax) {
    return { refused: `more than ${vulnerabilitiesMax} vulnerabilities` };
  }
  const refs = vulnerabilities.reduce((sum, vulnerability) => {
    const status = objectIn(vulnerability, 'product_status') ?? {};
    const counts = statusNames.map(name => (Array.isArray(status[name]) ? status[name].length : 0));
    return sum + counts.reduce((a, b) => a + b, 0);
  }, 0);
  if (refs > productRefsMax) return { refused: `more than ${productRefsMax} products` };
  const publisher = objectIn(about, 'publisher') ?? {};
  const on = timeIn(tracking, 'current_release_date');
  const severity = objectIn(about, 'aggregate_severity') ?? {};
  const author = sentenceIn(publisher, 'name', 120) ?? 'unknown publisher';
  const publishes = textIn(publisher, 'category', 40)?.toLowerCase() ?? '';
  const outsider = outsiders.has(publishes);
  const document: CsafDocument = {
    category: textIn(about, 'category', 100) ?? '',
    // Several vendors name a document after the flaw alone: each has one of its own.
    document: oneLine(/^cve-/i.test(id) ? `${author} ${id}` : id, 200),
    author,
    vendor: publishes === 'vendor',
    ...(outsider ? { outsider: 'its publisher neither makes nor runs the product' } : {}),
    on,
    title: sentenceIn(about, 'title') ?? oneLine(id),
    published: timeIn(tracking, 'initial_release_date'),
    word: sentenceIn(severity, 'text', 60)?.toLowerCase(),
    addresses: addressesOf(referencesOf(about)),
    tree,
    products: productsOf(tree),
  };
  if (document.category === 'csaf_withdrawn' || document.category === 'csaf_superseded') {
    return on === undefined
      ? { refused: 'it takes an advisory back without saying when' }
      : withdrawn(document, on);
  }
  const nameable = vulnerabilities.some(vulnerability =>
    Object.values(statusesOf(vulnerability)).some(ids =>
      ids.some(id => document.products(id).length > 0),
    ),
  );
  return refs > 0 && !nameable
    ? { refused: 'none of its products bears a name that could be asked for' }
    : { entries: entriesOf(document, vulnerabilities) };
};

/**
 * The Common Security Advisory Framework, 2.0 and what 2.1 adds: security advisories and VEX. Source:
 * https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html
 */
export const csaf: Feed = {
  id: 'csaf',
  title: 'CSAF advisories and VEX',
  // Every vendor has an address of its own: which ones matter, the organisation knows.
  addresses: [],
  maxAgeHours: 7 * 24,
  sniff: (_name, head) => {
    if (/"csaf_version"\s*:/.test(head)) return 0.95;
    if (/"category"\s*:\s*"csaf_[a-z_]+"/.test(head)) return 0.9;
    return /^\uFEFF?\s*\{\s*"document"\s*:\s*\{/.test(head) ? 0.6 : 0;
  },
  cut: () => ({ by: 'whole' }),
  frame: () => ({ partial: true }),
  read: ({ value }) => (isObject(value) ? readDocument(value) : { refused: 'it is no object' }),
};
