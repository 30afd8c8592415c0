import type { Component, Reach } from '../../../core/component.ts';
import { dirOf, resolveFrom } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import type { Claim } from '../../identify.ts';
import type { DovecotBlock } from '../../syntax/dovecot.ts';
import {
  conditionalDovecotBlocks,
  dovecotBlocks,
  dovecotListIn,
  dovecotScopes,
  dovecotSetting,
  effectiveDovecot,
  effectiveDovecotList,
} from '../../syntax/dovecot-lookup.ts';
import { type Found, type Instance, makePart, packageNames, speaks } from './instance.ts';
import { type Module, moduleFolders, modulesIn, nameOf } from './modules.ts';

/** Plug-ins with a package of their own; all others come with Dovecot. */
const packagesOf: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /sieve/,
    ['dovecot-sieve', 'dovecot-pigeonhole', 'dovecot-pigeonhole-plugin', 'dovecot-ee-pigeonhole'],
  ],
  [/^fts_solr$/, ['dovecot-solr', 'dovecot-fts-solr']],
  [/^fts_lucene$/, ['dovecot-lucene', 'dovecot-fts-lucene']],
  [/^fts_xapian$/, ['dovecot-fts-xapian', 'fts-xapian']],
  [/^fts_flatcurve$/, ['dovecot-flatcurve', 'dovecot-fts-flatcurve']],
  [/^fts_elastic/, ['dovecot-fts-elastic', 'dovecot-fts-elasticsearch']],
  [/^antispam$/, ['dovecot-antispam', 'dovecot-antispam-plugin']],
];

/** Plug-ins of the Dovecot and Pigeonhole sources: a copy built by hand is their makers' code. */
const upstreamNames = new Set(
  `acl apparmor autocreate charset_alias expire fts fts_flatcurve fts_lucene fts_solr fts_squat
  imap_acl imap_filter_sieve imap_old_stats imap_quota imap_sieve imap_stats imap_zlib last_login
  lazy_expunge listescape mail_compress mail_crypt mail_crypt_acl mail_filter mail_log mail_lua
  mailbox_alias notify notify_status old_stats pop3_migration push_notification
  push_notification_lua quota quota_clone replication sieve sieve_extprograms sieve_imapsieve
  sieve_storage_ldap snarf stats trash var_expand_crypt virtual welcome zlib`.split(/\s+/),
);

/** A plug-in that some setting loads, with who loads it. */
interface Loaded {
  readonly users: Set<string>;
  readonly places: Place[];
}

/** Programs that open mailboxes, with the protocol block that counts for each. */
const mailProgramsOf = (instance: Instance): readonly string[] =>
  instance.hasConfig
    ? [
        ...['imap', 'pop3', 'lmtp', 'submission', 'sieve'].filter(each => speaks(instance, each)),
        'lda',
        'doveadm',
        'indexer-worker',
      ]
    : [];

const chainOf = (block: DovecotBlock): readonly DovecotBlock[] => {
  const out: DovecotBlock[] = [];
  for (
    let at: DovecotBlock | undefined = block;
    at !== undefined && at.key !== '' && out.length < 40;
    at = at.parent
  ) {
    out.unshift(at);
  }
  return out;
};

/** No Dovecot has as many; whoever names more means harm. */
const pluginsMax = 1_000;

const known = new WeakMap<Instance, Map<string, Loaded>>();

const loadedBy = (instance: Instance): Map<string, Loaded> => {
  const made = known.get(instance) ?? findLoaded(instance);
  known.set(instance, made);
  return made;
};

const setsPlugins = (block: DovecotBlock): boolean =>
  dovecotSetting(block, 'mail_plugins') !== undefined ||
  dovecotBlocks(block, 'mail_plugins').length > 0;

const findLoaded = (instance: Instance): Map<string, Loaded> => {
  const out = new Map<string, Loaded>();
  const add = (name: string, place: Place, user: string): void => {
    if (!/^[\w.+-]{1,100}$/.test(name) || (out.size >= pluginsMax && !out.has(name))) return;
    const known = out.get(name) ?? { users: new Set<string>(), places: [] };
    known.users.add(user);
    known.places.push(place);
    out.set(name, known);
  };
  const { config } = instance;
  const programs = mailProgramsOf(instance);
  for (const program of programs) {
    for (const { name, place } of effectiveDovecotList(config, 'mail_plugins', program)) {
      add(name, place, program);
    }
  }
  // Blocks for some addresses or names only: loaded for those is loaded.
  for (const block of conditionalDovecotBlocks(config).filter(setsPlugins).slice(0, 100)) {
    const chain = chainOf(block);
    const protocols = chain.filter(each => each.key === 'protocol').map(({ name }) => name);
    for (const program of programs) {
      const counts = (name: string): boolean =>
        name.startsWith('!') ? name !== `!${program}` : name === program;
      if (!protocols.every(counts)) continue;
      const scopes = [...dovecotScopes(config, program), ...chain];
      for (const { name, place } of dovecotListIn(config, scopes, 'mail_plugins')) {
        add(name, place, program);
      }
    }
  }
  return out;
};

