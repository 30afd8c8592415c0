import type { Component } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { readUnit, switchedOn, unitValue } from '../../core/formats/systemd.ts';
import { tellsInstalled } from '../../core/packages.ts';
import { exposureOf, showEndpoint } from '../joining/endpoint.ts';
import type { Platform } from '../platform.ts';
import {
  type CoreConfig,
  coreConfigs,
  coreListeners,
  coreLogs,
  coreReach,
  readCore,
} from './mailman/core.ts';
import {
  archiver,
  type Find,
  identityOf,
  links,
  mailmanId,
  otherCopies,
  otherPlugs,
  placesOf,
  project,
  type Suite,
  webApps,
} from './mailman/parts.ts';
import {
  type Installed,
  installedIn,
  type SuitePart,
  siteReads,
  sitesOf,
  suite,
} from './mailman/sites.ts';
import { readWeb, uwsgiReads, webReads } from './mailman/web.ts';

const binaries = [
  '/usr/bin/mailman',
  '/usr/lib/mailman3/bin/mailman',
  '/opt/mailman/venv/bin/mailman',
] as const;

/** The unit's user; Debian's is `list`. */
const coreUser = (files: FileView): Component['runsAs'] => {
  const unit = ['mailman3.service', 'mailman.service']
    .map(name => readUnit(files, name))
    .find(found => found !== undefined);
  const user = unit === undefined ? undefined : unitValue(unit, 'Service', 'User');
  return user === undefined ? undefined : { user: user.value, because: user.because };
};

const coreExposure = (core: CoreConfig | undefined): NonNullable<Component['exposure']> => {
  const open = coreListeners(core).find(({ endpoint }) => exposureOf(endpoint) === 'yes');
  return open === undefined
    ? { internet: 'no', why: 'LMTP and the REST interface listen on loopback alone' }
    : {
        internet: 'yes',
        why: `${open.what} listens on ${showEndpoint(open.endpoint)}`,
        because: open.because,
      };
};

const coreComponent = (all: Suite, installed: Installed | undefined): Component => {
  const { files, core } = all;
  const user = coreUser(files);
  return {
    id: mailmanId,
    name: 'mailman',
    kind: 'list-manager',
    platform: 'mailman',
    enabled: switchedOn(files, ['mailman3', 'mailman']),
    ...identityOf(all, suite.core, installed),
    foundAt: placesOf(installed, core === undefined ? undefined : { path: core.path }),
    ...(user === undefined ? {} : { runsAs: user }),
    exposure: coreExposure(core),
    reach: coreReach(core),
    logs: coreLogs(core),
  };
};

const isThere = (all: Suite): boolean =>
  all.sites.length > 0 ||
  all.packages.named('mailman3') !== undefined ||
  (all.core !== undefined && !tellsInstalled(all.packages));

/** GNU Mailman 3 with HyperKitty, Postorius and what else is plugged into it. */
export const mailman: Platform = {
  id: 'mailman',
  title: 'GNU Mailman 3',
  reads: [
    ...coreConfigs,
    '/etc/mailman3/mailman-hyperkitty.cfg',
    ...webReads,
    ...uwsgiReads,
    ...binaries,
    ...siteReads,
  ],
  read: (files, packages) => {
    const sites = sitesOf(files, packages);
    const find: Find = part =>
      sites.map(site => installedIn(files, site, part)).find(found => found !== undefined);
    // What a removed package leaves in /etc switches nothing on, though its libraries may be left.
    const isLeft = (path: string, part: SuitePart): boolean =>
      path.startsWith('/etc/') &&
      tellsInstalled(packages) &&
      find(part) === undefined &&
      part.debs.every(name => packages.named(name) === undefined);
    const core = readCore(files);
    const web = readWeb(files);
    const all: Suite = {
      files,
      packages,
      core: core === undefined || isLeft(core.path, suite.core) ? undefined : core,
      web: web === undefined || isLeft(web.path, suite.web) ? undefined : web,
      sites,
    };
    if (!isThere(all)) return { components: [] };
    const used = new Set(
      Object.values(suite)
        .map(part => find(part)?.folder)
        .filter(folder => folder !== undefined),
    );
    const installedCore = find(suite.core);
    const hasCore =
      installedCore !== undefined ||
      all.core !== undefined ||
      packages.named('mailman3') !== undefined;
    return {
      components: [
        ...(hasCore ? [coreComponent(all, installedCore)] : []),
        ...webApps(all, find),
        ...project(all, find),
        ...archiver(all, find),
        ...otherPlugs(all),
        ...links(all),
        ...otherCopies(all, used),
      ],
      listeners: hasCore
        ? coreListeners(all.core).map(({ endpoint, because }) => ({
            component: mailmanId,
            endpoint,
            because,
          }))
        : [],
    };
  },
};
