import type { AccessLog } from '../../core/access-log.ts';
import {
  type Component,
  type ComponentKind,
  componentId,
  type Reach,
} from '../../core/component.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import { identify } from '../identify.ts';
import type { Endpoint, Listener } from '../platform.ts';
import { type Daemon, exposureOfAll, rootReach } from './daemon.ts';

export interface Listening {
  readonly endpoint: Endpoint;
  readonly because: Place;
}

/** What a platform of one daemon found out, before it becomes a component. */
export interface DaemonFacts {
  readonly id: string;
  readonly name: string;
  readonly platform: string;
  readonly kind: ComponentKind;
  readonly daemon: Daemon;
  /** Names of its package, most likely first. */
  readonly packages: readonly string[];
  /** Who makes it, when no package says so. */
  readonly supplier: string;
  readonly foundAt: readonly Place[];
  readonly listening: readonly Listening[];
  /** The user that its own settings name; else the unit's; else root when a unit starts it. */
  readonly user?: { readonly user: string; readonly because: Place };
  /** What it runs as when nothing says so; absent: not known. */
  readonly userOtherwise?: string;
  readonly reach: readonly Reach[];
  readonly logs: readonly AccessLog[];
  readonly partOf?: string;
  readonly enabled?: boolean | null;
}

const runsAsOf = (facts: DaemonFacts): Component['runsAs'] => {
  const { user, daemon, userOtherwise } = facts;
  const { unitUser } = daemon;
  // Whoever was not started as root cannot become somebody else, whatever the settings ask for.
  const started =
    unitUser === undefined || /^(?:root|0)?$/.test(unitUser.text) ? undefined : unitUser;
  if (started !== undefined) return { user: started.text, because: started.because };
  if (user !== undefined && user.user !== '') return user;
  if (unitUser !== undefined) return { user: unitUser.text, because: unitUser.because };
  return userOtherwise === undefined
    ? undefined
    : {
        user: userOtherwise,
        ...(daemon.unit === undefined ? {} : { because: { path: daemon.unit.path } }),
      };
};

export const daemonComponent = (
  packages: PackageIndex,
  facts: DaemonFacts,
): { readonly component: Component; readonly listeners: readonly Listener[] } => {
  const { daemon } = facts;
  const runsAs = runsAsOf(facts);
  const exposure = exposureOfAll(facts.listening);
  const id = componentId(facts.id);
  const component: Component = {
    id,
    name: facts.name,
    kind: facts.kind,
    platform: facts.platform,
    ...(facts.partOf === undefined ? {} : { partOf: componentId(facts.partOf) }),
    enabled: facts.enabled === undefined ? daemon.startsAtBoot : facts.enabled,
    ...identify(packages, {
      files: daemon.binary === undefined ? [] : [daemon.binary],
      names: facts.packages,
      otherwise: { origin: 'upstream', supplier: facts.supplier },
    }),
    foundAt: facts.foundAt,
    ...(runsAs === undefined ? {} : { runsAs }),
    ...(exposure === undefined ? {} : { exposure }),
    reach: [...facts.reach, ...rootReach(runsAs)],
    logs: facts.logs,
  };
  return {
    component,
    listeners: facts.listening.map(({ endpoint, because }) => ({
      component: id,
      endpoint,
      because,
    })),
  };
};
