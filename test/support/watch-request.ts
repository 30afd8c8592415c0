import { dirname } from 'node:path';
import type { WatchRequest } from '../../src/app/hunt/hunt.ts';
import { emptyWatch } from '../../src/core/watch-policy.ts';

/** A hunt of a store as a user would ask for it, with no rules but those that are given and nobody to tell. */
export const watchRequest = (store: string, more: Partial<WatchRequest> = {}): WatchRequest => ({
  store,
  policy: { ...emptyWatch, ownRules: false },
  folders: [],
  said: '--rules',
  only: [],
  shown: { from: 'informational', components: [] },
  zone: 'UTC',
  names: false,
  key: undefined,
  now: Date.now,
  say: () => undefined,
  folder: dirname(store),
  environment: {},
  organisation: undefined,
  offline: true,
  ...more,
});
