import type { Feed, FeedAddress } from '../../advisories/feed.ts';
import { feeds } from '../../advisories/feeds.generated.ts';
import type { FeedId, Holding } from '../../core/advisory.ts';
import { UsageError } from '../../core/errors.ts';
import type { AdvisorySettings } from '../../core/policy.ts';

/** One part of one feed, and where it is fetched from. */
export interface WantedSource {
  readonly feed: Feed;
  readonly address: FeedAddress;
}

export const feedNamed = (id: FeedId): Feed | undefined => feeds.find(feed => feed.id === id);

export const sourceName = (feed: FeedId, part: string): string =>
  part === '' ? feed : `${feed}/${part}`;

/** `osv/Debian`, or `osv` for every part of it. */
const isNamed = ({ feed, address }: WantedSource, name: string): boolean =>
  name === feed.id || name === sourceName(feed.id, address.part);

const ofYear = (address: FeedAddress, year: number): FeedAddress => {
  const put = (text: string): string => text.replace('{year}', String(year));
  const { years: _, digest, ...rest } = address;
  return {
    ...rest,
    part: put(address.part),
    url: put(address.url),
    ...(digest === undefined ? {} : { digest: { ...digest, url: put(digest.url) } }),
  };
};

/** Every address of a feed as of this year. */
const addressesOf = ({ addresses }: Feed, thisYear: number): readonly FeedAddress[] =>
  addresses.flatMap(address =>
    address.years === undefined
      ? [address]
      : Array.from({ length: Math.max(0, thisYear - address.years.first + 1) }, (_, i) =>
          ofYear(address, (address.years?.first ?? 0) + i),
        ),
  );

/** What is fetched: the sources that Postern knows, as the configuration changes and adds to them. */
export const wantedSources = (
  { sources }: AdvisorySettings,
  only: readonly string[] = [],
  thisYear: number = new Date().getUTCFullYear(),
): readonly WantedSource[] => {
  const said = new Map(sources.map(source => [sourceName(source.feed, source.part), source]));
  const known = feeds.flatMap(feed =>
    addressesOf(feed, thisYear).map(address => ({ feed, address })),
  );
  const all = known.map(({ feed, address }) => {
    const own = said.get(sourceName(feed.id, address.part));
    said.delete(sourceName(feed.id, address.part));
    if (own === undefined) return { feed, address, wanted: address.byDefault };
    const { url, digest, key, enabled } = own;
    return {
      feed,
      // Another address has other digests and asks for other keys.
      address:
        url === undefined
          ? address
          : {
              part: address.part,
              url,
              byDefault: true,
              ...(digest === undefined
                ? {}
                : { digest: { url: digest, form: 'sha256sum' as const } }),
              ...(key === undefined ? {} : { key }),
              ...(address.paceHours === undefined ? {} : { paceHours: address.paceHours }),
              ...(address.paged === undefined || !url.includes('{start}')
                ? {}
                : { paged: address.paged }),
            },
      wanted: enabled,
    };
  });
  for (const [name, { feed: id, part, url, digest, key, enabled }] of said) {
    const feed = feedNamed(id);
    if (feed === undefined || url === undefined) {
      throw new UsageError(
        `advisories.sources: ${name}: Postern knows no address for it; say one with "url"`,
      );
    }
    all.push({
      feed,
      address: {
        part,
        url,
        byDefault: true,
        ...(digest === undefined ? {} : { digest: { url: digest, form: 'sha256sum' } }),
        ...(key === undefined ? {} : { key }),
      },
      wanted: enabled,
    });
  }
  for (const name of only) {
    if (!all.some(source => isNamed(source, name))) {
      throw new UsageError(
        `advisories update: unknown source "${name.slice(0, 60)}"; there are: ${[...new Set(all.flatMap(({ feed, address }) => [feed.id, sourceName(feed.id, address.part)]))].sort().join(', ')}`,
      );
    }
  }
  return only.length === 0
    ? all.filter(({ wanted }) => wanted)
    : all.filter(source => only.some(name => isNamed(source, name)));
};

/** Hours after which a holding's silence proves nothing. */
export const maxAgeHoursOf = (
  { maxAgeHours }: AdvisorySettings,
  { feed }: Pick<Holding, 'feed'>,
): number => maxAgeHours[feed] ?? maxAgeHours.all ?? feedNamed(feed)?.maxAgeHours ?? 72;
