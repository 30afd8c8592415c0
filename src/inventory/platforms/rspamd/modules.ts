import {
  type Component,
  type ComponentId,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { identify } from '../../identify.ts';
import { type UclValue, uclAll, uclGet, uclTexts } from '../../syntax/ucl.ts';
import { moduleNeeds, type Need } from './module-needs.ts';
import { moduleReach } from './module-reach.ts';
import type { Settings } from './settings.ts';

/** One module, and whether Rspamd loads it (`rspamd_config_is_module_enabled`). */
export interface Module {
  readonly name: string;
  /** Its Lua source; modules written in C have none. */
  readonly path?: string;
  readonly enabled: boolean | null;
  readonly why: string;
  readonly place?: Place;
  readonly section?: UclValue;
}

/** Modules compiled into every Rspamd 2 and 3. */
const compiled = ['chartable', 'dkim', 'fuzzy_check', 'regexp'] as const;

const modulesMax = 1_000;

/** Lua modules: every `*.lua` in the folders that the `modules` section names, first name wins. */
const luaModules = (files: FileView, settings: Settings): ReadonlyMap<string, string> => {
  const section = settings.section('modules');
  const found = new Map<string, string>();
  const named = ['path', 'fallback_path', 'try_path'].flatMap(key => uclTexts(section, key));
  const folders =
    named.length > 0
      ? named.map(({ text }) => text)
      : [`${settings.layout.share}/plugins`, `${settings.layout.conf}/plugins.d`];
  for (const folder of folders) {
    const path = folder.replace(/(?<!\/)\/+$/, '');
    const paths = path.endsWith('.lua') ? [path] : files.glob(`${path}/*.lua`);
    for (const each of paths.filter(one => files.stat(one)?.kind === 'file')) {
      const name = baseOf(each).slice(0, -'.lua'.length);
      if (!found.has(name) && found.size < modulesMax) found.set(name, each);
    }
  }
  return found;
};

/** A group of symbols of the module's name that is switched off takes the module along. */
const groupIsOff = (settings: Settings, name: string): boolean =>
  uclAll(settings.config, 'group')
    .flatMap(group => [
      ...(uclGet(group, 'name')?.text === name ? [group] : []),
      ...(group.keys.get(name) ?? []),
    ])
    .some(group => enabledBy(group) === false || flagOf(group, 'disabled') === true);

/** As libucl and `rspamd_config_parse_flag` read it: an unquoted number changes nothing. */
const flagOf = (value: UclValue, key: string): boolean | undefined => {
  const found = uclGet(value, key);
  if (found === undefined || found.kind === 'object' || found.kind === 'array') return undefined;
  if (/^(?:true|yes|on)$/i.test(found.text)) return true;
  if (/^(?:false|no|off)$/i.test(found.text)) return false;
  // Text that is no flag switches the module off; a number is none to begin with.
  return found.kind === 'string' || !/^-?[\d.]+[a-z]*$/i.test(found.text) ? false : undefined;
};

const enabledBy = (section: UclValue): boolean | undefined => flagOf(section, 'enabled');

interface State {
  readonly enabled: boolean | null;
  readonly why: string;
  readonly place?: Place;
}

const stateOf = (
  files: FileView,
  settings: Settings,
  name: string,
  path: string | undefined,
): State => {
  const options = settings.section('options');
  const explicit = uclTexts(options, 'explicit_modules').find(({ text }) => text === name);
  const filter = uclTexts(options, 'filters').find(({ text }) => text === name);
  const isC = path === undefined;
  if (explicit !== undefined) return ownWord(files, settings, name, path, explicit.place);
  if (isC && filter === undefined) {
    if (uclGet(options, 'filters') === undefined && settings.missing.length > 0) {
      return unread(settings);
    }
    const place = uclGet(options, 'filters')?.place;
    return {
      enabled: false,
      why: 'the setting filters does not name it',
      ...(place === undefined ? {} : { place }),
    };
  }
  // C code asks the section that is written first; Lua code sees them joined.
  const first = uclGet(settings.config, name);
  if (first === undefined && !isC) {
    if (settings.missing.length > 0) return unread(settings);
    return { enabled: false, why: 'it has no section in the configuration, so it is not loaded' };
  }
  if (first !== undefined && enabledBy(first) === false) {
    const place = uclGet(first, 'enabled')?.place ?? first.place;
    return { enabled: false, why: 'its section says enabled = false', place };
  }
  if (groupIsOff(settings, name)) {
    return { enabled: false, why: 'the group of its name is switched off' };
  }
  return ownWord(files, settings, name, path, filter?.place ?? first?.place);
};

/** What a file that could not be read may set is not known to be unset. */
const unread = ({ missing }: Settings): State => ({
  enabled: null,
  why: `whether it is switched on may stand in ${missing[0] ?? 'a file'}, which could not be read`,
});

/** What the module itself says once it is loaded. */
const ownWord = (
  files: FileView,
  settings: Settings,
  name: string,
  path: string | undefined,
  place: Place | undefined,
): State => {
  const at = place === undefined ? {} : { place };
  const needs: readonly Need[] | undefined = Object.hasOwn(moduleNeeds, name)
    ? moduleNeeds[name]
    : undefined;
  if (needs !== undefined) {
    const section = settings.section(name);
    const missing = needs
      .map(need => need({ name, section, settings, files }))
      .find(each => each !== undefined);
    return missing === undefined
      ? { enabled: true, why: 'it is configured and not switched off', ...at }
      : { enabled: false, why: missing, ...at };
  }
  if (path === undefined) return { enabled: true, why: 'the setting filters names it', ...at };
  // Code that nobody here has read: it may switch itself off for reasons of its own.
  const source = files.text(path, { bytesMax: 1 << 20 }) ?? '';
  return /disable_module|check_experimental/.test(source)
    ? {
        enabled: null,
        why: 'it is loaded, and may switch itself off for a reason that only its code knows',
        ...at,
      }
    : { enabled: true, why: 'it is loaded: it has a section that is not switched off', ...at };
};

/** Of modules in C; Rspamd has about twenty. */
const compiledMax = 300;

export const readModules = (files: FileView, settings: Settings): readonly Module[] => {
  const lua = luaModules(files, settings);
  const filters = uclTexts(settings.section('options'), 'filters').map(({ text }) => text);
  const inC = [...new Set([...compiled, ...filters])]
    .filter(name => !lua.has(name))
    .slice(0, compiledMax);
  if (inC.length === compiledMax) {
    files.note({
      what: settings.path,
      why: `its setting filters names more than ${compiledMax} modules; the rest was not looked at`,
      how: 'Take names out of it that no module has.',
    });
  }
  const all: (readonly [string, string | undefined])[] = [
    ...[...lua].map(([name, path]) => [name, path] as const),
    ...inC.map(name => [name, undefined] as const),
  ];
  return all.map(([name, path]) => {
    const section = settings.section(name);
    return {
      name,
      ...(path === undefined ? {} : { path }),
      ...(section === undefined ? {} : { section }),
      ...stateOf(files, settings, name, path),
    };
  });
};

/** A module as a component of the Rspamd that loads it. */
export const moduleComponent = (
  packages: PackageIndex,
  owner: Pick<
    Component,
    'id' | 'version' | 'origin' | 'supplier' | 'purl' | 'package' | 'thirdParty'
  >,
  module: Module,
  settings: Settings,
): Component => {
  const { id } = owner;
  const places = [
    ...(module.place === undefined ? [] : [module.place]),
    ...(module.path === undefined ? [] : [{ path: module.path }]),
  ];
  const shipped = module.path?.startsWith(`${settings.layout.share}/`) ?? true;
  const identity =
    module.path === undefined
      ? identityOf(owner)
      : identify(packages, {
          files: [module.path],
          // Parts of an Rspamd that was unpacked by hand are of its version.
          ...(shipped && owner.package === undefined ? { ownVersion: owner.version } : {}),
          ...(shipped ? { otherwise: { origin: owner.origin, supplier: 'Rspamd project' } } : {}),
        });
  return {
    id: componentId(`${id}/${module.name}`),
    name: module.name,
    kind: 'add-on',
    platform: 'rspamd',
    partOf: id,
    enabled: module.enabled,
    ...identity,
    foundAt: places.length > 0 ? places : [{ path: settings.path }],
    reach: reachOf(module, settings, shipped),
    logs: [],
  };
};

/** Code that Rspamd did not ship sees what Rspamd sees; for the rest that goes without saying. */
const reachOf = (module: Module, settings: Settings, shipped: boolean): readonly Reach[] => {
  if (module.enabled === false) return [];
  // Nothing of what it would do is set where it could be read.
  if (shipped && module.enabled === null && module.place === undefined) return [];
  const known = moduleReach(module, settings);
  return shipped
    ? known
    : [ownCode(module.place, module.enabled === null ? module.why : undefined), ...known];
};

const ownCode = (place: Place | undefined, doubt: string | undefined): Reach => ({
  resource: 'mail-in-transit',
  mode: 'write',
  extent: `every message that Rspamd scans: its Lua code runs inside Rspamd${doubt === undefined ? '' : `; ${doubt}`}`,
  ...(place === undefined ? {} : { because: place }),
});

const identityOf = (
  owner: Pick<Component, 'version' | 'origin' | 'supplier' | 'purl' | 'package' | 'thirdParty'>,
) => ({
  version: owner.version,
  origin: owner.origin,
  thirdParty: owner.thirdParty,
  ...(owner.supplier === undefined ? {} : { supplier: owner.supplier }),
  ...(owner.purl === undefined ? {} : { purl: owner.purl }),
  ...(owner.package === undefined ? {} : { package: owner.package }),
});

/** Rules in Lua that Rspamd runs besides its modules (`rules/rspamd.lua`). */
export const localRules = (
  files: FileView,
  packages: PackageIndex,
  id: ComponentId,
  settings: Settings,
): readonly Component[] => {
  const { conf, share } = settings.layout;
  const loader = files.text(`${share}/rules/rspamd.lua`);
  const main = `${conf}/rspamd.local.lua`;
  const legacy = `${conf}/lua/rspamd.local.lua`;
  const isThere = (path: string): boolean => files.stat(path)?.kind === 'file';
  const loads = (word: string): boolean | null =>
    loader === undefined ? null : loader.includes(word);
  const found: { path: string; name: string; enabled: boolean | null }[] = [];
  if (isThere(main)) found.push({ path: main, name: 'rspamd.local.lua', enabled: true });
  if (isThere(legacy)) {
    found.push({ path: legacy, name: 'lua/rspamd.local.lua', enabled: !isThere(main) });
  }
  if (isThere(`${conf}/local.d/rspamd.lua`)) {
    const path = `${conf}/local.d/rspamd.lua`;
    found.push({ path, name: 'local.d/rspamd.lua', enabled: loads('/local.d/rspamd.lua') });
  }
  for (const path of files.glob(`${conf}/lua.local.d/*.lua`).slice(0, modulesMax)) {
    found.push({ path, name: baseOf(path), enabled: loads('lua.local.d') });
  }
  return found.map(({ path, name, enabled }) => ({
    id: componentId(`${id}/${name}`),
    name,
    kind: 'add-on',
    platform: 'rspamd',
    partOf: id,
    enabled,
    ...identify(packages, { files: [path] }),
    foundAt: [{ path }],
    reach:
      enabled === false
        ? []
        : [
            ownCode(
              { path },
              enabled === null ? 'whether this version loads it was not seen' : undefined,
            ),
          ],
    logs: [],
  }));
};
