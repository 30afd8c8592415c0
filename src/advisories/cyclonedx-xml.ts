import { readXml, type XmlElement } from '../core/formats/xml.ts';
import { type JsonObject, oneLine } from './json-value.ts';

/** Some ten for each of fifty thousand components. */
const elementsMax = 500_000;

/** Without the prefix of its namespace. */
const localName = ({ name }: XmlElement): string => name.slice(name.indexOf(':') + 1);

const all = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter(child => localName(child) === name);

/** Undefined where it stands twice: which one is meant is not known. */
const one = (element: XmlElement, name: string): XmlElement | undefined => {
  const [only, ...more] = all(element, name);
  return more.length === 0 ? only : undefined;
};

const textOf = (element: XmlElement, name: string): string | undefined => {
  const text = one(element, name)?.text.trim();
  return text === '' ? undefined : text;
};

/** Members that hold a text, under the names that the JSON form has for them. */
const texts = (element: XmlElement, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.flatMap(name => {
      const text = textOf(element, name);
      return text === undefined ? [] : [[name, text]];
    }),
  );

/** Lists are an element of their own around those of one name. */
const list = (
  element: XmlElement,
  name: string,
  item: string,
  take: (each: XmlElement) => JsonObject,
): JsonObject => {
  const around = one(element, name);
  return around === undefined ? {} : { [name]: all(around, item).map(take) };
};

const within = (
  element: XmlElement,
  name: string,
  take: (each: XmlElement) => JsonObject,
): JsonObject => {
  const found = one(element, name);
  return found === undefined ? {} : { [name]: take(found) };
};

const attribute = (element: XmlElement, name: string): JsonObject => {
  const text = element.attributes.get(name)?.trim();
  return text === undefined || text === '' ? {} : { [name]: text };
};

/** As deep as the reader of XML goes. */
const componentOf = (element: XmlElement): JsonObject => ({
  ...attribute(element, 'type'),
  ...attribute(element, 'bom-ref'),
  ...(element.attributes.get('isExternal') === 'true' ? { isExternal: true } : {}),
  ...texts(element, 'group', 'name', 'version', 'scope', 'cpe', 'purl'),
  ...list(element, 'properties', 'property', each => ({
    ...attribute(each, 'name'),
    value: each.text.trim(),
  })),
  ...list(element, 'components', 'component', componentOf),
});

const namedOf = (element: XmlElement): JsonObject => texts(element, 'name');

const metadataOf = (element: XmlElement): JsonObject => ({
  ...texts(element, 'timestamp'),
  ...list(element, 'authors', 'author', namedOf),
  ...within(element, 'manufacturer', namedOf),
  ...within(element, 'manufacture', namedOf),
  ...within(element, 'supplier', namedOf),
  ...within(element, 'component', componentOf),
});

const targetOf = (element: XmlElement): JsonObject => ({
  ...texts(element, 'ref'),
  ...list(element, 'versions', 'version', each => texts(each, 'version', 'range', 'status')),
});

const vulnerabilityOf = (element: XmlElement): JsonObject => {
  const affects = one(element, 'affects');
  return {
    ...texts(element, 'id', 'published', 'updated'),
    ...list(element, 'references', 'reference', each => texts(each, 'id')),
    ...within(element, 'analysis', each =>
      texts(each, 'state', 'justification', 'detail', 'firstIssued', 'lastUpdated'),
    ),
    ...(affects === undefined ? {} : { affects: all(affects, 'target').map(targetOf) }),
  };
};

const namespace = /^https?:\/\/cyclonedx\.org\/schema\/bom\/(\d\.\d{1,2})$/;

const versionOf = (root: XmlElement): string | undefined => {
  const colon = root.name.indexOf(':');
  const declared = colon < 0 ? 'xmlns' : `xmlns:${root.name.slice(0, colon)}`;
  return namespace.exec(root.attributes.get(declared)?.trim() ?? '')?.[1];
};

/** Whether a text begins as a CycloneDX document in XML does. `head`: its first few thousand characters. */
export const looksLikeCyclonedxXml = (head: string): boolean =>
  /^\uFEFF?\s*</.test(head) &&
  /<(?:[\w.-]{1,40}:)?bom\s[^<>]{0,3000}cyclonedx\.org\/schema\/bom\//.test(head);

/**
 * A CycloneDX document in XML, in the form that the JSON has, as far as components and vulnerabilities go.
 * Source: https://cyclonedx.org/docs/1.6/xml/
 */
export const cyclonedxOfXml = (
  text: string,
): { readonly document: JsonObject } | { readonly refused: string } => {
  const { root, fault, entitiesAt } = readXml(text.replace(/^\uFEFF/, ''), elementsMax);
  if (fault !== undefined) return { refused: `it is no XML: line ${fault.line}: ${fault.why}` };
  if (entitiesAt !== undefined) {
    return {
      refused: `line ${entitiesAt}: it declares entities of its own, which are not expanded`,
    };
  }
  if (root === undefined || localName(root) !== 'bom') {
    return { refused: `it is XML, and no bill of materials: ${oneLine(root?.name ?? '', 60)}` };
  }
  const specVersion = versionOf(root);
  if (specVersion === undefined) return { refused: 'its namespace is none of CycloneDX' };
  return {
    document: {
      bomFormat: 'CycloneDX',
      specVersion,
      ...attribute(root, 'serialNumber'),
      ...within(root, 'metadata', metadataOf),
      ...list(root, 'components', 'component', componentOf),
      ...list(root, 'vulnerabilities', 'vulnerability', vulnerabilityOf),
    },
  };
};
