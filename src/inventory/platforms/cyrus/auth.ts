import { type Component, componentId, type Reach } from '../../../core/component.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { saslauthd } from '../../daemons/saslauthd.ts';
import { type CyrusOption, cyrusOption, cyrusWords } from '../../syntax/cyrus-imapd.ts';
import { type Found, type Instance, joinAll, makePart } from './instance.ts';
import { settingsOf } from './running.ts';
import { databaseOf, directoryOf } from './stores.ts';

/** Folders of libsasl's plug-ins: Debian, rpm-based, by hand. */
const pluginFolders = [
  '/usr/lib/*/sasl2',
  '/usr/lib64/sasl2',
  '/usr/lib/sasl2',
  '/usr/local/lib/sasl2',
  '/usr/local/lib64/sasl2',
] as const;

export const saslReads: readonly string[] = [
  ...pluginFolders.map(folder => `${folder}/lib*.so*`),
  '/etc/sasl2/*.conf',
  '/usr/{lib,lib64}/sasl2/*.conf',
  '/etc/postfix/sasl/*.conf',
];

/** Mechanisms that each plug-in offers; the others look passwords up. */
const offers: Readonly<Record<string, readonly string[]>> = {
  plain: ['PLAIN'],
  login: ['LOGIN'],
  anonymous: ['ANONYMOUS'],
  crammd5: ['CRAM-MD5'],
  digestmd5: ['DIGEST-MD5'],
  scram: ['SCRAM-SHA-1', 'SCRAM-SHA-224', 'SCRAM-SHA-256', 'SCRAM-SHA-384', 'SCRAM-SHA-512'],
  ntlm: ['NTLM'],
  gssapiv2: ['GSSAPI', 'GSS-SPNEGO'],
  gssapi: ['GSSAPI'],
  gs2: ['GS2-KRB5', 'GS2-IAKERB'],
  kerberos4: ['KERBEROS_V4'],
  otp: ['OTP'],
  srp: ['SRP'],
  passdss: ['PASSDSS-3DES-1'],
  xoauth2: ['XOAUTH2'],
  oauthbearer: ['OAUTHBEARER'],
};
const lookups = new Set(['sasldb', 'sql', 'ldapdb']);
/** Mechanisms that need no stored password. */
const withoutStore = /^(?:PLAIN|LOGIN|EXTERNAL|ANONYMOUS|GSSAPI|GSS-SPNEGO|XOAUTH2|OAUTHBEARER)$/i;

interface Plugin {
  readonly name: string;
  readonly path: string;
}

const pluginsOf = (instance: Instance): readonly Plugin[] => {
  const { files, config } = instance;
  const set = cyrusOption(config, 'sasl_plugin_path')?.value.split(':') ?? [];
  const folders =
    set.length > 0
      ? set.filter(folder => folder.startsWith('/')).slice(0, 10)
      : pluginFolders.flatMap(folder => files.glob(folder));
  const out = new Map<string, Plugin>();
  for (const folder of folders) {
    for (const { name, kind } of files.list(folder)) {
      const match = /^lib([\w-]+)\.so(?:\.\d+)*$/.exec(name);
      if (match === null || (kind !== 'file' && kind !== 'link')) continue;
      const plugin = match[1] ?? '';
      const path = `${folder}/${name}`;
      const known = out.get(plugin);
      // Of `libplain.so`, `.so.2` and `.so.2.0.25` one is a file; the others lead to it.
      if (known === undefined || (kind === 'file' && files.real(known.path) === path)) {
        out.set(plugin, { name: plugin, path });
      }
    }
  }
  return [...out.values()].slice(0, 200);
};

/** How passwords are looked up, from all that services set. */
interface Sasl {
  readonly methods: readonly CyrusOption[];
  readonly uses: (method: string) => boolean;
  readonly mechanisms: readonly string[] | undefined;
  readonly auxprop: readonly CyrusOption[];
  /** Plug-ins that look properties up; undefined: all that are installed. */
  readonly named: readonly string[] | undefined;
  readonly looksUp: boolean;
}

