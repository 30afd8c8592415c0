import type { Origin } from '../../../core/origin.ts';
import type { Distribution } from '../../../core/packages.ts';

export interface Maker {
  readonly origin: Origin;
  readonly supplier: string;
  readonly why: string;
}

/** What the `Vendor` tag of each distribution's own builds says, and what to call the distribution. */
const houses: readonly (readonly [pattern: RegExp, name: string, ids: readonly string[]])[] = [
  [/^Red Hat/i, 'Red Hat', ['rhel']],
  [/^AlmaLinux/i, 'AlmaLinux', ['almalinux']],
  [/^(?:Rocky|Rocky Enterprise)/i, 'Rocky Linux', ['rocky']],
  [/^CentOS/i, 'CentOS', ['centos']],
  [/^Oracle America/i, 'Oracle', ['ol']],
  [/^Amazon/i, 'Amazon Linux', ['amzn']],
  [/^openSUSE/i, 'openSUSE', ['opensuse-leap', 'opensuse-tumbleweed', 'opensuse']],
  // Leap is built from SUSE's own packages.
  [/^SUSE /i, 'SUSE', ['sles', 'sled', 'sle', 'suse', 'opensuse']],
  [/^(?:Mageia)/i, 'Mageia', ['mageia']],
  [/^CloudLinux/i, 'CloudLinux', ['cloudlinux']],
  [/^EuroLinux/i, 'EuroLinux', ['eurolinux']],
  [/^VMware, Inc/i, 'Photon', ['photon']],
];

/** Enterprise Linuxes that call themselves like Fedora alone (os-release, ID_LIKE). */
const likeFedoraAlone: ReadonlySet<string> = new Set(['rhel', 'ol', 'amzn']);

/**
 * Who built an installed rpm, by its `Vendor` tag. Fedora's on an Enterprise Linux is EPEL. A build
 * without a vendor was made by somebody who did not say so: unknown, never a guess.
 */
export const rpmOrigin = (
  vendor: string | undefined,
  packager: string | undefined,
  { id, idLike }: Distribution,
): Maker => {
  const named = (vendor ?? '').trim();
  if (/^Fedora (?:Project|Copr)/i.test(named)) {
    if (/copr/i.test(named)) {
      return {
        origin: 'vendor',
        supplier: named,
        why: `its vendor is ${named}: built by one of Copr's users`,
      };
    }
    const isFedora =
      id === 'fedora' ||
      (idLike.includes('fedora') && !idLike.includes('rhel') && !likeFedoraAlone.has(id));
    return isFedora
      ? { origin: 'distribution', supplier: 'Fedora', why: 'its vendor is Fedora Project' }
      : {
          origin: 'distribution',
          supplier: 'Fedora EPEL',
          why: `its vendor is Fedora Project, which on ${id || 'this distribution'} means EPEL`,
        };
  }
  const house = houses.find(([pattern]) => pattern.test(named));
  if (house !== undefined) {
    const [, name, ids] = house;
    // Rebuilds keep some packages of their parent; a stranger's build is a vendor's.
    const kin = ids.some(each => each === id || idLike.includes(each));
    return kin
      ? { origin: 'distribution', supplier: name, why: `its vendor is ${named}` }
      : { origin: 'vendor', supplier: name, why: `its vendor is ${named}, not this distribution` };
  }
  if (named !== '') return { origin: 'vendor', supplier: named, why: `its vendor is ${named}` };
  const builder = (packager ?? '').replace(/<[^<>]*>/, '').trim();
  return {
    origin: 'unknown',
    supplier: builder === '' ? 'somebody unnamed' : builder,
    why: 'it names no vendor, so who built it is not recorded',
  };
};

/** purl's namespaces for rpm are vendors: RHEL's is `redhat`, Leap's `opensuse`. */
export const rpmNamespace = (supplier: string, { id }: Distribution): string => {
  if (supplier === 'Fedora EPEL' || supplier === 'Fedora') return 'fedora';
  if (id.startsWith('opensuse')) return 'opensuse';
  if (/^sle[sd]?$/.test(id)) return 'suse';
  return id === 'rhel' ? 'redhat' : id;
};
