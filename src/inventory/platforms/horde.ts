import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import type { Link, Platform } from '../platform.ts';
import { runsAsOf, servedAt } from '../syntax/web-server.ts';
import { clientLinks, type MailServer } from '../webmail/mail-servers.ts';
import { asItsCopy, exposureOfCopy, isServed } from '../webmail/serving.ts';
import { type Application, applicationsOf, hooksOf, identityOf } from './horde/applications.ts';
import {
  addressBooks,
  fileBackends,
  filterBackends,
  mailServers,
  passwordBackends,
} from './horde/backends.ts';
import { activeSync, authBackends, baseReach, sqlLinks } from './horde/base.ts';
import { type Copy, configFolder, copiesOf, copyReads, readLayers } from './horde/copies.ts';
import { hordeLogs } from './horde/logs.ts';

/** What the other applications keep, in Horde's own database. */
const keeps: Readonly<Record<string, string>> = {
  kronolith: 'calendars of everybody',
  nag: 'tasks of everybody',
  mnemo: 'notes of everybody',
  trean: 'bookmarks of everybody',
  ansel: 'photos of everybody',
  whups: 'tickets, and the mail that opened them',
  hermes: 'working hours of everybody',
  wicked: 'pages of the wiki',
  sam: 'allow and block lists of everybody',
};

interface Read {
  readonly servers: readonly MailServer[];
  readonly component: Component;
  readonly parts: readonly Component[];
  readonly debug?: Place;
}

const readApplication = (
  files: FileView,
  packages: PackageIndex,
  main: string,
  application: Application,
): Read => {
  const { name, enabled } = application;
  const id = `${main}/${name}`;
  const identity = identityOf(packages, application);
  const isOff = enabled === false;
  const mail = name === 'imp' && !isOff ? mailServers(files, application) : undefined;
  const books =
    name === 'turba' && !isOff
      ? addressBooks(files, application, id, {
          version: identity.version,
          origin: identity.origin,
          thirdParty: identity.thirdParty,
        })
      : { reach: [], parts: [] };
  const kept = keeps[name];
  const reach: readonly Reach[] = isOff
    ? []
    : [
        ...(mail?.reach ?? []),
        ...books.reach,
        ...(name === 'ingo' ? filterBackends(files, application) : []),
        ...(name === 'passwd' ? passwordBackends(files, application) : []),
        ...(name === 'gollem' ? fileBackends(files, application) : []),
        ...(kept === undefined
          ? []
          : [
              {
                resource: 'customer-records',
                mode: 'write',
                extent: kept,
                because: application.because,
              } as const,
            ]),
      ];
  return {
    component: {
      id: componentId(id),
      name,
      kind: name === 'imp' ? 'webmail' : 'webmail-plugin',
      platform: 'horde',
      partOf: componentId(main),
      enabled,
      ...identity,
      foundAt: [application.because],
      reach,
      logs: [],
    },
    parts: [...books.parts, ...hooksOf(files, packages, main, application)],
    servers: mail?.servers ?? [],
    ...(mail?.debug === undefined ? {} : { debug: mail.debug }),
  };
};

const readCopy = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
  main: string,
): { readonly components: readonly Component[]; readonly links: readonly Link[] } => {
  const all = applicationsOf(files, copy);
  const base = all.find(({ name }) => name === 'horde');
  if (base === undefined) return { components: [], links: [] };
  const folder = configFolder(files, copy, 'horde', copy.folder);
  const path = `${folder}/conf.php`;
  const conf = readLayers(files, folder, 'conf', 'conf');
  const routes = servedAt(files, packages, copy.folder);
  const seen = isServed(files, packages, routes);
  // What Composer puts together is handed out through a folder of its own, by links or copies.
  const served = seen === false && copy.configsApart !== undefined ? null : seen;
  const runsAs = runsAsOf(files, routes);
  const isOff = base.enabled === false;
  const enabled = isOff || served === true ? base.enabled : served;
  // What Horde itself does not start, none of its applications is reached through.
  const applications = all
    .filter(({ name }) => name !== 'horde')
    .map(each => (isOff ? { ...each, enabled: false } : each))
    .map(each => readApplication(files, packages, main, each));
  const identity = identityOf(packages, base);
  const { version, origin, thirdParty } = identity;
  const own = { version, origin, thirdParty };
  const debug = applications.map(each => each.debug).find(place => place !== undefined);
  const component: Component = {
    id: componentId(main),
    name: 'horde',
    kind: 'webmail',
    platform: 'horde',
    enabled,
    ...identity,
    foundAt: [files.stat(path) === undefined ? { path: `${copy.folder}/index.php` } : { path }],
    ...(runsAs === undefined ? {} : { runsAs }),
    exposure: exposureOfCopy(files, packages, routes, served),
    reach: isOff ? [] : baseReach(conf, path),
    logs: isOff ? [] : hordeLogs(conf, path, debug),
  };
  const parts = [
    ...(isOff
      ? []
      : [
          ...sqlLinks(main, conf, path, own),
          ...authBackends(main, conf, own),
          ...activeSync(files, packages, main, conf),
        ]),
    ...hooksOf(files, packages, main, base),
    ...applications.flatMap(each => [each.component, ...each.parts]),
  ];
  const components = [component, ...parts.map(asItsCopy(component))];
  const servers = applications.flatMap(each => each.servers);
  return {
    components,
    links: enabled === false ? [] : clientLinks(files, componentId(`${main}/imp`), 'imap', servers),
  };
};

/** Horde with IMP and its other applications: the registry, `conf.php` and `backends.php`. */
export const horde: Platform = {
  id: 'horde',
  title: 'Horde',
  reads: copyReads,
  read: (files, packages) => {
    const copies = copiesOf(files);
    // The plain name is that of a copy which somebody is served from, if there is one.
    const served = copies.find(({ folder }) => servedAt(files, packages, folder).length > 0);
    const first = served ?? copies[0];
    const readings = copies.map(copy =>
      readCopy(files, packages, copy, copy === first ? 'horde' : `horde@${copy.folder}`),
    );
    return {
      components: readings.flatMap(({ components }) => components),
      links: readings.flatMap(({ links }) => links),
    };
  },
};
