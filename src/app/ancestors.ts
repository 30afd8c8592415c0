import type { Component, ComponentId } from '../core/component.ts';

/** Nearest first; a circle of components that plug each other in ends where it began. */
export const ancestorsOf = (
  component: Component,
  byId: ReadonlyMap<ComponentId, Component>,
): readonly Component[] => {
  const out: Component[] = [];
  const seen = new Set<ComponentId>([component.id]);
  for (let at = component.partOf; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const next = byId.get(at);
    if (next === undefined) break;
    out.push(next);
    at = next.partOf;
  }
  return out;
};
