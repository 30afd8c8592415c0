import { joinPath } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import type { Endpoint } from '../../platform.ts';
import type { DovecotBlock } from '../../syntax/dovecot.ts';
import {
  dovecotBlocks,
  dovecotSetting,
  effectiveDovecot,
  effectiveDovecotList,
} from '../../syntax/dovecot-lookup.ts';
import { type Instance, isFrom, speaks } from './instance.ts';

/** An address or socket that a service of Dovecot listens on. */
export interface Heard {
  readonly service: string;
  /** Name of the listener: `imaps`, `http`, `auth-userdb`. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly because: Place;
}

/** What services listen on when nothing is set (`doveconf -d`). */
interface Preset {
  /** The protocol without which the service is not started. */
  readonly protocol?: string;
  readonly ports?: Readonly<Record<string, number>>;
  readonly sockets?: readonly string[];
}

const presets: Readonly<Record<string, Preset>> = {
  'imap-login': { protocol: 'imap', ports: { imap: 143, imaps: 993 } },
  'pop3-login': { protocol: 'pop3', ports: { pop3: 110, pop3s: 995 } },
  'submission-login': { protocol: 'submission', ports: { submission: 587, submissions: 465 } },
  'managesieve-login': { protocol: 'sieve', ports: { sieve: 4190 } },
  'imap-urlauth-login': { protocol: 'imap' },
  lmtp: { protocol: 'lmtp', sockets: ['lmtp'] },
  auth: { sockets: ['auth-client', 'auth-userdb', 'auth-master'] },
  dict: { sockets: ['dict'] },
  doveadm: { sockets: ['doveadm-server'] },
};

const presetOf = (service: string): Preset =>
  Object.hasOwn(presets, service) ? (presets[service] ?? {}) : {};

export const serviceBlocks = (instance: Instance): readonly DovecotBlock[] =>
  dovecotBlocks(instance.config.root, 'service').filter(({ name }) => name !== '');

const byName = new WeakMap<DovecotBlock, ReadonlyMap<string, DovecotBlock>>();

/** The first block of a service. */
export const serviceBlock = (instance: Instance, service: string): DovecotBlock | undefined => {
  const { root } = instance.config;
  let named = byName.get(root);
  if (named === undefined) {
    const reversed = serviceBlocks(instance).toReversed();
    named = new Map(reversed.map(block => [block.name, block]));
    byName.set(root, named);
  }
  return named.get(service);
};

/** Whether Dovecot starts the service at all. */
export const isStarted = (instance: Instance, service: string): boolean => {
  const { protocol } = presetOf(service);
  const block = serviceBlock(instance, service);
  const own = block === undefined ? undefined : dovecotSetting(block, 'service_protocol')?.value;
  const needed = own ?? protocol ?? '';
  const limit = block === undefined ? undefined : dovecotSetting(block, 'service_process_limit');
  return (needed === '' || speaks(instance, needed)) && limit?.value !== '0';
};

const portOf = (text: string | undefined): number | undefined => {
  const port = Number(text ?? '0');
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
};

const addressesOf = (instance: Instance, block: DovecotBlock | undefined): readonly string[] => {
  for (const key of ['inet_listener_address', 'listen']) {
    const own = block === undefined ? undefined : dovecotSetting(block, key);
    const words = own?.value.split(/[\s,]+/).filter(Boolean) ?? [];
    if (words.length > 0) return words.slice(0, 50);
  }
  const listen = effectiveDovecotList(instance.config, 'listen', undefined, ['*', '::']);
  return listen.map(({ name }) => name).slice(0, 50);
};

const internet = (
  instance: Instance,
  service: string,
  block: DovecotBlock | undefined,
): readonly Heard[] => {
  const inner = block === undefined ? [] : dovecotBlocks(block, 'inet_listener');
  const set = inner.map(each => ({ name: each.name, block: each }));
  const old = isFrom(instance, 2, 4) !== true;
  const preset = Object.entries(presetOf(service).ports ?? {})
    .filter(([name]) => !(name === 'submissions' && old))
    .filter(([name]) => set.every(each => each.name !== name));
  const withoutTls = effectiveDovecot(instance.config, 'ssl')?.value === 'no';
  return [
    ...set.map(({ name, block: own }) => {
      const port = dovecotSetting(own, 'inet_listener_port');
      return {
        name,
        port: portOf(port?.value ?? String(presetOf(service).ports?.[name] ?? 0)),
        because: port?.place ?? own.place,
        addresses: addressesOf(instance, own),
      };
    }),
    ...preset.map(([name, port]) => ({
      name,
      port: portOf(String(port)),
      because: effectiveDovecot(instance.config, 'listen')?.place ?? { path: instance.config.path },
      addresses: addressesOf(instance, undefined),
    })),
  ]
    .filter(({ name }) => !(withoutTls && /^(?:imaps|pop3s|submissions)$/.test(name)))
    .flatMap(({ name, port, because, addresses }) =>
      port === undefined
        ? []
        : addresses.map(
            (host): Heard => ({
              service,
              name,
              endpoint: { net: 'tcp', host: host.replace(/^\[(.*)\]$/, '$1'), port },
              because,
            }),
          ),
    );
};

const sockets = (
  instance: Instance,
  service: string,
  block: DovecotBlock | undefined,
): readonly Heard[] => {
  const base = effectiveDovecot(instance.config, 'base_dir')?.value ?? '/run/dovecot';
  const inner = block === undefined ? [] : dovecotBlocks(block, 'unix_listener');
  const off = (each: DovecotBlock): boolean => {
    const mode = dovecotSetting(each, 'unix_listener_mode')?.value;
    return mode !== undefined && /^0+$/.test(mode);
  };
  const set = inner.map(each => ({
    name: each.name,
    path: dovecotSetting(each, 'unix_listener_path')?.value ?? each.name,
    because: each.place,
    off: off(each),
  }));
  const preset = (presetOf(service).sockets ?? [])
    .filter(name => set.every(each => each.name !== name))
    .map(name => ({ name, path: name, because: { path: instance.config.path }, off: false }));
  return [...set, ...preset]
    .filter(each => !each.off && each.path !== '' && !/[%$]/.test(each.path))
    .filter(({ path }) => path.startsWith('/') || !/[%$]/.test(base))
    .map(
      ({ name, path, because }): Heard => ({
        service,
        name,
        endpoint: {
          net: 'unix',
          path: path.startsWith('/') ? joinPath(path) : joinPath(base, path),
        },
        because,
      }),
    );
};

/** Everything that this Dovecot listens on; ports set to 0 and services not started left out. */
export const heardOf = (instance: Instance): readonly Heard[] => {
  if (!instance.hasConfig) return [];
  const blocks = serviceBlocks(instance);
  const names = new Set([...Object.keys(presets), ...blocks.map(({ name }) => name)]);
  return [...names]
    .slice(0, 500)
    .filter(name => isStarted(instance, name))
    .flatMap(name => {
      const block = blocks.find(each => each.name === name);
      return [...internet(instance, name, block), ...sockets(instance, name, block)];
    })
    .slice(0, 2_000);
};
