import type { AnsweredComponent } from '../core/answer.ts';
import type { Component, ComponentId } from '../core/component.ts';
import { mendedWith } from '../core/mending.ts';

const ancestorsIn = (
  component: Component,
  byId: ReadonlyMap<ComponentId, AnsweredComponent>,
): readonly Component[] => {
  const out: Component[] = [];
  for (let at = component.partOf; at !== undefined; ) {
    const next = byId.get(at);
    if (next === undefined || out.includes(next) || next === component) break;
    out.push(next);
    at = next.partOf;
  }
  return out;
};

/** Tells of each component what it is mended with: `deb:roundcube`, or the copy that it lies in. */
export const softwareOf = (
  components: readonly AnsweredComponent[],
): ((component: AnsweredComponent) => string) => {
  const byId = new Map(components.map(each => [each.id, each]));
  return component => mendedWith(component, ancestorsIn(component, byId));
};
