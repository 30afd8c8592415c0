import type { Component } from './component.ts';

/**
 * What one act mends: the source package that the component comes from, else the copy of the software
 * that it lies in. Components with the same name are mended together.
 */
export const mendedWith = (component: Component, ancestors: readonly Component[]): string => {
  const owner = component.package;
  if (owner !== undefined) return `${owner.ecosystem}:${owner.source?.name ?? owner.name}`;
  // A plug-in that was unpacked with its host lies within it; what a package owns is mended elsewhere.
  let top = component;
  for (const next of ancestors) {
    if (next.platform !== component.platform || next.package !== undefined) break;
    top = next;
  }
  return top.id;
};
