import { compareDigits, type VersionScheme, versionLengthMax } from '../version-scheme.ts';

const dotted = /^v?(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5})(?:\.(\d{1,5}))?)?$/;
const spelled = /^Version (\d{1,5})\.(\d{1,5}) \(Build (\d{1,5})\.(\d{1,5})\)$/i;

/** Two to four numbers: what the server is, which cumulative update, which security update. */
const parse = (text: string): readonly string[] | undefined => {
  if (text.length > versionLengthMax) return undefined;
  const match = dotted.exec(text) ?? spelled.exec(text);
  return match?.slice(1).filter(part => part !== undefined);
};

/** Longer than any part: the end of an extent. */
const highest = '99999';

/**
 * Exchange Server: build numbers, `15.2.1118.40` or `15.02.1118.040`, and `Version 15.1 (Build 2507.39)` as
 * Get-ExchangeServer writes them. Names of cumulative updates are not read: they are not versions.
 */
export const exchange: VersionScheme = {
  id: 'exchange',
  valid: text => parse(text)?.length === 4,
  compare: (a, b) => {
    const left = parse(a);
    const right = parse(b);
    if (left === undefined || right === undefined) return 'incomparable';
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      const order = compareDigits(left[i] ?? '', right[i] ?? '');
      if (order !== 0) return order;
    }
    // 15.2.1118, as Outlook on the web shows it, is some security update of that cumulative update.
    return left.length === right.length ? 0 : 'incomparable';
  },
  extent: text => {
    const version = parse(text);
    if (version === undefined || version.length === 4) return undefined;
    const fill = (by: string): string => [...version, by, by].slice(0, 4).join('.');
    return { kind: 'release', first: fill('0'), last: fill(highest) };
  },
  /** The cumulative update: each is mended on its own, and its builds do not hold the fixes of another's. */
  line: text => {
    const [server, kind, cumulative] = parse(text) ?? [];
    if (server === undefined || kind === undefined || cumulative === undefined) return undefined;
    return [server, kind, cumulative].map(part => part.replace(/^0+(?=\d)/, '')).join('.');
  },
};
