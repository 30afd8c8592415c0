/** Days on which the support of a release ends, `yyyy-mm-dd`; who carries it after the first. */
export interface ReleaseLife {
  readonly id: string;
  /** As in `os-release`: the whole version, or only its major part. */
  readonly version: string;
  readonly ends: string;
  /** A longer life, by whom, and whether everybody gets it. */
  readonly longer?: { readonly ends: string; readonly by: string; readonly free: boolean };
}

const lts = (ends: string) => ({ ends, by: 'Debian LTS', free: true });
const pro = (ends: string) => ({ ends, by: 'Ubuntu Pro', free: false });
const els = (ends: string) => ({ ends, by: 'Extended Life Cycle Support', free: false });

const release = (
  id: string,
  version: string,
  ends: string,
  longer?: ReleaseLife['longer'],
): ReleaseLife => ({ id, version, ends, ...(longer === undefined ? {} : { longer }) });

/**
 * Used where the host has neither `distro-info-data` nor `SUPPORT_END` in `os-release`.
 *
 * Sources: Debian and Ubuntu, package distro-info-data 0.58+deb12u7; Red Hat,
 * access.redhat.com/support/policy/updates/errata; AlmaLinux, wiki.almalinux.org/release-notes;
 * Rocky, wiki.rockylinux.org/rocky/version; CentOS, centos.org/cl-vs-cs; Oracle, the Oracle Linux
 * lifetime support policy (Premier Support); Amazon, aws.amazon.com/linux; Alpine,
 * alpinelinux.org/releases; SUSE, suse.com/lifecycle.
 */
export const releaseLives: readonly ReleaseLife[] = [
  release('debian', '9', '2020-07-18', lts('2022-06-30')),
  release('debian', '10', '2022-09-10', lts('2024-06-30')),
  release('debian', '11', '2024-08-14', lts('2026-08-31')),
  release('debian', '12', '2026-07-11', lts('2028-06-30')),
  release('debian', '13', '2028-08-09', lts('2030-06-30')),
  release('ubuntu', '16.04', '2021-04-30', pro('2026-04-23')),
  release('ubuntu', '18.04', '2023-05-31', pro('2028-04-26')),
  release('ubuntu', '20.04', '2025-05-29', pro('2030-04-23')),
  release('ubuntu', '22.04', '2027-06-01', pro('2032-04-21')),
  release('ubuntu', '24.04', '2029-05-31', pro('2034-04-25')),
  release('ubuntu', '24.10', '2025-07-10'),
  release('ubuntu', '25.04', '2026-01-15'),
  release('ubuntu', '25.10', '2026-07-09'),
  release('ubuntu', '26.04', '2031-05-29', pro('2036-04-23')),
  release('ubuntu', '26.10', '2027-07-15'),
  release('rhel', '6', '2020-11-30', els('2024-06-30')),
  release('rhel', '7', '2024-06-30', els('2028-06-30')),
  release('rhel', '8', '2029-05-31', els('2032-05-31')),
  release('rhel', '9', '2032-05-31', els('2035-05-31')),
  release('rhel', '10', '2035-05-31'),
  release('almalinux', '8', '2029-03-01'),
  release('almalinux', '9', '2032-05-31'),
  release('almalinux', '10', '2035-05-31'),
  release('rocky', '8', '2029-05-31'),
  release('rocky', '9', '2032-05-31'),
  release('rocky', '10', '2035-05-31'),
  release('centos', '6', '2020-11-30'),
  release('centos', '7', '2024-06-30'),
  // From 9 on there is only CentOS Stream; an 8 may be either, and both have ended.
  release('centos', '8', '2024-05-31'),
  release('centos', '9', '2027-05-31'),
  release('centos', '10', '2030-01-01'),
  release('ol', '7', '2024-12-31'),
  release('ol', '8', '2029-07-31'),
  release('ol', '9', '2032-06-30'),
  release('ol', '10', '2035-06-30'),
  release('amzn', '2', '2026-06-30'),
  release('amzn', '2023', '2029-06-30'),
  release('opensuse-leap', '15.5', '2024-12-31'),
  release('opensuse-leap', '15.6', '2026-04-30'),
  release('sles', '12.5', '2024-10-31'),
  release('sles', '15.6', '2025-12-31'),
  release('sles', '15.7', '2031-07-31'),
  release('alpine', '3.15', '2023-11-01'),
  release('alpine', '3.16', '2024-05-23'),
  release('alpine', '3.17', '2024-11-22'),
  release('alpine', '3.18', '2025-05-09'),
  release('alpine', '3.19', '2025-11-01'),
  release('alpine', '3.20', '2026-04-01'),
  release('alpine', '3.21', '2026-11-01'),
  release('alpine', '3.22', '2027-05-01'),
  release('alpine', '3.23', '2027-11-01'),
];

/**
 * Mail software whose security support ended before its Debian release did; used where the host does
 * not have `debian-security-support`.
 *
 * Source: debian-security-support 1:12+2026.06.30, security-support-ended.deb12.
 */
export const endedInDebian: readonly {
  readonly release: string;
  /** Of the source package, at its beginning. */
  readonly prefix: string;
  readonly since: string;
  readonly why: string;
}[] = [
  {
    release: '12',
    prefix: 'php-horde',
    since: '2025-03-22',
    why: 'incompatible with PHP 8 (lists.debian.org/debian-lts/2025/03/msg00012.html)',
  },
];
