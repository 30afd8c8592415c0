import type { SchemeId } from '../core/advisory.ts';

const schemes: Readonly<Record<string, SchemeId>> = {
  deb: 'deb',
  rpm: 'rpm',
  apk: 'apk',
  composer: 'composer',
  maven: 'maven',
  pypi: 'pep440',
  npm: 'semver',
  golang: 'semver',
  cargo: 'semver',
  hex: 'semver',
};

/** How the versions of a package URL's type are compared; `generic` where no ecosystem says it. */
export const schemeOfPurl = (purl: string): SchemeId => {
  const type = /^pkg:\/{0,3}([a-z][a-z0-9.+-]*)\//i.exec(purl.slice(0, 200))?.[1]?.toLowerCase();
  return (
    (type !== undefined && Object.hasOwn(schemes, type) ? schemes[type] : undefined) ?? 'generic'
  );
};

/** Of a version that no ecosystem speaks for: Zimbra's patch levels have an order of their own. */
export const schemeOfVersion = (version: string): SchemeId =>
  /^\d+\.\d+\.\d+[ _.-]?P\d+$/i.test(version) ? 'zimbra' : 'generic';
