import type { Component, Reach } from '../../../core/component.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import type { DovecotBlock, DovecotSetting } from '../../syntax/dovecot.ts';
import {
  dovecotBlocks,
  dovecotPluginSeries,
  dovecotPluginSetting,
  dovecotSetting,
  effectiveDovecot,
} from '../../syntax/dovecot-lookup.ts';
import { type Found, type Instance, makePart } from './instance.ts';
import { joined } from './outside.ts';
import { loadedPlugins } from './plugins.ts';
import { extPrograms, sieveProtocols as protocols } from './sieve-programs.ts';

/** What a plug-in is given besides being loaded: scripts, and what they let it do. */
export interface Given {
  readonly part: string;
  readonly foundAt: readonly Place[];
  readonly reach: readonly Reach[];
}

/** `file:/path;active=…`, `/path`: where the script lies. */
const scriptPath = (text: string): string =>
  text
    .replace(/^(?:file|dict|ldap|data|proxy):/, '')
    .split(';')[0]
    ?.slice(0, 300) ?? '';

/** Scripts that the administrator runs on everybody's mail. */
const delivered23 = (instance: Instance): readonly DovecotSetting[] => {
  const { config } = instance;
  const found = new Map<string, DovecotSetting>();
  for (const protocol of protocols) {
    for (const name of ['sieve_before', 'sieve_after']) {
      for (const each of dovecotPluginSeries(config, name, protocol)) found.set(each.value, each);
    }
    for (const name of ['sieve_default', 'sieve_discard', 'sieve_global_path']) {
      const each = dovecotPluginSetting(config, name, protocol);
      if (each !== undefined) found.set(each.value, each);
    }
  }
  return [...found.values()].filter(({ value }) => value !== '');
};

const scriptsGiven = (settings: readonly DovecotSetting[]): Given => ({
  part: 'sieve',
  foundAt: settings.map(({ place }) => place),
  reach: settings.map(
    ({ key, value, place }): Reach => ({
      resource: 'mail-in-transit',
      mode: 'write',
      extent: `${/default/.test(key) ? 'mail of users without a script of their own' : 'every message that is delivered'}: ${scriptPath(value)}`,
      because: place,
    }),
  ),
});

const delivered24 = (instance: Instance): readonly DovecotSetting[] => {
  const blocks: DovecotBlock[] = [];
  const visit = (block: DovecotBlock, depth: number): void => {
    for (const inner of block.blocks) {
      if (depth > 4 || blocks.length > 100 || inner.key.startsWith('@')) continue;
      if (inner.key === 'sieve_script') blocks.push(inner);
      else if (inner.key === 'protocol' || inner.key === 'namespace') visit(inner, depth + 1);
    }
  };
  visit(instance.config.root, 0);
  return blocks.flatMap(block => {
    const type = dovecotSetting(block, 'sieve_script_type')?.value ?? 'personal';
    const path = dovecotSetting(block, 'sieve_script_path');
    return type === 'personal' || path === undefined ? [] : [{ ...path, key: type }];
  });
};

const imapScript = (setting: DovecotSetting): Reach => ({
  resource: 'stored-mail',
  mode: 'write',
  extent: `messages that users move, copy or flag: ${scriptPath(setting.value)}`,
  because: setting.place,
});

/** Scripts that run when a user moves a message: spam training mostly. */
const imapScripts = (instance: Instance): readonly DovecotSetting[] => {
  const { config } = instance;
  const settings: DovecotSetting[] = [];
  if (config.syntax === '2.3') {
    for (let i = 1; i < 100; i++) {
      const name = dovecotPluginSetting(config, `imapsieve_mailbox${i}_name`, 'imap');
      if (name === undefined) break;
      for (const when of ['before', 'after']) {
        const each = dovecotPluginSetting(config, `imapsieve_mailbox${i}_${when}`, 'imap');
        if (each !== undefined) settings.push(each);
      }
    }
  } else {
    const visit = (block: DovecotBlock, inside: boolean, depth: number): void => {
      for (const inner of block.blocks) {
        if (depth > 6 || settings.length > 100 || inner.key.startsWith('@')) continue;
        const within = inside || inner.key === 'mailbox' || inner.key === 'imapsieve_from';
        const path = dovecotSetting(inner, 'sieve_script_path');
        if (within && inner.key === 'sieve_script' && path !== undefined) settings.push(path);
        visit(inner, within, depth + 1);
      }
    };
    visit(config.root, false, 0);
  }
  return settings;
};

