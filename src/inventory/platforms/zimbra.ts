import { type Component, componentId } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { identify } from '../identify.ts';
import { exposureOf, showEndpoint } from '../joining/endpoint.ts';
import type { Platform } from '../platform.ts';
import { type NginxDirective, readNginx } from '../syntax/nginx.ts';
import { parseListen } from '../syntax/nginx-address.ts';
import { bundled, ownExtensions } from './zimbra/bundled.ts';
import {
  historyPath,
  localConfigPath,
  log4jPaths,
  readLocalConfig,
  zimbraLogs,
  zimbraReach,
  zimbraVersion,
} from './zimbra/settings.ts';
import { type Zimlet, zimletReads, zimletsOf } from './zimbra/zimlets.ts';

const id = componentId('zimbra');
const supplier = 'Synacor, Inc.';
const control = '/opt/zimbra/bin/zmcontrol';
const nginxConfig = '/opt/zimbra/conf/nginx.conf';
const extensionFolder = '/opt/zimbra/lib/ext';
const common = { platform: 'zimbra', partOf: id, logs: [] } as const;

const isThere = (files: FileView, packages: PackageIndex): boolean =>
  files.stat(control) !== undefined ||
  files.stat(localConfigPath) !== undefined ||
  files.stat(historyPath) !== undefined ||
  ['zimbra-core', 'zimbra-store', 'zimbra-mta'].some(name => packages.named(name) !== undefined);

const listensIn = (block: readonly NginxDirective[], depth = 0): readonly NginxDirective[] =>
  depth > 10
    ? []
    : block.flatMap(each => [
        ...(each.name === 'listen' ? [each] : []),
        ...listensIn(each.block ?? [], depth + 1),
      ]);

/** Zimbra keeps its addresses in LDAP; its proxy's generated configuration shows them. */
const exposure = (files: FileView): NonNullable<Component['exposure']> => {
  const listens =
    files.stat(nginxConfig) === undefined
      ? []
      : listensIn(readNginx(files, nginxConfig))
          .map(each => parseListen(each, false))
          .filter(each => each !== undefined);
  const open = listens.find(({ endpoint }) => exposureOf(endpoint) === 'yes');
  if (open !== undefined) {
    return {
      internet: 'yes',
      why: `its proxy listens on ${showEndpoint(open.endpoint)}`,
      because: open.because,
    };
  }
  return {
    internet: 'unknown',
    why: 'its listening addresses are kept in its LDAP directory, which is not read',
  };
};

/** Who made a zimlet: the package that owns its archive or its folder. */
const zimletComponent = (packages: PackageIndex, zimlet: Zimlet): Component => {
  const { name, version, deployed, places, reach } = zimlet;
  const identity = identify(packages, {
    files: places.map(({ path }) => path),
    ...(version === undefined ? {} : { ownVersion: { value: version } }),
  });
  return {
    id: componentId(`zimbra/${name}`),
    name,
    kind: 'webmail-plugin',
    ...common,
    ...identity,
    // Whether users have a deployed zimlet is said in LDAP.
    enabled: deployed ? null : false,
    foundAt: places,
    reach,
  };
};

const bundledComponents = (files: FileView, packages: PackageIndex): readonly Component[] =>
  bundled.flatMap(
    ({ name, kind, supplier: maker, programs, packages: names, reach }): readonly Component[] => {
      const path = programs
        .map(program => `/opt/zimbra/${program}`)
        .find(each => files.stat(each) !== undefined);
      const installed = names.find(each => packages.named(each) !== undefined);
      if (path === undefined && installed === undefined) return [];
      const because = { path: path ?? `/opt/zimbra/${programs[0] ?? ''}` };
      return [
        {
          id: componentId(`zimbra/${name}`),
          name,
          kind,
          ...common,
          // Which services a server runs is said in LDAP (zimbraServiceEnabled).
          enabled: null,
          ...identify(packages, {
            files: path === undefined ? [] : [path],
            names,
            otherwise: { origin: 'vendor', supplier: maker },
          }),
          foundAt: [because],
          reach: reach.map(each => ({ ...each, because })),
        },
      ];
    },
  );

/** Java that runs inside of mailboxd: whatever is not Zimbra's own was put there by somebody. */
const extensions = (files: FileView, packages: PackageIndex): readonly Component[] =>
  files
    .list(extensionFolder)
    .filter(({ name, kind }) => kind === 'folder' && !ownExtensions.has(name))
    .slice(0, 500)
    .flatMap(({ name }): readonly Component[] => {
      const folder = `${extensionFolder}/${name}`;
      const jars = files.glob(`${folder}/*.jar`).slice(0, 50);
      if (jars.length === 0) return [];
      const owner = jars.map(jar => packages.ownerOf(jar)).find(found => found !== undefined);
      if (
        owner !== undefined &&
        /^zimbra-(?:core|store|common|mbox|network|license)/.test(owner.name)
      )
        return [];
      return [
        {
          id: componentId(`zimbra/ext/${name}`),
          name,
          kind: 'add-on',
          ...common,
          enabled: true,
          ...identify(packages, { files: jars }),
          foundAt: [{ path: folder }],
          reach: [
            {
              resource: 'stored-mail',
              mode: 'write',
              extent: 'every mailbox of this server: it runs inside of mailboxd',
              because: { path: folder },
            },
          ],
        },
      ];
    });

/** Zimbra Collaboration, whose whole self lies in /opt/zimbra. */
export const zimbra: Platform = {
  id: 'zimbra',
  title: 'Zimbra Collaboration',
  reads: [
    control,
    historyPath,
    localConfigPath,
    nginxConfig,
    ...log4jPaths,
    ...zimletReads,
    `${extensionFolder}/*/*.jar`,
    ...bundled.flatMap(({ programs }) => programs.map(program => `/opt/zimbra/${program}`)),
  ],
  read: (files, packages) => {
    if (files.stat('/opt/zimbra') === undefined || !isThere(files, packages))
      return { components: [] };
    const config = readLocalConfig(files);
    const { version, because } = zimbraVersion(files, packages);
    const owner = packages.named('zimbra-core') ?? packages.named('zimbra-store');
    const identity = identify(packages, {
      ...(owner === undefined ? { files: [control] } : { names: [owner.name] }),
      ownVersion: version,
      otherwise: { origin: 'vendor', supplier },
    });
    const user = config?.keys.get('zimbra_user');
    const main: Component = {
      id,
      name: 'zimbra',
      kind: 'webmail',
      platform: 'zimbra',
      enabled: true,
      ...identity,
      version,
      foundAt: [
        ...(config === undefined ? [{ path: '/opt/zimbra' }] : [{ path: config.path }]),
        ...(because === undefined ? [] : [because]),
      ],
      runsAs:
        user === undefined || user.value === ''
          ? { user: 'zimbra' }
          : { user: user.value, because: { path: localConfigPath, line: user.line } },
      exposure: exposure(files),
      reach: zimbraReach(files, config),
      logs: zimbraLogs(files),
    };
    return {
      components: [
        main,
        ...bundledComponents(files, packages),
        ...zimletsOf(files).map(zimlet => zimletComponent(packages, zimlet)),
        ...extensions(files, packages),
      ],
    };
  },
};
