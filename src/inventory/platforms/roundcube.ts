import {
  type Component,
  type ComponentId,
  componentId,
  type Exposure,
  type Reach,
} from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { purlOf } from '../../core/purl.ts';
import { identify } from '../identify.ts';
import { distinctReach } from '../joining/distinct.ts';
import type { Link, Platform } from '../platform.ts';
import type { Served } from '../syntax/served.ts';
import { poolsOf, runsAsOf, servedAt } from '../syntax/web-server.ts';
import { clientLinks } from '../webmail/mail-servers.ts';
import { asItsCopy, exposureOfCopy, isServed } from '../webmail/serving.ts';
import { type Copy, copiesOf, marker, packagedFolders } from './roundcube/copies.ts';
import { databaseParts, directoryParts, keyReach } from './roundcube/databases.ts';
import { roundcubeLogs } from './roundcube/logs.ts';
import { pluginComponents, roundcubeTeam } from './roundcube/plugin-components.ts';
import { enabledPlugins, installedPlugins } from './roundcube/plugins.ts';
import { imapServers, mailReach, sendReach, smtpServers } from './roundcube/servers.ts';
import {
  type HostSettings,
  hostSettings,
  type Settings,
  setting,
  settingsOf,
  withOverrides,
} from './roundcube/settings.ts';

type Identity = ReturnType<typeof identify>;

/** A package of the distribution says more than `RCMAIL_VERSION`, which stays as mends are put in. */
const identityOf = (packages: PackageIndex, copy: Copy): Identity => {
  const { version } = copy;
  return identify(packages, {
    files: [copy.iniset],
    ...(copy.isPackaged || version === undefined ? {} : { ownVersion: { value: version } }),
    otherwise: {
      origin: 'upstream',
      supplier: roundcubeTeam,
      purl: purlOf({
        type: 'composer',
        namespace: 'roundcube',
        name: 'roundcubemail',
        ...(version === undefined ? {} : { version }),
      }),
    },
  });
};

/** The routes of web servers that lead to this copy. */
const routesTo = (files: FileView, packages: PackageIndex, copy: Copy): readonly Served[] => {
  const folders = [copy.folder, copy.installPath, `${copy.installPath}/public_html`];
  return [
    ...new Set(
      folders
        .filter(folder => files.stat(folder)?.kind === 'folder')
        .flatMap(folder => servedAt(files, packages, folder)),
    ),
  ];
};

/** cPanel's webmail is served by a web server of its own, which has no configuration to read. */
const cpanel = { below: '/usr/local/cpanel/', server: '/usr/local/cpanel/cpsrvd' } as const;

const isCpanels = (files: FileView, { folder }: Copy): boolean =>
  folder.startsWith(cpanel.below) && files.stat(cpanel.server) !== undefined;

const servedOf = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
  routes: readonly Served[],
): boolean | null => {
  if (isCpanels(files, copy)) return true;
  const served = isServed(files, packages, routes);
  return served !== true && copy.folder.startsWith(cpanel.below) ? null : served;
};

const exposureOf = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
  enabled: boolean | null,
  routes: readonly Served[],
): Exposure =>
  routes.length === 0 && isCpanels(files, copy)
    ? {
        internet: 'yes',
        why: 'cpsrvd, the web server of cPanel, serves it on ports 2095 and 2096',
        because: { path: cpanel.server },
      }
    : exposureOfCopy(files, packages, routes, enabled);

const reachOf = (copy: Copy, scopes: readonly Settings[]): readonly Reach[] =>
  distinctReach(
    scopes.flatMap(settings => [
      ...mailReach(copy, settings),
      ...sendReach(copy, settings),
      ...keyReach(settings),
    ]),
  );

const uniqueIds = (all: readonly Component[]): readonly Component[] => [
  ...new Map(all.map(each => [each.id, each])).values(),
];

const mainOf = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
  id: ComponentId,
  settings: Settings,
  hosts: readonly HostSettings[],
  routes: readonly Served[],
): Component => {
  const enabled = servedOf(files, packages, copy, routes);
  const user = runsAsOf(files, routes);
  const isConfigured = files.stat(settings.file) !== undefined;
  return {
    id,
    name: 'roundcube',
    kind: 'webmail',
    platform: 'roundcube',
    enabled,
    ...identityOf(packages, copy),
    foundAt: [...(isConfigured ? [{ path: settings.file }] : []), { path: copy.iniset }],
    ...(user === undefined ? {} : { runsAs: user }),
    exposure: exposureOf(files, packages, copy, enabled, routes),
    reach: isConfigured ? reachOf(copy, [settings, ...hosts.map(each => each.settings)]) : [],
    logs: roundcubeLogs(files, copy, settings, hosts, routes),
  };
};

const noteAbsent = (files: FileView, settings: Settings): void => {
  if (files.stat(settings.file) !== undefined) return;
  files.note({
    what: settings.file,
    why: 'is not there: this copy of Roundcube was never configured, or its settings lie elsewhere',
    how: 'Collect the file too, or remove the copy.',
  });
};

const readCopy = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
  first: boolean,
): { readonly components: readonly Component[]; readonly links: readonly Link[] } => {
  const id = componentId(first ? 'roundcube' : `roundcube@${copy.folder}`);
  const routes = routesTo(files, packages, copy);
  const pools = poolsOf(files, routes).map(pool => pool.path);
  const settings = withOverrides(files, settingsOf(files, copy), pools);
  noteAbsent(files, settings);
  const hosts = hostSettings(files, copy, settings);
  if (hosts.length === 0 && setting(settings, 'include_host_config')?.is === 'unknown') {
    files.note({
      what: settings.file,
      why: 'whether each host name has settings of its own (include_host_config) is not decided in the file',
      how: 'Write true or false.',
    });
  }
  const main = mainOf(files, packages, copy, id, settings, hosts, routes);
  const installed = installedPlugins(files, copy);
  const list = enabledPlugins(files, copy, settings, hosts, installed);
  const owner = { id, identity: identityOf(packages, copy) };
  const scopes = [settings, ...hosts.map(each => each.settings)];
  const isConfigured = files.stat(settings.file) !== undefined;
  return {
    components: uniqueIds([
      main,
      ...[
        ...pluginComponents(files, packages, copy, id, settings, installed, list),
        ...(isConfigured
          ? scopes.flatMap(each => [...databaseParts(owner, each), ...directoryParts(owner, each)])
          : []),
      ].map(asItsCopy(main)),
    ]),
    links:
      isConfigured && main.enabled !== false
        ? scopes.flatMap(each => [
            ...clientLinks(files, id, 'imap', imapServers(copy, each)),
            ...clientLinks(files, id, 'mta', smtpServers(copy, each)),
          ])
        : [],
  };
};

/** Roundcube: `defaults.inc.php`, and what its own classes do with the settings. */
export const roundcube: Platform = {
  id: 'roundcube',
  title: 'Roundcube',
  reads: [
    marker,
    ...packagedFolders.flatMap(([folder, config]) => [
      `${folder}/program/include/iniset.php`,
      `${config}/*.inc.php`,
    ]),
    '/etc/roundcube/plugins/*/config.inc.php',
    '/var/lib/roundcube/plugins/*',
    cpanel.server,
  ],
  read: (files, packages) => {
    const copies = copiesOf(files, packages);
    const readings = copies.map((copy, i) => readCopy(files, packages, copy, i === 0));
    return {
      components: readings.flatMap(({ components }) => components),
      links: readings.flatMap(({ links }) => links),
    };
  },
};
