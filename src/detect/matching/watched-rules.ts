import type { WatchedEvent } from '../../core/watched-event.ts';
import { mapsOf, type SourceMap } from '../fields/source-map.ts';
import { recordTest, scopeKeyOf, scopesOf, sourceSpace } from '../fields/source-space.ts';
import type { DetectionRule } from '../sigma/nodes.ts';
import { RuleSetMatcher } from './rule-set-matcher.ts';

/** Rules that mean events of one log source. */
interface SourceRules {
  readonly map: SourceMap;
  readonly matcher: RuleSetMatcher<WatchedEvent>;
}

interface Lane {
  readonly matcher: RuleSetMatcher<WatchedEvent>;
  /** Undefined: every event on this way is of the source. */
  readonly isOfSource: ((event: WatchedEvent) => boolean) | undefined;
}

/** Ways that are remembered; logs have some hundred. */
const lanesMax = 20_000;

/**
 * Detection rules over events that Postern read: of each event only those rules are asked whose log source it is of.
 * Rules of a log source that no map knows are never asked.
 */
export class WatchedRules {
  readonly #sources: readonly SourceRules[];
  /** By format, component, service and kind. */
  readonly #lanes = new Map<string, readonly Lane[]>();

  constructor(rules: readonly DetectionRule[], maps: readonly SourceMap[]) {
    const byMap = new Map<SourceMap, DetectionRule[]>(maps.map(map => [map, []]));
    for (const rule of rules) {
      for (const map of mapsOf(rule.source, maps)) byMap.get(map)?.push(rule);
    }
    this.#sources = [...byMap]
      .filter(([, of]) => of.length > 0)
      .map(([map, of]) => ({ map, matcher: new RuleSetMatcher(of, sourceSpace(map)) }));
  }

  /** Each rule once, though several log sources of it may be the event's. */
  match(event: WatchedEvent): readonly DetectionRule[] {
    let found: readonly DetectionRule[] = none;
    for (const { matcher, isOfSource } of this.#lanesOf(event)) {
      if (isOfSource?.(event) === false) continue;
      const more = matcher.match(event);
      if (more.length > 0) found = found.length === 0 ? more : [...new Set([...found, ...more])];
    }
    return found;
  }

  #lanesOf(event: WatchedEvent): readonly Lane[] {
    const { component, service = '', kind } = event.event;
    const key = `${event.isUnparsed ? '-' : '+'}${event.format ?? ''}\0${component}\0${service}\0${kind}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    if (this.#lanes.size >= lanesMax) this.#lanes.clear();
    const scopeKey = scopeKeyOf(event);
    const lanes = this.#sources.flatMap(({ map, matcher }) => {
      const scopes = scopesOf(map, scopeKey);
      return scopes.length === 0 ? [] : [{ matcher, isOfSource: recordTest(scopes) }];
    });
    this.#lanes.set(key, lanes);
    return lanes;
  }
}

const none: readonly never[] = [];
