import type { Component } from '../core/component.ts';
import type { FileView } from '../core/files.ts';
import type { Configuration } from '../core/policy.ts';
import type { Unseen } from '../core/unseen.ts';
import { presentable } from '../core/url-text.ts';
import { takeInventory } from '../inventory/take.ts';
import { noteNoHost } from './no-host.ts';
import { noteOn, noteUnmatched, withNote } from './settle.ts';

/** The parts of the platform, as found and as the organisation describes them. */
export interface Listing {
  readonly components: readonly Component[];
  readonly unseen: readonly Unseen[];
}

export const inventory = (files: FileView, configuration: Configuration): Listing => {
  const { components } = takeInventory(files);
  noteNoHost(files, components);
  noteUnmatched(files, components, configuration);
  return {
    components: presentable(
      components
        .map(each => withNote(each, noteOn(each, configuration), configuration.path))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    ),
    unseen: presentable(files.unseen),
  };
};
