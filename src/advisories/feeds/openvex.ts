import type {
  FeedEntry,
  VexPart,
  VexProduct,
  VexStatement,
  VexStatus,
} from '../../core/advisory.ts';
import type { Feed, FeedReading } from '../feed.ts';
import {
  flawOf,
  isObject,
  type JsonObject,
  listIn,
  objectIn,
  oneLine,
  sentenceIn,
  textIn,
  textsIn,
  timeIn,
} from '../json-value.ts';
import { type NamedProduct, productOfCpe, productOfPurl, vexPart } from '../named-product.ts';

const statementsMax = 50_000;
const productsMax = 50_000;
const partsMax = 500;

const statuses: Readonly<Record<string, VexStatus>> = {
  not_affected: 'not-affected',
  affected: 'affected',
  fixed: 'fixed',
  under_investigation: 'under-investigation',
};

const justifications: ReadonlySet<string> = new Set([
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
]);

/** The ways to name a component: its IRI and identifiers; before 0.2.0 a text. */
const namedIn = (component: unknown): readonly NamedProduct[] => {
  const texts: (string | undefined)[] = [];
  if (typeof component === 'string') texts.push(component);
  if (isObject(component)) {
    const identifiers = objectIn(component, 'identifiers') ?? {};
    texts.push(
      textIn(identifiers, 'purl'),
      textIn(component, '@id') ?? textIn(component, 'id'),
      textIn(identifiers, 'cpe23'),
      textIn(identifiers, 'cpe22'),
    );
  }
  const said = texts.filter(text => text !== undefined);
  const purls = said.filter(text => text.startsWith('pkg:'));
  const byPurl = purls.map(productOfPurl).filter(found => found !== undefined);
  if (byPurl.length > 0) return byPurl.slice(0, 1);
  return said
    .filter(text => /^cpe:/i.test(text))
    .map(productOfCpe)
    .filter(found => found !== undefined)
    .slice(0, 1);
};

const labelOf = (component: unknown, { key }: NamedProduct): string => {
  const id =
    typeof component === 'string'
      ? component
      : isObject(component)
        ? textIn(component, '@id')
        : undefined;
  return oneLine(id ?? key, 200);
};

/** `inherited`: parts that the statement names for all of its products, before 0.2.0. */
const productIn = (component: unknown, inherited: readonly unknown[]): readonly VexProduct[] => {
  const own = isObject(component) ? listIn(component, 'subcomponents', partsMax) : [];
  const components = own.length > 0 ? own : inherited;
  const parts = components.flatMap(part => namedIn(part).map((named): VexPart => vexPart(named)));
  // A part that cannot be named is not every part.
  if (components.length > 0 && parts.length === 0) return [];
  return namedIn(component).map(found => ({
    ...vexPart(found),
    product: labelOf(component, found),
    ...(found.byCpe === true ? { byCpe: true } : {}),
    ...(parts.length === 0 ? {} : { parts }),
  }));
};

