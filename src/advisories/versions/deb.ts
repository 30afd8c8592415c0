import { compareDigits, type VersionScheme, versionLengthMax } from '../version-scheme.ts';

interface DebVersion {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

/** `[epoch:]upstream[-revision]`, deb-version(7); dpkg, too, ignores blanks around it. */
const parse = (text: string): DebVersion | undefined => {
  if (text.length > versionLengthMax) return undefined;
  const bare = text.replace(/^[ \t]+|[ \t]+$/g, '');
  const colon = bare.indexOf(':');
  const epoch = colon < 0 ? '0' : bare.slice(0, colon);
  const rest = bare.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  const upstream = dash < 0 ? rest : rest.slice(0, dash);
  const revision = dash < 0 ? '' : rest.slice(dash + 1);
  const valid =
    /^\d{1,10}$/.test(epoch) &&
    Number(epoch) <= 0x7f_ff_ff_ff &&
    /^\d[A-Za-z0-9.+~:-]*$/.test(upstream) &&
    (dash < 0 || /^[A-Za-z0-9.+~]+$/.test(revision));
  return valid ? { epoch, upstream, revision } : undefined;
};

/** Letters before everything else, a tilde before even the end of the part. */
const weigh = (c: string | undefined): number => {
  if (c === undefined || (c >= '0' && c <= '9')) return 0;
  if (c === '~') return -1;
  const code = c.charCodeAt(0);
  return /[A-Za-z]/.test(c) ? code : code + 256;
};

/** dpkg's `verrevcmp`: runs of non-digits character by character, runs of digits as numbers. */
const compareParts = (a: string, b: string): -1 | 0 | 1 => {
  const pieces = /(\D*)(\d*)/y;
  const next = (text: string, at: number): RegExpExecArray | null => {
    pieces.lastIndex = at;
    return pieces.exec(text);
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = next(a, i);
    const right = next(b, j);
    const [leftAll = '', leftText = '', leftDigits = ''] = left ?? [];
    const [rightAll = '', rightText = '', rightDigits = ''] = right ?? [];
    for (let k = 0; k < Math.max(leftText.length, rightText.length); k++) {
      const difference = weigh(leftText[k]) - weigh(rightText[k]);
      if (difference !== 0) return difference < 0 ? -1 : 1;
    }
    const digits = compareDigits(leftDigits, rightDigits);
    if (digits !== 0) return digits;
    i += leftAll.length;
    j += rightAll.length;
  }
  return 0;
};

/** Debian and Ubuntu: the order of `dpkg --compare-versions`. */
export const deb: VersionScheme = {
  id: 'deb',
  valid: text => parse(text) !== undefined,
  compare: (a, b) => {
    const left = parse(a);
    const right = parse(b);
    if (left === undefined || right === undefined) return 'incomparable';
    return (
      compareDigits(left.epoch, right.epoch) ||
      compareParts(left.upstream, right.upstream) ||
      compareParts(left.revision, right.revision)
    );
  },
};
