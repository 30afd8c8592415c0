import type { FileView } from '../../../core/files.ts';
import { phpVariable } from '../../syntax/php-config.ts';
import { type PhpKey, type PhpValue, phpItems } from '../../syntax/php-values.ts';
import type { Copy } from './copies.ts';
import type { Installed } from './plugins.ts';
import { type Settings, withFile } from './settings.ts';

/** The settings that a plug-in sees, and those that are its own. */
export interface PluginSettings {
  readonly all: Settings;
  /** By name, with where each stands: from its own file, and from the main one by its name. */
  readonly own: ReadonlyMap<PhpKey, PhpValue>;
  /** `$prefs` of carddav and other plug-ins that do not use `$config`. */
  readonly prefs?: PhpValue;
}

/**
 * `config.inc.php` in the plug-in's folder, else `<name>.inc.php` beside Roundcube's own settings
 * (`rcube_plugin::load_config`), merged over the main settings.
 */
export const pluginSettings = (
  files: FileView,
  copy: Copy,
  settings: Settings,
  plugin: Installed,
): PluginSettings => {
  const paths = [`${plugin.folder}/config.inc.php`, `${copy.configFolder}/${plugin.name}.inc.php`];
  const path = paths.find(each => files.stat(each)?.kind === 'file');
  const merged =
    path === undefined ? { settings, values: [] } : withFile(files, copy, settings, path);
  const own = new Map<PhpKey, PhpValue>();
  for (const layer of settings.layers) {
    for (const { key, value } of phpItems(layer).items) {
      if (typeof key === 'string' && key.startsWith(plugin.name)) own.set(key, value);
    }
  }
  for (const layer of merged.values) {
    for (const { key, value } of phpItems(layer).items) own.set(key, value);
  }
  const config = 'own' in merged ? merged.own : undefined;
  const prefs = config === undefined ? undefined : phpVariable(config, 'prefs');
  return { all: merged.settings, own, ...(prefs === undefined ? {} : { prefs }) };
};
