import type { Component, Reach } from '../../../core/component.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import type { Claim } from '../../identify.ts';
import type { DovecotBlock } from '../../syntax/dovecot.ts';
import {
  conditionalDovecotBlocks,
  dovecotBlocks,
  dovecotSetting,
  effectiveDovecot,
  isDovecotYes,
} from '../../syntax/dovecot-lookup.ts';
import { type Backend, type Backing, ldapBacking, passwordIn, sqlBacking } from './auth-stores.ts';
import { inheritedSetting, pairsOf, readExtension, urlEndpoint } from './databases.ts';
import { claimOf, type Found, type Instance, makePart } from './instance.ts';
import { driverModule } from './modules.ts';
import { joined, outside } from './outside.ts';

const backendsMax = 200;

/** Every passdb and userdb in the order in which Dovecot asks them, those within filters last. */
export const backendsOf = (instance: Instance): readonly Backend[] => {
  const { config } = instance;
  const protocols = config.root.blocks.filter(({ key }) => key === 'protocol');
  const scopes = [config.root, ...protocols, ...conditionalDovecotBlocks(config)];
  const all = [...new Set(scopes)].flatMap(scope =>
    (['passdb', 'userdb'] as const).flatMap(is => backendsIn(scope, is, config.syntax)),
  );
  if (all.length > backendsMax) {
    instance.files.note({
      what: config.path,
      why: `has ${all.length} blocks passdb and userdb; only the first ${backendsMax} were looked at`,
      how: 'Look at the others yourself, and at who wrote them.',
    });
  }
  return all.slice(0, backendsMax);
};

const backendsIn = (
  scope: DovecotBlock,
  is: 'passdb' | 'userdb',
  syntax: '2.3' | '2.4',
): readonly Backend[] =>
  dovecotBlocks(scope, is).flatMap((block): readonly Backend[] => {
    const set = dovecotSetting(block, syntax === '2.4' ? `${is}_driver` : 'driver');
    const driver = set?.value ?? (syntax === '2.4' ? block.name : '');
    if (driver === '') return [];
    const args = syntax === '2.3' ? dovecotSetting(block, 'args') : undefined;
    const master = dovecotSetting(block, syntax === '2.4' ? 'passdb_master' : 'master');
    const deny = dovecotSetting(block, syntax === '2.4' ? 'passdb_deny' : 'deny');
    return [
      {
        is,
        driver,
        block,
        ...(args === undefined ? {} : { args }),
        place: set?.place ?? block.place,
        ...(is === 'passdb' && isDovecotYes(master, false) && master !== undefined
          ? { master }
          : {}),
        deny: isDovecotYes(deny, false),
      },
    ];
  });

type Handler = (
  instance: Instance,
  backend: Backend,
) => (Backing & { readonly claim?: Claim }) | undefined;

const credentials = (extent: string, because: Place): readonly Reach[] => [
  { resource: 'credentials', mode: 'read', extent: extent.slice(0, 500), because },
];

/** Words of `args` without `=`: the file or the service. */
const bareWord = (text: string): string =>
  text.split(/\s+/).findLast(each => each !== '' && !each.includes('=')) ?? '';

const passwdFile: Handler = ({ config }, backend) => {
  const found =
    config.syntax === '2.4' ? inheritedSetting(backend.block, 'passwd_file_path') : backend.args;
  const path =
    config.syntax === '2.4' ? (found?.value ?? '') : (/\/.*$/s.exec(found?.value ?? '')?.[0] ?? '');
  const place = found?.place ?? backend.place;
  const extent = backend.deny
    ? undefined
    : backend.is === 'passdb'
      ? `password hashes of the accounts in ${path}`
      : undefined;
  return {
    name: `passwd-file:${path}`,
    reach: extent === undefined ? [] : credentials(extent, place),
    foundAt: [place],
  };
};

const pam: Handler = ({ config }, backend) => {
  const found =
    config.syntax === '2.4'
      ? dovecotSetting(backend.block, 'passdb_pam_service_name')
      : backend.args;
  const service =
    (config.syntax === '2.4' ? found?.value : bareWord(found?.value ?? '')) || 'dovecot';
  return {
    name: 'pam',
    reach: credentials(
      `every password given at login: PAM checks it (/etc/pam.d/${service})`,
      found?.place ?? backend.place,
    ),
    foundAt: [],
  };
};

