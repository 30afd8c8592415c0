import {
  type Component,
  type ComponentId,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { parseMilterSocket, showEndpoint } from '../../joining/endpoint.ts';
import type { Link } from '../../platform.ts';
import { cfOption } from '../../syntax/sendmail-cf.ts';
import type { Sendmail } from './found.ts';
import { filterNames, type Port, portsOf } from './listening.ts';

interface Called {
  readonly filter: string;
  readonly ports: readonly Port[];
}

/** Filters that a port calls: its own list, else that of `InputMailFilters`. */
const calledFilters = (found: Sendmail): readonly Called[] => {
  const whole = filterNames(cfOption(found.cf, 'InputMailFilters')?.value ?? '');
  const ports = portsOf(found);
  const names = [...new Set([...whole, ...ports.flatMap(({ filters = [] }) => [...filters])])];
  return names
    .slice(0, 200)
    .map(filter => ({
      filter,
      ports: ports.filter(port => (port.filters ?? whole).includes(filter)),
    }))
    .filter(({ ports: calling }) => calling.length > 0);
};

const shown = (ports: readonly Port[]): string =>
  ports
    .slice(0, 10)
    .map(({ name, endpoint }) => `${name} (${showEndpoint(endpoint)})`)
    .join(', ');

/** Milters: `X` lines, and which of them are called (Operation Guide, section 5.13). */
export const filtersOf = (
  files: FileView,
  id: ComponentId,
  found: Sendmail,
): { readonly links: readonly Link[]; readonly components: readonly Component[] } => {
  const called = calledFilters(found);
  const links: Link[] = [];
  const components: Component[] = [];
  for (const { filter, ports } of called) {
    const defined = found.cf.filters.findLast(({ name }) => name === filter);
    const option = cfOption(found.cf, 'InputMailFilters');
    if (defined === undefined) {
      files.note({
        what: option === undefined ? found.path : `${found.path}:${option.at.line ?? 1}`,
        why: `calls the filter ${filter.slice(0, 100)}, which no X line defines: Sendmail does not start, or passes it over`,
        how: 'Define it with MAIL_FILTER or take it out.',
      });
      continue;
    }
    const to = parseMilterSocket(defined.socket);
    if (to === undefined) {
      files.note({
        what: `${found.path}:${defined.at.line ?? 1}`,
        why: `the socket of filter ${filter.slice(0, 100)} could not be understood`,
        how: 'Write it as inet:port@host or local:/path.',
      });
      continue;
    }
    const reach: Reach = {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: `every message that comes in at ${shown(ports)}`,
      because: defined.at,
    };
    links.push({ from: id, to, as: 'milter', reach: [reach], because: defined.at });
  }
  for (const { name, at } of found.cf.filters) {
    if (called.some(({ filter }) => filter === name)) continue;
    components.push({
      id: componentId(`${id}/milter:${name}`),
      name,
      kind: 'milter',
      platform: 'sendmail',
      partOf: id,
      enabled: false,
      version: { unknown: 'it is defined and not called' },
      origin: 'unknown',
      thirdParty: true,
      foundAt: [at],
      reach: [],
      logs: [],
    });
  }
  return { links, components };
};

/** sendmail.mc names filters that sendmail.cf lacks, or the other way round: it was not rebuilt. */
export const noteStaleFilters = (files: FileView, { cf, mc, mcPath, path }: Sendmail): void => {
  for (const { name, args, at } of mc) {
    const filter = (args[0] ?? '').replace(/[`']/g, '');
    if (!/^(?:INPUT_)?MAIL_FILTER$/.test(name) || filter === '') continue;
    if (cf.filters.some(each => each.name === filter)) continue;
    files.note({
      what: `${mcPath}:${at.line ?? 1}`,
      why: `names the filter ${filter.slice(0, 100)}, which ${path} lacks: Sendmail does not call it, and will once ${path} is made again`,
      how: 'Run: make -C /etc/mail && systemctl restart sendmail',
    });
  }
};
