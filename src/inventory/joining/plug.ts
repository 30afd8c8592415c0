import type { Component, ComponentId } from '../../core/component.ts';
import { componentId } from '../../core/component.ts';
import type { Endpoint, Link, Listener } from '../platform.ts';
import { distinctPlaces, distinctReach } from './distinct.ts';
import { isAnyAddress, isLoopback, reaches, showEndpoint } from './endpoint.ts';
import { withCheckedLogins } from './logins.ts';
import type { Service } from './service-at.ts';

/** A mail server that is handed mail, or asked who somebody is, is not plugged into its caller. */
const isPluggedIn = (callee: Component['kind'], link: Link): boolean =>
  link.isClient !== true && callee !== 'mta' && callee !== 'imap';

/** One that is masked does not run, whoever calls it. */
const enabledBy = ({ enabled }: Component, link: Link): boolean | null =>
  enabled === false || link.isClient === true || link.isCertain === false ? enabled : true;

/** Adds what a link grants to the component at its other end. */
const withLink = (component: Component, link: Link): Component => ({
  ...component,
  enabled: enabledBy(component, link),
  ...(isPluggedIn(component.kind, link) ? { partOf: component.partOf ?? link.from } : {}),
  foundAt: distinctPlaces([...component.foundAt, link.because]),
  reach: distinctReach([...component.reach, ...link.reach]),
});

const isElsewhere = (to: Endpoint): boolean =>
  to.net === 'tcp' && !isLoopback(to.host) && !isAnyAddress(to.host);

/** A caller names something that nobody on this host says he is. */
const strangerAt = (
  link: Link,
  callers: ReadonlyMap<ComponentId, Component>,
  service: Service | undefined,
): Component => {
  const where = showEndpoint(link.to);
  return {
    id: componentId(`${link.from}/${link.as}:${where}`),
    name: link.name ?? nameOf(link.to),
    version: {
      unknown: isElsewhere(link.to)
        ? `it runs on another host, ${where}`
        : `nothing that was read on this host says that it listens on ${where}`,
    },
    kind: link.as,
    origin: 'unknown',
    thirdParty: true,
    enabled: link.isCertain === false ? null : true,
    platform: callers.get(link.from)?.platform ?? String(link.from),
    ...(link.isClient === true ? {} : { partOf: link.from }),
    reach: link.reach,
    logs: [],
    ...service,
    foundAt: [link.because, ...(service?.foundAt ?? [])],
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
 * own file names the same socket. What nobody claims is one component, however many call it.
 */
export const plug = (
  components: readonly Component[],
  listeners: readonly Listener[],
  links: readonly Link[],
  serviceAt: (to: Endpoint) => Service | undefined = () => undefined,
): readonly Component[] => {
  const byId = new Map(components.map(component => [component.id, component]));
  const strangers = new Map<string, ComponentId>();
  for (const link of links) {
    const listener = listeners.find(
      ({ endpoint, component }) => reaches(link.to, endpoint) && byId.has(component),
    );
    const where = `${link.as}:${showEndpoint(link.to)}`;
    const callee = byId.get(listener?.component ?? strangers.get(where) ?? link.from);
    if (callee !== undefined && callee.id !== link.from) {
      byId.set(callee.id, withLink(callee, link));
      const caller = byId.get(link.from);
      const checked = callee.enabled === false ? undefined : listener?.checkedLogins;
      if (caller !== undefined && link.asksLogins === true && checked !== undefined) {
        byId.set(caller.id, withCheckedLogins(caller, checked));
      }
      continue;
    }
    const isOwn = listener !== undefined;
    if (isOwn || (link.isClient === true && !isElsewhere(link.to))) continue;
    const stranger = strangerAt(link, byId, serviceAt(link.to));
    const known = byId.get(stranger.id);
    byId.set(stranger.id, known === undefined ? stranger : withLink(known, link));
    strangers.set(where, stranger.id);
  }
  return [...byId.values()];
};