const system: Handler = (_, backend) => ({
  name: backend.driver,
  reach:
    backend.is === 'passdb'
      ? credentials('password hashes of the accounts of this host', backend.place)
      : [],
  foundAt: [],
});

const lua: Handler = ({ config }, backend) => {
  const found =
    config.syntax === '2.4' ? inheritedSetting(backend.block, 'lua_file') : backend.args;
  const path =
    config.syntax === '2.4'
      ? (found?.value ?? '')
      : (pairsOf(found?.value ?? '').find(([key]) => key === 'file')?.[1] ?? '');
  const place = found?.place ?? backend.place;
  return {
    name: `lua:${path}`,
    reach: backend.is === 'passdb' ? credentials('every password given at login', place) : [],
    foundAt: [place],
    claim: path.startsWith('/') ? { files: [path] } : {},
  };
};

const checkpassword: Handler = (_, backend) => {
  const path = backend.args?.value.split(/\s+/)[0] ?? '';
  const place = backend.args?.place ?? backend.place;
  return {
    name: `checkpassword:${path}`,
    reach:
      backend.is === 'passdb' ? credentials('every name and password given at login', place) : [],
    foundAt: [place],
    claim: path.startsWith('/') ? { files: [path] } : {},
  };
};

const oauthUrls = ['tokeninfo_url', 'introspection_url', 'grant_url', 'openid_configuration_url'];

const oauth2: Handler = (instance, backend) => {
  const is24 = instance.config.syntax === '2.4';
  const path = backend.args?.value ?? '';
  const root = is24 ? undefined : readExtension(instance, path, backend.place);
  const find = (name: string): ReturnType<typeof dovecotSetting> =>
    is24
      ? inheritedSetting(backend.block, `oauth2_${name}`)
      : root === undefined
        ? undefined
        : dovecotSetting(root, name);
  const url = oauthUrls.map(find).find(found => found !== undefined && found.value !== '');
  const host = url === undefined ? undefined : urlEndpoint(url.value)?.host;
  const secret = find('client_secret');
  const place = url?.place ?? backend.place;
  return {
    name: `oauth2:${host ?? (is24 ? 'local' : path)}`,
    reach: [
      ...credentials(
        host === undefined
          ? 'every access token given at login'
          : `every access token given at login: it is sent to ${host}`,
        place,
      ),
      ...(secret === undefined ? [] : [passwordIn('the OAuth 2 client', secret.place)]),
    ],
    foundAt: [place],
  };
};

const remoteImap: Handler = ({ config }, backend) => {
  const found =
    config.syntax === '2.4' ? inheritedSetting(backend.block, 'imapc_host') : backend.args;
  const host =
    config.syntax === '2.4'
      ? (found?.value ?? '')
      : (pairsOf(found?.value ?? '').find(([key]) => key === 'host')?.[1] ?? 'localhost');
  const place = found?.place ?? backend.place;
  return {
    name: `imap:${host}`,
    reach: credentials(`every password given at login: it is tried on ${host}`, place),
    foundAt: [place],
    module: 'libauthdb_imap.so',
  };
};

const dict: Handler = (instance, backend) => {
  const path = backend.args?.value ?? '';
  const root = readExtension(instance, path, backend.place);
  const uri = root === undefined ? undefined : dovecotSetting(root, 'uri');
  return {
    name: `dict:${path}`,
    reach:
      backend.is === 'passdb' && uri !== undefined
        ? credentials(
            `passwords of accounts in the dictionary ${/^[a-z]+/.exec(uri.value)?.[0] ?? ''}`,
            uri.place,
          )
        : [],
    foundAt: uri === undefined ? [] : [uri.place],
  };
};

/** Fields of a static passdb decide for everybody: what they say matters, the driver holds nothing. */
const fixed: Handler = (_, backend) =>
  backend.is === 'userdb' ? undefined : { name: 'static', reach: [], foundAt: [] };

const handlers: Readonly<Record<string, Handler>> = {
  sql: sqlBacking,
  ldap: ldapBacking,
  'passwd-file': passwdFile,
  pam,
  passwd: system,
  shadow: system,
  nss: system,
  bsdauth: system,
  vpopmail: system,
  sia: system,
  lua,
  oauth2,
  checkpassword,
  imap: remoteImap,
  dict,
  static: fixed,
  prefetch: () => undefined,
};

