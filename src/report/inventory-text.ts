import type { Component } from '../core/component.ts';
import type { Place } from '../core/place.ts';
import type { Inventory } from './inventory-json.ts';
import { cut, oneLine, wrap } from './plain.ts';

const columns = 100;
const lineColumnsMax = 900;
const placesMax = 12;

const placeText = ({ path, line }: Place): string =>
  line === undefined ? path : `${path}:${line}`;

const stateOf = ({ enabled }: Component): string =>
  enabled === true ? '' : enabled === false ? ', switched off' : ', perhaps in use';

/** The first line at the edge, what follows of it indented. */
const entry = (text: string): string =>
  wrap(cut(oneLine(text), lineColumnsMax), columns, '    ').slice('    '.length);

const below = (text: string): string =>
  wrap(cut(oneLine(text), lineColumnsMax), columns, '      ').slice('  '.length);

const describe = (component: Component): string => {
  const { kind, origin, supplier, runsAs, owner, partOf } = component;
  return [
    `${kind}, ${origin === 'unknown' ? 'origin unknown' : origin}`,
    supplier === undefined ? '' : `, by ${supplier}`,
    stateOf(component),
    partOf === undefined ? '' : `, plugged into ${partOf}`,
    runsAs === undefined ? '' : `, runs as ${runsAs.user}`,
    owner === undefined ? '' : `, owner ${owner}`,
  ].join('');
};

/** Kinds whose code runs inside their host's process. */
const embedded: readonly Component['kind'][] = ['add-on', 'webmail-plugin', 'library'];

const withoutReach = ({ kind, partOf }: Component): string =>
  partOf !== undefined && embedded.includes(kind)
    ? `runs inside ${partOf} and reaches what that reaches`
    : 'what it can reach is not known';

const show = (component: Component): string => {
  const { id, version, foundAt, reach } = component;
  const places = foundAt.slice(0, placesMax).map(placeText).join(', ');
  const more = foundAt.length > placesMax ? ` and ${foundAt.length - placesMax} more places` : '';
  return [
    entry(`${id}  ${'value' in version ? version.value : `version unknown: ${version.unknown}`}`),
    below(describe(component)),
    below(`found at ${places}${more}`),
    ...(reach.length === 0 ? [below(withoutReach(component))] : []),
    ...reach.map(({ resource, mode, extent, because }) =>
      below(
        `reaches ${resource} (${mode}): ${extent}${because === undefined ? '' : `, by ${placeText(because)}`}`,
      ),
    ),
  ].join('\n');
};

/** A paragraph for each component, at most 100 columns wide. */
export const inventoryText = ({ components, unseen }: Inventory): string => {
  const thirdParty = components.filter(each => each.thirdParty).length;
  return [
    components.length === 0
      ? 'No mail software was found below this root.'
      : `${components.length} part${components.length === 1 ? '' : 's'} of the mail platform found, ${thirdParty} of them third-party.`,
    '',
    ...components.flatMap(component => [show(component), '']),
    ...(unseen.length === 0 ? [] : [`COULD NOT BE SEEN (${unseen.length})`]),
    ...unseen.map(({ what, why, how }) => entry(`- ${what}: ${why}. ${how}`)),
    ...(unseen.length === 0 ? [] : ['']),
  ].join('\n');
};
