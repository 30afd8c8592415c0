import {
  type AptListed,
  type AptLists,
  type AptRelease,
  isSecuritySuite,
} from '../../../core/formats/apt-lists.ts';
import { baseOf } from '../../../core/paths.ts';

/** Projects whose security teams look after whole releases. */
const houses: readonly string[] = [
  'Debian',
  'Ubuntu',
  'UbuntuESM',
  'UbuntuESMApps',
  'Raspbian',
  'Devuan',
  'Kali',
];
/** Those of them that have no suite of its own for security fixes. */
const unsuited: readonly string[] = ['Raspbian', 'Kali'];

export const isHouse = ({ origin }: AptRelease): boolean => houses.includes(origin);

/** `bookworm-security`, `bookworm-updates` and `bookworm` are parts of one release. */
export const baseRelease = ({ codename, suite }: AptRelease): string =>
  (codename || suite).replace(
    /(?:-(?:security|updates|proposed-updates|proposed|backports(?:-sloppy)?)|\/updates)$/,
    '',
  );

/** Suites that no security team looks after: backports, experimental, what is merely proposed. */
export const isUnattended = ({ codename, suite }: AptRelease): boolean =>
  [codename, suite].some(name =>
    /(?:-backports(?:-sloppy)?|-proposed(?:-updates)?|^experimental|^rc-buggy)$/.test(name),
  );

/** Unstable and rolling releases have no security suite: fixes come with everything else. */
const isRolling = (release: AptRelease): boolean =>
  unsuited.includes(release.origin) ||
  ['sid', 'unstable', 'ceres'].includes(release.codename || release.suite);

/** `…_main_binary-amd64_Packages.lz4` */
const partOfList = (path: string): { readonly component: string; readonly arch: string } => {
  const match = /_([A-Za-z0-9.+-]+)_binary-([a-z0-9-]+)_Packages/.exec(baseOf(path));
  return { component: match?.[1] ?? '', arch: match?.[2] ?? '' };
};

const archOfList = (path: string): string => partOfList(path).arch;

/**
 * The security suites that would show a fix for this build: same origin, same release, same component
 * and architecture. Null when the release has none to begin with; empty when it is not on this host.
 */
export const securitySuitesFor = (
  { lists }: AptLists,
  { release, component, path }: AptListed,
): readonly AptRelease[] | null => {
  if (isRolling(release)) return null;
  return lists
    .filter(
      list =>
        list.release.origin === release.origin &&
        isSecuritySuite(list.release) &&
        baseRelease(list.release) === baseRelease(release) &&
        partOfList(list.path).component === component &&
        archOfList(list.path) === archOfList(path),
    )
    .map(list => list.release);
};

/** Whether a fix for this build would show: a suite that carries it is there, or none is needed. */
export const isCovered = (lists: AptLists, offer: AptListed): boolean =>
  !isUnattended(offer.release) && securitySuitesFor(lists, offer)?.length !== 0;

/** The line that adds the security suite which is missing for this build. */
export const securityLine = ({ release, component }: AptListed): string => {
  const base = baseRelease(release);
  const part = component === '' ? 'main' : component;
  switch (release.origin) {
    case 'Ubuntu':
      return `deb http://security.ubuntu.com/ubuntu ${base}-security ${part}`;
    case 'Devuan':
      return `deb http://deb.devuan.org/merged ${base}-security ${part}`;
    default:
      return `deb http://security.debian.org/debian-security ${base}-security ${part}`;
  }
};
