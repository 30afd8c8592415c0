import type { Component } from '../core/component.ts';
import { messageOf } from '../core/errors.ts';
import type { FileView } from '../core/files.ts';
import type { PackageIndex } from '../core/packages.ts';
import { merge } from './joining/merge.ts';
import { plug } from './joining/plug.ts';
import { type Service, serviceAt } from './joining/service-at.ts';
import { readPackages } from './package-index.ts';
import { packageSources } from './packages.generated.ts';
import type { Endpoint, Link, Listener } from './platform.ts';
import { platforms } from './platforms.generated.ts';
import { withoutUnread } from './unread.ts';

/** The patterns that the one discovery walk looks for. */
export const markers: readonly string[] = platforms
  .flatMap(platform => platform.reads)
  .concat(packageSources.flatMap(source => source.reads))
  .filter(pattern => pattern.startsWith('**/'))
  .filter((pattern, i, all) => all.indexOf(pattern) === i);

export interface Inventory {
  readonly components: readonly Component[];
  readonly packages: PackageIndex;
}

/** Of one platform: nobody reads further, and who writes the configuration must not fill memory. */
const componentsMax = 3_000;
const callsMax = 20_000;

/** Takes the inventory: every platform, plugged together; one that fails leaves the others standing. */
export const takeInventory = (files: FileView): Inventory => {
  const packages = readPackages(files, packageSources);
  const components: Component[] = [];
  const listeners: Listener[] = [];
  const links: Link[] = [];
  for (const platform of platforms) {
    try {
      const reading = platform.read(files, packages);
      components.push(...reading.components.slice(0, componentsMax));
      listeners.push(...(reading.listeners ?? []).slice(0, callsMax));
      links.push(...(reading.links ?? []).slice(0, callsMax));
      if (reading.components.length > componentsMax) {
        files.note({
          what: platform.title,
          why: `has ${reading.components.length} parts; only the first ${componentsMax} are listed`,
          how: 'Check its configuration: it names more than anybody runs.',
        });
      }
    } catch (thrown) {
      // A reader must not throw. One that does has met something that nobody thought of: say so.
      files.note({
        what: platform.title,
        why: `its configuration could not be read: ${messageOf(thrown)}`,
        how: 'Report it, with the configuration if it may be shown.',
      });
    }
  }
  const strangers = (to: Endpoint): Service | undefined => serviceAt(files, packages, to);
  const plugged = merge(plug(merge(components), listeners, links, strangers));
  return { components: withoutUnread(files, plugged, platforms), packages };
};
