import type { AccessLog } from '../../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { identify } from '../../identify.ts';
import { reaches } from '../../joining/endpoint.ts';
import type { Endpoint } from '../../platform.ts';
import {
  exposureOfServed,
  runsAsOf,
  type Served,
  servedAt,
  servedFolders,
  webServers,
} from '../../syntax/web-server.ts';

/** A database that a panel writes to. The password is never kept, only where it stands. */
export interface PanelDatabase {
  readonly scheme: string;
  /** Empty for a file or the local socket. */
  readonly host: string;
  readonly name: string;
  /** What lies in it, in words. */
  readonly holds: string;
  readonly because: Place;
  readonly password?: Place;
}

/** One copy of a panel, before it becomes components. */
export interface Panel {
  readonly id: string;
  readonly name: string;
  readonly supplier: string;
  readonly purl?: string;
  /** A file of its code: whichever package owns it made it. */
  readonly code: string;
  readonly packages?: readonly string[];
  readonly version?: Component['version'];
  readonly foundAt: readonly Place[];
  readonly databases: readonly PanelDatabase[];
  readonly reach: readonly Reach[];
  readonly logs: readonly AccessLog[];
  readonly enabled: boolean | null;
  readonly exposure?: Component['exposure'];
  readonly runsAs?: Component['runsAs'];
}

const showPanelDatabase = ({ scheme, host, name }: PanelDatabase): string =>
  scheme === 'sqlite'
    ? `database file ${name.slice(0, 300)}`
    : `database ${name.slice(0, 100) || '(unnamed)'} at ${host.slice(0, 200) || 'the local server'} (${scheme})`;

const passwordReach = ({ password }: PanelDatabase): readonly Reach[] =>
  password === undefined
    ? []
    : [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `a database password, in ${password.path}`,
          because: password,
        },
      ];

const linkOf = (panel: Panel, database: PanelDatabase): Component => {
  const where = database.scheme === 'sqlite' ? baseOf(database.name) : database.name;
  const name = `${database.scheme}:${where.slice(0, 100)}`;
  return {
    id: componentId(`${panel.id}/${name}`),
    name,
    kind: 'database-link',
    platform: 'mail-admin',
    partOf: componentId(panel.id),
    enabled: panel.enabled,
    version: { unknown: `it is a database that ${panel.name} talks to` },
    origin: 'unknown',
    thirdParty: true,
    foundAt: [database.because],
    reach: [
      {
        resource: 'customer-records',
        mode: 'write',
        extent: `${database.holds}, in ${showPanelDatabase(database)}`,
        because: database.because,
      },
      ...passwordReach(database),
    ],
    logs: [],
  };
};

/** A panel with the databases that it writes to. */
export const panelComponents = (packages: PackageIndex, panel: Panel): readonly Component[] => {
  const [first] = panel.databases;
  const accounts: readonly Reach[] =
    first === undefined
      ? []
      : [
          {
            resource: 'customer-records',
            mode: 'write',
            extent: `${first.holds}, in ${showPanelDatabase(first)}`,
            because: first.because,
          },
          {
            resource: 'credentials',
            mode: 'write',
            extent: `the password of every mailbox: it can set a new one, in ${showPanelDatabase(first)}`,
            because: first.because,
          },
        ];
  const main: Component = {
    id: componentId(panel.id),
    name: panel.name,
    kind: 'connector',
    platform: 'mail-admin',
    enabled: panel.enabled,
    ...identify(packages, {
      files: [panel.code],
      names: panel.packages ?? [],
      ...(panel.version === undefined ? {} : { ownVersion: panel.version }),
      otherwise: {
        origin: 'upstream',
        supplier: panel.supplier,
        ...(panel.purl === undefined ? {} : { purl: panel.purl }),
      },
    }),
    foundAt: panel.foundAt,
    ...(panel.runsAs === undefined ? {} : { runsAs: panel.runsAs }),
    ...(panel.exposure === undefined ? {} : { exposure: panel.exposure }),
    reach: [...accounts, ...panel.reach],
    logs: panel.logs,
  };
  const links = panel.databases.map(database => linkOf(panel, database));
  return [main, ...new Map(links.map(each => [each.id, each])).values()];
};

type Web = Pick<Panel, 'enabled' | 'exposure' | 'runsAs'>;

const webOf = (files: FileView, packages: PackageIndex, routes: readonly Served[]): Web => {
  const runsAs = runsAsOf(files, routes);
  const exposure = exposureOfServed(routes);
  const isServed = routes.some(({ listens }) => listens.length > 0);
  const found = webServers(files, packages).length > 0;
  return {
    enabled: isServed ? true : found ? false : null,
    ...(runsAs === undefined ? {} : { runsAs }),
    exposure:
      exposure ??
      (found
        ? { internet: 'no', why: 'no web server of this host serves it' }
        : { internet: 'unknown', why: 'no web server was found whose configuration tells' }),
  };
};

/** Whether a web server runs what lies in the folder, for whom, and as which user. */
export const servedFolder = (files: FileView, packages: PackageIndex, folder: string): Web =>
  webOf(files, packages, servedAt(files, packages, folder));

/** Who reaches an application that listens by itself: whoever a web server in front lets in. */
export const exposureBehind = (
  files: FileView,
  packages: PackageIndex,
  endpoint: Endpoint,
): Component['exposure'] | undefined =>
  exposureOfServed(
    servedFolders(files, packages).filter(({ to }) =>
      to.some(pass => pass.endpoint !== undefined && reaches(pass.endpoint, endpoint)),
    ),
  );