const imapGiven = (settings: readonly DovecotSetting[]): Given => ({
  part: 'imap_sieve',
  foundAt: settings.map(({ place }) => place),
  reach: settings.map(imapScript),
});

/** Settings that name a program which a plug-in starts itself. */
const startedBy: readonly (readonly [setting: string, plugin: string])[] = [
  ['antispam_pipe_program', 'antispam'],
  ['antispam_mail_sendmail', 'antispam'],
  ['antispam_dspam_binary', 'antispam'],
  ['antispam_crm_binary', 'antispam'],
];

/** Lua scripts of plug-ins: `mail_lua_script`, `push_notification_driver = lua:file=…`, `lua_file`. */
const luaScripts = (instance: Instance): readonly (readonly [string, DovecotSetting, string])[] => {
  const { config } = instance;
  const out: (readonly [string, DovecotSetting, string])[] = [];
  const add = (path: string | undefined, setting: DovecotSetting | undefined, by: string): void => {
    if (path !== undefined && setting !== undefined) out.push([path, setting, by]);
  };
  if (config.syntax === '2.4') {
    for (const block of dovecotBlocks(config.root, 'push_notification').slice(0, 20)) {
      const found = dovecotSetting(block, 'lua_file');
      add(found?.value, found, 'push_notification_lua');
    }
    for (const block of dovecotBlocks(config.root, 'mail_lua')) {
      const found = dovecotSetting(block, 'lua_file');
      add(found?.value, found, 'mail_lua');
    }
    return out;
  }
  for (const protocol of protocols) {
    const script = dovecotPluginSetting(config, 'mail_lua_script', protocol);
    add(script?.value, script, 'mail_lua');
    for (const found of dovecotPluginSeries(config, 'push_notification_driver', protocol)) {
      const path = /^lua:(?:.*[\s:])?file=(\S+)/.exec(found.value.slice(0, 2_000))?.[1];
      add(path, found, 'push_notification_lua');
    }
  }
  return out;
};

const scriptParts = (instance: Instance): readonly Component[] => {
  const loaded = loadedPlugins(instance);
  const out = new Map<string, Component>();
  for (const [path, { place }, plugin] of luaScripts(instance)) {
    if (!loaded.has(plugin) || !path.startsWith('/')) continue;
    const component = makePart(instance, {
      part: path,
      name: baseOf(path),
      kind: 'add-on',
      enabled: true,
      claim: { files: [path] },
      foundAt: [place, ...(instance.files.stat(path) === undefined ? [] : [{ path }])],
      partOf: plugin,
      reach: [
        {
          resource: 'stored-mail',
          mode: 'read',
          extent:
            plugin === 'mail_lua'
              ? 'the mailbox of every user who is served'
              : 'sender, subject and the first words of every message that is delivered',
          because: place,
        },
      ],
    });
    const known = out.get(component.id);
    out.set(component.id, known === undefined ? component : joined(known, component));
  }
  return [...out.values()];
};

const interpreters = /^(?:sh|bash|dash|perl|python[\d.]*|ruby|env|sudo)$/;

/** Of `antispam_pipe_program = /bin/sh` the program meant is the script in its arguments. */
const scriptOf = (
  instance: Instance,
  key: string,
  path: string,
): { readonly path: string; readonly place: DovecotSetting['place'] } | undefined => {
  if (!interpreters.test(baseOf(path))) return undefined;
  for (const ending of ['_args', '_spam_args', '_notspam_args']) {
    const setting =
      dovecotPluginSetting(instance.config, `${key}${ending}`) ??
      dovecotPluginSetting(instance.config, `${key}${ending}`, 'imap');
    const script = setting?.value.split(';').find(each => each.startsWith('/'));
    if (setting !== undefined && script !== undefined)
      return { path: script, place: setting.place };
  }
  return undefined;
};

