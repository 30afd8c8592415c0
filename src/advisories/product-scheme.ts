import type { SchemeId } from '../core/advisory.ts';

const plain = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ');

/**
 * The way to compare versions of products whose numbers nobody else's rules fit, by vendor and product as
 * CVE records and CPE names write them.
 */
export const schemeOfProduct = (vendor: string, product: string): SchemeId | undefined => {
  const by = plain(vendor);
  const name = plain(product);
  if (/^(?:zimbra|synacor|synacor zimbra)(?:,? inc\.?)?$/.test(by)) {
    return /^(?:(?:zimbra )?collaboration\b|zimbra$|zcs$)/.test(name) ? 'zimbra' : undefined;
  }
  return by === 'microsoft' && /^(?:microsoft )?exchange server\b/.test(name)
    ? 'exchange'
    : undefined;
};
