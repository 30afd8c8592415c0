import {
  type Component,
  type ComponentId,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { identify } from '../../identify.ts';
import { parseMilterSocket } from '../../joining/endpoint.ts';
import type { Link } from '../../platform.ts';
import { type CfMap, type CfOption, cfOption, type SendmailCf } from '../../syntax/sendmail-cf.ts';
import type { Sendmail } from './found.ts';

interface Directory {
  readonly host: string;
  readonly base: string;
  readonly secret: boolean;
}

/** Options of an LDAP map: `-h host`, `-H url`, `-b base`, `-P file`, `-M simple`. */
const ldapOf = (args: string): Directory => {
  const value = (letter: string): string =>
    new RegExp(`(?:^|\\s)-${letter}\\s*("[^"]{0,500}"|\\S{1,500})`)
      .exec(args)?.[1]
      ?.replace(/"/g, '') ?? '';
  const url = /^ldap[is]*:\/\/([^/\s]*)/i.exec(value('H'))?.[1];
  return { host: url ?? value('h'), base: value('b'), secret: value('P') !== '' };
};

/** Further directories that one name may be looked up in. */
const others: ReadonlyMap<string, string> = new Map([
  ['nis', 'NIS'],
  ['nisplus', 'NIS+'],
  ['hesiod', 'Hesiod'],
  ['ph', 'the PH directory'],
  ['netinfo', 'NetInfo'],
]);

const reachOf = (map: CfMap, where: string): Reach => ({
  resource: 'directory',
  mode: 'read',
  extent: `${where} (map ${map.name})`,
  because: map.at,
});

/** Maps that `AliasFile=ldap:…` and classes of `@LDAP` make. */
const impliedMaps = (cf: SendmailCf): readonly CfMap[] => [
  ...cf.options
    .filter(({ name }) => name === 'aliasfile')
    .flatMap(({ value, at }) =>
      value
        .slice(0, 10_000)
        .split(',')
        .map(each => /^\s*(ldap|nis|nisplus|hesiod|netinfo):(.*)$/is.exec(each))
        .flatMap(match =>
          match === null
            ? []
            : [{ name: 'aliases', type: (match[1] ?? '').toLowerCase(), args: match[2] ?? '', at }],
        ),
    ),
  ...cf.classFiles
    .filter(({ source }) => /^@ldap/i.test(source))
    .map(({ name, at }) => ({ name: `class ${name}`, type: 'ldap', args: '', at })),
];

const mapsMax = 1_000;

/** Directories that Sendmail looks things up in. */
export const directoryLinks = (
  id: ComponentId,
  { cf }: Sendmail,
  identity: ReturnType<typeof identify>,
): readonly Component[] => {
  const preset: CfOption | undefined = cfOption(cf, 'LDAPDefaultSpec');
  const found = new Map<string, Component>();
  for (const map of [...cf.maps, ...impliedMaps(cf)].slice(0, mapsMax)) {
    const isLdap = map.type === 'ldap' || map.type === 'ldapx';
    const title = others.get(map.type);
    if (!isLdap && title === undefined) continue;
    const own = ldapOf(map.args);
    const given = ldapOf(preset?.value ?? '');
    const host = own.host || given.host;
    const base = own.base || given.base;
    const below = base === '' ? '' : ` below ${base}`;
    const name = isLdap ? `ldap:${host === '' ? 'local' : host}` : map.type;
    const where = isLdap
      ? `entries${below} of the directory at ${host === '' ? 'the local server' : host}`
      : `entries of ${title ?? map.type}`;
    const secretAt = own.secret ? map.at : given.secret ? preset?.at : undefined;
    const known = found.get(name);
    if (known === undefined && found.size >= 200) continue;
    const reach = [...(known?.reach ?? []), reachOf(map, where)];
    const extent = `the password of its own directory account, in the file that ${secretAt?.path ?? ''} names`;
    found.set(name, {
      id: componentId(`${id}/${name}`),
      name,
      kind: 'database-link',
      platform: 'sendmail',
      partOf: id,
      enabled: true,
      ...identity,
      foundAt: [...(known?.foundAt ?? []), map.at],
      reach:
        secretAt === undefined || reach.some(each => each.extent === extent)
          ? reach
          : [...reach, { resource: 'credentials', mode: 'read', extent, because: secretAt }],
      logs: [],
    });
  }
  return [...found.values()];
};

/** Maps of class `socket`: a service that is asked about addresses. */
export const socketMapLinks = (
  files: FileView,
  id: ComponentId,
  { cf }: Sendmail,
): readonly Link[] =>
  cf.maps
    .filter(({ type }) => type === 'socket')
    .flatMap((map): readonly Link[] => {
      const target = map.args.split(/\s+/).find(word => /^(?:inet6?|local|unix):/i.test(word));
      const to = target === undefined ? undefined : parseMilterSocket(target);
      if (to === undefined) {
        files.note({
          what: `${map.at.path}:${map.at.line ?? 1}`,
          why: 'the socket of a map could not be understood',
          how: 'Write it as inet:port@host or local:/path.',
        });
        return [];
      }
      const reach: Reach = {
        resource: 'mail-in-transit',
        mode: 'read',
        extent: `what map ${map.name} asks it: addresses and hosts of messages`,
        because: map.at,
      };
      return [{ from: id, to, as: 'policy-service', reach: [reach], because: map.at }];
    });