/** Sieve's own plug-ins are loaded by whatever runs or compiles Sieve scripts. */
const sievePlugins = (instance: Instance, loaded: Map<string, Loaded>): Map<string, Loaded> => {
  const out = new Map<string, Loaded>();
  const runners = ['sieve', 'imap_sieve', 'imap_filter_sieve'].filter(name => loaded.has(name));
  const manages = speaks(instance, 'sieve');
  if (runners.length === 0 && !manages) return out;
  const users = [...runners, ...(manages ? ['managesieve'] : [])];
  for (const { name, place } of sieveListOf(instance, 'plugins')) {
    out.set(name, { users: new Set(users), places: [place] });
  }
  return out;
};

/** `sieve_plugins` and its like, for whichever program runs Sieve. */
export const sieveListOf = (
  instance: Instance,
  which: 'plugins' | 'extensions' | 'global_extensions',
): readonly { readonly name: string; readonly place: Place }[] => {
  const { config } = instance;
  const wanted = `sieve_${which}`;
  const found = new Map<string, Place>();
  for (const protocol of [undefined, 'lmtp', 'lda', 'imap', 'sieve']) {
    const items =
      config.syntax === '2.4'
        ? effectiveDovecotList(config, wanted, protocol)
        : dovecotScopes(config, protocol)
            .flatMap(({ blocks }) => blocks.filter(({ key }) => key === 'plugin'))
            .flatMap(({ settings }) => settings.filter(({ key }) => key === wanted))
            .slice(-1)
            .flatMap(({ value, place }) =>
              value
                .split(/[\s,]+/)
                .filter(Boolean)
                .map(name => ({ name, place })),
            );
    for (const { name, place } of items) if (!found.has(name)) found.set(name, place);
  }
  return [...found].map(([name, place]) => ({ name, place }));
};

const candidatesOf = (name: string): readonly string[] => [
  ...(packagesOf.find(([pattern]) => pattern.test(name))?.[1] ?? []),
  ...packageNames,
];

/** Whose code a module is: its file's owner; without the file, whichever package lists it. */
const claimFor = (instance: Instance, name: string, path: string | undefined): Claim => {
  const { packages, byHand, version } = instance;
  if (path !== undefined) {
    const ours = byHand && upstreamNames.has(name);
    return {
      files: [path],
      ...(ours && version !== undefined ? { ownVersion: { value: version } } : {}),
      otherwise: ours
        ? { origin: 'upstream', supplier: 'Dovecot (Open-Xchange)' }
        : { origin: 'unknown' },
    };
  }
  for (const candidate of candidatesOf(name)) {
    const listed = packages.filesOf(candidate).find(file => isModuleOf(file, name));
    if (listed !== undefined) return { files: [listed] };
  }
  const unlisted = candidatesOf(name).filter(each => packages.filesOf(each).length === 0);
  return { names: unlisted, otherwise: { origin: 'unknown' } };
};

const isModuleOf = (file: string, name: string): boolean =>
  file.endsWith('.so') && file.includes('/dovecot/') && nameOf(file) === name;

/** Whether the host shows that no such module is installed. */
const isMissing = (instance: Instance, name: string): boolean => {
  const lists = candidatesOf(name).map(each => instance.packages.filesOf(each));
  return lists.some(list => list.length > 0) && !lists.flat().some(file => isModuleOf(file, name));
};

const reachOf = (name: string, loaded: Loaded): readonly Reach[] => {
  const because = loaded.places[0];
  const place = because === undefined ? {} : { because };
  const users = [...loaded.users].join(', ');
  if (name === 'sieve') {
    return (['write', 'send'] as const).map(mode => ({
      resource: 'mail-in-transit',
      mode,
      extent: `every message that ${users} delivers`,
      ...place,
    }));
  }
  if (name.startsWith('sieve_')) return [];
  return (['read', 'write'] as const).map(mode => ({
    resource: 'stored-mail',
    mode,
    extent: `the mailbox of every user whom ${users} serves: it runs inside these programs`,
    ...place,
  }));
};

const partsOf = (
  instance: Instance,
  modules: readonly Module[],
  loaded: ReadonlyMap<string, Loaded>,
  companions: readonly Module[],
  partOf?: string,
): readonly Component[] => {
  // A second configuration of the same program: what it does not load is listed with the first.
  const shares = instance.id !== 'dovecot' && !instance.byHand;
  const installed = shares ? [] : modules.map(({ name }) => name);
  const names = new Set([...installed, ...loaded.keys()]);
  return [...names].map(name => {
    const own = modules.filter(each => each.name === name);
    const use = loaded.get(name);
    const missing = use !== undefined && own.length === 0 && isMissing(instance, name);
    if (missing) {
      instance.files.note({
        what: use.places[0]?.path ?? instance.config.path,
        why: `loads the plug-in ${name.slice(0, 100)}, of which no module is installed: the programs that load it cannot start`,
        how: `Install it, or take it out of the list.`,
      });
    }
    const others = companions.filter(each => each.name.replace(/^doveadm_/, '') === name);
    return makePart(instance, {
      part: name,
      name,
      kind: 'add-on',
      enabled: use === undefined ? false : missing ? null : true,
      claim: claimFor(instance, name, own[0]?.path),
      foundAt: [...(use?.places ?? []), ...[...own, ...others].map(({ path }) => ({ path }))],
      reach: use === undefined || missing ? [] : reachOf(name, use),
      ...(partOf === undefined ? {} : { partOf }),
    });
  });
};

