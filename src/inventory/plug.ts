import type { Component, ComponentId, Place } from '../core/component.ts';
import { componentId } from '../core/component.ts';
import { isAnyAddress, isLoopback, reaches, showEndpoint } from './endpoint.ts';
import type { Endpoint, Link, Listener } from './platform.ts';

/** Adds what a link grants to the component at its other end. */
const withLink = (component: Component, link: Link): Component => ({
  ...component,
  enabled: true,
  // A mail server that is handed mail, or asked who somebody is, is not plugged into its caller.
  ...(component.kind === 'mta' || component.kind === 'imap'
    ? {}
    : { partOf: component.partOf ?? link.from }),
  foundAt: addPlace(component.foundAt, link.because),
  reach: [...component.reach, ...link.reach],
});

const addPlace = (places: readonly Place[], place: Place): readonly Place[] =>
  places.some(known => known.path === place.path && known.line === place.line)
    ? places
    : [...places, place];

/** A caller names something that nobody on this host says he is. */
const strangerAt = (link: Link, callers: ReadonlyMap<ComponentId, Component>): Component => {
  const where = showEndpoint(link.to);
  const remote = link.to.net === 'tcp' && !isLoopback(link.to.host) && !isAnyAddress(link.to.host);
  return {
    id: componentId(`${link.from}/${link.as}:${where}`),
    name: nameOf(link.to),
    version: {
      unknown: remote
        ? `it runs on another host, ${where}`
        : `nothing that was read on this host says that it listens on ${where}`,
    },
    kind: link.as,
    origin: 'unknown',
    thirdParty: true,
    enabled: true,
    platform: callers.get(link.from)?.platform ?? String(link.from),
    partOf: link.from,
    foundAt: [link.because],
    reach: link.reach,
    logs: [],
  };
};

/** A Unix socket's name mostly is the software's; an address has nothing better than itself. */
const nameOf = (endpoint: Endpoint): string => {
  if (endpoint.net === 'tcp') return showEndpoint(endpoint);
  const segments = endpoint.path.split('/').filter(segment => segment !== '');
  const last = (segments.at(-1) ?? '').replace(/\.(?:sock|socket)$/, '');
  const generic = /^(?:socket|sock|milter|server|daemon|\d+|worker|policy)$/i.test(last);
  return generic ? (segments.at(-2) ?? last) : last;
};

/**
 * Joins callers and listeners: the milter that `main.cf` names by its socket is the OpenDKIM whose
 * own file names the same socket.
 */
export const plug = (
  components: readonly Component[],
  listeners: readonly Listener[],
  links: readonly Link[],
): readonly Component[] => {
  const byId = new Map(components.map(component => [component.id, component]));
  for (const link of links) {
    const listener = listeners.find(
      ({ endpoint, component }) => reaches(link.to, endpoint) && byId.has(component),
    );
    const target = listener === undefined ? undefined : byId.get(listener.component);
    if (target !== undefined && target.id !== link.from) {
      byId.set(target.id, withLink(target, link));
      continue;
    }
    if (target !== undefined) continue;
    const stranger = strangerAt(link, byId);
    const known = byId.get(stranger.id);
    byId.set(stranger.id, known === undefined ? stranger : withLink(known, link));
  }
  return [...byId.values()];
};
