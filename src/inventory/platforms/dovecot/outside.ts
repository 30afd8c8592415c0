import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { distinctPlaces, distinctReach } from '../../joining/distinct.ts';
import { isAnyAddress, isLoopback } from '../../joining/endpoint.ts';
import type { Link } from '../../platform.ts';
import { type Found, type Instance, makePart } from './instance.ts';

/** What Dovecot talks to: on this host a link to whatever listens there, elsewhere a component. */
export const outside = (
  instance: Instance,
  target: {
    readonly prefix: string;
    readonly kind: Link['as'];
    readonly to: Link['to'];
    readonly reach: readonly Reach[];
    readonly because: Place;
    /** Part that talks to it. */
    readonly from?: string;
  },
): Found => {
  const { to, because, reach, kind } = target;
  const local = to.net === 'unix' || isLoopback(to.host) || isAnyAddress(to.host);
  if (local) {
    const from = componentId(
      target.from === undefined ? instance.id : `${instance.id}/${target.from}`,
    );
    return { components: [], links: [{ from, to, as: kind, name: target.prefix, reach, because }] };
  }
  const name = `${target.prefix}:${to.host}`;
  return {
    components: [
      makePart(instance, {
        part: name,
        name,
        kind,
        enabled: true,
        claim: { unknown: `it runs on another host, ${to.host}` },
        foundAt: [because],
        reach,
        ...(target.from === undefined ? {} : { partOf: target.from }),
      }),
    ],
  };
};

/** The same back end asked twice: as passdb and as userdb. */
export const joined = (a: Component, b: Component): Component => ({
  ...a,
  foundAt: distinctPlaces([...a.foundAt, ...b.foundAt]),
  reach: distinctReach([...a.reach, ...b.reach]),
});
