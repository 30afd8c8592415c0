import type { AffectedProduct, SchemeId, Standing } from '../core/advisory.ts';
import { type CpeName, cpeOf, isDistribution } from './cpe.ts';
import { type JsonObject, objectsIn, textIn } from './json-value.ts';
import { schemeOfProduct } from './product-scheme.ts';
import { joined, nothingBetween, type Spans, type Stretch } from './stretches.ts';

/** NVD's longest lists of firmware have some thousands. */
const configurationsMax = 500;
const nodesMax = 200;
const matchesMax = 20_000;
const stretchesMax = 3_000;
const versionMax = 200;

/** One product of the configurations, before anything is made of its text. */
export interface ConfiguredProduct {
  readonly name: CpeName;
  readonly scheme: SchemeId;
  readonly spans: Spans;
  readonly blur?: string;
}

interface Gathered {
  readonly name: CpeName;
  readonly scheme: SchemeId;
  readonly stretches: Stretch[];
  readonly blur: string | undefined;
  uncertain: boolean;
}

const truthy = (value: JsonObject, member: string): boolean => value[member] === true;

const isAnd = (value: JsonObject): boolean =>
  textIn(value, 'operator', 10)?.toUpperCase() === 'AND';

const matchesOf = (node: JsonObject): readonly JsonObject[] =>
  objectsIn(node, 'cpeMatch', matchesMax);

const shown = (criteria: string | undefined): string | undefined => {
  const name = criteria === undefined ? undefined : cpeOf(criteria);
  return name === undefined ? undefined : `${name.vendor} ${name.product}`.replaceAll('_', ' ');
};

/** What else must be there: the first names of the other nodes or matches. */
const companions = (lists: readonly (readonly JsonObject[])[], but?: JsonObject): string => {
  const names = new Set<string>();
  for (const list of lists.slice(0, 3)) {
    for (const other of list.slice(0, 4)) {
      const name = other === but ? undefined : shown(textIn(other, 'criteria', 1_024));
      if (name !== undefined && names.size < 3) names.add(name);
    }
  }
  return names.size === 0 ? 'something else' : [...names].join(', ');
};

const told = (version: string): boolean => version !== '*' && version !== '-';

/** The one version that a name holds: with its update, as the product's scheme writes it. */
const exactVersion = ({ version, update }: CpeName, scheme: SchemeId): string | undefined => {
  const more = told(update) ? update : '';
  // `2016` with `cumulative_update_23` is no build.
  if (scheme === 'exchange') return /^\d+\.\d+\.\d+/.test(version) ? version : undefined;
  if (scheme !== 'zimbra') return more === '' ? version : `${version}-${more}`;
  // "No update" is the release itself; any update is all that it says without one.
  const none = update === '-' && /^\d\./.test(version);
  const patch = none ? '0' : /^p(?:atch_?)?(\d+)$/i.exec(more)?.[1];
  if (more !== '' && patch === undefined) return undefined;
  return patch === undefined ? version : `${version} P${patch}`;
};

/** Undefined: its version cannot be told. */
const stretchOf = (match: JsonObject, name: CpeName, scheme: SchemeId): Stretch | undefined => {
  const from = textIn(match, 'versionStartIncluding', versionMax);
  const after = textIn(match, 'versionStartExcluding', versionMax);
  const through = textIn(match, 'versionEndIncluding', versionMax);
  const before = textIn(match, 'versionEndExcluding', versionMax);
  const start = from ?? after;
  const end = before ?? through;
  if (start === undefined && end === undefined) {
    if (name.version === '-') return undefined;
    if (name.version === '*') return { standing: 'affected' };
    const version = exactVersion(name, scheme);
    if (version === undefined) return undefined;
    return { from: version, to: version, including: true, standing: 'affected' };
  }
  const range: Stretch = {
    ...(start === undefined ? {} : { from: start, after: from === undefined }),
    ...(end === undefined ? {} : { to: end, including: before === undefined }),
    standing: 'affected',
  };
  return nothingBetween(range, scheme) === undefined ? range : undefined;
};