const saslOf = (instance: Instance): Sasl => {
  const methods = settingsOf(instance, 'sasl_pwcheck_method');
  const words = methods.flatMap(cyrusWords).map(word => word.toLowerCase());
  const uses = (method: string): boolean =>
    words.includes(method) || (words.length === 0 && method === 'auxprop');
  const lists = settingsOf(instance, 'sasl_mech_list');
  const mechanisms =
    lists.length === 0 ? undefined : lists.flatMap(cyrusWords).map(word => word.toUpperCase());
  const auxprop = settingsOf(instance, 'sasl_auxprop_plugin');
  const named =
    auxprop.length === 0 ? undefined : auxprop.flatMap(cyrusWords).map(word => word.toLowerCase());
  const stored = mechanisms === undefined || mechanisms.some(each => !withoutStore.test(each));
  return { methods, uses, mechanisms, auxprop, named, looksUp: uses('auxprop') || stored };
};

const isLookedUp = (instance: Instance, sasl: Sasl, name: string): boolean => {
  if (!sasl.looksUp) return false;
  if (sasl.named !== undefined) return sasl.named.includes(name);
  const needs = name === 'sql' ? 'sasl_sql_select' : name === 'ldapdb' ? 'sasl_ldapdb_uri' : '';
  return needs === '' || settingsOf(instance, needs).length > 0;
};

const pluginOn = (instance: Instance, sasl: Sasl, { name }: Plugin): boolean => {
  if (lookups.has(name)) return isLookedUp(instance, sasl, name);
  if (name === 'anonymous') {
    return settingsOf(instance, 'allowanonymouslogin').some(({ value }) =>
      /^(?:1|y|t|on)/.test(value),
    );
  }
  const mechanisms = Object.hasOwn(offers, name) ? offers[name] : undefined;
  // What nobody knows is loaded like the rest: libsasl loads whatever lies in the folder.
  if (mechanisms === undefined || sasl.mechanisms === undefined) return true;
  return mechanisms.some(each => sasl.mechanisms?.includes(each));
};

/** Where libsasl looks for the settings of other programs: Postfix's are `smtpd.conf`. */
const otherSettings = [
  '/etc/sasl2/*.conf',
  '/usr/lib64/sasl2/*.conf',
  '/usr/lib/sasl2/*.conf',
  '/etc/postfix/sasl/*.conf',
] as const;

/** The line by which another program on this host has libsasl load the plug-in. */
const usedElsewhere = ({ files }: Instance, { name }: Plugin): Place | undefined => {
  const offered = Object.hasOwn(offers, name) ? (offers[name] ?? []) : [];
  const words = lookups.has(name) ? [name] : offered;
  const setting = lookups.has(name) ? 'auxprop_plugin' : 'mech_list';
  for (const path of otherSettings.flatMap(pattern => files.glob(pattern)).slice(0, 50)) {
    for (const [i, line] of (files.text(path) ?? '').split('\n').entries()) {
      const value = line.startsWith(`${setting}:`) ? line.slice(setting.length + 1) : '';
      const set = value.toLowerCase().split(/\s+/);
      if (words.some(word => set.includes(word.toLowerCase()))) return { path, line: i + 1 };
    }
  }
  return undefined;
};

const libraries = (instance: Instance, sasl: Sasl): readonly Component[] =>
  pluginsOf(instance).map(plugin => {
    const own = pluginOn(instance, sasl, plugin);
    const elsewhere = own ? undefined : usedElsewhere(instance, plugin);
    const on = own || elsewhere !== undefined;
    const because = elsewhere ?? { path: plugin.path };
    const known = lookups.has(plugin.name) || Object.hasOwn(offers, plugin.name);
    return makePart(instance, {
      part: `sasl/${plugin.name}`,
      name: baseOf(plugin.path).replace(/\.so.*$/, ''),
      kind: 'library',
      enabled: on,
      claim: {
        files: [instance.files.real(plugin.path) ?? plugin.path],
        otherwise: known
          ? { origin: 'upstream', supplier: 'Cyrus SASL project' }
          : { origin: 'unknown' },
      },
      foundAt: [{ path: plugin.path }, ...(elsewhere === undefined ? [] : [elsewhere])],
      reach: on
        ? [
            {
              resource: 'credentials',
              mode: 'read',
              extent: !known
                ? 'every password given at login: libsasl loads it'
                : lookups.has(plugin.name)
                  ? 'stored passwords: it looks them up for every login'
                  : `the password of every login through ${(offers[plugin.name] ?? []).join(', ')}`,
              because,
            },
          ]
        : [],
    });
  });

