import type { Place } from '../../../core/place.ts';
import { isAnyAddress, parseHostPort } from '../../joining/endpoint.ts';
import type { Endpoint } from '../../platform.ts';
import { isUclTrue, type UclValue, uclAll, uclGet } from '../../syntax/ucl.ts';
import type { Settings } from './settings.ts';

/** A process that Rspamd starts, with what it listens on. */
export interface Worker {
  /** `normal`, `controller`, `rspamd_proxy`, `fuzzy`. */
  readonly type: string;
  readonly section: UclValue;
  readonly place: Place;
  readonly listening: readonly { readonly endpoint: Endpoint; readonly because: Place }[];
  readonly isMilter: boolean;
}

const defaultPorts: Readonly<Record<string, number>> = {
  normal: 11_333,
  controller: 11_334,
  rspamd_proxy: 11_332,
  fuzzy: 11_335,
};

/** `localhost:11332`, `*v4:11334`, `[::1]:11334`, `/run/x.sock mode=0660`, `systemd:0`. */
const parseBind = (text: string, type: string): Endpoint | undefined => {
  const [address = ''] = text.trim().split(/\s+/);
  const path = address.replace(/^unix:/, '');
  if (path.startsWith('/')) return { net: 'unix', path };
  if (address === '' || address.startsWith('systemd')) return undefined;
  const parsed = parseHostPort(address.replace(/^\*v[46]?(?=:|$)/, '*'));
  if (parsed !== undefined) return parsed;
  const port = Object.hasOwn(defaultPorts, type) ? defaultPorts[type] : undefined;
  return port === undefined ? undefined : { net: 'tcp', host: address, port };
};

/** Sections of one kind, named (`worker "normal" {`) or with a `type` of their own. */
const workerSections = (
  config: UclValue,
): readonly { readonly type: string; readonly section: UclValue }[] =>
  uclAll(config, 'worker').flatMap(block => {
    const own = uclGet(block, 'type');
    if (own !== undefined && own.kind !== 'object') return [{ type: own.text, section: block }];
    return [...block.keys].flatMap(([type, sections]) =>
      sections.filter(({ kind }) => kind === 'object').map(section => ({ type, section })),
    );
  });

/** Workers that are started: a negative or zero `count` and `enabled = false` switch one off. */
export const readWorkers = ({ config }: Settings): readonly Worker[] =>
  workerSections(config)
    .filter(({ section }) => {
      const count = Number(uclGet(section, 'count')?.text ?? 1);
      return !(count <= 0) && isUclTrue(uclGet(section, 'enabled')) !== false;
    })
    .slice(0, 100)
    .map(({ type, section }) => ({
      type,
      section,
      place: section.place,
      isMilter: type === 'rspamd_proxy' && isUclTrue(uclGet(section, 'milter')) === true,
      listening: uclAll(section, 'bind_socket').flatMap(bind =>
        bind.text.split(/[,;]/).flatMap(text => {
          const endpoint = parseBind(text, type);
          return endpoint === undefined ? [] : [{ endpoint, because: bind.place }];
        }),
      ),
    }));

/** Whether anybody may read what the controller shows: by password, or from trusted addresses. */
export const controllerSentence = ({ section }: Worker): string => {
  const password = uclGet(section, 'password');
  const trusted = uclAll(section, 'secure_ip').map(({ text }) => text);
  const word =
    password === undefined
      ? 'no password is set'
      : password.text === 'q1'
        ? 'the password is the one that every Rspamd ships with'
        : 'a password is set';
  const wide = trusted.some(ip => isAnyAddress(ip) || /^0\.0\.0\.0\/0$|^::\/0$/.test(ip));
  return `its controller: ${word}${wide ? '; every address is trusted and needs none' : trusted.length === 0 ? '' : `, addresses ${trusted.slice(0, 8).join(', ')} need none`}`;
};