/** Login processes load what `login_plugins` names from a folder of their own. */
const loginPlugins = (instance: Instance, folder: string): readonly Component[] => {
  const { config } = instance;
  const set = effectiveDovecot(config, 'login_plugin_dir')?.value;
  const modules = modulesIn(
    instance,
    set === undefined ? `${folder}/login` : resolveFrom('/', set),
    true,
  );
  const loaded = new Map<string, Loaded>();
  for (const { name, place } of effectiveDovecotList(config, 'login_plugins')) {
    loaded.set(name, { users: new Set(['login']), places: [place] });
  }
  const names = new Set([...modules.map(({ name }) => name), ...loaded.keys()]);
  return [...names].map(name => {
    const own = modules.find(each => each.name === name);
    const use = loaded.get(name);
    return makePart(instance, {
      part: name,
      name,
      kind: 'add-on',
      enabled: use !== undefined,
      claim: claimFor(instance, name, own?.path),
      foundAt: [...(use?.places ?? []), ...(own === undefined ? [] : [{ path: own.path }])],
      reach:
        use === undefined
          ? []
          : [
              {
                resource: 'credentials',
                mode: 'read',
                extent: 'every password given to a login process',
                ...(use.places[0] === undefined ? {} : { because: use.places[0] }),
              },
            ],
    });
  });
};

/** Folders whose every module is loaded without being named: what no package put there counts. */
const autoLoaded: readonly (readonly [folder: string, skip: RegExp, extent: string])[] = [
  [
    'auth',
    /^(?:authdb_|mech_|driver_|auth_var_expand_crypt$|var_expand_crypt$)/,
    'every password given at login',
  ],
  ['doveadm', /^$/, 'every mailbox: doveadm loads it'],
];

const loadedByPresence = (
  instance: Instance,
  folder: string,
  known: ReadonlySet<string>,
): readonly Component[] =>
  autoLoaded.flatMap(([inner, skip, extent]) =>
    modulesIn(instance, `${folder}/${inner}`, true)
      .filter(({ name }) => !skip.test(name) && !known.has(name.replace(/^doveadm_/, '')))
      .filter(({ name, path }) => {
        if (inner !== 'doveadm') return true;
        // A companion of a plug-in that is not installed is not loaded either.
        return instance.packages.ownerOf(path) === undefined && !upstreamNames.has(nameOf(name));
      })
      .map(({ name, path }) =>
        makePart(instance, {
          part: name,
          name,
          kind: 'add-on',
          enabled: instance.hasConfig,
          claim: claimFor(instance, name, path),
          foundAt: [{ path }],
          reach: [
            {
              resource: inner === 'auth' ? 'credentials' : 'stored-mail',
              mode: 'read',
              extent,
              because: { path },
            },
          ],
        }),
      ),
  );

/** Which plug-ins some program loads, by name: for logs and what else depends on them. */
export const loadedPlugins = (
  instance: Instance,
): ReadonlyMap<
  string,
  { readonly users: ReadonlySet<string>; readonly places: readonly Place[] }
> => {
  const mail = loadedBy(instance);
  return new Map([...mail, ...sievePlugins(instance, mail)]);
};

/** Every plug-in installed or named, loaded or not. */
export const pluginsOf = (instance: Instance): Found => {
  const at = moduleFolders(instance);
  const seen = new Set<string>();
  const firstOnly = (modules: readonly Module[]): readonly Module[] =>
    modules.filter(({ name, path }) => {
      const key = `${name}\0${instance.files.real(path) ?? path}`;
      return !seen.has(key) && seen.add(key);
    });
  const loaded = loadedBy(instance);
  const named = at.flatMap(folder =>
    modulesIn(instance, folder, true).filter(
      ({ name, path }) => path.endsWith('_plugin.so') || loaded.has(name),
    ),
  );
  const companions = at.flatMap(folder => modulesIn(instance, `${folder}/doveadm`));
  const sieve = at.flatMap(folder => modulesIn(instance, `${folder}/sieve`));
  const mail = partsOf(instance, firstOnly(named), loaded, companions);
  const main = at.find(folder => named.some(({ path }) => dirOf(path) === folder)) ?? at[0];
  const sieveIsThere = mail.some(({ name }) => name === 'sieve');
  const inner = partsOf(
    instance,
    firstOnly(sieve),
    sievePlugins(instance, loaded),
    [],
    sieveIsThere ? 'sieve' : undefined,
  );
  const known = new Set([...mail, ...inner].map(({ name }) => name));
  return {
    components: [
      ...mail,
      ...inner.filter(({ id }) => !mail.some(each => each.id === id)),
      ...(main === undefined ? [] : loginPlugins(instance, main)),
      ...(main === undefined ? [] : loadedByPresence(instance, main, known)),
    ],
  };
};
