/** Debian's code names and numbers, as OSV writes releases (`Debian:12`). Source: https://www.debian.org/releases/ */
const debianNumbers: Readonly<Record<string, string>> = {
  squeeze: '6',
  wheezy: '7',
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  duke: '15',
};

/** `12` of `bookworm`; a name that nobody gave a number yet stays: `sid`. */
export const debianRelease = (codename: string): string => {
  const name = codename.trim().toLowerCase().slice(0, 40);
  return Object.hasOwn(debianNumbers, name) ? (debianNumbers[name] ?? name) : name;
};

/** Ubuntu's code names. Source: https://wiki.ubuntu.com/Releases */
const ubuntuNumbers: Readonly<Record<string, string>> = {
  trusty: '14.04',
  xenial: '16.04',
  bionic: '18.04',
  focal: '20.04',
  jammy: '22.04',
  noble: '24.04',
  oracular: '24.10',
  plucky: '25.04',
  questing: '25.10',
  resolute: '26.04',
};

const suse = (version: string): string => `Linux Enterprise Server ${version.replace('.', ' SP')}`;

/** The Server, its modules, its long-term support, and it for SAP: all get the same packages. */
const isSuseServer = /^(?:sles|sles-ltss(?:-extended-security)?|sles_sap|sle-module-[a-z0-9-]+)$/;

/**
 * The Server of one service pack that a product of SUSE's stands for, as OSV and CSAF name products; the
 * name without `SUSE`. Undefined: another product.
 */
export const suseServerOf = (name: string): string | undefined => {
  const servicePack =
    /^Linux Enterprise (?:Module for [A-Za-z0-9 .&-]{1,80}|Server for SAP [Aa]pplications|Server LTSS Extended Security|Server) (\d{1,2}(?: SP\d{1,2})?)(?:[- ]LTSS)?$/.exec(
      name,
    )?.[1];
  return servicePack === undefined ? undefined : `Linux Enterprise Server ${servicePack}`;
};

/**
 * The release that a `distro` qualifier of a package URL means, as OSV writes it: `12` of `debian-12` and of
 * `bookworm`, `9` of `rhel-9.4` and of `el9`, `v3.20` of `alpine-3.20.3`. What is not understood stays as it
 * is, so that it meets no other release.
 */
export const releaseOfDistro = (distro: string): string => {
  const text = distro.trim().toLowerCase().slice(0, 80);
  if (Object.hasOwn(ubuntuNumbers, text)) return ubuntuNumbers[text] ?? text;
  const code = debianRelease(text.replace(/^debian-(?=[a-z])/, ''));
  if (/^\d+$/.test(code)) return code;
  const match = /^([a-z][a-z_-]*?)-?v?(\d[\d.]*)$/.exec(text);
  const [, name = '', version = ''] = match ?? [];
  const [major = '', minor = ''] = version.split('.');
  switch (name) {
    case 'debian':
    case 'el':
    case 'rhel':
    case 'redhat':
    case 'centos':
    case 'almalinux':
    case 'rocky':
    case 'rocky-linux':
    case 'ol':
    case 'fedora':
      return major;
    case 'ubuntu':
      return version.split('.').slice(0, 2).join('.');
    case 'alpine':
      return `v${major}.${minor}`;
    case 'opensuse-leap':
    case 'leap':
      return `Leap ${version}`;
    case 'sles':
      return suse(version);
    default:
      return text;
  }
};

/**
 * The release that an operating system's CPE means: `9` of `cpe:/o:redhat:enterprise_linux:9::baseos`. The
 * supplementary streams (`rhel_eus`) are releases of their own: what is said there is not said of the rest.
 */
export const releaseOfCpe = (cpe: string): string | undefined => {
  const match =
    /^cpe:(?:2\.3:|\/)[aho]:([^:]{1,60}):([^:]{1,80})(?::([^:]{0,40}))?(?::([^:]{0,40}))?/i.exec(
      cpe,
    );
  if (match === null) return undefined;
  const [, vendor = '', product = '', version = '', update = ''] = match.map(part =>
    (part ?? '').toLowerCase().replaceAll('\\', ''),
  );
  if (version === '' || version === '*' || version === '-') return undefined;
  const [major = ''] = version.split('.', 1);
  switch (`${vendor}:${product}`) {
    case 'redhat:enterprise_linux':
    case 'redhat:rhel_els':
    case 'debian:debian_linux':
    case 'almalinux:almalinux':
    case 'rocky:rocky':
    case 'rocky:rocky_linux':
    case 'resf:rocky_linux':
      return major;
    case 'canonical:ubuntu_linux':
      return version;
    case 'alpinelinux:alpine_linux':
      return `v${version.split('.').slice(0, 2).join('.')}`;
    case 'opensuse:leap':
      return `Leap ${version}`;
    default:
      if (vendor === 'suse' && isSuseServer.test(product)) {
        return suse(/^sp\d+$/.test(update) ? `${version}.${update.slice(2)}` : version);
      }
      return /^(?:redhat|debian|canonical|almalinux|rocky|suse|opensuse|alpinelinux)$/.test(vendor)
        ? `${product}:${version}`
        : undefined;
  }
};
