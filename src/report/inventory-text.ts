import type { Component } from '../core/component.ts';
import type { Unseen } from '../core/unseen.ts';
import { oneLine, wrap } from './plain.ts';

const columns = 100;

const place = ({ path, line }: { path: string; line?: number }): string =>
  line === undefined ? path : `${path}:${line}`;

const stateOf = ({ enabled }: Component): string =>
  enabled === true ? '' : enabled === false ? ', switched off' : ', perhaps in use';

const show = (component: Component): string => {
  const { id, kind, version, origin, supplier, foundAt, reach, runsAs, owner } = component;
  const number = 'value' in version ? version.value : `version unknown: ${version.unknown}`;
  return [
    oneLine(`${id}  ${number}`),
    wrap(
      oneLine(
        `${kind}, ${origin === 'unknown' ? 'origin unknown' : origin}${supplier === undefined ? '' : `, by ${supplier}`}${stateOf(component)}${runsAs === undefined ? '' : `, runs as ${runsAs.user}`}${owner === undefined ? '' : `, owner ${owner}`}`,
      ),
      columns,
      '    ',
    ),
    wrap(oneLine(`found at ${foundAt.map(place).join(', ')}`), columns, '    '),
    ...reach.map(each =>
      wrap(
        oneLine(
          `reaches ${each.resource} (${each.mode}): ${each.extent}${each.because === undefined ? '' : `, by ${place(each.because)}`}`,
        ),
        columns,
        '    ',
      ),
    ),
  ].join('\n');
};

/** A paragraph for each component. */
export const inventoryText = (
  components: readonly Component[],
  unseen: readonly Unseen[],
): string =>
  [
    `${components.length} components, ${components.filter(each => each.thirdParty).length} of them third-party`,
    '',
    ...components.flatMap(component => [show(component), '']),
    ...(unseen.length === 0 ? [] : [`COULD NOT BE SEEN (${unseen.length})`]),
    ...unseen.map(({ what, why, how }) => wrap(oneLine(`- ${what} ${why}. ${how}`), columns, '  ')),
    '',
  ].join('\n');