const sasldb = (
  instance: Instance,
  sasl: Sasl,
  plugins: readonly Plugin[],
): readonly Component[] => {
  const named = sasl.named?.includes('sasldb') === true;
  const file = plugins.find(({ name }) => name === 'sasldb');
  if (!isLookedUp(instance, sasl, 'sasldb') || (!named && file === undefined)) return [];
  // Loaded, and with nothing to look into: only where it is meant to be asked.
  const set = cyrusOption(instance.config, 'sasl_sasldb_path');
  const path = set?.value ?? '/etc/sasldb2';
  const there = instance.files.stat(path) !== undefined;
  if (!named && !there && !sasl.uses('auxprop')) return [];
  const because = sasl.auxprop[0]?.place ?? sasl.methods[0]?.place ?? set?.place;
  const place: Place = because ?? { path: instance.config.path };
  return [
    makePart(instance, {
      part: `sasldb:${path}`,
      name: `sasldb:${path}`,
      kind: 'auth-backend',
      enabled: true,
      claim: { files: file === undefined ? [] : [instance.files.real(file.path) ?? file.path] },
      foundAt: [place, ...(there ? [{ path }] : [])],
      reach: [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `passwords of accounts, readable, in ${path}`,
          because: place,
        },
      ],
    }),
  ];
};

const alwaysTrue = (instance: Instance, sasl: Sasl): readonly Component[] => {
  const because = sasl.methods.find(each => cyrusWords(each).includes('alwaystrue'))?.place;
  if (because === undefined) return [];
  const reach: Reach = {
    resource: 'stored-mail',
    mode: 'admin',
    extent: 'the mailbox of everybody: whoever knows a name logs in with any password',
    because,
  };
  return [
    makePart(instance, {
      part: 'alwaystrue',
      name: 'alwaystrue',
      kind: 'auth-backend',
      enabled: true,
      claim: { names: ['libsasl2-2', 'cyrus-sasl-lib'] },
      foundAt: [because],
      reach: [reach],
    }),
  ];
};

/** `auth_mech: pts` with `pts_module: ldap`: groups come from a directory. */
const groups = (instance: Instance): readonly Component[] => {
  const mechanism = cyrusOption(instance.config, 'auth_mech');
  const module = cyrusOption(instance.config, 'pts_module');
  if (mechanism?.value !== 'pts' || module?.value !== 'ldap') return [];
  return directoryOf(
    instance,
    ['ldap_uri', 'ldap_servers'],
    'ldap_base',
    'ldap_password',
    module.place,
    'accounts and groups of every user who logs in, ',
  );
};

/** `sasl_pwcheck_method: saslauthd`: a daemon of its own sees every password. */
const saslauthdOf = (instance: Instance, asking: readonly CyrusOption[]): readonly Component[] => {
  const [first, ...others] = asking.map(({ place }) => place);
  if (first === undefined) return [];
  return [
    saslauthd(instance.files, instance.packages, {
      id: componentId(instance.id),
      foundAt: [first, ...others],
      given: [{ extent: 'every password given at login', because: first }],
    }),
  ];
};

/** Who checks passwords, and where they lie. */
export const authOf = (instance: Instance): Found => {
  if (!instance.hasConfig) return { components: [] };
  const sasl = saslOf(instance);
  const plugins = pluginsOf(instance);
  const sql = isLookedUp(instance, sasl, 'sql')
    ? databaseOf(instance, 'sasl_sql_', sasl.auxprop[0]?.place)
    : [];
  const ldap = isLookedUp(instance, sasl, 'ldapdb')
    ? directoryOf(
        instance,
        ['sasl_ldapdb_uri'],
        undefined,
        'sasl_ldapdb_pw',
        sasl.auxprop[0]?.place,
        'passwords and properties of accounts, ',
      )
    : [];
  const asking = sasl.methods.filter(each => cyrusWords(each).includes('saslauthd'));
  return {
    components: joinAll([
      ...saslauthdOf(instance, asking),
      ...sasldb(instance, sasl, plugins),
      ...sql,
      ...ldap,
      ...alwaysTrue(instance, sasl),
      ...groups(instance),
      ...(instance.shares ? [] : libraries(instance, sasl)),
    ]),
  };
};
