import { isObject, type JsonObject } from '../json-value.ts';

const linesMax = 3_000_000;
const referencesMax = 200;

/** Tags of a package that are asked for, by the name that SPDX's JSON has for each. */
const packageTags: Readonly<Record<string, string>> = {
  SPDXID: 'SPDXID',
  PackageVersion: 'versionInfo',
  PrimaryPackagePurpose: 'primaryPackagePurpose',
};

/** Tags that begin what is no package: what follows belongs to that. */
const otherBeginnings: ReadonlySet<string> = new Set(['FileName', 'SnippetSPDXID', 'LicenseID']);

/** `PACKAGE-MANAGER purl pkg:npm/a@1`. */
const referenceOf = (value: string): JsonObject | undefined => {
  const [referenceCategory, referenceType, referenceLocator] = value.split(/[ \t]+/, 3);
  return referenceLocator === undefined
    ? undefined
    : { referenceCategory, referenceType, referenceLocator };
};

/** `SPDXRef-DOCUMENT DESCRIBES SPDXRef-shop`. */
const relationOf = (value: string): JsonObject => {
  const [spdxElementId, relationshipType, relatedSpdxElement] = value.split(/[ \t]+/, 3);
  return { spdxElementId, relationshipType, relatedSpdxElement };
};

/**
 * SPDX's tag-value form as its JSON would be, as far as a bill of materials is asked. Text between `<text>`
 * and `</text>` may hold anything, lines that look like tags included. Source:
 * https://spdx.github.io/spdx-spec/v2.3/conformance/ and its tags, chapter by chapter.
 */
export const spdxOfTagValue = (text: string): JsonObject => {
  const packages: Record<string, unknown>[] = [];
  const relationships: JsonObject[] = [];
  let spdxVersion: string | undefined;
  let current: Record<string, unknown> | undefined;
  let references: JsonObject[] = [];
  let inText = false;
  for (const line of text.replace(/^\ufeff/, '').split('\n', linesMax)) {
    if (inText) {
      inText = !line.includes('</text>');
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith('#')) continue;
    const tag = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    inText = value.startsWith('<text>') && !value.includes('</text>');
    if (tag === 'SPDXVersion') spdxVersion ??= value;
    else if (tag === 'PackageName') {
      references = [];
      current = { name: value, externalRefs: references };
      packages.push(current);
    } else if (otherBeginnings.has(tag)) current = undefined;
    else if (tag === 'Relationship') relationships.push(relationOf(value));
    else if (tag === 'ExternalRef' && references.length < referencesMax) {
      const reference = current === undefined ? undefined : referenceOf(value);
      if (reference !== undefined) references.push(reference);
    } else if (current !== undefined) {
      const name = Object.hasOwn(packageTags, tag) ? packageTags[tag] : undefined;
      if (name !== undefined) current[name] ??= value;
    }
  }
  return { spdxVersion, packages: packages.filter(isObject), relationships };
};
