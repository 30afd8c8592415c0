import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { AlertLevel } from '../../core/alert.ts';
import { segmentPattern } from '../../core/glob.ts';
import type { WatchPolicy } from '../../core/watch-policy.ts';
import { correlatedFields } from '../../detect/correlation/fields.ts';
import type { Rule, RuleStatus } from '../../detect/sigma/nodes.ts';
import { readRules } from '../../detect/sigma/read-rules.ts';
import type { LoadedRules } from './pipeline.ts';
import { findRules, ownRulesFolder, sourceMapsFolder } from './rule-files.ts';
import { loadSourceMaps } from './source-maps.ts';

export interface LoadRulesRequest {
  /** Of `--rules`. */
  readonly folders: readonly string[];
  /** How that was spelt. */
  readonly said: string;
  readonly policy: Pick<WatchPolicy, 'rules' | 'ownRules' | 'without' | 'levels' | 'placeholders'>;
  /** Of `--rule`: globs over ids and names; none: all rules. */
  readonly only?: readonly string[];
  /** Where nobody looks at log sources, rules without one will do. */
  readonly anySource?: boolean;
}

const notRun: ReadonlySet<RuleStatus | undefined> = new Set(['deprecated', 'unsupported']);

/** Rules that their authors have given up. */
export const givenUp = (rules: readonly Rule[]): readonly Rule[] =>
  rules.filter(({ status }) => notRun.has(status));

const isOneOf = (globs: readonly string[]): ((rule: Rule) => boolean) => {
  const patterns = globs.map(glob => segmentPattern(glob.toLowerCase()));
  return ({ id, name }) =>
    patterns.some(pattern => pattern.test(id) || pattern.test((name ?? '').toLowerCase()));
};

/** Its level as the organisation sees it: the last that fits. */
const leveled = (rule: Rule, levels: WatchPolicy['levels']): Rule => {
  const found = levels.findLast(each => isOneOf([each.rule])(rule));
  return found === undefined ? rule : { ...rule, level: found.level satisfies AlertLevel };
};

/** Rules that are needed: those that make alerts, and what they refer to. */
const needed = (rules: readonly Rule[], alerting: ReadonlySet<string>): readonly Rule[] => {
  const wanted = new Set(alerting);
  for (const rule of rules.toReversed()) {
    if (rule.kind !== 'correlation' || !wanted.has(rule.id)) continue;
    for (const id of rule.rules) wanted.add(id);
  }
  return rules.filter(({ id }) => wanted.has(id));
};

/** What a rule that only feeds correlations is not told of for itself. */
const feedingOnly = (rules: readonly Rule[]): ReadonlySet<string> => {
  const correlations = rules.filter(rule => rule.kind === 'correlation');
  const generating = new Set(
    correlations.filter(({ generate }) => generate).flatMap(each => each.rules),
  );
  const referred = correlations.flatMap(each => each.rules);
  return new Set(referred.filter(id => !generating.has(id)));
};

const asPlain = (_: string, value: unknown): unknown => (value instanceof Map ? [...value] : value);

/** Of all that decides which hits correlations are given, and what they make of them. */
const fingerprintOf = (rules: readonly Rule[]): string => {
  const correlated = new Set(
    rules.flatMap(rule => (rule.kind === 'correlation' ? [rule.id, ...rule.rules] : [])),
  );
  const hash = createHash('sha256');
  for (const rule of rules) {
    if (!correlated.has(rule.id)) continue;
    const { place: _, description: __, references: ___, ...rest } = rule;
    hash.update(JSON.stringify(rest, asPlain));
  }
  return hash.digest('hex');
};

/**
 * The rules of a run: those that ship with Postern, those of `postern.yaml` and those of `--rules`.
 *
 * @throws UsageError for a folder that is not there
 */
export const loadRules = ({
  folders,
  said,
  policy,
  only = [],
  anySource = false,
}: LoadRulesRequest): LoadedRules => {
  const own = policy.ownRules ? findRules([ownRulesFolder], '') : { files: [], problems: [] };
  const configured = findRules(policy.rules, 'watch.rules');
  const given = findRules(folders, said);
  const found = [own, configured, given];
  // A folder that is named twice is read once.
  const files = new Map(found.flatMap(each => each.files).map(file => [resolve(file.path), file]));
  const set = readRules([...files.values()], {
    placeholders: new Map(Object.entries(policy.placeholders)),
    anySource,
  });
  const all = set.rules.map(rule => leveled(rule, policy.levels));
  const isLeftOut = isOneOf(policy.without);
  const isAsked = only.length === 0 ? () => true : isOneOf(only);
  const feeding = feedingOnly(all);
  const alerting = new Set(
    all
      .filter(rule => !notRun.has(rule.status) && !isLeftOut(rule) && isAsked(rule))
      // Who asks for a rule by name wants to know of it.
      .filter(({ id }) => only.length > 0 || !feeding.has(id))
      .map(({ id }) => id),
  );
  const rules = needed(all, alerting);
  return {
    rules,
    all,
    alerting,
    maps: loadSourceMaps(sourceMapsFolder),
    fields: correlatedFields(rules),
    problems: [...found.flatMap(each => each.problems), ...set.problems],
    fingerprint: fingerprintOf(rules),
  };
};
