import type { ProductKey } from '../core/advisory.ts';
import { keyOfCpe } from './product-key.ts';

/** A CPE name as far as matching needs it. `*` is any, `-` is none. */
export interface CpeName {
  readonly key: ProductKey;
  /** `a` application, `o` operating system, `h` hardware. */
  readonly part: string;
  readonly vendor: string;
  readonly product: string;
  readonly version: string;
  readonly update: string;
  /** The software that it runs in: `nextcloud`, `wordpress`. */
  readonly targetSoftware: string;
}

const any = '*';

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * `cpe:2.3:a:roundcube:webmail:1.6.5:*:*:*:*:*:*:*` or `cpe:/a:roundcube:webmail:1.6.5`. Undefined: no CPE
 * name of a product. Source: NIST IR 7695, sections 6.1 and 6.2.
 */
export const cpeOf = (text: string): CpeName | undefined => {
  if (text.length > 1_024) return undefined;
  const key = keyOfCpe(text);
  if (key === undefined) return undefined;
  const uri = /^cpe:\//i.test(text);
  const body = text.slice(uri ? 5 : 8);
  const fields = body.split(/(?<!\\):/);
  const field = (position: number): string => {
    const raw = fields[position] ?? '';
    if (raw === '') return any;
    return uri ? decoded(raw) : raw.includes('\\') ? raw.replaceAll(/\\(.)/gs, '$1') : raw;
  };
  return {
    key,
    part: field(0).toLowerCase(),
    vendor: field(1),
    product: field(2),
    version: field(3),
    update: field(4),
    // Behind part, vendor, product, version, update: edition, language, software edition, target software.
    targetSoftware: uri ? any : field(8),
  };
};

/** Operating systems that packages are built for: that one of them holds a flaw says nothing of its packages. */
const distributions: ReadonlySet<string> = new Set([
  'debian:debian_linux',
  'canonical:ubuntu_linux',
  'fedoraproject:fedora',
  'fedoraproject:extra_packages_for_enterprise_linux',
  'opensuse:leap',
  'opensuse:backports_sle',
  'opensuse:opensuse',
  'suse:linux_enterprise_server',
  'suse:linux_enterprise_desktop',
  'oracle:linux',
  'centos:centos',
  'almalinux:almalinux',
  'alpinelinux:alpine_linux',
]);

export const isDistribution = ({ vendor, product }: CpeName): boolean =>
  distributions.has(`${vendor}:${product}`) ||
  (vendor === 'redhat' && product.startsWith('enterprise_linux'));
