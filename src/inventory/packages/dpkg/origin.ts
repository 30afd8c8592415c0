import type { Origin } from '../../../core/component.ts';
import type { Distribution } from '../../../core/packages.ts';

export interface Maker {
  readonly origin: Origin;
  readonly supplier: string;
  readonly why: string;
}

const distributionAddress =
  /@(?:[a-z0-9-]+\.)*(?:debian\.org|debian\.net|ubuntu\.com|canonical\.com)>?\s*$/i;

/**
 * Who built an installed deb. dpkg does not record the repository, so its own fields decide: a
 * vendor's package names the vendor in `Origin`, `Vendor`, `Bugs` or `Maintainer`. A Debian team
 * uses addresses of Debian or Ubuntu; a private maintainer address is the distribution's only when
 * the version carries the distribution's own suffix. Otherwise the package index, where there is
 * one, settles it later.
 */
export const debOrigin = (
  fields: ReadonlyMap<string, string>,
  distribution: Distribution,
): Maker => {
  const maintainer = fields.get('maintainer') ?? '';
  const name = maintainer.replace(/<[^>]*>/, '').trim() || 'unknown';
  const named = fields.get('origin') ?? fields.get('vendor');
  const house = distribution.id === 'ubuntu' ? 'Ubuntu' : 'Debian';
  if (named !== undefined && !/^(?:debian|ubuntu)$/i.test(named)) {
    return { origin: 'vendor', supplier: named, why: `its Origin field names ${named}` };
  }
  if (distributionAddress.test(maintainer) || /^(?:debian|ubuntu)$/i.test(named ?? '')) {
    return { origin: 'distribution', supplier: house, why: `maintained by ${name}` };
  }
  const version = fields.get('version') ?? '';
  if (/(?:\+deb\d+u\d+|~deb\d+u\d+|ubuntu\d|\+b\d+$)/.test(version)) {
    return {
      origin: 'distribution',
      supplier: house,
      why: `version ${version} carries the distribution's suffix`,
    };
  }
  return {
    origin: 'unknown',
    supplier: name,
    why: `maintained by ${name}: whether ${house} or somebody else built it is not recorded`,
  };
};
