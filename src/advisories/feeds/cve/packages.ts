import type { ProductKey, SchemeId } from '../../../core/advisory.ts';
import { type JsonObject, textIn } from '../../json-value.ts';
import { keyOfPackage, keyOfPurl } from '../../product-key.ts';
import { schemeOfPurl } from '../../scheme-of.ts';

interface PackageName {
  readonly key: ProductKey;
  readonly name: string;
  /** Undefined: the record's own kind of versions. */
  readonly scheme?: SchemeId;
}

/** Collections by their host. Source: `collectionURL` in the CVE schema and in real records. */
const collections: readonly (readonly [RegExp, string, SchemeId | undefined])[] = [
  [/^(?:www\.)?packagist\.org$|^repo\.packagist\.org$/, 'Packagist', 'composer'],
  [/^(?:registry\.npmjs\.(?:org|com)|(?:www\.)?npmjs\.com)$/, 'npm', 'semver'],
  [/^(?:www\.)?pypi\.(?:python\.)?org$/, 'PyPI', 'pep440'],
  [/^(?:repo1?\.maven\.apache\.org|repo1\.maven\.org|central\.sonatype\.com)$/, 'Maven', 'maven'],
  [/^(?:www\.)?github\.com$/, 'github', undefined],
];

/** A package that an element of `affected` names beside, or instead of, vendor and product. */
export const packageOf = (affected: JsonObject): PackageName | undefined => {
  const purl = textIn(affected, 'packageURL', 1_000);
  const read = purl === undefined ? undefined : keyOfPurl(purl);
  if (purl !== undefined && read !== undefined) {
    const scheme = schemeOfPurl(purl);
    return { key: read.key, name: purl, ...(scheme === 'generic' ? {} : { scheme }) };
  }
  const name = textIn(affected, 'packageName', 300);
  const url = textIn(affected, 'collectionURL', 500);
  if (name === undefined || url === undefined) return undefined;
  const host = /^https?:\/\/([^/:?#@]+)/i.exec(url)?.[1]?.toLowerCase() ?? '';
  const found = collections.find(([pattern]) => pattern.test(host));
  if (found === undefined) return undefined;
  const [, ecosystem, scheme] = found;
  // Apache writes `org.apache.james:james-server-core` and `org.apache.james/james-server-core`.
  const inside = ecosystem === 'Maven' ? name.replace('/', ':') : name;
  return {
    key: keyOfPackage(ecosystem, inside),
    name: `${ecosystem} ${name}`,
    ...(scheme === undefined ? {} : { scheme }),
  };
};
