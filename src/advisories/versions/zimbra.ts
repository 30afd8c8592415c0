import {
  compareDigits,
  compareNumbers,
  type VersionScheme,
  versionLengthMax,
} from '../version-scheme.ts';

interface ZimbraVersion {
  readonly numbers: readonly string[];
  /** Place in `stages`, and the number behind it: `BETA2`. */
  readonly stage: number;
  readonly stageNumber: string;
  /** Undefined where patches are counted apart from the version and the text does not tell which one. */
  readonly patch: string | undefined;
}

const stages = ['ALPHA', 'BETA', 'RC', 'GA'];
const released = stages.indexOf('GA');

/** From 10.0 on a patch release counts up the third number itself. */
const lastWithPatches = '9';

const head = /^(?:release )?v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?![\d])(.*)$/is;
const tail = /^[\w ._,-]*$/;
const stageOf = /^[._ -]?(ALPHA|BETA|RC|GA)(\d{0,3})(?![A-Za-z0-9])/i;
const patchOf = /(?:^|[ ._-])(?:patch[ ._-]?|p)(\d{1,4})(?![A-Za-z0-9]|\.\d)/gi;

/**
 * `10.0.9`, `8.8.15 P46`, `9.0.0.p41`, `8.8.15_GA_3869.UBUNTU18.64`, `8.8.15.GA.4179.UBUNTU20.64 P46`, and
 * the version of the package zimbra-patch, `9.0.0.1700000000.p41-1.u20`. Build numbers and systems are not
 * compared: one release is built for each system.
 */
const parse = (text: string): ZimbraVersion | undefined => {
  if (text.length > versionLengthMax) return undefined;
  const match = head.exec(text);
  if (match === null) return undefined;
  const [, major = '', minor = '', micro = '', rest = ''] = match;
  const stage = stageOf.exec(rest);
  const patches = [...rest.matchAll(patchOf)].map(([, level = '']) => level);
  const [patch, ...others] = new Set(patches.map(level => level.replace(/^0+(?=\d)/, '')));
  // What is neither a stage nor a patch level is not understood: 8.8.15.1, 8.8.15-foo.
  const understood = rest === '' || stage !== null || patch !== undefined;
  if (!understood || !tail.test(rest) || others.length > 0) return undefined;
  const place = stage === null ? released : stages.indexOf((stage[1] ?? '').toUpperCase());
  const counted = place === released && compareDigits(major, lastWithPatches) <= 0;
  return {
    numbers: [major, minor, micro],
    stage: place,
    stageNumber: stage?.[2] || '0',
    patch: patch ?? (counted ? undefined : '0'),
  };
};

const compareReleases = (a: ZimbraVersion, b: ZimbraVersion): -1 | 0 | 1 => {
  for (const [i, number] of a.numbers.entries()) {
    const order = compareDigits(number, b.numbers[i] ?? '0');
    if (order !== 0) return order;
  }
  return compareNumbers(a.stage, b.stage) || compareDigits(a.stageNumber, b.stageNumber);
};

/** Zimbra Collaboration: version, stage, patch level. */
export const zimbra: VersionScheme = {
  id: 'zimbra',
  valid: text => parse(text)?.patch !== undefined,
  compare: (a, b) => {
    const left = parse(a);
    const right = parse(b);
    if (left === undefined || right === undefined) return 'incomparable';
    const order = compareReleases(left, right);
    if (order !== 0) return order;
    if (left.patch === undefined || right.patch === undefined) {
      return left.patch === right.patch ? 0 : 'incomparable';
    }
    return compareDigits(left.patch, right.patch);
  },
  extent: text => {
    const version = parse(text);
    if (version === undefined || version.patch !== undefined) return undefined;
    const base = version.numbers.join('.');
    return { kind: 'release', first: `${base} P0`, last: `${base} P9999` };
  },
};
