import type { WatchedEvent } from '../../core/watched-event.ts';
import { constant, inLine, type Leaf, type RowShape } from '../../detect/columns/leaf.ts';
import { leavesOfField, leavesOfFields, leavesOfTexts } from '../../detect/columns/place-leaves.ts';
import { type Plan, Planner } from '../../detect/columns/plan.ts';
import {
  allResidual,
  anyResidual,
  type Guard,
  type Residual,
  residualOf,
} from '../../detect/columns/residual.ts';
import { scopesNode } from '../../detect/columns/scope.ts';
import type { FieldSpace, FieldValue } from '../../detect/fields/field-space.ts';
import { mapsOf, placesOf, type SourceMap } from '../../detect/fields/source-map.ts';
import { sourceSpace, sourceTest } from '../../detect/fields/source-space.ts';
import { WatchedRules } from '../../detect/matching/watched-rules.ts';
import type { DetectionRule } from '../../detect/sigma/nodes.ts';
import type { RunRules } from './pipeline.ts';
import type { WantedField, WatchedRule } from './watched-rule.ts';

/** One of the sources that a rule's log source stands for, the same for all rules of that source. */
class WatchedSource {
  readonly space: FieldSpace<WatchedEvent>;
  readonly isOf: (event: WatchedEvent) => boolean;
  private readonly map: SourceMap;
  private readonly scope: Plan;
  private asked: { readonly shape: RowShape; readonly residual: Residual } | undefined;

  constructor(map: SourceMap, planner: Planner) {
    this.map = map;
    this.space = sourceSpace(map);
    this.isOf = sourceTest(map);
    this.scope = planner.plan(scopesNode(map.events));
  }

  /** Asked by one rule after the other for the same shape. */
  scopeResidual(shape: RowShape, guard: Guard): Residual {
    if (this.asked?.shape !== shape) {
      const residual = residualOf(
        this.scope,
        field => (field === undefined ? leavesOfTexts(shape) : leavesOfField(field, shape)),
        guard,
      );
      this.asked = { shape, residual };
    }
    return this.asked.residual;
  }

  leavesOf(field: string | undefined, shape: RowShape): readonly Leaf[] {
    if (field === undefined) return leavesOfTexts(shape);
    const said = this.map.constants.get(field);
    return said === undefined ? leavesOfFields(placesOf(field, this.map), shape) : constant(said);
  }
}

/** What a rule is in one of its sources. */
interface Alternative {
  readonly source: WatchedSource;
  readonly plan: Plan;
}

/** What rules an event fulfils is worked out for all of them at once, and remembered until the next event. */
class WholeEvents {
  private readonly rules: WatchedRules;
  private event: WatchedEvent | undefined;
  private found: readonly DetectionRule[] = [];

  constructor(rules: WatchedRules) {
    this.rules = rules;
  }

  matches(rule: DetectionRule, event: WatchedEvent): boolean {
    if (event !== this.event) {
      this.found = this.rules.match(event);
      this.event = event;
    }
    return this.found.includes(rule);
  }
}

const wantedField = (name: string, alternatives: readonly Alternative[]): WantedField => {
  const getters = alternatives.map(({ source }) => ({
    source,
    get: source.space.getter(name),
  }));
  const [only, ...others] = alternatives;
  return {
    name,
    get: (event): FieldValue => {
      const found = getters.find(({ source }) => source.isOf(event)) ?? getters[0];
      return found?.get?.(event);
    },
    leavesOf: shape =>
      only !== undefined && others.length === 0 ? only.source.leavesOf(name, shape) : inLine,
  };
};

const watched = (
  rule: DetectionRule,
  alternatives: readonly Alternative[],
  fields: readonly string[],
  whole: WholeEvents,
): WatchedRule => ({
  rule,
  matches: event => whole.matches(rule, event),
  isAbout: (shape, guard) =>
    alternatives.some(({ source }) => source.scopeResidual(shape, guard) !== false),
  residualOf: (shape, guard) =>
    anyResidual(
      alternatives.map(({ source, plan }) => {
        const scope = source.scopeResidual(shape, guard);
        if (scope === false) return false;
        const asked = residualOf(plan, field => source.leavesOf(field, shape), guard);
        return allResidual([scope, asked]);
      }),
    ),
  fields: fields.map(name => wantedField(name, alternatives)),
});

/** Compiles the detection rules of a run; those whose log source means nothing that Postern reads are left out. */
export const watchRules = ({ rules, maps, fields }: RunRules): readonly WatchedRule[] => {
  const planner = new Planner();
  const sources = new Map<SourceMap, WatchedSource>();
  const sourceOf = (map: SourceMap): WatchedSource => {
    const known = sources.get(map) ?? new WatchedSource(map, planner);
    sources.set(map, known);
    return known;
  };
  const detections = rules.filter(rule => rule.kind === 'detection');
  const whole = new WholeEvents(new WatchedRules(detections, maps));
  return detections.flatMap(rule => {
    const ofRule = mapsOf(rule.source, maps).filter(map => map.events.length > 0);
    if (ofRule.length === 0) return [];
    const plan = planner.plan(rule.when);
    const alternatives = ofRule.map(map => ({ source: sourceOf(map), plan }));
    return [watched(rule, alternatives, fields.get(rule.id) ?? [], whole)];
  });
};
