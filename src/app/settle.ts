import type { Component } from '../core/component.ts';
import type { FileView } from '../core/files.ts';
import { type ComponentNote, type Configuration, idMatches } from '../core/policy.ts';

/** What `postern.yaml` says of one component: all matching entries, later ones over earlier ones. */
export const noteOn = (
  component: Component,
  { components }: Configuration,
): ComponentNote | undefined => {
  const matching = components.filter(note => idMatches(note.match, component.id));
  const [first, ...others] = matching;
  return first === undefined ? undefined : Object.assign({}, first, ...others);
};

/** Adds what the organisation says; what the host itself shows is never overwritten. */
export const withNote = (
  component: Component,
  note: ComponentNote | undefined,
  configurationPath = 'postern.yaml',
): Component => {
  if (note === undefined) return component;
  const origin =
    component.origin === 'unknown' ? (note.origin ?? component.origin) : component.origin;
  const version =
    'unknown' in component.version && note.version !== undefined
      ? { value: note.version }
      : component.version;
  const supplier = component.supplier ?? note.supplier;
  const because =
    note.line === undefined
      ? { path: configurationPath }
      : { path: configurationPath, line: note.line };
  const reach =
    component.reach.length === 0 && note.reaches !== undefined
      ? note.reaches.map(each => ({ ...each, because }))
      : component.reach;
  return {
    ...component,
    origin,
    version,
    reach,
    thirdParty: origin !== 'in-house',
    ...(supplier === undefined ? {} : { supplier }),
    ...(note.owner === undefined ? {} : { owner: note.owner }),
    ...(note.labels === undefined ? {} : { labels: note.labels }),
  };
};

/** Says which entries of `postern.yaml` speak of nothing: their author thinks that they hold. */
export const noteUnmatched = (
  files: FileView,
  found: readonly Component[],
  { components, exceptions, path = 'postern.yaml' }: Configuration,
): void => {
  const lists = [
    { name: 'components', entries: components },
    { name: 'exceptions', entries: exceptions },
  ];
  for (const { name, entries } of lists) {
    for (const { match, line } of entries) {
      if (found.some(({ id }) => idMatches(match, id))) continue;
      files.note({
        what: line === undefined ? path : `${path}:${line}`,
        why: `${name}: "${match}" matches no component, so the entry has no effect`,
        how: 'Compare it with the ids that `postern inventory` prints; remove it if the component is gone.',
      });
    }
  }
};