const masterReach = (instance: Instance, backend: Backend): readonly Reach[] => {
  if (backend.master === undefined) return [];
  const separator = effectiveDovecot(instance.config, 'auth_master_user_separator');
  const how =
    separator === undefined || separator.value === ''
      ? ''
      : ` (user, "${separator.value.slice(0, 10)}", master user)`;
  return [
    {
      resource: 'stored-mail',
      mode: 'admin',
      extent: `the mailbox of everybody: its accounts are master users, who log in as anyone${how}`,
      because: backend.master.place,
    },
  ];
};

const claimFor = (instance: Instance, backing: Backing & { readonly claim?: Claim }): Claim => {
  if (backing.claim !== undefined) return backing.claim;
  const module = backing.module === undefined ? undefined : driverModule(instance, backing.module);
  return module === undefined ? claimOf(instance) : { files: [module], ...builtByHand(instance) };
};

const builtByHand = (instance: Instance): Partial<Claim> => {
  if (!instance.byHand) return {};
  const { ownVersion, otherwise } = claimOf(instance);
  return {
    ...(ownVersion === undefined ? {} : { ownVersion }),
    ...(otherwise === undefined ? {} : { otherwise }),
  };
};

/** A static passdb with `proxy` hands every login, and its mail, to another server. */
const proxyLinks = (instance: Instance, backend: Backend): Found => {
  const fields =
    instance.config.syntax === '2.4'
      ? dovecotBlocks(backend.block, 'passdb_fields').flatMap(({ settings }) =>
          settings.map(({ key, value, place }) => [key, value, place] as const),
        )
      : ['args', 'default_fields', 'override_fields'].flatMap(name => {
          const found = dovecotSetting(backend.block, name);
          if (found === undefined) return [];
          const words = found.value.split(/\s+/).filter(each => !each.includes('='));
          return [
            ...pairsOf(found.value).map(([key, value]) => [key, value, found.place] as const),
            ...words.map(each => [each, 'y', found.place] as const),
          ];
        });
  if (!fields.some(([key]) => /^proxy(?:_maybe|_always)?$/.test(key))) return { components: [] };
  const host = fields.find(([key]) => key === 'host' || key === 'hostip');
  if (host === undefined || /[%$]/.test(host[1])) return { components: [] };
  const port = Number(fields.find(([key]) => key === 'port')?.[1] ?? 143);
  const reach: readonly Reach[] = [
    {
      resource: 'stored-mail',
      mode: 'read',
      extent: 'all mail that is read and every login: they are handed on to it',
      because: host[2],
    },
  ];
  return outside(instance, {
    prefix: 'proxy',
    kind: 'gateway',
    to: { net: 'tcp', host: host[1].slice(0, 200), port: Number.isInteger(port) ? port : 143 },
    reach,
    because: host[2],
  });
};

/** passdb and userdb, one component for each thing that they ask. */
export const authOf = (instance: Instance): Found => {
  const components = new Map<string, Component>();
  const founds: Found[] = [];
  for (const backend of backendsOf(instance)) {
    const handle = Object.hasOwn(handlers, backend.driver) ? handlers[backend.driver] : undefined;
    const backing =
      handle === undefined
        ? { name: backend.driver, reach: [], foundAt: [] }
        : handle(instance, backend);
    founds.push(proxyLinks(instance, backend));
    if (backing === undefined) continue;
    const module =
      backing.module === undefined ? undefined : driverModule(instance, backing.module);
    const component = makePart(instance, {
      part: backing.name,
      name: backing.name,
      kind: 'auth-backend',
      enabled: true,
      claim: claimFor(instance, backing),
      foundAt: [
        backend.place,
        ...backing.foundAt,
        ...(module === undefined || baseOf(module) === '' ? [] : [{ path: module }]),
      ],
      reach: [...backing.reach, ...masterReach(instance, backend)],
    });
    const known = components.get(component.id);
    components.set(component.id, known === undefined ? component : joined(known, component));
  }
  return {
    components: [...components.values(), ...founds.flatMap(found => found.components)],
    links: founds.flatMap(found => found.links ?? []),
  };
};
