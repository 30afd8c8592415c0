import { type AptLists, isSecuritySuite } from '../../../core/formats/apt-lists.ts';
import type { Origin } from '../../../core/origin.ts';
import type { Distribution } from '../../../core/packages.ts';

export interface Maker {
  readonly origin: Origin;
  readonly supplier: string;
  readonly why: string;
}

/** Distributions that build debs, by their `os-release` id, with the name that their repositories use. */
const houses: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  raspbian: 'Raspbian',
  devuan: 'Devuan',
  linuxmint: 'linuxmint',
  kali: 'Kali',
  pop: 'Pop!_OS',
};

const houseOf = ({ id, idLike }: Distribution): string =>
  [id, ...idLike].map(each => houses[each]).find(name => name !== undefined) ?? 'Debian';

/** Ubuntu's paid suites have origins of their own (`UbuntuESM`, `UbuntuESMApps`). */
const isDistribution = (name: string): boolean =>
  name.startsWith('UbuntuESM') ||
  Object.values(houses).some(house => house.toLowerCase() === name.toLowerCase());

const distributionAddress =
  /@(?:[a-z0-9-]+\.)*(?:debian\.org|debian\.net|ubuntu\.com|canonical\.com|raspbian\.org|devuan\.org|kali\.org)>?\s*$/i;

/**
 * Who built an installed deb, from its own fields. dpkg does not record the repository: a vendor's
 * package names the vendor in `Origin`, `Vendor` or `Bugs`, a Debian team uses addresses of Debian or
 * Ubuntu, and a private maintainer's package is the distribution's when the version carries the
 * distribution's own suffix.
 */
export const debOrigin = (
  fields: ReadonlyMap<string, string>,
  distribution: Distribution,
): Maker => {
  const maintainer = fields.get('maintainer') ?? '';
  const name = maintainer.replace(/<[^<>]*>/, '').trim() || 'somebody unnamed';
  const named = fields.get('origin') ?? fields.get('vendor');
  const house = houseOf(distribution);
  if (named !== undefined && named !== '' && !isDistribution(named)) {
    return { origin: 'vendor', supplier: named, why: `its Origin field names ${named}` };
  }
  const bugs = fields.get('bugs') ?? '';
  if (
    bugs !== '' &&
    !/debbugs:\/\/bugs\.debian\.org|launchpad\.net\/ubuntu|ubuntu\.com/.test(bugs)
  ) {
    return {
      origin: 'vendor',
      supplier: name,
      why: `its Bugs field leads to ${bugs.slice(0, 120)}`,
    };
  }
  if (distributionAddress.test(maintainer) || named !== undefined) {
    return { origin: 'distribution', supplier: house, why: `maintained by ${name}` };
  }
  const version = fields.get('version') ?? '';
  if (/(?:[+~]deb\d+u\d+|ubuntu\d|\+b\d+$)/.test(version)) {
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

/** Who offers exactly this build, by the Release file of the list that has it. */
export const listedMaker = (
  { listed }: AptLists,
  name: string,
  version: string,
): Maker | undefined => {
  const offers = (listed.get(name) ?? []).filter(({ release }) => release.origin !== '');
  const exact = offers.filter(offer => offer.version === version);
  const ours = exact.find(({ release }) => isDistribution(release.origin));
  if (ours !== undefined) {
    const { origin, codename, suite } = ours.release;
    return {
      origin: 'distribution',
      supplier: origin,
      why: `${origin} ${codename || suite} offers exactly this build`,
    };
  }
  const [theirs] = exact;
  if (theirs !== undefined) {
    const { origin, label } = theirs.release;
    return {
      origin: 'vendor',
      supplier: label || origin,
      why: `the repository ${label || origin} offers exactly this build`,
    };
  }
  // An update in a stable suite keeps the version and adds `+debNuM`, a rebuild adds `+bN`: the
  // installed one came before.
  const updated = offers.find(
    offer =>
      isDistribution(offer.release.origin) &&
      offer.version.startsWith(version) &&
      /^(?:[+~]deb\d+u\d+)?(?:\+b\d+)?$/.test(offer.version.slice(version.length)),
  );
  return updated === undefined
    ? undefined
    : {
        origin: 'distribution',
        supplier: updated.release.origin,
        why: `${updated.release.origin} offers its update ${updated.version}${isSecuritySuite(updated.release) ? ' as a security fix' : ''}`,
      };
};
