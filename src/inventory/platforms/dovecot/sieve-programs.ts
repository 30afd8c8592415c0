import type { Component, Reach } from '../../../core/component.ts';
import { baseOf, joinPath } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import type { DovecotSetting } from '../../syntax/dovecot.ts';
import { dovecotPluginSetting } from '../../syntax/dovecot-lookup.ts';
import { type SieveCall, sieveCalls } from '../../syntax/sieve-calls.ts';
import { type Instance, makePart } from './instance.ts';
import { joined } from './outside.ts';
import { loadedPlugins, sieveListOf } from './plugins.ts';

/** Protocols whose sections may set what Sieve uses. */
export const sieveProtocols = [undefined, 'lmtp', 'lda', 'imap'] as const;

/** A script of the administrator's, or a folder of such. */
export interface SieveScript {
  readonly path: string;
  /** It runs when a user moves, copies or flags a message, not when one is delivered. */
  readonly isMoved: boolean;
}

interface Call extends SieveCall {
  readonly place: Place;
  readonly isMoved: boolean;
}

const actions = ['pipe', 'filter', 'execute'] as const;

const settingFor = (instance: Instance, name: string): DovecotSetting | undefined => {
  for (const protocol of sieveProtocols) {
    const found = dovecotPluginSetting(instance.config, name, protocol);
    if (found !== undefined) return found;
  }
  return undefined;
};

const isExtensionOn = (instance: Instance, name: string): 'users' | 'global' | undefined => {
  const has = (which: 'extensions' | 'global_extensions'): boolean =>
    sieveListOf(instance, which).some(each => each.name.replace(/^\+/, '') === name);
  // Global wins: what is named there is never given to users' own scripts.
  if (has('global_extensions')) return 'global';
  return has('extensions') ? 'users' : undefined;
};

const scriptsMax = 100;

const callsOf = ({ files }: Instance, scripts: readonly SieveScript[]): readonly Call[] =>
  scripts
    .filter(({ path }) => path.startsWith('/') && !path.includes('%'))
    .slice(0, scriptsMax)
    .flatMap(({ path, isMoved }) => {
      const inside = files.stat(path)?.kind === 'folder' ? files.list(path) : undefined;
      const paths =
        inside === undefined
          ? [path]
          : inside
              .filter(({ name }) => name.endsWith('.sieve'))
              .slice(0, scriptsMax)
              .map(({ name }) => joinPath(path, name));
      return paths.flatMap(each =>
        files.stat(each) === undefined
          ? []
          : sieveCalls(files.text(each) ?? '').map(call => ({
              ...call,
              isMoved,
              place: { path: each, line: call.line },
            })),
      );
    });

const calledReach = ({ action, isMoved, place }: Call): Reach => {
  const which = isMoved
    ? 'each message that a user moves, copies or flags and'
    : 'each message that';
  return {
    resource: isMoved ? 'stored-mail' : 'mail-in-transit',
    mode: action === 'filter' ? 'write' : 'read',
    extent: `${which} ${baseOf(place.path)} hands to it (vnd.dovecot.${action})`,
    because: place,
  };
};

/** A program, as far as its file tells: it may be run, or it begins as a script that could be. */
const isProgram = ({ files }: Instance, path: string): boolean => {
  const stat = files.stat(path);
  if (stat?.kind !== 'file') return false;
  if ((stat.mode & 0o111) !== 0) return true;
  const [first, second] = files.slice(path, 0, 2) ?? [];
  return first === 0x23 && second === 0x21;
};

/** Programs in the folders of vnd.dovecot.pipe, .filter and .execute, each callable by name. */
export const extPrograms = (
  instance: Instance,
  scripts: readonly SieveScript[],
): readonly Component[] => {
  const loaded = loadedPlugins(instance).has('sieve_extprograms');
  const calls = loaded ? callsOf(instance, scripts) : [];
  const out = new Map<string, Component>();
  for (const action of loaded ? actions : []) {
    const setting = settingFor(instance, `sieve_${action}_bin_dir`);
    if (setting === undefined || !setting.value.startsWith('/')) continue;
    const folder = joinPath(setting.value);
    const by = isExtensionOn(instance, `vnd.dovecot.${action}`);
    for (const { name, kind } of instance.files.list(folder).slice(0, 200)) {
      if (kind !== 'file' && kind !== 'link') continue;
      const path = `${folder}/${name}`;
      if (name.startsWith('.') || !isProgram(instance, path)) continue;
      const called = calls.filter(call => call.action === action && call.program === name);
      const whose = by === 'users' ? "any user's Sieve script" : 'a global Sieve script';
      const any: Reach = {
        resource: 'mail-in-transit',
        mode: action === 'filter' ? 'write' : 'read',
        extent: `every message that ${whose} hands to it (vnd.dovecot.${action})`,
        because: setting.place,
      };
      const isKnown = by === 'global' && called.length > 0;
      const component = makePart(instance, {
        part: path,
        name,
        kind: 'content-filter',
        enabled: by !== undefined && ((instance.files.stat(path)?.mode ?? 0) & 0o111) !== 0,
        claim: { files: [path] },
        foundAt: [setting.place, { path }],
        reach: by === undefined ? [] : [...(isKnown ? [] : [any]), ...called.map(calledReach)],
      });
      const known = out.get(component.id);
      out.set(component.id, known === undefined ? component : joined(known, component));
    }
  }
  return [...out.values()];
};
