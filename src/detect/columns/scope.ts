import type { EventScope } from '../fields/source-map.ts';
import type { Comparison, Node } from '../sigma/nodes.ts';

const isText = (field: string, text: string): Node => {
  const compare: Comparison = { is: 'text', pattern: [text], cased: true };
  return { is: 'field', field, compare };
};

const isOneOf = (field: string, texts: readonly string[] | undefined): readonly Node[] =>
  texts === undefined ? [] : [{ is: 'any', of: texts.map(text => isText(field, text)) }];

const scopeNode = (scope: EventScope): Node => ({
  is: 'all',
  of: [
    ...isOneOf('format', scope.formats),
    ...isOneOf('component', scope.components),
    ...isOneOf('service', scope.services),
    ...isOneOf('kind', scope.kinds),
    ...(scope.unparsed === undefined
      ? []
      : [
          {
            is: 'field' as const,
            field: 'unparsed',
            compare: { is: 'boolean' as const, value: scope.unparsed },
          },
        ]),
    ...(scope.has ?? []).map(field => ({
      is: 'field' as const,
      field,
      compare: { is: 'exists' as const, wanted: true },
    })),
  ],
});

/** The events that a source map is about, as a condition over names of our own; of none it holds for none. */
export const scopesNode = (scopes: readonly EventScope[]): Node => ({
  is: 'any',
  of: scopes.map(scopeNode),
});
