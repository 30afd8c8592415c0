import { type Component, type ComponentId, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { switchedOn } from '../../../core/formats/systemd.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import { exposureOfAll } from '../../daemons/daemon.ts';
import { identify } from '../../identify.ts';
import { showDatabase } from '../../syntax/database-url.ts';
import { exposureOfServed } from '../../syntax/web-server.ts';
import { mailRoutes } from '../../webmail/mail-routes.ts';
import { mailmanWebServer } from '../../webmail/mailman-web.ts';
import { type CoreConfig, coreConfigs, coreDatabase, corePlugs, hyperkittyTarget } from './core.ts';
import { type Installed, installedIn, type Site, type SuitePart, suite } from './sites.ts';
import {
  appsOf,
  archiveReach,
  archiverKey,
  authOf,
  isOn,
  loginLog,
  readUwsgi,
  type WebSettings,
  webDatabase,
  webReach,
} from './web.ts';

export const mailmanId: ComponentId = componentId('mailman');
const supplier = 'GNU Mailman project';

/** All that was read of the suite. */
export interface Suite {
  readonly files: FileView;
  readonly packages: PackageIndex;
  readonly core: CoreConfig | undefined;
  readonly web: WebSettings | undefined;
  readonly sites: readonly Site[];
}

export const identityOf = (
  { packages }: Suite,
  part: SuitePart,
  installed: Installed | undefined,
): ReturnType<typeof identify> => {
  const owner = installed === undefined ? undefined : packages.ownerOf(installed.init);
  const metadata = installed?.metadata;
  return identify(packages, {
    // What lies outside every package was put there by pip, whatever package of that name there is.
    files: installed === undefined ? [] : [installed.init],
    names: part.debs,
    ...(owner === undefined && metadata !== undefined
      ? { ownVersion: { value: metadata.version } }
      : {}),
    otherwise: {
      origin: 'upstream',
      supplier,
      ...(metadata === undefined ? {} : { purl: `pkg:pypi/${part.name}@${metadata.version}` }),
    },
  });
};

export const placesOf = (
  installed: Installed | undefined,
  ...first: readonly (Place | undefined)[]
): readonly Place[] => [
  ...first.filter(place => place !== undefined),
  ...(installed?.metadata === undefined
    ? installed === undefined
      ? []
      : [{ path: installed.folder }]
    : [{ path: installed.metadata.path }]),
];

const isPackaged = ({ packages }: Suite, part: SuitePart): boolean =>
  part.debs.some(name => packages.named(name) !== undefined);

export type Find = (part: SuitePart) => Installed | undefined;

/** uWSGI or gunicorn itself listens beyond loopback: whoever reaches its port needs no web server. */
const openDoor = (files: FileView): Component['exposure'] => {
  const exposure = exposureOfAll(mailmanWebServer(files).listens);
  return exposure?.internet === 'yes' ? exposure : undefined;
};

/** Who can talk to the web interface, as far as the web servers on this host tell. */
const webExposure = ({ files, packages }: Suite): NonNullable<Component['exposure']> =>
  exposureOfServed(
    mailRoutes(files, packages)
      .filter(({ software }) => software.name === 'Mailman 3')
      .map(({ route }) => route),
  ) ??
  openDoor(files) ??
  (readUwsgi(files)?.local === true
    ? { internet: 'no', why: 'it listens on a Unix socket, and no web server hands it requests' }
    : { internet: 'unknown', why: 'no web server on this host was seen to hand it requests' });

const plug = (
  all: Suite,
  part: SuitePart,
  installed: Installed | undefined,
  rest: Partial<Component>,
): Component => ({
  id: componentId(`mailman/${part.name}`),
  name: part.name,
  kind: 'add-on',
  platform: 'mailman',
  partOf: mailmanId,
  enabled: null,
  ...identityOf(all, part, installed),
  foundAt: placesOf(installed),
  reach: [],
  logs: [],
  ...rest,
});

const appPlace = (web: WebSettings | undefined, module: string): Place | undefined =>
  appsOf(web)?.find(({ name }) => name === module || name.startsWith(`${module}.`))?.because;

/** HyperKitty and Postorius where their module lies, or where the settings switch them on. */
export const webApps = (all: Suite, find: Find): readonly Component[] => {
  const { web } = all;
  const uwsgi = readUwsgi(all.files, all.web);
  const user = uwsgi?.user ?? mailmanWebServer(all.files).user;
  const exposure = webExposure(all);
  return [suite.hyperkitty, suite.postorius].flatMap((part): readonly Component[] => {
    const installed = find(part);
    const place = appPlace(web, part.module);
    if (installed === undefined && place === undefined && !isPackaged(all, part)) return [];
    const isArchive = part.name === 'hyperkitty';
    return [
      plug(all, part, installed, {
        enabled: isOn(web, part.module),
        foundAt: placesOf(installed, place),
        exposure,
        ...(user === undefined ? {} : { runsAs: user }),
        reach: isArchive
          ? [...archiveReach(web), ...archiverKey(web)]
          : webReach(web).filter(({ mode }) => mode === 'admin'),
        logs: isArchive && uwsgi !== undefined ? [uwsgi.log] : isArchive ? [] : [loginLog(web)],
      }),
    ];
  });
};

export const project = (all: Suite, find: Find): readonly Component[] => {
  const installed = find(suite.web);
  if (installed === undefined && !isPackaged(all, suite.web)) return [];
  const user = readUwsgi(all.files, all.web)?.user ?? mailmanWebServer(all.files).user;
  return [
    plug(all, suite.web, installed, {
      enabled: switchedOn(all.files, ['mailman3-web', 'mailmanweb', 'mailman-web']),
      foundAt: placesOf(installed, all.web === undefined ? undefined : { path: all.web.path }),
      exposure: webExposure(all),
      ...(user === undefined ? {} : { runsAs: user }),
      reach: webReach(all.web),
    }),
  ];
};

/** The plug-in that hands every message of the core to HyperKitty. */
export const archiver = (all: Suite, find: Find): readonly Component[] => {
  const configured = corePlugs(all.core).find(({ module }) =>
    module.startsWith('mailman_hyperkitty'),
  );
  const installed = find(suite.archiver);
  if (configured === undefined && installed === undefined && !isPackaged(all, suite.archiver))
    return [];
  const target = hyperkittyTarget(all.files, all.core);
  const because: Place =
    target?.url === undefined
      ? (configured?.because ?? { path: all.core?.path ?? coreConfigs[0] })
      : { path: target.path, line: target.url.line };
  const at = withoutAccounts(target?.url?.value ?? 'the address in its configuration');
  return [
    plug(all, suite.archiver, installed, {
      enabled: configured?.enabled ?? false,
      foundAt: placesOf(installed, configured?.because),
      reach: [
        {
          resource: 'mail-in-transit',
          mode: 'read',
          extent: `every message of every archived list, handed to ${at}`,
          because,
        },
        ...(target?.key === undefined
          ? []
          : [
              {
                resource: 'credentials',
                mode: 'read',
                extent: `the key of the archive, in ${target.path}`,
                because: { path: target.path, line: target.key.line },
              } as const,
            ]),
      ],
    }),
  ];
};

const stock: ReadonlySet<string> = new Set(['mhonarc', 'mail_archive', 'prototype']);

/** Other archivers and plug-ins of the core, switched on or listed as not. */
export const otherPlugs = (all: Suite): readonly Component[] =>
  corePlugs(all.core)
    .filter(({ module }) => !module.startsWith('mailman_hyperkitty'))
    // The archivers that ship with Mailman are switched off by the same line that mentions them.
    .filter(({ name, enabled }) => enabled || !stock.has(name))
    .map(({ kind, name, module, enabled, because }): Component => {
      const part: SuitePart = { name, module: module.split('.')[0] ?? name, debs: [] };
      const installed = stock.has(name)
        ? undefined
        : all.sites
            .map(site => installedIn(all.files, site, part))
            .find(found => found !== undefined);
      const inside = module.startsWith('mailman.') ? identityOf(all, suite.core, undefined) : {};
      return plug(all, part, installed, {
        ...inside,
        kind: name === 'mail_archive' ? 'connector' : 'add-on',
        enabled,
        foundAt: placesOf(installed, because),
        reach: [
          {
            resource: 'mail-in-transit',
            mode: kind === 'plugin' ? 'write' : 'read',
            extent:
              name === 'mail_archive'
                ? 'every message of every public list, sent to mail-archive.com'
                : kind === 'plugin'
                  ? 'every message that is posted to a list: it runs inside of Mailman'
                  : 'every message of every archived list',
            because,
          },
        ],
      });
    });

const link = (
  all: Suite,
  kind: 'database-link' | 'auth-backend',
  name: string,
  rest: Partial<Component>,
): Component => ({
  ...plug(all, { name, module: name, debs: [] }, undefined, rest),
  ...identityOf(
    all,
    suite.core,
    all.sites
      .map(site => installedIn(all.files, site, suite.core))
      .find(found => found !== undefined),
  ),
  kind,
  enabled: true,
});

/** Servers of SQL; a file of SQLite's is no connection. */
export const links = (all: Suite): readonly Component[] => {
  const found = [coreDatabase(all.core), webDatabase(all.web)].filter(
    each => each !== undefined && each.url.scheme !== 'sqlite',
  );
  return [
    ...found.flatMap((each): readonly Component[] => {
      if (each === undefined) return [];
      const { url, because } = each;
      return [
        link(all, 'database-link', `${url.scheme}:${because.path}`, {
          foundAt: [because],
          reach: [
            {
              resource: 'customer-records',
              mode: 'write',
              extent: `every table of ${showDatabase(url)}`,
              because,
            },
            ...(url.hasPassword
              ? [
                  {
                    resource: 'credentials',
                    mode: 'read',
                    extent: `the password of its database account, in ${because.path}`,
                    because,
                  } as const,
                ]
              : []),
          ],
        }),
      ];
    }),
    ...authOf(all.web).map(({ name, because, reach }) =>
      link(all, 'auth-backend', name, { foundAt: [because], reach }),
    ),
  ];
};

/** Copies of the suite beside the one in use: another virtual environment, a forgotten try. */
export const otherCopies = (all: Suite, used: ReadonlySet<string>): readonly Component[] =>
  all.sites.flatMap(site =>
    [suite.core, suite.hyperkitty, suite.postorius].flatMap((part): readonly Component[] => {
      const installed = installedIn(all.files, site, part);
      if (installed === undefined || used.has(installed.folder)) return [];
      const whole = `mailman@${site.folder}`;
      const isCore = part.name === 'mailman';
      const { partOf: _, ...plain } = plug(all, part, installed, { enabled: null });
      return [
        {
          ...plain,
          id: componentId(isCore ? whole : `${whole}/${part.name}`),
          kind: isCore ? 'list-manager' : 'add-on',
        },
      ];
    }),
  );
