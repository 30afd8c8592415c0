import type { AffectedProduct, ProductKey, SchemeId } from '../../../core/advisory.ts';
import { cpeOf } from '../../cpe.ts';
import { productOfCpe, productsOfConfigurations } from '../../cpe-configurations.ts';
import { type JsonObject, objectsIn, oneLine, textIn, textsIn } from '../../json-value.ts';
import { keyOfCve } from '../../product-key.ts';
import { schemeOfProduct } from '../../product-scheme.ts';
import { joined, type Spans, type StretchStatement, statementOf } from '../../stretches.ts';
import { cautioned, confirmed, doubtOf, type TextHints } from '../../text-doubt.ts';
import { packageOf } from './packages.ts';
import { readEntry } from './versions.ts';

/** A vendor's whole catalogue has a thousand or two. */
export const productsMax = 5_000;
const cpesMax = 20;
const nameMax = 300;

/** A container of the record: the CNA's, or one of an authorized data publisher. */
export interface Container {
  /** `CISA-ADP`, `mitre`. */
  readonly by: string;
  readonly value: JsonObject;
}

/** All that is said of one product in versions of one kind. */
interface Gathered {
  readonly key: ProductKey;
  readonly product: string;
  readonly scheme: SchemeId;
  readonly byCpe: boolean;
  /** Statements by container, in the record's order. */
  readonly statements: Map<string, StretchStatement[]>;
  /** All entries were understood. */
  clear: boolean;
  /** Every entry is for systems on which no mail platform of ours runs. */
  elsewhere: string | undefined;
}

const unnamed = (name: string | undefined): boolean =>
  name === undefined || /^(?:n\/?a|unspecified|unknown|-)$/i.test(name);

const printable = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : oneLine(text));

const foreignSystem = /^(?:windows|mac ?os|ios|ipados|android|tvos|watchos)\b/i;

/** Platforms of an entry, where it names only desktops and telephones. */
const elsewhereOf = (affected: JsonObject): string | undefined => {
  const platforms = textsIn(affected, 'platforms', 50);
  return platforms.length > 0 && platforms.every(platform => foreignSystem.test(platform.trim()))
    ? oneLine(`only on ${platforms.slice(0, 3).join(', ')}`, 100)
    : undefined;
};

interface Naming {
  readonly key: ProductKey;
  readonly product: string;
  readonly scheme?: SchemeId;
  readonly byCpe?: boolean;
}

/** Vendor and product of a key, spelt alike whether a CVE record or a CPE name says them. */
const spelling = (key: ProductKey): string => {
  const start = key.startsWith('cpe|') ? key.indexOf('|', 4) : key.indexOf('|');
  return key.slice(start + 1).replaceAll('_', '-');
};

/** CPE names of an entry; one that only repeats vendor and product is left out. */
const cpeNamings = (affected: JsonObject, known: ProductKey | undefined): readonly Naming[] => {
  const said = known === undefined ? undefined : spelling(known);
  const found = new Map<ProductKey, Naming>();
  for (const text of textsIn(affected, 'cpes', cpesMax)) {
    const name = cpeOf(text);
    if (name === undefined || spelling(name.key) === said) continue;
    const product = printable(`${name.vendor} ${name.product}`.slice(0, nameMax));
    const scheme = schemeOfProduct(name.vendor, name.product);
    found.set(name.key, {
      key: name.key,
      product,
      byCpe: true,
      ...(scheme === undefined ? {} : { scheme }),
    });
  }
  return [...found.values()];
};

/** The names under which an entry speaks of its product: none where all are `n/a`. */
const namingsOf = (affected: JsonObject): readonly Naming[] => {
  const vendor = textIn(affected, 'vendor', nameMax);
  const product = textIn(affected, 'product', nameMax);
  const out: Naming[] = [];
  if (product !== undefined && !unnamed(product)) {
    const scheme = schemeOfProduct(vendor ?? '', product);
    out.push({
      key: keyOfCve(vendor ?? 'n/a', product),
      product: printable(`${unnamed(vendor) ? '' : `${vendor} / `}${product}`),
      ...(scheme === undefined ? {} : { scheme }),
    });
  }
  const cves = cpeNamings(affected, out[0]?.key);
  const pack = packageOf(affected);
  if (pack !== undefined) {
    const { key, name, scheme } = pack;
    out.push({
      key,
      product: printable(name),
      ...(scheme === undefined ? {} : { scheme }),
    });
  }
  return [...out, ...cves];
};

