import type { VexPart } from '../../../core/advisory.ts';
import { releaseOfCpe, suseServerOf } from '../../distro-release.ts';
import { oneLine } from '../../json-value.ts';
import {
  type NamedProduct,
  productOfCpe,
  productOfPurl,
  streamOfModule,
  vexPart,
} from '../../named-product.ts';
import { keyOfCve, keyOfPackage } from '../../product-key.ts';
import { schemeOfVersion } from '../../scheme-of.ts';
import { readRange } from '../../version-range.ts';
import type { CsafProduct, ProductTree } from './product-tree.ts';

/** A product id of the document, as something that can be asked for by name. */
export interface StatedProduct extends NamedProduct {
  /** For people. */
  readonly label: string;
  /** The tree gives a range that nobody can read: which versions are meant is not known. */
  readonly unread?: string;
  /** It is meant only where it is installed on this. */
  readonly on?: string;
  /** What is meant is this part of it. */
  readonly parts?: readonly VexPart[];
}

const relationDepthMax = 5;

/** A name of a branch is a version when it could be one: Red Hat writes whole package names there. */
const branchVersion = ({ version, product }: CsafProduct): string | undefined =>
  version !== undefined && version !== product && /\d/.test(version) && version.length <= 128
    ? version
    : undefined;

const named = (product: CsafProduct): readonly NamedProduct[] => {
  const byPurl = product.purls.map(productOfPurl).filter(found => found !== undefined);
  if (byPurl.length > 0) return byPurl;
  const byCpe = product.cpes.map(productOfCpe).filter(found => found !== undefined);
  const { vendor, product: name } = product;
  if (vendor === undefined || name === undefined) return byCpe;
  return [{ key: keyOfCve(vendor, name), scheme: 'generic' }, ...byCpe];
};

const statedOf = (product: CsafProduct): readonly StatedProduct[] =>
  named(product).map((found): StatedProduct => {
    const label = oneLine(product.name, 200);
    if (product.range !== undefined) {
      const { version: _, range: __, ...rest } = found;
      const range = readRange(product.range, found.scheme);
      return range === undefined
        ? { ...rest, label, unread: oneLine(product.range, 120) }
        : { ...rest, label, range };
    }
    if (found.version !== undefined) return { ...found, label };
    const version = branchVersion(product);
    // A package URL without a version means every one, unless the branch is a bare number.
    const usable = version !== undefined && (product.purls.length === 0 || /^v?\d/.test(version));
    const { range: _, ...bare } = found;
    return usable && version !== undefined
      ? {
          ...bare,
          version,
          scheme: found.scheme === 'generic' ? schemeOfVersion(version) : found.scheme,
          label,
        }
      : { ...found, label };
  });

const isDistribution = (component: StatedProduct, platform: CsafProduct): boolean =>
  ['deb', 'rpm', 'apk'].includes(component.scheme) ||
  platform.cpes.some(cpe => releaseOfCpe(cpe) !== undefined);

/** Whose packages are named on a platform: the vendor of its CPE, as OSV spells it. */
const ecosystemOf = ({ cpes, name }: CsafProduct): string | undefined => {
  const vendor = cpes
    .map(cpe => /^cpe:(?:2\.3:|\/)[aho]:([a-z_]+):/i.exec(cpe)?.[1]?.toLowerCase())
    .find(found => found !== undefined);
  if (vendor !== undefined) return vendor;
  return name.startsWith('openSUSE') ? 'opensuse' : name.startsWith('SUSE') ? 'suse' : undefined;
};

const rpmFile =
  /^(.+)-(?:(\d+):)?([^-:]+)-([^-]+?)(?:\.(?:noarch|src|nosrc|x86_64|i[3-6]86|aarch64\w*|ppc64\w*|s390x?|armv\w+|riscv64))?$/;

/** `dovecot23-2.3.15-150200.65.1.x86_64`, where nothing but the name of its file names a package. */
const rpmNamed = (component: CsafProduct, platform: CsafProduct): readonly StatedProduct[] => {
  const ecosystem = ecosystemOf(platform);
  const label = oneLine(component.name, 200);
  if (ecosystem === undefined || component.name.length > 300) return [];
  const [, name, epoch, version = '', release = ''] = rpmFile.exec(component.name) ?? [];
  if (name !== undefined && /^\d/.test(version)) {
    const evr = `${epoch === undefined || epoch === '0' ? '' : `${epoch}:`}${version}-${release}`;
    return [{ key: keyOfPackage(ecosystem, name), version: evr, scheme: 'rpm', label }];
  }
  // A bare name: the package in every version.
  return /^[A-Za-z0-9][\w.+-]*$/.test(component.name)
    ? [{ key: keyOfPackage(ecosystem, component.name), scheme: 'rpm', label }]
    : [];
};

