import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { type PhpConfig, phpVariable, readPhpConfig } from '../../syntax/php-config.ts';
import {
  emptyArray,
  type PhpArray,
  type PhpValue,
  phpAt,
  phpItems,
  phpString,
  phpText,
  phpTruth,
  phpUnknown,
  withEntry,
} from '../../syntax/php-values.ts';
import { type Copy, isAtLeast } from './copies.ts';

/** Files of settings, each merged over those before it, as `rcube_config` does. */
export interface Settings {
  /** Lowest first. */
  readonly layers: readonly PhpValue[];
  /** The file that an administrator changes. */
  readonly file: string;
  /** `$config`, or `$rcmail_config` in files older than Roundcube 1.0. */
  readonly variable: 'config' | 'rcmail_config';
  /** What environment variables set, over every file (`rcube_config::get`). */
  readonly overrides?: PhpValue;
  /** The files as read, for what they set besides. */
  readonly read: readonly PhpConfig[];
}

const optionsFor = (copy: Copy) => ({
  constants: {
    INSTALL_PATH: `${copy.installPath}/`,
    RCUBE_INSTALL_PATH: `${copy.installPath}/`,
    RCMAIL_CONFIG_DIR: copy.configFolder,
    RCUBE_CONFIG_DIR: `${copy.configFolder}/`,
    RCUBE_PLUGINS_DIR: `${copy.installPath}/plugins/`,
    ...(copy.version === undefined
      ? {}
      : { RCMAIL_VERSION: copy.version, RCUBE_VERSION: copy.version }),
  },
  includePath: [`${copy.installPath}/program/lib`],
  workingFolder: copy.installPath,
});

interface Layer {
  readonly config: PhpConfig;
  readonly values: readonly PhpValue[];
  readonly variable: Settings['variable'];
}

/** A file of settings: `$config`, and over it the older `$rcmail_config`. */
const layerOf = (files: FileView, copy: Copy, path: string): Layer | undefined => {
  const real = files.real(path);
  const config = real === undefined ? undefined : readPhpConfig(files, real, optionsFor(copy));
  if (config === undefined) return undefined;
  const [now, old] = [phpVariable(config, 'config'), phpVariable(config, 'rcmail_config')];
  const both = config.variables.has('config') || !config.variables.has('rcmail_config');
  return {
    config,
    values: [
      ...(both ? [now] : []),
      ...(config.variables.has('rcmail_config') ? [old] : []),
    ].filter(each => each !== undefined),
    variable: both ? 'config' : 'rcmail_config',
  };
};

/** Reads the settings of a copy; undefined when it was never configured. */
export const settingsOf = (files: FileView, copy: Copy): Settings => {
  const at = (name: string): Layer | undefined =>
    layerOf(files, copy, `${copy.configFolder}/${name}`);
  const defaults = at('defaults.inc.php');
  const main = at('config.inc.php');
  const own = main === undefined ? [at('main.inc.php'), at('db.inc.php')] : [main];
  const layers = own.filter(each => each !== undefined);
  return {
    layers: [defaults, ...layers].flatMap(layer => layer?.values ?? []),
    file: layers[0]?.config.path ?? `${copy.configFolder}/config.inc.php`,
    variable: layers[0]?.variable ?? 'config',
    read: [defaults, ...layers].flatMap(layer => (layer === undefined ? [] : [layer.config])),
  };
};

/** Another file of settings merged over these; the same ones when it is not there. */
export const withFile = (
  files: FileView,
  copy: Copy,
  settings: Settings,
  path: string,
): {
  readonly settings: Settings;
  readonly own?: PhpConfig;
  readonly values: readonly PhpValue[];
} => {
  const layer = layerOf(files, copy, path);
  if (layer === undefined) return { settings, values: [] };
  return {
    settings: {
      ...(settings.overrides === undefined ? {} : { overrides: settings.overrides }),
      layers: [...settings.layers, ...layer.values],
      file: layer.config.path,
      variable: layer.variable,
      read: [...settings.read, layer.config],
    },
    own: layer.config,
    values: layer.values,
  };
};

/**
 * The value of the first of these names that is set, file by file from the last one that is read.
 * `null` counts as not set, as in `rcube_config::get()`.
 */
export const setting = (settings: Settings, ...names: readonly string[]): PhpValue | undefined => {
  const open: PhpValue[] = [];
  const overrides = settings.overrides === undefined ? [] : [settings.overrides];
  for (const layer of [...settings.layers, ...overrides].toReversed()) {
    for (const name of names) {
      const value = phpAt(layer, name);
      if (value === undefined) continue;
      if (value.is === 'unknown') {
        open.push(value);
        continue;
      }
      if (open.length === 0) return value.is === 'null' ? undefined : value;
      return joined(open, value);
    }
  }
  return open.length === 0 ? undefined : joined(open, undefined);
};

