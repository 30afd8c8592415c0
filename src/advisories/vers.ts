import type { SchemeId, Span, VersionClaim } from '../core/advisory.ts';
import { versionSchemes } from './versions.generated.ts';

/** A range read, or what is wrong with it. */
export type VersReading = { readonly claim: VersionClaim } | { readonly why: string };

interface Constraint {
  readonly comparator: '=' | '!=' | '<' | '<=' | '>' | '>=';
  readonly version: string;
}

const lengthMax = 64 * 1_024;
const constraintsMax = 2_000;

/** Types of VERS by the way in which their versions are compared. Types that are absent: nobody can. */
const schemes: Readonly<Record<string, SchemeId>> = {
  deb: 'deb',
  debian: 'deb',
  rpm: 'rpm',
  apk: 'apk',
  alpine: 'apk',
  composer: 'composer',
  semver: 'semver',
  npm: 'semver',
  cargo: 'semver',
  golang: 'semver',
  github: 'semver',
  hex: 'semver',
  pypi: 'pep440',
  maven: 'maven',
  generic: 'generic',
  intdot: 'generic',
};

const comparators = ['>=', '<=', '!=', '<', '>'] as const;

/** Percent-decoded, once. Undefined: not a version as VERS writes it. */
const versionOf = (text: string): string | undefined => {
  if (text === '' || text.length > 256 || /[><=!*]/.test(text)) return undefined;
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

const constraintOf = (text: string): Constraint | string => {
  const comparator = comparators.find(each => text.startsWith(each));
  const rest = comparator === undefined ? text : text.slice(comparator.length);
  if (rest === '') return 'a constraint has no version';
  if (comparator === undefined && rest.startsWith('=')) {
    return 'equality is written without a sign';
  }
  const version = versionOf(rest);
  return version === undefined
    ? 'a version holds a sign that must be percent-encoded, or a broken encoding'
    : { comparator: comparator ?? '=', version };
};

/** Sorted by version, each once: the specification asks tools to refuse all else and mend nothing. */
const misordered = (scheme: SchemeId, constraints: readonly Constraint[]): string | undefined => {
  const seen = new Set(constraints.map(({ version }) => version));
  if (seen.size < constraints.length) return 'a version stands in it twice';
  const order = versionSchemes.find(({ id }) => id === scheme);
  if (order === undefined || scheme === 'unknown') return undefined;
  for (const [i, { version }] of constraints.entries()) {
    const next = constraints[i + 1];
    // A single version is compared with itself: is it one at all?
    switch (order.compare(version, next?.version ?? version)) {
      case 'incomparable':
        return 'a version is none of its type';
      case 1:
        return 'its versions are not in order';
      case 0:
        if (next !== undefined) return 'a version stands in it twice';
        break;
      case -1:
        break;
    }
  }
  return undefined;
};

const isLower = ({ comparator }: Constraint): boolean => comparator.startsWith('>');
const isUpper = ({ comparator }: Constraint): boolean => comparator.startsWith('<');

/** Signposts that follow each other must make sense: no bound within what is open already. */
const missequenced = (constraints: readonly Constraint[]): boolean => {
  const telling = constraints.filter(({ comparator }) => comparator !== '!=');
  const bounds = telling.filter(({ comparator }) => comparator !== '=');
  return (
    telling.some((each, i) => {
      const next = telling[i + 1];
      return each.comparator === '=' && next !== undefined && isUpper(next);
    }) ||
    bounds.some((each, i) => {
      const next = bounds[i + 1];
      return next !== undefined && isLower(each) === isLower(next);
    })
  );
};

/** From signpost to signpost. */
const spansOf = (constraints: readonly Constraint[]): VersionClaim['spans'] => {
  const spans: Span[] = [];
  let from: Constraint | undefined;
  const open = (lower: Constraint | undefined): Pick<Span, 'from'> => {
    if (lower === undefined) return {};
    // A span holds its own beginning: what `>` leaves out is taken out before it.
    if (lower.comparator === '>') {
      spans.push({ from: lower.version, through: lower.version, standing: 'not-affected' });
    }
    return { from: lower.version };
  };
  for (const each of constraints) {
    if (isLower(each)) {
      from = each;
    } else if (isUpper(each)) {
      const end = each.comparator === '<' ? { before: each.version } : { through: each.version };
      spans.push({ ...open(from), ...end, standing: 'affected' });
      from = undefined;
    }
  }
  if (from !== undefined) spans.push({ ...open(from), standing: 'affected' });
  return spans;
};

/** Where only single versions are excluded, everything else is in. */
const claimOf = (scheme: SchemeId, constraints: readonly Constraint[]): VersionClaim => {
  const excluded = constraints
    .filter(({ comparator }) => comparator === '!=')
    .map(({ version }): Span => ({ from: version, through: version, standing: 'not-affected' }));
  const telling = constraints.filter(({ comparator }) => comparator !== '!=');
  const versions = telling
    .filter(({ comparator }) => comparator === '=')
    .map(({ version }) => version);
  return {
    scheme,
    spans: [...excluded, ...spansOf(telling)],
    ...(versions.length === 0 ? {} : { versions }),
    rest: telling.length === 0 ? 'affected' : 'not-affected',
  };
};

/**
 * A version range specifier (`vers:deb/>=1.2|<1.4-3`): the versions in it are `affected`, all others
 * `not-affected`. Source: VERS, https://github.com/package-url/vers-spec, clause 5; what it calls an error
 * is one here, nothing is guessed. `vers:all/*` and `vers:none/*` are of the older text.
 */
export const readVers = (text: string): VersReading => {
  if (text.length > lengthMax) return { why: 'it is longer than any range' };
  if (/[^\x21-\x7e]/.test(text)) return { why: 'it holds a blank or a sign that is not ASCII' };
  const match = /^vers:([A-Za-z][A-Za-z0-9.-]{0,63})\/(.*)$/.exec(text);
  const type = match?.[1]?.toLowerCase();
  const body = match?.[2];
  if (type === undefined || body === undefined) return { why: 'it does not begin with vers:TYPE/' };
  if (type === 'invalid')
    return { why: 'its type is the one that is reserved for what is not valid' };
  if (body === '') return { why: 'it holds no constraint' };
  const scheme = (Object.hasOwn(schemes, type) ? schemes[type] : undefined) ?? 'unknown';
  if (body === '*') {
    return { claim: { scheme, spans: [], rest: type === 'none' ? 'not-affected' : 'affected' } };
  }
  const parts = body.split('|', constraintsMax + 1);
  if (parts.length > constraintsMax) return { why: `more than ${constraintsMax} constraints` };
  if (parts.includes('')) return { why: 'a pipe has nothing on one of its sides' };
  const constraints: Constraint[] = [];
  for (const part of parts) {
    const constraint = constraintOf(part);
    if (typeof constraint === 'string') return { why: constraint };
    constraints.push(constraint);
  }
  const disorder = misordered(scheme, constraints);
  if (disorder !== undefined) return { why: disorder };
  if (missequenced(constraints)) return { why: 'its bounds do not take turns' };
  return { claim: claimOf(scheme, constraints) };
};
