import type { SchemeId, VersionClaim, VexPart } from '../core/advisory.ts';
import { releaseOfDistro } from './distro-release.ts';
import { keyOfCpe, keyOfPurl, qualifiersOf } from './product-key.ts';
import { schemeOfPurl, schemeOfVersion } from './scheme-of.ts';
import { readVers } from './vers.ts';

/** A product as a package URL or a CPE names it, ready to be stated something of. */
export interface NamedProduct extends VexPart {
  readonly scheme: SchemeId;
  readonly byCpe?: boolean;
}

/** A qualifier of a package URL, unescaped; absent where it has none of that name. */
export const qualifierOf = (purl: string, name: string): string | undefined => {
  const [main = ''] = purl.slice(0, 2_048).split('#', 1);
  const question = main.indexOf('?');
  return question < 0 ? undefined : (qualifiersOf(main.slice(question + 1)).get(name) ?? undefined);
};

/** Qualifiers that are looked at, and those that tell where a package came from, not which one it is. */
const looked: ReadonlySet<string> = new Set(['distro', 'arch', 'epoch', 'rpmmod', 'upstream']);

/** Which of the packages of a name and version a package URL means. Source: ECMA-427, qualifiers and subpath. */
const narrowedBy = (purl: string): Pick<VexPart, 'arch' | 'narrowing' | 'range'> => {
  const [main = '', subpath = ''] = purl.slice(0, 2_048).split('#', 2);
  const question = main.indexOf('?');
  if (question < 0 && subpath === '') return {};
  const query = qualifiersOf(question < 0 ? '' : main.slice(question + 1));
  const vers = readVers(query.get('vers') ?? '');
  const range = 'claim' in vers ? vers.claim : undefined;
  const others = [...query].flatMap(([name, value]) => {
    const known = looked.has(name.toLowerCase()) || (name === 'vers' && range !== undefined);
    return known || value === '' ? [] : [`${name.toLowerCase()}=${value}`];
  });
  const narrowing = [...others.sort(), ...(subpath === '' ? [] : [`#${subpath}`])].join('&');
  const arch = query.get('arch') ?? '';
  return {
    // The source of a package is the source of all that is built of it.
    ...(/^(?:source|src|nosrc|)$/i.test(arch) ? {} : { arch: arch.slice(0, 40) }),
    ...(narrowing === '' ? {} : { narrowing: narrowing.slice(0, 500) }),
    ...(range === undefined ? {} : { range }),
  };
};

/**
 * Red Hat's older names for a package of a module (`pkg:rpmmod/redhat/php:8.2/php`), as it writes them now.
 * The module itself (`pkg:rpmmod/redhat/php@8.2:9040…`) is no package.
 */
const asPackage = (purl: string): string =>
  purl.replace(
    /^pkg:rpmmod\/([a-z]{1,20})\/([^/?#@]{1,100}(?::|%3a)[^/?#@]{1,60})\/([^/?#]{1,200})(\?[^#]{0,500})?$/i,
    (_all, vendor: string, stream: string, name: string, query = '') =>
      `pkg:rpm/${vendor}/${name}${query === '' ? '?' : `${query}&`}rpmmod=${stream}`,
  );

/** `php:8.2` of `pkg:rpmmod/redhat/php@8.2:9040020230515084231:9`. */
export const streamOfModule = (purl: string): string | undefined => {
  const [, name, stream] =
    /^pkg:rpmmod\/[a-z]{1,20}\/([^/?#@]{1,100})@([^/?#:%]{1,60})/i.exec(purl) ?? [];
  return name === undefined || stream === undefined ? undefined : `${name}:${stream}`;
};

/** Undefined: not a package URL. An epoch that is a qualifier, as that of rpms, is put before the version. */
export const productOfPurl = (given: string): NamedProduct | undefined => {
  const purl = asPackage(given);
  const found = keyOfPurl(purl);
  // An empty version is one that somebody's tool did not know: not every one.
  if (found === undefined || /^[^?#]*@(?:[?#]|$)/.test(purl)) return undefined;
  const scheme = schemeOfPurl(purl);
  const epoch = scheme === 'rpm' || scheme === 'deb' ? qualifierOf(purl, 'epoch') : undefined;
  const version =
    found.version !== undefined &&
    epoch !== undefined &&
    /^[1-9]\d{0,9}$/.test(epoch) &&
    !/^\d+:/.test(found.version)
      ? `${epoch}:${found.version}`
      : found.version;
  const stream = scheme === 'rpm' ? qualifierOf(purl, 'rpmmod') : undefined;
  return {
    key: found.key,
    ...(version === undefined ? {} : { version }),
    ...(found.distro === undefined ? {} : { release: releaseOfDistro(found.distro) }),
    // `php:8.3:9030020240…:…`: name and stream are what a host shows.
    ...(stream === undefined ? {} : { stream: stream.split(':', 2).join(':').slice(0, 100) }),
    scheme,
    ...narrowedBy(purl),
  };
};

/** What of a product's name a VEX statement about it is held against. */
export const vexPart = (found: NamedProduct): VexPart => ({
  key: found.key,
  ...(found.version === undefined || found.range !== undefined ? {} : { version: found.version }),
  ...(found.range === undefined ? {} : { range: found.range }),
  ...(found.release === undefined ? {} : { release: found.release }),
  ...(found.arch === undefined ? {} : { arch: found.arch }),
  ...(found.stream === undefined ? {} : { stream: found.stream }),
  ...(found.narrowing === undefined ? {} : { narrowing: found.narrowing }),
});

interface CpeVersions {
  readonly version?: string;
  readonly range?: VersionClaim;
}

const only = (...versions: readonly string[]): CpeVersions => ({
  range: { scheme: 'generic', spans: [], versions, rest: 'not-affected' },
});

const says = (part: string): boolean => part !== '' && part !== '*' && part !== '-';

/**
 * Which versions a CPE means: version and update, `8.8.15 P46` of `…:8.8.15:p46:…`. `*` is every one, and
 * `-` none that a host could have.
 */
const versionsOf = (version: string, update: string): CpeVersions => {
  if (version === '' || version === '*') return {};
  if (version === '-') return only();
  // `1.6.*` is a series; a wildcard elsewhere is nothing that can be compared.
  if (/[*?]/.test(version)) return only(version);
  if (!says(update)) return { version };
  return { version: `${version} ${/^p\d+$/i.test(update) ? update.toUpperCase() : update}` };
};

/** Undefined: not a CPE, or one without a product. */
export const productOfCpe = (cpe: string): NamedProduct | undefined => {
  const key = keyOfCpe(cpe);
  if (key === undefined) return undefined;
  const body = /^cpe:(?:2\.3:|\/)(.*)$/is.exec(cpe.slice(0, 1_024))?.[1] ?? '';
  const [, , , version = '', update = '', ...more] = body
    .split(/(?<!\\):/)
    .map(part => part.replaceAll(/\\(.)/gs, '$1'));
  const which = versionsOf(version, update);
  // An edition, a language, the software that it runs in: only what bears the same is meant.
  const narrowing = more.slice(0, 6).some(says) ? more.slice(0, 6).join(':') : undefined;
  return {
    key,
    ...which,
    ...(narrowing === undefined ? {} : { narrowing: narrowing.slice(0, 500) }),
    scheme: which.version === undefined ? 'generic' : schemeOfVersion(which.version),
    byCpe: true,
  };
};
