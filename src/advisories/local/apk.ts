import type { FileView } from '../../core/files.ts';
import type { Distribution } from '../../core/packages.ts';
import type { PatchFacts, Since, Waiting } from '../../core/patch.ts';
import type { LocalSource, WantedPackage } from '../local-source.ts';
import { supportOf } from '../support.ts';
import { apk as scheme } from '../versions/apk.ts';
import {
  type ApkIndexes,
  type ApkOffer,
  indexPatterns,
  readIndexes,
  repositoryPatterns,
} from './apk/indexes.ts';

const refresh = '# Refresh the package index, then run Postern again:\napk update';

const unknown = (why: string, how: string): Waiting => ({ state: 'unknown', why, how });

/** What of the index keeps its silence from meaning anything. */
const whySilent = (
  { all, unread, missing }: ApkIndexes,
  { name, version }: WantedPackage,
  offers: readonly ApkOffer[],
): Waiting | undefined => {
  if (unread[0] !== undefined) {
    return unknown(`the package index ${unread[0]} could not be read`, refresh);
  }
  if (all.length === 0) {
    return unknown(
      'there is no package index in the cache on this host',
      '# Let apk keep its index, then run Postern again:\nsetup-apkcache /var/cache/apk\napk update',
    );
  }
  if (missing[0] !== undefined) {
    return unknown(`there is no index of ${missing[0]} in the cache`, refresh);
  }
  if (offers.length === 0) {
    return unknown(`no repository in the package index offers ${name}`, `apk policy ${name}`);
  }
  if (offers.some(offer => scheme.compare(offer.version, version) === 'incomparable')) {
    return unknown(
      `version ${version} cannot be compared with every one on offer`,
      `apk policy ${name}`,
    );
  }
  if (!offers.some(offer => scheme.compare(offer.version, version) === 0)) {
    return unknown(
      `no repository in the package index offers the installed build ${version}: it was built here, came from a file, or from a repository that is gone`,
      `apk policy ${name}`,
    );
  }
  return undefined;
};

const sinceOf = (newer: readonly ApkOffer[], { built, origin }: WantedPackage): Since => {
  const first = newer.flatMap(offer => offer.built ?? []).sort()[0];
  // A rebuild made here may be younger than what it lacks; earlier updates may have come and gone.
  const notBefore = origin === 'distribution' ? built : undefined;
  return {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(newer[0]?.index.asOf === undefined ? {} : { notAfter: newer[0].index.asOf }),
    basis: `${first === undefined ? 'the index offers it' : `what is on offer was built on ${first.slice(0, 10)}`}; Alpine’s index does not say which updates mend flaws`,
  };
};

const waitingFor = (
  index: ApkIndexes,
  wanted: WantedPackage,
  offers: readonly ApkOffer[],
): Waiting => {
  const { name, version } = wanted;
  const newer = offers
    .filter(offer => scheme.compare(offer.version, version) === 1)
    .sort((a, b) => (scheme.compare(a.version, b.version) === 1 ? -1 : 1));
  const [choice] = newer;
  if (choice !== undefined) {
    return {
      state: 'update',
      version: choice.version,
      security: null,
      since: sinceOf(newer, wanted),
      because: { path: choice.index.path },
      remedy: `apk update && apk upgrade ${name}`,
    };
  }
  const silent = whySilent(index, wanted, offers);
  if (silent !== undefined) return silent;
  const own = offers.find(offer => scheme.compare(offer.version, version) === 0);
  return {
    state: 'none',
    why: `${version} is the newest build on offer`,
    ...(own === undefined ? {} : { because: { path: own.index.path } }),
  };
};

const factsOf = (
  files: FileView,
  index: ApkIndexes,
  wanted: WantedPackage,
  distribution: Distribution,
  now: Date,
): PatchFacts => {
  const offers = index.offers.get(wanted.name) ?? [];
  const exact = offers.filter(offer => scheme.compare(offer.version, wanted.version) === 0);
  const [asOf] = (exact.length > 0 ? exact : offers)
    .flatMap(offer => offer.index.asOf ?? [])
    .sort();
  return {
    ...(asOf === undefined ? {} : { indexAsOf: asOf }),
    waiting: waitingFor(index, wanted, offers),
    // apk keeps no record of what it installed when.
    history: [],
    support: supportOf(
      files,
      wanted,
      distribution,
      { byDistribution: wanted.origin === 'distribution' },
      now,
    ),
  };
};

/** What apk left on the host: its cached indexes. */
export const apk: LocalSource = {
  id: 'apk',
  title: 'apk',
  ecosystem: 'apk',
  reads: [...indexPatterns, ...repositoryPatterns],
  facts: (files, wanted, distribution, now) => {
    const index = readIndexes(files, new Set(wanted.map(({ name }) => name)));
    return new Map(wanted.map(each => [each.name, factsOf(files, index, each, distribution, now)]));
  },
};
