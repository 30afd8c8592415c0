import type { Component, ComponentId } from '../../core/component.ts';
import { distinctPlaces, distinctReach } from './distinct.ts';

/** One component out of two findings of it; the first one's identity stands where both know it. */
const join = (a: Component, b: Component): Component => ({
  ...b,
  ...a,
  version: 'value' in a.version ? a.version : b.version,
  origin: a.origin === 'unknown' ? b.origin : a.origin,
  enabled: a.enabled === true || b.enabled === true ? true : (a.enabled ?? b.enabled),
  foundAt: distinctPlaces([...a.foundAt, ...b.foundAt]),
  reach: distinctReach([...a.reach, ...b.reach]),
  logs: [...a.logs, ...b.logs.filter(log => !a.logs.some(own => own.question === log.question))],
});

/**
 * Two findings are one software when they share an id, or when one is a program that a mail server
 * starts (`pipe`, `spawn`) and the other the platform of that same package: policyd-spf in
 * `master.cf` is the policyd-spf that its own configuration describes.
 */
export const merge = (components: readonly Component[]): readonly Component[] => {
  const byId = new Map<ComponentId, Component>();
  for (const component of components) {
    const known = byId.get(component.id);
    byId.set(component.id, known === undefined ? component : join(known, component));
  }
  const mains = new Map<string, Component>();
  for (const component of byId.values()) {
    if (component.id === component.platform && component.package !== undefined) {
      mains.set(`${component.package.ecosystem}:${component.package.name}`, component);
    }
  }
  const renamed = new Map<ComponentId, ComponentId>();
  for (const component of byId.values()) {
    const { package: owner } = component;
    const main = owner === undefined ? undefined : mains.get(`${owner.ecosystem}:${owner.name}`);
    const started = component.kind === 'content-filter' || component.kind === 'policy-service';
    const sameSoftware =
      main !== undefined &&
      main.id !== component.id &&
      main.platform !== component.platform &&
      started &&
      (main.kind === component.kind || component.name === main.name);
    if (!sameSoftware) continue;
    const whole = join(byId.get(main.id) ?? main, component);
    byId.set(
      main.id,
      component.partOf === undefined ? whole : { ...whole, partOf: component.partOf },
    );
    byId.delete(component.id);
    renamed.set(component.id, main.id);
  }
  if (renamed.size === 0) return [...byId.values()];
  return [...byId.values()].map(component => {
    const partOf = component.partOf === undefined ? undefined : renamed.get(component.partOf);
    return partOf === undefined ? component : { ...component, partOf };
  });
};
