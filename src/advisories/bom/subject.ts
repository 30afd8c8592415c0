import { type Component, componentId } from '../../core/component.ts';
import type { Distribution, Ecosystem } from '../../core/packages.ts';
import { releaseOfDistro } from '../distro-release.ts';
import { productOfPurl, qualifierOf } from '../named-product.ts';
import type { BomPart } from './bom.ts';

/** A part of an application in the form that advisories are asked in, and whose advisories may speak. */
export interface BomSubject {
  readonly component: Component;
  readonly distribution: Distribution;
}

const nobody: Distribution = {
  id: '',
  idLike: [],
  versionId: '',
  codename: '',
  prettyName: '',
};

/** Ecosystems of packages as matching spells them, and the distribution's id in its own os-release. */
const distributionIds: Readonly<Record<string, string>> = {
  redhat: 'rhel',
  'rocky-linux': 'rocky',
  opensuse: 'opensuse-leap',
  suse: 'sles',
};

/** `15.5` of `Linux Enterprise Server 15 SP5`, `3.20` of `v3.20`: as os-release writes it. */
const versionIdOf = (release: string): string =>
  release.replace(/^(?:v|Leap |Linux Enterprise Server )/, '').replace(/ SP(?=\d)/, '.');

const packaged = (type: string): Extract<Ecosystem, 'deb' | 'rpm' | 'apk'> | undefined =>
  type === 'deb' || type === 'rpm' || type === 'apk' ? type : undefined;

/** Syft's `upstream=gcc-12@12.2.0-14`, and what the document itself says. */
const sourceOf = (
  part: BomPart,
  version: string,
): { readonly name: string; readonly version: string } | undefined => {
  const upstream = qualifierOf(part.purl, 'upstream');
  if (upstream !== undefined && upstream !== '') {
    const at = upstream.lastIndexOf('@');
    return at > 0
      ? { name: upstream.slice(0, at), version: upstream.slice(at + 1) }
      : { name: upstream, version };
  }
  return part.source === undefined
    ? undefined
    : { name: part.source.name, version: part.source.version ?? version };
};

const componentOf = (
  part: BomPart,
  version: string,
  more: Pick<Component, 'origin'> & Partial<Pick<Component, 'package'>>,
): Component => ({
  id: componentId(part.purl),
  name: part.name,
  version: { value: version },
  purl: part.purl,
  kind: 'library',
  thirdParty: true,
  enabled: true,
  // No platform of the mail host: its names must not be lent to it.
  platform: 'customer-facing',
  foundAt: [],
  reach: [],
  logs: [],
  ...more,
});

/**
 * Origin decides here, too: a package of a distribution is judged by that distribution, in the release
 * that its package URL names or the document lies on; everything else by its own ecosystem.
 */
export const subjectOf = (
  part: BomPart,
  system: string | undefined,
): BomSubject | { readonly unjudged: string } => {
  const product = productOfPurl(part.purl);
  if (product === undefined) return { unjudged: 'it is no package URL' };
  const version = product.version ?? part.version;
  if (version === undefined) return { unjudged: 'its version is not said' };
  const type = /^pkg:\/{0,3}([a-z][a-z0-9.+-]*)\//i.exec(part.purl)?.[1]?.toLowerCase() ?? '';
  const ecosystem = packaged(type);
  if (ecosystem === undefined) {
    return { component: componentOf(part, version, { origin: 'upstream' }), distribution: nobody };
  }
  const [, vendor = '', ...names] = product.key.split('|');
  const distro = part.distro ?? system;
  const release = product.release ?? (distro === undefined ? undefined : releaseOfDistro(distro));
  if (release === undefined) {
    return { unjudged: `which release of ${vendor} it is of is not said` };
  }
  const source = sourceOf(part, version);
  return {
    component: componentOf(part, version, {
      origin: 'distribution',
      package: {
        ecosystem,
        name: names.join('|'),
        version,
        ...(source === undefined ? {} : { source }),
      },
    }),
    distribution: {
      ...nobody,
      id: Object.hasOwn(distributionIds, vendor) ? (distributionIds[vendor] ?? vendor) : vendor,
      versionId: versionIdOf(release),
    },
  };
};