const gather = (groups: Map<string, Gathered>, by: string, affected: JsonObject): void => {
  const elsewhere = elsewhereOf(affected);
  for (const naming of namingsOf(affected)) {
    const reading = readEntry(affected, naming.scheme);
    // What is told in commits says nothing of versions that a host could have.
    const scheme = reading.commits ? 'unknown' : reading.scheme;
    // `semver` and `custom` count the same numbers; `rpm` and `semver` do not.
    const line = scheme === 'semver' ? 'generic' : scheme;
    const slot = `${naming.key}\n${line}`;
    let group = groups.get(slot);
    if (group === undefined) {
      const { key, product, byCpe = false } = naming;
      group = { key, product, scheme, byCpe, statements: new Map(), clear: true, elsewhere };
      groups.set(slot, group);
    } else if (group.scheme !== scheme) {
      group = { ...group, scheme: line };
      groups.set(slot, group);
    }
    if (elsewhere === undefined) group.elsewhere = undefined;
    group.clear &&= reading.clear;
    const own = group.statements.get(by);
    if (own === undefined) group.statements.set(by, [reading.statement]);
    else own.push(reading.statement);
  }
};

const spansOf = ({ scheme, statements }: Gathered): Spans => {
  const each = [...statements.values()].map(own => joined(scheme, own, 'within'));
  const [only] = each;
  return each.length === 1 && only !== undefined
    ? only
    : joined(scheme, each.map(statementOf), 'between');
};

const finished = (group: Gathered, hints: TextHints, alone: boolean): AffectedProduct => {
  const { key, product, scheme, byCpe, elsewhere } = group;
  const fields = spansOf(group);
  const said = alone ? cautioned(hints, scheme, fields) : fields;
  const doubt = doubtOf(hints, scheme, said, alone);
  const spans = alone && group.clear && doubt === undefined ? confirmed(hints, scheme, said) : said;
  const blur = [elsewhere, doubt].filter(part => part !== undefined).join('; ');
  return {
    key,
    product,
    scheme,
    spans: spans.spans,
    ...(spans.versions.length === 0 ? {} : { versions: spans.versions }),
    rest: spans.rest,
    fixed: spans.fixed.slice(0, 50),
    ...(blur === '' ? {} : { blur }),
    ...(byCpe ? { byCpe } : {}),
  };
};

/** Commits of a product are left out where the record tells its versions as well. */
const withoutCommits = (groups: readonly Gathered[]): readonly Gathered[] => {
  const told = new Set(groups.filter(({ scheme }) => scheme !== 'unknown').map(({ key }) => key));
  return groups.filter(({ key, scheme }) => scheme !== 'unknown' || !told.has(key));
};

/**
 * The products of all containers. Undefined: more than anybody could mean. Products that only the CPE
 * configurations name come last, marked as such.
 */
export const productsOf = (
  containers: readonly Container[],
  hints: TextHints,
): readonly AffectedProduct[] | undefined => {
  const groups = new Map<string, Gathered>();
  let entries = 0;
  for (const container of containers) {
    const all = objectsIn(container.value, 'affected', productsMax + 1);
    entries += all.length;
    if (entries > productsMax) return undefined;
    for (const affected of all) {
      gather(groups, container.by, affected);
      if (groups.size > 2 * productsMax) return undefined;
    }
  }
  const gathered = withoutCommits([...groups.values()]);
  // A package beside vendor and product is the same thing, named once more.
  const names = new Set(gathered.filter(({ byCpe }) => !byCpe).map(({ key }) => key));
  const vendors = [...names].filter(key => key.startsWith('cve|'));
  const alone = vendors.length === 1 || (vendors.length === 0 && names.size <= 1);
  const products = gathered.map(group => finished(group, hints, alone));
  const known = new Set(
    products.filter(({ key }) => /^c[pv]e\|/.test(key)).map(({ key }) => spelling(key)),
  );
  for (const { value } of containers) {
    const configured = productsOfConfigurations(value, 'cpeApplicability', 'unknown');
    for (const each of configured) {
      if (known.has(spelling(each.name.key))) continue;
      const doubt = doubtOf(hints, each.scheme, each.spans, alone && configured.length === 1);
      products.push(productOfCpe(each, doubt));
    }
  }
  return products;
};
