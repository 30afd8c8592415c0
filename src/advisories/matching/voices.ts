import type { FeedId, ProductKey } from '../../core/advisory.ts';
import type { Component } from '../../core/component.ts';
import type { Distribution, PackageRef } from '../../core/packages.ts';
import { keyOfNote, keyOfPackage, keyOfPurl } from '../product-key.ts';
import { upstreamNames } from './upstream-names.ts';
import { upstreamPart } from './upstream-part.ts';

/**
 * A name under which sources may speak of a component, and the version that they are held against.
 * Origin decides: a package of the distribution is judged by the distribution alone, because its
 * version number says nothing of the patches that were put into it.
 */
export interface Voice {
  readonly key: ProductKey;
  readonly feeds: readonly FeedId[];
  /** 1 is heard first; a lower one only where no higher one says anything of a flaw. */
  readonly rank: number;
  readonly version: string;
  /** The version's own writing decides where a source's scheme is only a guess (`custom`). */
  readonly packaged: boolean;
  /** False: an epoch that the version does not bear may have got lost (the source rpm of a package). */
  readonly epochKnown?: boolean;
  /** Release of the distribution: statements on other releases are not about this package. */
  readonly release?: string;
  /** Why neither a hit under this name nor a miss is proof. */
  readonly near?: string;
  /** Why a hit under this name is none: it may be of another that shares it. */
  readonly shared?: string;
  /** Whose component is judged, where it is not this one: code that ships inside it. */
  readonly as?: string;
}

export interface Voices {
  readonly voices: readonly Voice[];
  /** Why there is none, and what would help. */
  readonly silence?: { readonly why: string; readonly how: string };
}

/** The ecosystem whose advisories judge a distribution's packages, and how it writes its releases. */
const ecosystemOf = ({
  id,
  versionId,
}: Distribution): { readonly ecosystem: string; readonly release: string } | undefined => {
  const major = versionId.split('.', 1)[0] ?? '';
  switch (id) {
    case 'debian':
      return { ecosystem: 'Debian', release: major };
    case 'ubuntu':
      return { ecosystem: 'Ubuntu', release: versionId };
    case 'alpine':
      return { ecosystem: 'Alpine', release: `v${versionId.split('.').slice(0, 2).join('.')}` };
    case 'almalinux':
      return { ecosystem: 'AlmaLinux', release: major };
    case 'rocky':
      return { ecosystem: 'Rocky Linux', release: major };
    case 'rhel':
      return { ecosystem: 'Red Hat', release: major };
    case 'opensuse-leap':
      return { ecosystem: 'openSUSE', release: `Leap ${versionId}` };
    case 'sles':
      return {
        ecosystem: 'SUSE',
        release: `Linux Enterprise Server ${versionId.replace('.', ' SP')}`,
      };
    default:
      return undefined;
  }
};

const distributionFeeds: readonly FeedId[] = ['debian-tracker', 'osv', 'csaf'];

/** The name of a source rpm bears no epoch; what was built of it has inherited the one of its recipe. */
const sourceVersionOf = ({ ecosystem, source, version }: PackageRef): string => {
  if (source === undefined) return version;
  const epoch = ecosystem === 'rpm' ? /^\d+:/.exec(version)?.[0] : undefined;
  return epoch === undefined || source.version.includes(':')
    ? source.version
    : `${epoch}${source.version}`;
};

const distributed = (component: Component, distribution: Distribution): Voices => {
  const owner = component.package;
  const judged = ecosystemOf(distribution);
  if (owner === undefined) {
    return silent(
      'it counts as the distribution’s, but no package is known to own it',
      'See foundAt, and name its version and supplier in postern.yaml.',
    );
  }
  if (component.purl?.startsWith('pkg:rpm/fedora/') === true && distribution.id !== 'fedora') {
    return silent(
      'Fedora’s volunteers built it for EPEL: the distribution’s notices do not cover it, and no source here carries EPEL’s',
      'Watch https://bodhi.fedoraproject.org, and say in a VEX document what was looked at: docs/advisories.md.',
    );
  }
  if (judged === undefined) {
    return silent(
      `no source of advisories is known for ${distribution.prettyName || distribution.id || 'this distribution'}`,
      'Import the distribution’s CSAF or VEX documents: postern advisories import FOLDER',
    );
  }
  const { ecosystem, release } = judged;
  const named = new Map<string, string>();
  // Debian, Ubuntu and Alpine speak of source packages, the rpm distributions of binary ones; CSAF of both.
  named.set(owner.source?.name ?? owner.name, sourceVersionOf(owner));
  if (owner.ecosystem === 'rpm' || !named.has(owner.name)) named.set(owner.name, owner.version);
  const voices = [...named].map(
    ([name, version], i): Voice => ({
      key: keyOfPackage(ecosystem, name),
      // A binary package may bear the name of somebody else's source package.
      feeds: i === 0 || owner.ecosystem === 'rpm' ? distributionFeeds : ['csaf'],
      rank: 1,
      version,
      packaged: true,
      ...(owner.ecosystem === 'rpm' && name !== owner.name && !version.includes(':')
        ? { epochKnown: false }
        : {}),
      release,
    }),
  );
  return { voices };
};

const silent = (why: string, how: string): Voices => ({ voices: [], silence: { why, how } });

/** Platforms that hold several programs, each under its own name. */
const collections: ReadonlySet<string> = new Set([
  'mail-readers',
  'small-filters',
  'mail-admin',
  'web-front',
]);

const softwareOf = ({ name, platform }: Component): string | undefined => {
  const software = name.toLowerCase();
  return software === platform || collections.has(platform) ? software : undefined;
};

