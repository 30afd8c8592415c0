import type { Component } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { exposureOf, showEndpoint } from '../../joining/endpoint.ts';
import type { Endpoint } from '../../platform.ts';
import type { Instance, Service } from './instance.ts';
import { portOf } from './routes.ts';

/** Where a service of master.cf listens, and the line that opens it that far. */
export interface Heard {
  readonly service: Service;
  readonly endpoint: Endpoint;
  readonly because: Place;
}

const perServiceMax = 50;

/** Addresses of `inet_interfaces`, which master(8) reads: `-o` of a service does not count. */
const hostsOf = (instance: Instance): readonly string[] =>
  instance.params
    .get('inet_interfaces')
    .items.slice(0, perServiceMax)
    .flatMap(({ text }) => {
      const name = text.toLowerCase();
      if (name === 'all') return ['*'];
      if (name === 'loopback-only') return ['127.0.0.1'];
      return [text.replace(/^\[(.*)\]$/, '$1')];
    });

/** Internet sockets: `port`, `name`, `host:port`, `[v6]:port` (master(5), "Service name"). */
export const heardOf = (instance: Instance): readonly Heard[] =>
  instance.services
    .filter(({ type }) => type === 'inet')
    .flatMap((service): readonly Heard[] => {
      const colon = service.name.lastIndexOf(':');
      const port = portOf(service.name.slice(colon + 1));
      if (port === undefined) return [];
      const own = colon < 0 ? undefined : service.name.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
      const hosts = own === undefined || own === '' ? hostsOf(instance) : [own];
      const interfaces = instance.params.get('inet_interfaces');
      return hosts.map(host => {
        const endpoint: Endpoint = { net: 'tcp', host, port };
        const isShut = exposureOf(endpoint) === 'no' && (own === undefined || own === '');
        return { service, endpoint, because: isShut ? interfaces.at : service.at };
      });
    });

/** Services whose port is a name that nobody but the host's services(5) knows. */
export const noteNames = (files: FileView, instance: Instance): void => {
  for (const { type, name, at } of instance.services) {
    if (type !== 'inet' || portOf(name.slice(name.lastIndexOf(':') + 1)) !== undefined) continue;
    files.note({
      what: `${at.path}, line ${at.line ?? 1}`,
      why: `names its port "${name.slice(0, 80)}", which is no known name of a port: where it listens is not known`,
      how: 'Write the number of the port, or look it up with `getent services`.',
    });
  }
};

/** Whether mail clients and servers of the internet reach it, as far as its own files tell. */
export const exposureOfAll = (
  instance: Instance,
  heard: readonly Heard[],
): NonNullable<Component['exposure']> => {
  const open = heard.find(({ endpoint }) => exposureOf(endpoint) === 'yes') ?? heard[0];
  if (open === undefined) {
    return {
      internet: 'no',
      why: 'no service of master.cf listens on the network',
      because: { path: instance.masterPath },
    };
  }
  return {
    internet: exposureOf(open.endpoint),
    why: `${open.service.label} listens on ${showEndpoint(open.endpoint)}`,
    because: open.because,
  };
};
