import { reaches } from '../joining/endpoint.ts';
import type { Served, WebPass } from './served.ts';
import { isWithin } from './web-paths.ts';

/** `webmail.*`, `*.example.jp` and plain names, without regard to case. */
const sameName = (a: string, b: string): boolean => {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  if (one === other || one === '_' || other === '_' || one === '' || other === '') return true;
  for (const [wild, plain] of [
    [one, other],
    [other, one],
  ] as const) {
    if (wild.startsWith('*.') && plain.endsWith(wild.slice(1))) return true;
    if (wild.endsWith('.*') && plain.startsWith(wild.slice(0, -1))) return true;
  }
  return false;
};

/** The default host of either side answers to every name. */
const namesMeet = (front: Served, back: Served): boolean =>
  front.names.length === 0 ||
  back.names.length === 0 ||
  front.names.some(a => back.names.some(b => sameName(a, b)));

const prefixOf = (url: string): string =>
  url.startsWith('/') ? url.replace(/(?<=[^/])\/+$/, '') : '/';

/** A target with a path puts it in place of the prefix; one without hands the URL on as it is. */
const urlsMeet = (front: Served, pass: WebPass, back: Served): boolean => {
  const hasPath = pass.path !== '' && (pass.path !== '/' || pass.as.endsWith('/'));
  const asked = prefixOf(hasPath ? pass.path : front.url);
  const answered = prefixOf(back.url);
  return isWithin(asked, answered) || isWithin(answered, asked);
};

/** Whether the target is an address on which the other server answers, on this host. */
const meets = (front: Served, pass: WebPass, back: Served): boolean => {
  const { endpoint } = pass;
  if (endpoint === undefined || !/^https?$/.test(pass.protocol)) return false;
  return back.listens.some(listen => {
    if (reaches(endpoint, listen.endpoint)) return true;
    // Plesk hands on to the address that it listens on itself: that one is this host's.
    const own = front.listens.some(
      each =>
        each.endpoint.net === 'tcp' &&
        endpoint.net === 'tcp' &&
        each.endpoint.host === endpoint.host,
    );
    const at = listen.endpoint;
    return own && endpoint.net === 'tcp' && at.net === 'tcp' && at.port === endpoint.port;
  });
};

/** Routes that are compared with each proxying one: a hostile configuration may have 20,000 of both. */
const backsMax = 200;

/** The routes of `all` that proxy to what one of `routes` answers: web servers in front of it. */
export const frontsOf = (all: readonly Served[], routes: readonly Served[]): readonly Served[] => {
  const backs = routes.slice(0, backsMax);
  const ports = new Set(
    backs
      .flatMap(({ listens }) => listens)
      .map(({ endpoint }) => (endpoint.net === 'tcp' ? endpoint.port : 0)),
  );
  const own = new Set(routes);
  const mayReach = ({ endpoint }: WebPass): boolean =>
    endpoint !== undefined && ports.has(endpoint.net === 'tcp' ? endpoint.port : 0);
  return all
    .filter(front => front.to.some(mayReach) && !own.has(front))
    .filter(front =>
      backs.some(
        back =>
          back.server.config !== front.server.config &&
          namesMeet(front, back) &&
          front.to.some(pass => meets(front, pass, back) && urlsMeet(front, pass, back)),
      ),
    )
    .map(front => ({ ...front, isFront: true }));
};