/** What may be set in one file, over what is set in another. */
const joined = (open: readonly PhpValue[], below: PhpValue | undefined): PhpValue | undefined => {
  const [first] = open;
  if (first?.is !== 'unknown') return first;
  const all = [...open, ...(below === undefined || below.is === 'null' ? [] : [below])];
  return {
    ...phpUnknown(first.why, first.at, all),
    ...(first.shape === undefined ? {} : { shape: first.shape }),
  };
};

export const settingText = (settings: Settings, ...names: readonly string[]): string | undefined =>
  phpText(setting(settings, ...names));

/** True or false as PHP takes it; undefined when nobody can tell. */
export const settingYes = (
  settings: Settings,
  name: string,
  otherwise: boolean,
): boolean | undefined => {
  const value = setting(settings, name);
  return value === undefined ? otherwise : phpTruth(value);
};

/** Where a setting stands, or the file that it would go into. */
export const placeOfSetting = (settings: Settings, ...names: readonly string[]): Place =>
  setting(settings, ...names)?.at ?? { path: settings.file };

/** Names of the IMAP and SMTP server: Roundcube 1.6 renamed both and still reads the old ones. */
export const hostNames = (copy: Copy): { imap: readonly string[]; smtp: readonly string[] } => {
  const isNew = isAtLeast(copy, 1, 6);
  if (isNew === false) return { imap: ['default_host'], smtp: ['smtp_server'] };
  return { imap: ['imap_host', 'default_host'], smtp: ['smtp_host', 'smtp_server'] };
};

const override = /^\s*env\[ROUNDCUBE_([A-Z0-9_]{1,80})\]\s*=(.*)$/;

/** `env[ROUNDCUBE_LOG_LOGINS] = 1` in the PHP-FPM pools that run the copy. */
export const withOverrides = (
  files: FileView,
  settings: Settings,
  pools: readonly string[],
): Settings => {
  let overrides: PhpArray | undefined;
  for (const path of new Set(pools)) {
    (files.text(path) ?? '').split('\n').forEach((line, i) => {
      const match = override.exec(line);
      const name = match?.[1]?.toLowerCase();
      if (name === undefined) return;
      const at = { path, line: i + 1 };
      const before = setting(settings, name);
      const written = (match?.[2] ?? '').trim().replace(/^"(.*)"$/, '$1');
      // What is a list in the files is JSON here, and `$NAME` is what PHP-FPM was started with.
      const value =
        before?.is === 'array' || written.includes('$') || pools.length > 1
          ? phpUnknown(
              `the environment variable ROUNDCUBE_${name.toUpperCase()} decides it, in ${path}`,
              at,
            )
          : phpString(written, at);
      overrides = withEntry(overrides ?? emptyArray(at), name, { value });
    });
  }
  return overrides === undefined ? settings : { ...settings, overrides };
};

/** Settings for one host name that browsers ask for, by `include_host_config`. */
export interface HostSettings {
  readonly host: string;
  readonly settings: Settings;
}

const hostsMax = 200;

const ignored = new Set([
  'config.inc.php',
  'defaults.inc.php',
  'main.inc.php',
  'db.inc.php',
  'mimetypes.php',
]);

/** The files that `include_host_config` merges over the rest, each for one host name. */
export const hostSettings = (
  files: FileView,
  copy: Copy,
  settings: Settings,
): readonly HostSettings[] => {
  const stated = setting(settings, 'include_host_config');
  if (stated === undefined || phpTruth(stated) === false) return [];
  const named =
    stated.is === 'array'
      ? phpItems(stated).items.map(({ key, value }) => [String(key), phpText(value) ?? ''] as const)
      : files
          .list(copy.configFolder)
          .filter(
            ({ name }) => name.endsWith('.inc.php') && !ignored.has(name) && name.includes('.'),
          )
          .map(({ name }) => [name.slice(0, -'.inc.php'.length), name] as const)
          // `password.inc.php` holds the settings of a plug-in.
          .filter(([host]) => host.includes('.') || host === 'localhost');
  return named
    .filter(([, file]) => file !== '')
    .slice(0, hostsMax)
    .flatMap(([host, file]): readonly HostSettings[] => {
      const path = file.startsWith('/') ? file : `${copy.configFolder}/${file}`;
      const merged = withFile(files, copy, settings, path);
      return merged.own === undefined ? [] : [{ host, settings: merged.settings }];
    });
};
