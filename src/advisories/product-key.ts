import type { ProductKey } from '../core/advisory.ts';

/** Longer names are nobody's. */
const nameLengthMax = 300;

const key = (...parts: readonly string[]): ProductKey =>
  parts
    .map(part => part.slice(0, nameLengthMax).toLowerCase().replaceAll(/\s+/g, '-'))
    .join('|') as ProductKey;

/**
 * OSV's ecosystems without their release, in lower case, as package URLs spell them: what a name of a
 * package is unique in. Source: the ecosystem table of the OSV schema, and the types of purl.
 */
const ecosystemWords: Readonly<Record<string, string>> = {
  'rocky linux': 'rocky-linux',
  rockylinux: 'rocky-linux',
  rocky: 'rocky-linux',
  alma: 'almalinux',
  'red hat': 'redhat',
  rhel: 'redhat',
  composer: 'packagist',
  'crates.io': 'cargo',
  golang: 'go',
  rubygems: 'gem',
  swifturl: 'swift',
};

/** PEP 503: runs of `-`, `_` and `.` are one dash. */
const pypiName = (name: string): string => name.replaceAll(/[-_.]+/g, '-');

/** A package as OSV names it: `Debian:12` or `Packagist`, and its name. The release is not part of the key. */
export const keyOfPackage = (ecosystem: string, name: string): ProductKey => {
  const base = ecosystem.split(':', 1)[0]?.trim().toLowerCase() ?? '';
  const word = ecosystemWords[base] ?? base;
  return key('package', word, word === 'pypi' ? pypiName(name) : name);
};

/** A product as a CVE record names it: `Webmail`, or `zimbra_collaboration_suite` where CISA wrote it. */
export const keyOfCve = (vendor: string, product: string): ProductKey =>
  key('cve', vendor.trim().replaceAll('_', ' '), product.trim().replaceAll('_', ' '));

/** `cpe:2.3:a:roundcube:webmail:1.6.5:*…` and the older `cpe:/a:roundcube:webmail`, without the version. */
export const keyOfCpe = (cpe: string): ProductKey | undefined => {
  const body = /^cpe:(?:2\.3:|\/)(.*)$/is.exec(cpe.slice(0, 1024))?.[1];
  if (body === undefined) return undefined;
  // A colon of a name is written `\:`; a backslash only quotes.
  const parts = body
    .split(/(?<!\\):/)
    .slice(0, 3)
    .map(part => part.replaceAll(/\\(.)/gs, '$1'));
  const [part = '', vendor = '', product = ''] = parts;
  return part === '' || vendor === '' || product === '' || product === '*'
    ? undefined
    : key('cpe', part, vendor, product);
};

/** A product as a vendor's notes name it: `zimbra`, `roundcube`. */
export const keyOfNote = (product: string): ProductKey => key('note', product.trim());

/** A package URL, taken apart as far as matching needs it. */
export interface PurlKey {
  readonly key: ProductKey;
  readonly version?: string;
  /** Of the `distro` qualifier, as it stands: `bookworm`, `debian-12`, `el9`. */
  readonly distro?: string;
}

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** A plus sign of a qualifier is one, and no blank as in forms. */
export const qualifiersOf = (query: string): URLSearchParams =>
  new URLSearchParams(query.replaceAll('+', '%2B'));

/** Undefined: not a package URL. Source: ECMA-427. */
export const keyOfPurl = (purl: string): PurlKey | undefined => {
  const [beforeFragment = ''] = purl.slice(0, 2048).split('#', 1);
  const question = beforeFragment.indexOf('?');
  const main = question < 0 ? beforeFragment : beforeFragment.slice(0, question);
  const query = qualifiersOf(question < 0 ? '' : beforeFragment.slice(question + 1));
  const match = /^pkg:\/{0,3}([a-z][a-z0-9.+-]*)\/(.+)$/is.exec(main);
  const type = match?.[1]?.toLowerCase();
  let path = match?.[2];
  if (type === undefined || path === undefined) return undefined;
  let version: string | undefined;
  const at = path.lastIndexOf('@');
  // npm's scope begins with an at sign; a version never stands at the start of a segment.
  if (at > 0 && path[at - 1] !== '/') {
    version = decode(path.slice(at + 1));
    // Half a version must not become every version.
    if (version === undefined) return undefined;
    path = path.slice(0, at);
  }
  const segments = path
    .split('/')
    .filter(segment => segment !== '')
    .map(decode);
  if (segments.length === 0 || segments.includes(undefined)) return undefined;
  const name = segments.join('/');
  const distro = query.get('distro') ?? undefined;
  const rest = {
    ...(version === undefined || version === '' ? {} : { version }),
    ...(distro === undefined ? {} : { distro }),
  };
  const inside = (ecosystem: string, within: string): PurlKey => ({
    key: keyOfPackage(ecosystem, within),
    ...rest,
  });
  switch (type) {
    case 'deb':
    case 'rpm':
    case 'apk': {
      const [vendor, ...names] = name.split('/');
      return vendor === undefined || names.length === 0
        ? undefined
        : inside(vendor, names.join('/'));
    }
    case 'maven': {
      const slash = name.lastIndexOf('/');
      if (slash < 0) return undefined;
      return inside(
        'maven',
        `${name.slice(0, slash).replaceAll('/', '.')}:${name.slice(slash + 1)}`,
      );
    }
    default:
      return inside(type, name);
  }
};
