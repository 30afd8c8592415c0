import { rangeOf } from '../matching/network.ts';
import type { Names } from './let.ts';

/** Begins an IPv4 address that is written as 32 hexadecimal digits, as in `::ffff:192.0.2.1`. */
const mapped = '00000000000000000000ffff';

const byte = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const ipv4 = `(?:${byte}\\.){3}${byte}`;
const group = '[0-9A-Fa-f]{1,4}';
const groups = `${group}(?::${group})*`;
const ipv6 = `\\A(?:${groups}|(?:${groups})?::(?:${groups})?)\\z`;

const part = (text: string, at: number): string => `split_part(${text}, '.', ${at})::INTEGER`;

/** The two last groups of an address that ends as one of IPv4. */
const lastGroups = (text: string, names: Names): string =>
  names.let(
    `regexp_extract(${text}, '[^:]*\\z')`,
    last =>
      `regexp_replace(${text}, '[^:]*\\z', '') || printf('%02x%02x:%02x%02x', ${[1, 2, 3, 4].map(at => part(last, at)).join(', ')})`,
  );

const split = (text: string): string =>
  `CASE ${text} WHEN '' THEN []::VARCHAR[] ELSE string_split(${text}, ':') END`;

const ipv6Hex = (text: string, names: Names): string =>
  names.let(
    `CASE WHEN regexp_matches(${text}, ':${ipv4}\\z') THEN ${lastGroups(text, names)} ELSE ${text} END`,
    written => {
      const head = `split_part(${written}, '::', 1)`;
      const tail = `split_part(${written}, '::', 2)`;
      const hex = names.let(split(head), before =>
        names.let(split(tail), behind => {
          const missing = `8 - len(${before}) - len(${behind})`;
          const g = names.next('v');
          const all = `list_concat(${before}, list_transform(range(${missing}), lambda ${g}: '0'), ${behind})`;
          const each = names.next('v');
          return `CASE WHEN CASE WHEN contains(${written}, '::') THEN ${missing} >= 1 ELSE ${missing} = 0 END
            THEN lower(array_to_string(list_transform(${all}, lambda ${each}: lpad(${each}, 4, '0')), '')) END`;
        }),
      );
      return `CASE WHEN regexp_matches(${written}, '${ipv6}') THEN ${hex} END`;
    },
  );

/** The address that a text is, as 32 digits; NULL: it is none. */
const hexOf = (text: string, names: Names): string =>
  `CASE WHEN regexp_matches(${text}, '\\A${ipv4}\\z') THEN '${mapped}' ||
    printf('%02x%02x%02x%02x', ${[1, 2, 3, 4].map(at => part(text, at)).join(', ')})
    WHEN contains(${text}, ':') AND length(${text}) <= 45 THEN ${ipv6Hex(text, names)} END`;

const digits = (value: bigint): string => value.toString(16).padStart(32, '0');

const within = (hex: string, network: string): string => {
  const range = rangeOf(network);
  if (range === undefined) return 'false';
  if (range.bits === 32) {
    const base = 0xffff_0000_0000n;
    return `${hex} BETWEEN '${digits(base + range.low)}' AND '${digits(base + range.high)}'`;
  }
  const holds = `${hex} BETWEEN '${digits(range.low)}' AND '${digits(range.high)}'`;
  // An IPv4 address is in no network of IPv6, though its digits may be between.
  return range.low > 0xffff_ffff_ffffn
    ? holds
    : `(${holds} AND NOT starts_with(${hex}, '${mapped}'))`;
};

/** Whether a text is an address in one of some networks, by numbers rather than by what addresses begin with. */
export const networksCondition = (
  text: string,
  networks: readonly string[],
  names: Names,
): string =>
  names.let(text, address =>
    names.let(
      hexOf(address, names),
      hex => `(${networks.map(network => within(hex, network)).join(' OR ')})`,
    ),
  );
