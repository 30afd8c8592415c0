import type { WatchedEvent } from '../../core/watched-event.ts';
import type { FieldSpace, Scalar } from '../fields/field-space.ts';
import { placeOf } from '../fields/place.ts';
import { mapsOf, placesOf, type SourceMap } from '../fields/source-map.ts';
import {
  laneOf,
  recordTest,
  type ScopeKey,
  scopeKeyOf,
  scopesOf,
  sourceSpace,
} from '../fields/source-space.ts';
import type { Comparison, DetectionRule, Node } from '../sigma/nodes.ts';
import { Cell } from './cell.ts';
import { fieldCheck } from './comparison.ts';
import { Compiler } from './compile.ts';
import { type AskedRule, RuleSetMatcher } from './rule-set-matcher.ts';
import { never, settle } from './settle.ts';
import { simplify } from './simplify.ts';

/** Rules that mean events of one log source. */
interface SourceRules {
  readonly map: SourceMap;
  readonly space: FieldSpace<WatchedEvent>;
  readonly rules: readonly { readonly rule: DetectionRule; readonly when: Node }[];
}

/** Kinds of events that are remembered; logs have some hundred. */
const lanesMax = 2_000;

/**
 * Detection rules over events that Postern read: an event is held only against rules whose log source it is of, and of
 * these only against those that events of its kind can fulfil. Rules of a log source that no map knows are never asked.
 */
export class WatchedRules {
  readonly #sources: readonly SourceRules[];
  readonly #compiler = new Compiler<WatchedEvent>();
  /** By format, component, service and kind. */
  readonly #lanes = new Map<string, RuleSetMatcher<WatchedEvent> | undefined>();

  constructor(rules: readonly DetectionRule[], maps: readonly SourceMap[]) {
    const byMap = new Map(maps.map(map => [map, [] as SourceRules['rules'][number][]]));
    for (const rule of rules) {
      const when = simplify(rule.when);
      for (const map of mapsOf(rule.source, maps)) byMap.get(map)?.push({ rule, when });
    }
    this.#sources = [...byMap]
      .filter(([, of]) => of.length > 0)
      .map(([map, of]) => ({ map, space: sourceSpace(map), rules: of }));
  }

  /** In the order of the maps. Each rule once, though several log sources of it may be the event's. */
  match(event: WatchedEvent): readonly DetectionRule[] {
    return this.#laneOf(event)?.match(event) ?? none;
  }

  #laneOf(event: WatchedEvent): RuleSetMatcher<WatchedEvent> | undefined {
    const key = laneOf(event);
    const known = this.#lanes.get(key);
    if (known !== undefined || this.#lanes.has(key)) return known;
    if (this.#lanes.size >= lanesMax) this.#lanes.clear();
    const lane = this.#newLane(scopeKeyOf(event));
    this.#lanes.set(key, lane);
    return lane;
  }

  #newLane(key: ScopeKey): RuleSetMatcher<WatchedEvent> | undefined {
    const asked = this.#sources.flatMap(source => askedOf(source, key));
    return asked.length === 0 ? undefined : new RuleSetMatcher(asked, this.#compiler);
  }
}

const askedOf = (
  { map, space, rules }: SourceRules,
  key: ScopeKey,
): readonly AskedRule<WatchedEvent>[] => {
  const scopes = scopesOf(map, key);
  if (scopes.length === 0) return [];
  const only = recordTest(scopes);
  return rules.flatMap(({ rule, when }) => {
    const left = settle(when, (field, compare) => answerOf(field, compare, map, key));
    return left === never ? [] : [{ rule, when: left, space, only }];
  });
};

/** What all events of a kind answer; undefined: it depends on the event. */
const answerOf = (
  field: string,
  compare: Comparison,
  map: SourceMap,
  key: ScopeKey,
): boolean | undefined => {
  // Another field may be any.
  if (compare.is === 'field') return undefined;
  const value = constantOf(field, map, key);
  if (value === undefined) return undefined;
  const cell = new Cell({ event: undefined, turn: 0 }, () => value.is);
  return fieldCheck(cell, compare, () => undefined)();
};

const constantOf = (
  field: string,
  map: SourceMap,
  key: ScopeKey,
): { readonly is: Scalar | undefined } | undefined => {
  const constant = map.constants.get(field);
  if (constant !== undefined) return { is: constant };
  const places = placesOf(field, map).flatMap(name => placeOf(name) ?? []);
  const [place] = places;
  if (place === undefined) return { is: undefined };
  if (places.length > 1) return undefined;
  if (place.is === 'line') {
    if (place.part === 'format') return { is: key.format };
    return place.part === 'unparsed' ? { is: key.isUnparsed } : undefined;
  }
  if (place.is !== 'member' || place.path.length > 1) return undefined;
  const [member] = place.path;
  if (member === 'kind') return { is: key.kind };
  if (member === 'component') return { is: key.component };
  return member === 'service' ? { is: key.service } : undefined;
};

const none: readonly never[] = [];