/** `CVE-2026-1` of an address that ends in it. */
const lastOf = (iri: string): string => iri.replace(/[/?#]+$/, '').replace(/^.*[/=#]/s, '');

const flawsIn = (statement: JsonObject): readonly string[] => {
  const plain = textIn(statement, 'vulnerability', 1_000);
  const vulnerability = objectIn(statement, 'vulnerability') ?? {};
  const id = textIn(vulnerability, '@id', 1_000);
  const named = [
    plain === undefined ? undefined : lastOf(plain),
    textIn(vulnerability, 'name', 1_000),
    id === undefined || textIn(vulnerability, 'name', 1_000) !== undefined ? undefined : lastOf(id),
    ...textsIn(vulnerability, 'aliases', 50),
  ];
  return [
    ...new Set(
      named
        .map(name => (name === undefined ? undefined : flawOf(name)))
        .filter(name => name !== undefined),
    ),
  ];
};

interface Saying {
  readonly status: VexStatus;
  readonly justification?: string;
  readonly words?: string;
}

const sayingOf = (statement: JsonObject): Saying => {
  const word = textIn(statement, 'status', 60) ?? '';
  const status = (Object.hasOwn(statuses, word) ? statuses[word] : undefined) ?? 'unknown';
  const reason = textIn(statement, 'justification', 100);
  const justification = reason !== undefined && justifications.has(reason) ? reason : undefined;
  const impact = sentenceIn(statement, 'impact_statement');
  const words =
    impact ?? sentenceIn(statement, 'action_statement') ?? sentenceIn(statement, 'status_notes');
  // The specification asks for one or the other; "not affected" alone is nobody's finding.
  const grounded = status !== 'not-affected' || justification !== undefined || impact !== undefined;
  return {
    status: grounded ? status : 'unknown',
    ...(justification === undefined || status !== 'not-affected' ? {} : { justification }),
    ...(words === undefined ? {} : { words }),
  };
};

/** A document without an id is what its file is called: not the same as another one without. */
const documentOf = (document: JsonObject, file: string): string =>
  textIn(document, '@id') ?? textIn(document, 'id') ?? `OpenVEX document ${file}`;

const readStatement = (
  document: JsonObject,
  statement: JsonObject,
  file: string,
): VexStatement | string => {
  const flaws = flawsIn(statement);
  if (flaws.length === 0) return 'a statement names no vulnerability';
  const stated = listIn(statement, 'products', productsMax);
  const components = stated.length > 0 ? stated : listIn(document, 'products', productsMax);
  const parts = listIn(statement, 'subcomponents', partsMax);
  const products = components.flatMap(component => productIn(component, parts));
  if (products.length === 0) return 'a statement names no product by package URL or CPE';
  const on = timeIn(statement, 'timestamp') ?? timeIn(document, 'timestamp');
  const author = sentenceIn(statement, 'author', 120) ?? sentenceIn(document, 'author', 120);
  return {
    feed: 'openvex',
    document: oneLine(documentOf(document, file), 200),
    author: author ?? 'unknown author',
    ...(on === undefined ? {} : { on }),
    flaws,
    products,
    ...sayingOf(statement),
  };
};

const readDocument = (document: JsonObject, file: string): FeedReading => {
  const statements = listIn(document, 'statements', statementsMax + 1);
  if (statements.length > statementsMax)
    return { refused: `more than ${statementsMax} statements` };
  if (!Array.isArray(document['statements'])) return { refused: 'it has no statements' };
  const entries: FeedEntry[] = [];
  let why = '';
  for (const statement of statements) {
    const read = isObject(statement)
      ? readStatement(document, statement, file)
      : 'a statement is no object';
    if (typeof read === 'string') why = read;
    else entries.push({ kind: 'vex', statement: read });
  }
  return entries.length === 0 && why !== '' ? { refused: why } : { entries };
};

/**
 * OpenVEX, 0.2.0 and the drafts before it, in which vulnerabilities and products are texts. What a
 * statement leaves out, it takes from its document. Source: https://github.com/openvex/spec
 */
export const openvex: Feed = {
  id: 'openvex',
  title: 'OpenVEX',
  addresses: [],
  // It says what is so, and nothing by silence: a copy is good until a newer one comes.
  maxAgeHours: 365 * 24,
  sniff: (_name, head) => {
    if (/"@context"\s*:\s*"https:\/\/openvex\.dev\/ns/.test(head)) return 0.95;
    if (/"@context"\s*:\s*"[^"]{0,200}openvex/i.test(head)) return 0.9;
    return /"statements"\s*:\s*\[/.test(head) && /"vulnerability"\s*:/.test(head) ? 0.5 : 0;
  },
  cut: () => ({ by: 'whole' }),
  frame: () => ({ partial: true }),
  read: ({ value, document }) =>
    isObject(value) ? readDocument(value, document) : { refused: 'it is no object' },
};