const started = (instance: Instance): readonly Component[] => {
  const loaded = loadedPlugins(instance);
  const backend = dovecotPluginSetting(instance.config, 'antispam_backend', 'imap')?.value ?? '';
  return startedBy.flatMap(([key, plugin]): readonly Component[] => {
    const setting =
      dovecotPluginSetting(instance.config, key) ??
      dovecotPluginSetting(instance.config, key, 'imap');
    const program = setting?.value.split(/\s/)[0] ?? '';
    const script = scriptOf(instance, key, program);
    const path = script?.path ?? program;
    if (setting === undefined || !loaded.has(plugin) || !path.startsWith('/')) return [];
    // Of several back ends only the one chosen runs.
    const chosen = /^antispam_(pipe|mail|dspam|crm)_/.exec(key)?.[1];
    const same =
      chosen === undefined ||
      backend === '' ||
      backend.startsWith(chosen) ||
      (chosen === 'mail' && backend === 'pipe');
    if (!same) return [];
    return [
      makePart(instance, {
        part: path,
        name: baseOf(path),
        kind: 'content-filter',
        enabled: true,
        claim: { files: [path] },
        foundAt: [
          setting.place,
          ...(script === undefined ? [] : [script.place]),
          ...(instance.files.stat(path) === undefined ? [] : [{ path }]),
        ],
        partOf: plugin,
        reach: [
          {
            resource: 'stored-mail',
            mode: 'read',
            extent: 'every message that a user moves to or from the spam folder',
            because: setting.place,
          },
        ],
      }),
    ];
  });
};

/** Of 2.4: `execute name { driver = fork, fork_path = … }`, wherever it stands. */
const forked = (instance: Instance): readonly Component[] => {
  const out = new Map<string, Component>();
  const visit = (block: DovecotBlock, depth: number): void => {
    for (const inner of block.blocks) {
      if (depth > 8 || out.size > 100 || inner.key.startsWith('@')) continue;
      const path = dovecotSetting(inner, 'execute_fork_path');
      const driver = dovecotSetting(inner, 'execute_driver')?.value;
      const runs = inner.key.endsWith('execute') && (driver === 'fork' || inner.name === 'fork');
      if (runs && path !== undefined && path.value.startsWith('/')) {
        const component = makePart(instance, {
          part: path.value,
          name: baseOf(path.value),
          kind: 'add-on',
          enabled: true,
          claim: { files: [path.value] },
          foundAt: [path.place],
        });
        const known = out.get(component.id);
        out.set(component.id, known === undefined ? component : joined(known, component));
      }
      visit(inner, depth + 1);
    }
  };
  if (instance.config.syntax === '2.4') visit(instance.config.root, 0);
  return [...out.values()];
};

/** What Sieve and other plug-ins start, and the scripts that they are given. */
export const sieveOf = (instance: Instance): Found & { readonly given: readonly Given[] } => {
  if (!instance.hasConfig) return { components: [], given: [] };
  const mailCrypt = cryptKeys(instance);
  const delivered =
    instance.config.syntax === '2.4' ? delivered24(instance) : delivered23(instance);
  const moved = imapScripts(instance);
  const scripts = [
    ...delivered.map(({ value }) => ({ path: scriptPath(value), isMoved: false })),
    ...moved.map(({ value }) => ({ path: scriptPath(value), isMoved: true })),
  ];
  return {
    components: [
      ...extPrograms(instance, scripts),
      ...started(instance),
      ...scriptParts(instance),
      ...forked(instance),
    ],
    given: [scriptsGiven(delivered), imapGiven(moved), mailCrypt],
  };
};

/** Keys that mail is encrypted with. */
const cryptKeys = (instance: Instance): Given => {
  const { config } = instance;
  const settings =
    config.syntax === '2.4'
      ? dovecotBlocks(config.root, 'crypt_global_private_key').flatMap(
          block => dovecotSetting(block, 'crypt_private_key_file') ?? [],
        )
      : [
          dovecotPluginSetting(config, 'mail_crypt_global_private_key'),
          effectiveDovecot(config, 'crypt_global_private_key_file'),
        ].filter(found => found !== undefined);
  return {
    part: 'mail_crypt',
    foundAt: [],
    reach: settings.map(({ file, value, place }): Reach => {
      const path = file ?? (value.startsWith('/') ? value : place.path);
      return {
        resource: 'credentials',
        mode: 'read',
        extent: `the private key that stored mail is encrypted with: ${path}`,
        because: place,
      };
    }),
  };
};
