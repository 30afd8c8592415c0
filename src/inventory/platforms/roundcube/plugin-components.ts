import { type Component, type ComponentId, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { identify } from '../../identify.ts';
import type { Copy } from './copies.ts';
import { passwordLog } from './logs.ts';
import { pluginReach } from './plugin-reach.ts';
import { pluginSettings } from './plugin-settings.ts';
import { makeOf } from './plugin-version.ts';
import type { Enabled, Installed, PluginList } from './plugins.ts';
import type { Settings } from './settings.ts';

/** Plug-ins that ship with Roundcube itself, in any release. */
const bundled = new Set(
  (
    'acl additional_message_headers archive attachment_reminder autologon autologout ' +
    'database_attachments debug_logger emoticons enigma example_addressbook filesystem_attachments ' +
    'help hide_blockquote http_authentication identicon identity_select jqueryui ' +
    'krb_authentication managesieve markasjunk new_user_dialog new_user_identity ' +
    'newmail_notifier password reconnect redundant_attachments show_additional_headers ' +
    'squirrelmail_usercopy subscriptions_option userinfo vcard_attachments virtuser_file ' +
    'virtuser_query zipdownload legacy_browser'
  ).split(' '),
);

export const roundcubeTeam = 'The Roundcube Dev Team';

const identityOf = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
  plugin: Installed,
): ReturnType<typeof identify> => {
  const make = makeOf(files, copy, plugin.folder, plugin.name);
  const isBundled = bundled.has(plugin.name);
  const supplier = isBundled ? roundcubeTeam : make.supplier;
  const identity = identify(packages, {
    files: [plugin.source],
    ...(make.version === undefined ? {} : { ownVersion: make.version }),
    otherwise: {
      origin: isBundled || make.isKnownProject ? 'upstream' : 'unknown',
      ...(supplier === undefined ? {} : { supplier }),
      ...(make.purl === undefined ? {} : { purl: make.purl }),
    },
  });
  return 'value' in identity.version
    ? identity
    : {
        ...identity,
        version: {
          unknown: `no package owns it, and neither composer.json, composer.lock, package.xml nor ${plugin.name}.php states a version`,
        },
      };
};

const placesOf = (plugin: Installed, enabled: Enabled | undefined): readonly Place[] => [
  ...(enabled === undefined ? [] : [enabled.because]),
  { path: plugin.source },
];

/** Whether it is loaded; null when that is not decided in the files. */
const stateOf = (
  plugin: Installed,
  enabled: Enabled | undefined,
  list: PluginList,
): boolean | null => {
  if (!plugin.isLoadable) return false;
  if (enabled !== undefined) return enabled.maybe === undefined ? true : null;
  return list.more === undefined ? false : null;
};

/** Every plug-in that lies on the host, loaded or not. */
export const pluginComponents = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
  id: ComponentId,
  settings: Settings,
  installed: readonly Installed[],
  list: PluginList,
): readonly Component[] =>
  installed.map((plugin): Component => {
    const enabled = list.enabled.get(plugin.name);
    const state = stateOf(plugin, enabled, list);
    const because = enabled?.because ?? { path: plugin.source };
    const own = state === false ? undefined : pluginSettings(files, copy, settings, plugin);
    return {
      id: componentId(`${id}/${plugin.name}`),
      name: plugin.name,
      kind: 'webmail-plugin',
      platform: 'roundcube',
      partOf: id,
      enabled: state,
      ...identityOf(files, packages, copy, plugin),
      foundAt: placesOf(plugin, enabled),
      reach: own === undefined ? [] : pluginReach(plugin.name, own, because),
      logs:
        own === undefined || plugin.name !== 'password' ? [] : [passwordLog(files, copy, own.all)],
    };
  });