/** SUSE's products bear the release in their name alone. */
const releaseOfName = (name: string): string | undefined => {
  const leap = /^openSUSE (Leap \d[\d.]*)$/.exec(name)?.[1];
  return leap ?? (name.startsWith('SUSE ') ? suseServerOf(name.slice('SUSE '.length)) : undefined);
};

/** Where a package is installed: a release, and the stream of the module that it comes with there. */
interface Platform {
  readonly product: CsafProduct;
  readonly stream?: string;
}

/** A module that is itself a component of a release stands between a package and that release. */
const platformOf = (tree: ProductTree, id: string): Platform | undefined => {
  const product = tree.products.get(id);
  if (product !== undefined) return { product };
  const relation = tree.relations.get(id);
  const base = relation === undefined ? undefined : tree.products.get(relation.platform);
  const stream = (tree.products.get(relation?.component ?? '')?.purls ?? [])
    .map(streamOfModule)
    .find(found => found !== undefined);
  return base === undefined || stream === undefined ? undefined : { product: base, stream };
};

const isModular = (version: string | undefined): boolean => version?.includes('.module') === true;

/** An rpm of a distribution is of a module that is named, or outside of all. */
const withStream = (each: StatedProduct, stream: string | undefined): StatedProduct => {
  if (each.scheme !== 'rpm' || each.stream !== undefined) return each;
  if (stream !== undefined) return { ...each, stream };
  return isModular(each.version)
    ? { ...each, on: 'a module whose stream is not named' }
    : { ...each, stream: '' };
};

/** A package of one release of a distribution, in one version: whoever has an older one lacks what it mends. */
export const isRelease = ({ version, scheme, release }: StatedProduct): boolean =>
  version !== undefined &&
  release !== undefined &&
  (scheme === 'deb' || scheme === 'rpm' || scheme === 'apk');

/** Asks a tree for its products, each answered once. */
export const productsOf = (tree: ProductTree): ((id: string) => readonly StatedProduct[]) => {
  const known = new Map<string, readonly StatedProduct[]>();
  const resolve = (id: string, depth: number): readonly StatedProduct[] => {
    const product = tree.products.get(id);
    const relation = tree.relations.get(id);
    if (relation === undefined || depth > relationDepthMax) {
      return product === undefined ? [] : statedOf(product);
    }
    const found = platformOf(tree, relation.platform);
    const whole =
      product === undefined ? resolve(relation.component, depth + 1) : statedOf(product);
    if (found === undefined) {
      // The platform is itself made of others, or is not in the tree: only the name can tell.
      return whole.map(each => ({ ...each, on: oneLine(relation.platform, 120) }));
    }
    const { product: platform, stream } = found;
    const part = tree.products.get(relation.component);
    const release =
      platform.cpes.map(releaseOfCpe).find(each => each !== undefined) ??
      releaseOfName(platform.name);
    const bare = part !== undefined && part.purls.length === 0 && part.cpes.length === 0;
    const packages = bare && release !== undefined ? rpmNamed(part, platform) : [];
    const components = packages.length > 0 ? packages : whole;
    const label = oneLine(relation.name, 200);
    const [first] = components;
    if (first !== undefined && isDistribution(first, platform)) {
      return components.map(each => ({
        ...withStream(each, stream),
        label,
        // A platform that is no release known here must not be taken for every release.
        release: release ?? each.release ?? oneLine(platform.name, 80),
      }));
    }
    if (relation.category === 'installed_on' || relation.category === 'installed_with') {
      return components.map(each => ({ ...each, label, on: oneLine(platform.name, 120) }));
    }
    const parts = components.filter(each => each.unread === undefined).map(vexPart);
    // What is said of a part that nobody can name is not said of the whole.
    return parts.length === 0 ? [] : statedOf(platform).map(each => ({ ...each, label, parts }));
  };
  return id => {
    let found = known.get(id);
    if (found === undefined) {
      found = resolve(id, 0);
      known.set(id, found);
    }
    return found;
  };
};
