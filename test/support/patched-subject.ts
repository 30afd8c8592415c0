import type { Setting } from '../../src/confirm/question.ts';
import { type Component, componentId } from '../../src/core/component.ts';
import { defaultPolicy } from '../../src/core/policy.ts';

const now = new Date('2026-03-10T12:00:00Z');

/** So long before the day on which `patched` is asked. RFC 3339. */
export const daysAgo = (days: number): string =>
  new Date(now.getTime() - days * 86_400_000).toISOString();

/** On 2026-03-10, with the policy that holds where none is written. */
export const setting: Setting = {
  policy: defaultPolicy,
  now,
  tenants: [],
  watchers: [],
  ownersNamed: false,
  configurationPath: 'postern.yaml',
  exceptions: [],
};

/** A milter that no package manager looks after. */
export const unpackagedMilter: Component = {
  id: componentId('opendkim'),
  name: 'OpenDKIM',
  version: { value: '2.11.0' },
  kind: 'milter',
  origin: 'distribution',
  thirdParty: true,
  enabled: true,
  platform: 'opendkim',
  foundAt: [{ path: '/etc/opendkim.conf', line: 1 }],
  exposure: { internet: 'no', why: 'listens on a socket' },
  reach: [],
  logs: [],
};