const rankOf = (key: ProductKey): number => {
  const [kind] = key.split('|', 1);
  return kind === 'note' || kind === 'package' ? 1 : kind === 'cve' ? 2 : 3;
};

const feedsOf = (key: ProductKey): readonly FeedId[] => {
  switch (key.split('|', 1)[0] ?? '') {
    case 'note':
      return ['notes'];
    case 'package':
      return ['osv', 'csaf', 'cve'];
    case 'cve':
      // A vendor's CSAF names products by vendor and name where it has nothing better.
      return ['cve', 'csaf'];
    default:
      return ['nvd', 'cve', 'csaf'];
  }
};

const released = (
  component: Component,
  version: string,
  packaged: boolean,
  as?: string,
): readonly Voice[] => {
  const names = new Map<ProductKey, Pick<Voice, 'near' | 'shared'>>();
  const purl = component.purl === undefined ? undefined : keyOfPurl(component.purl);
  if (purl !== undefined && !packaged) names.set(purl.key, {});
  const software = softwareOf(component);
  for (const { key, ...how } of software === undefined ? [] : upstreamNames(software)) {
    if (!names.has(key)) names.set(key, how);
  }
  return [...names].map(
    ([key, how]): Voice => ({
      key,
      feeds: feedsOf(key),
      rank: rankOf(key),
      version,
      packaged: false,
      ...how,
      ...(as === undefined ? {} : { as }),
    }),
  );
};

/** Built from one source package. */
const isSameBuild = ({ package: mine }: Component, { package: theirs }: Component): boolean =>
  mine !== undefined &&
  theirs !== undefined &&
  mine.ecosystem === theirs.ecosystem &&
  (mine.source?.name ?? mine.name) === (theirs.source?.name ?? theirs.name);

/** Composer's `roundcube`; a name without a namespace shares none with anybody. */
const namespaceOf = ({ purl = '' }: Component): string | undefined => {
  const [, ...segments] = purl.split('@', 1)[0]?.split('/') ?? [];
  return segments.length < 2 ? undefined : purl.split('@', 1)[0]?.replace(/\/[^/]*$/, '');
};

/**
 * The host that a part was released together with: a plug-in of Roundcube's own lies in its tarball,
 * and flaws in it are told under Roundcube's name. A namespace may be shared with others: Composer's
 * `roundcube/carddav` is somebody else's.
 */
const shippedWith = (
  component: Component,
  ancestors: readonly Component[],
): Component | undefined => {
  const [host] = ancestors;
  if (host === undefined || host.origin !== component.origin) return undefined;
  if (isSameBuild(component, host)) return host;
  const namespace = namespaceOf(component);
  const maker = component.supplier ?? host.supplier;
  return namespace !== undefined && namespace === namespaceOf(host) && maker === host.supplier
    ? host
    : undefined;
};

/** What a user's own notes call a component: `zimbra`, `roundcube/acme_archive`; copies share a name. */
const noteName = ({ id, name, platform }: Component): string =>
  !id.includes('@') ? id : name.toLowerCase() === platform ? platform : `${platform}/${name}`;

/** Notes of the component's maker, or of whoever reviewed it: anybody can write them. */
const noted = (component: Component): readonly Voice[] => {
  if (component.origin === 'distribution' || 'unknown' in component.version) return [];
  const { value } = component.version;
  const packaged = ['deb', 'rpm', 'apk'].includes(component.package?.ecosystem ?? '');
  return [
    {
      key: keyOfNote(noteName(component)),
      feeds: ['notes'],
      rank: 1,
      version: packaged ? upstreamPart(value) : value,
      packaged: false,
    },
  ];
};

/** By a package manager of the host, whose version numbers carry the packager's own part. */
const isPackaged = ({ package: owner }: Component): boolean =>
  owner !== undefined && ['deb', 'rpm', 'apk'].includes(owner.ecosystem);

/** Under which names sources may speak of a component. */
export const voicesOf = (
  component: Component,
  ancestors: readonly Component[],
  distribution: Distribution,
): Voices => {
  const { voices, silence } = othersOn(component, ancestors, distribution);
  const own = noted(component).filter(({ key }) => !voices.some(voice => voice.key === key));
  return { voices: [...voices, ...own], ...(silence === undefined ? {} : { silence }) };
};

const othersOn = (
  component: Component,
  ancestors: readonly Component[],
  distribution: Distribution,
): Voices => {
  if (component.origin === 'in-house') {
    return silent(
      'the organisation wrote it itself: nobody else publishes its flaws',
      'Have it reviewed, and import what is found as a note: docs/advisory-notes.md.',
    );
  }
  if (component.origin === 'distribution') return distributed(component, distribution);
  if ('unknown' in component.version) {
    return silent(
      `its version is not known: ${component.version.unknown}`,
      'Name it in postern.yaml (components: match, version).',
    );
  }
  const { value } = component.version;
  const packaged = isPackaged(component);
  const own = released(component, packaged ? upstreamPart(value) : value, packaged);
  const host = shippedWith(component, ancestors);
  const hostVersion =
    host !== undefined && 'value' in host.version ? host.version.value : undefined;
  const voices =
    host === undefined || hostVersion === undefined
      ? own
      : [
          ...own,
          ...released(
            host,
            isPackaged(host) ? upstreamPart(hostVersion) : hostVersion,
            false,
            host.name,
          ),
        ];
  return voices.length > 0
    ? { voices }
    : silent(
        'no source is known under whose name its flaws are published',
        'Watch its maker’s own notes, and import them: docs/advisory-notes.md.',
      );
};
