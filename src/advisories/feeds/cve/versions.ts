import type { SchemeId, Standing } from '../../../core/advisory.ts';
import { type JsonObject, listIn, objectsIn, textIn } from '../../json-value.ts';
import {
  inOrder,
  nothingBetween,
  type Stretch,
  type StretchStatement,
  statementOf,
} from '../../stretches.ts';
import { readRange } from '../../version-range.ts';

/** A vendor with a long history lists some hundreds. */
const versionsMax = 3_000;
const changesMax = 200;
const versionMax = 200;

/** What one element of `affected` says of versions. */
export interface EntryReading {
  readonly scheme: SchemeId;
  readonly statement: StretchStatement;
  /** It knows commits only, which are no versions. */
  readonly commits: boolean;
  /** All that it says was understood: only its default leaves something unknown. */
  readonly clear: boolean;
}

/** The schema's own words for kinds of versions, and those that records really use. */
const schemesOfTypes: ReadonlyMap<string, SchemeId> = new Map([
  ['semver', 'semver'],
  ['npm', 'semver'],
  ['rpm', 'rpm'],
  ['deb', 'deb'],
  ['dpkg', 'deb'],
  ['apk', 'apk'],
  ['maven', 'maven'],
  ['python', 'pep440'],
  ['pep440', 'pep440'],
  ['pypi', 'pep440'],
  ['composer', 'composer'],
]);
const commitTypes: ReadonlySet<string> = new Set(['git', 'hg', 'svn', 'commit']);

const standingIn = (value: JsonObject, member: string): Standing => {
  const word = textIn(value, member, 40)?.toLowerCase();
  return word === 'affected' ? 'affected' : word === 'unaffected' ? 'not-affected' : 'unknown';
};

const nothing = /^(?:n\/?a|unspecified|unknown|none|not specified|tbd|-|\?)$/i;
const everything = /^(?:\*|all|any|all versions?|any versions?)$/i;

/** `1.6.5` of `v1.6.5` and of `version 1.6.5`. */
const bare = (text: string): string =>
  text.replace(/^(?:versions?\s+|ver\.?\s*|v\.?\s*)(?=\d)/i, '');

const isVersion = (text: string): boolean =>
  /^\d[\w.+:~^-]*(?: ?(?:P|Patch ?)\d{1,3})?$/i.test(text);

/** The version before which the series `2.4.*` or `1.6.x` ends: the next of its last number. */
const afterSeries = (text: string): string | undefined => {
  const series = /^((?:\d{1,9}\.)*)(\d{1,9})\.[x*](?:\.[x*]){0,3}$/i.exec(text);
  return series === null ? undefined : `${series[1]}${Number(series[2]) + 1}`;
};

type Upper = Pick<Stretch, 'to' | 'including'> | 'unreadable';

/** "`*` is infinity, not a wildcard": `2.*` is the end of the series 2, which is in the range whole. */
const upperOf = (text: string, including: boolean): Upper => {
  const version = bare(text);
  if (version === '*') return {};
  const next = afterSeries(version);
  if (next !== undefined) return { to: next, including: false };
  return isVersion(version) ? { to: version, including } : 'unreadable';
};

/** Undefined: no version. No `from`: from the first on. */
const lowerOf = (text: string): Pick<Stretch, 'from'> | undefined => {
  const version = bare(text);
  if (/^[0.]*0?$/.test(version) || everything.test(version) || nothing.test(version)) return {};
  const series = /^((?:\d{1,9}\.)*\d{1,9})\.[x*]$/i.exec(version)?.[1];
  if (series !== undefined) return { from: series };
  return isVersion(version) ? { from: version } : undefined;
};

interface Said {
  readonly stretches: readonly Stretch[];
  /** Something was said that nobody can read. */
  readonly unreadable?: boolean;
}

const unreadable: Said = { stretches: [], unreadable: true };

const singleOf = (text: string, standing: Standing, scheme: SchemeId): Said => {
  if (nothing.test(text)) return unreadable;
  if (everything.test(text)) return { stretches: [{ standing }] };
  const version = bare(text);
  const next = afterSeries(version);
  if (next !== undefined) {
    const from = version.replace(/(?:\.[x*])+$/i, '');
    return { stretches: [{ from, to: next, including: false, standing }] };
  }
  if (isVersion(version)) {
    return { stretches: [{ from: version, to: version, including: true, standing }] };
  }
  // GitHub writes `>= 1.6.0, < 1.6.11`; older records `1.2 and earlier`.
  const claim = readRange(text, scheme);
  if (claim === undefined || claim.rest === 'affected') return unreadable;
  const { stretches } = statementOf({ ...claim, versions: claim.versions ?? [], fixed: [] });
  return {
    // What a phrase does not hold, it does not speak of.
    stretches: stretches
      .filter(each => each.standing === 'affected')
      .map(each => ({ ...each, standing, ...(isBeyond(text) ? { after: true } : {}) })),
  };
};

const isBeyond = (text: string): boolean => /^\s*>(?!=)/.test(text);