const gathered = (
  groups: Map<string, Gathered>,
  name: CpeName,
  blur: string | undefined,
): Gathered => {
  const slot = `${name.key}\n${blur ?? ''}`;
  let group = groups.get(slot);
  if (group === undefined) {
    const scheme = schemeOfProduct(name.vendor, name.product) ?? 'generic';
    group = { name, scheme, stretches: [], blur, uncertain: false };
    groups.set(slot, group);
  }
  return group;
};

const conditionOf = (
  configuration: JsonObject,
  nodes: readonly JsonObject[],
  node: JsonObject,
): string | undefined => {
  if (truthy(configuration, 'negate') || truthy(node, 'negate')) {
    return 'the record negates the list that names it';
  }
  const others = nodes.filter(other => other !== node);
  const negated = others.find(other => truthy(other, 'negate'));
  if (!isAnd(configuration) || others.length === 0) return undefined;
  if (negated !== undefined) return `only where there is no ${companions([matchesOf(negated)])}`;
  return `only together with ${companions(others.slice(0, 3).map(matchesOf))}`;
};

const readMatch = (
  match: JsonObject,
  condition: string | undefined,
  groups: Map<string, Gathered>,
): void => {
  if (!truthy(match, 'vulnerable')) return;
  const name = cpeOf(textIn(match, 'criteria', 1_024) ?? textIn(match, 'cpe23Uri', 1_024) ?? '');
  if (name === undefined || isDistribution(name)) return;
  const target = told(name.targetSoftware) ? `only for ${name.targetSoftware}` : undefined;
  const blur = [condition, target]
    .filter(part => part !== undefined)
    .join('; ')
    .slice(0, 300);
  const group = gathered(groups, name, blur === '' ? undefined : blur);
  const stretch = stretchOf(match, name, group.scheme);
  if (stretch === undefined || group.stretches.length >= stretchesMax) group.uncertain = true;
  else group.stretches.push(stretch);
};

/**
 * The products that configurations of CPE names call vulnerable. What is a hit only together with
 * something else carries that as its blur; those without come first. `rest`: of versions that none of
 * them holds. Sources: NVD CVE API 2.0 (`configurations`), CVE JSON 5.1 (`cpeApplicability`).
 */
export const productsOfConfigurations = (
  record: JsonObject,
  member: 'configurations' | 'cpeApplicability',
  rest: Standing,
): readonly ConfiguredProduct[] => {
  const groups = new Map<string, Gathered>();
  let budget = matchesMax;
  for (const configuration of objectsIn(record, member, configurationsMax)) {
    const nodes = objectsIn(configuration, 'nodes', nodesMax);
    for (const node of nodes) {
      const around = conditionOf(configuration, nodes, node);
      const matches = matchesOf(node);
      const all = isAnd(node) && matches.length > 1;
      for (const match of matches) {
        budget -= 1;
        if (budget < 0) return finished(groups, 'unknown');
        const condition = all ? `only together with ${companions([matches], match)}` : around;
        readMatch(match, condition, groups);
      }
    }
  }
  return finished(groups, rest);
};

const finished = (
  groups: ReadonlyMap<string, Gathered>,
  rest: Standing,
): readonly ConfiguredProduct[] =>
  [...groups.values()]
    .sort((a, b) => Number(a.blur !== undefined) - Number(b.blur !== undefined))
    .map(({ name, scheme, stretches, blur, uncertain }) => ({
      name,
      scheme,
      spans: joined(scheme, [{ stretches, rest: uncertain ? 'unknown' : rest }], 'within'),
      ...(blur === undefined ? {} : { blur }),
    }));

/** As an advisory holds it; `doubt` is what the record's text adds. */
export const productOfCpe = (
  { name, scheme, spans, blur }: ConfiguredProduct,
  doubt: string | undefined,
): AffectedProduct => {
  const why = [blur, doubt].filter(part => part !== undefined).join('; ');
  return {
    key: name.key,
    product: `${name.vendor} ${name.product}`.slice(0, 200).replaceAll(/[^\x20-\x7e]+/g, '?'),
    scheme,
    spans: spans.spans,
    ...(spans.versions.length === 0 ? {} : { versions: spans.versions }),
    rest: spans.rest,
    fixed: spans.fixed.slice(0, 50),
    ...(why === '' ? {} : { blur: why }),
    byCpe: true,
  };
};
