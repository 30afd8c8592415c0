import { type JsonObject, listIn, objectsIn, textIn } from '../json-value.ts';
import type { Bom, BomLimits, BomPart } from './bom.ts';

/** `PACKAGE-MANAGER` and, in SPDX 2.2, `PACKAGE_MANAGER`; the type alone is enough. */
const purlIn = (part: JsonObject): string | undefined => {
  for (const reference of objectsIn(part, 'externalRefs', 200)) {
    if (reference['referenceType'] !== 'purl') continue;
    const purl = textIn(reference, 'referenceLocator');
    if (purl !== undefined) return purl;
  }
  return undefined;
};

/** Source: https://spdx.github.io/spdx-spec/v2.3/package-information/ (`packages`, `externalRefs`). */
export const spdxBom = (document: JsonObject, version: string, { partsMax }: BomLimits): Bom => {
  // What the document is about as a whole is the application or the image, not a part of it.
  const described = new Set(listIn(document, 'documentDescribes', 1_000));
  for (const relation of objectsIn(document, 'relationships')) {
    if (relation['relationshipType'] === 'DESCRIBES') described.add(relation['relatedSpdxElement']);
  }
  const packages = objectsIn(document, 'packages', 1_000_000);
  const parts: BomPart[] = [];
  let nameless = 0;
  let system: string | undefined;
  for (const each of packages.slice(0, partsMax)) {
    const name = textIn(each, 'name', 300);
    const installed = textIn(each, 'versionInfo', 300);
    if (
      each['primaryPackagePurpose'] === 'OPERATING-SYSTEM' ||
      each['primaryPackagePurpose'] === 'OPERATING_SYSTEM'
    ) {
      if (name !== undefined && installed !== undefined) system ??= `${name}-${installed}`;
      continue;
    }
    const purl = purlIn(each);
    if (purl !== undefined) {
      parts.push({
        purl,
        name: name ?? purl,
        ...(installed === undefined || installed === 'NOASSERTION' ? {} : { version: installed }),
      });
    } else if (!described.has(each['SPDXID'])) nameless += 1;
  }
  return {
    format: version.replace('-', ' '),
    parts,
    nameless,
    leftOut: Math.max(0, packages.length - partsMax),
    ...(system === undefined ? {} : { system }),
  };
};