/** Changes within a range, each from its version on. Undefined: they cannot be put in order. */
const changed = (
  range: Stretch,
  changes: readonly JsonObject[],
  scheme: SchemeId,
): readonly Stretch[] | undefined => {
  const at = new Map<string, Standing>();
  for (const change of changes) {
    const version = bare(textIn(change, 'at', versionMax) ?? '');
    if (!isVersion(version)) return undefined;
    at.set(version, standingIn(change, 'status'));
  }
  const versions = inOrder(scheme, at.keys());
  if (versions === undefined) return undefined;
  const out: Stretch[] = [];
  let from: Pick<Stretch, 'from'> = range.from === undefined ? {} : { from: range.from };
  let { standing } = range;
  for (const version of versions) {
    out.push({ ...from, to: version, including: false, standing });
    from = { from: version };
    standing = at.get(version) ?? 'unknown';
  }
  const end = range.to === undefined ? {} : { to: range.to, including: range.including === true };
  out.push({ ...from, ...end, standing });
  return out;
};

const rangeOf = (
  entry: JsonObject,
  text: string,
  upper: Upper,
  standing: Standing,
  scheme: SchemeId,
): Said => {
  const lower = lowerOf(text);
  if (upper === 'unreadable' || lower === undefined) return unreadable;
  const empty = nothingBetween({ ...lower, ...upper, standing: 'unknown' }, scheme);
  if (empty !== undefined) return { stretches: [empty], unreadable: true };
  const range: Stretch = { ...lower, ...upper, standing };
  const changes = objectsIn(entry, 'changes', changesMax + 1);
  if (changes.length === 0) return { stretches: [range] };
  const parts = changes.length > changesMax ? undefined : changed(range, changes, scheme);
  return parts === undefined
    ? { stretches: [{ ...range, standing: 'unknown' }], unreadable: true }
    : { stretches: parts };
};

const typeOf = (entry: JsonObject): string => textIn(entry, 'versionType', 60)?.toLowerCase() ?? '';

/** `4.95` of `exim 4.95`, where the product is Exim. */
const withoutProduct = (text: string, product: string): string =>
  product !== '' && text.toLowerCase().startsWith(`${product} `)
    ? text.slice(product.length + 1).trim()
    : text;

const readOne = (entry: JsonObject, scheme: SchemeId, product: string): Said => {
  const standing = standingIn(entry, 'status');
  const text = withoutProduct(textIn(entry, 'version', versionMax) ?? 'n/a', product);
  const before = textIn(entry, 'lessThan', versionMax);
  const through = textIn(entry, 'lessThanOrEqual', versionMax);
  if (before !== undefined) return rangeOf(entry, text, upperOf(before, false), standing, scheme);
  if (through !== undefined) return rangeOf(entry, text, upperOf(through, true), standing, scheme);
  // An end that is there and cannot be read must not make a range one version.
  const ended = Object.hasOwn(entry, 'lessThan') || Object.hasOwn(entry, 'lessThanOrEqual');
  return ended ? unreadable : singleOf(text, standing, scheme);
};

const strictSemver = (text: string | undefined): boolean =>
  text === undefined || /^(?:0|\*|v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?)$/i.test(text);

/** The scheme that the entries name together; versions that are no SemVer are not read as such. */
const schemeOf = (entries: readonly JsonObject[]): SchemeId => {
  const named = new Set(
    entries
      .filter(entry => typeOf(entry) !== '')
      .map(entry => schemesOfTypes.get(typeOf(entry)) ?? 'generic'),
  );
  const [only] = named;
  if (named.size !== 1 || only === undefined) return 'generic';
  if (only !== 'semver') return only;
  const strict = entries.every(
    entry =>
      strictSemver(textIn(entry, 'version', versionMax)) &&
      strictSemver(textIn(entry, 'lessThan', versionMax)) &&
      strictSemver(textIn(entry, 'lessThanOrEqual', versionMax)),
  );
  return strict ? 'semver' : 'generic';
};

const bounded = ({ from, to }: Stretch): boolean => from !== undefined || to !== undefined;

/**
 * The status of versions that no entry holds. A default of "affected" next to nothing but affected
 * ranges would make every version affected, and the ranges pointless: it is not believed.
 */
const restOf = (affected: JsonObject, stretches: readonly Stretch[], clear: boolean): Standing => {
  const stated = standingIn(affected, 'defaultStatus');
  if (stated === 'affected') {
    const idle =
      stretches.some(bounded) && stretches.every(({ standing }) => standing === 'affected');
    return idle || !clear ? 'unknown' : 'affected';
  }
  return clear ? stated : 'unknown';
};

/** An entry that only repeats the default "unaffected" takes nothing away when nobody can read it. */
const sparesAnyway = (affected: JsonObject, entry: JsonObject): boolean =>
  standingIn(entry, 'status') === 'not-affected' &&
  standingIn(affected, 'defaultStatus') === 'not-affected';

/**
 * What one element of `affected` says. Source: "CVE Product and Version Encodings" of the CVE schema:
 * the first entry that holds a version decides, then `defaultStatus`, then nobody knows.
 */
export const readEntry = (affected: JsonObject, known: SchemeId | undefined): EntryReading => {
  const whole = listIn(affected, 'versions').length <= versionsMax;
  const all = objectsIn(affected, 'versions', versionsMax);
  const entries = all.filter(entry => !commitTypes.has(typeOf(entry)));
  const commits = all.length > 0 && entries.length === 0;
  const scheme = known ?? schemeOf(entries);
  const product = textIn(affected, 'product', 100)?.toLowerCase() ?? '';
  const stretches: Stretch[] = [];
  let clear = whole && !commits;
  for (const entry of entries) {
    const said = readOne(entry, scheme, product);
    stretches.push(...said.stretches);
    if (said.unreadable === true) clear &&= sparesAnyway(affected, entry);
  }
  return {
    scheme,
    commits,
    clear,
    statement: { stretches, rest: restOf(affected, stretches, clear) },
  };
};
