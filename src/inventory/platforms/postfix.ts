import { type Component, componentId } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import { type Daemon, findDaemon, programPaths } from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import { distinctPlaces, distinctReach } from '../joining/distinct.ts';
import type { Link, Listener, Platform, PlatformReading } from '../platform.ts';
import { programAt } from '../programs/piped-programs.ts';
import { collectAliases } from './postfix/aliases.ts';
import { collectCalls, collectMilterMaps, linksOf, newPlugs } from './postfix/calls.ts';
import { databaseLinks } from './postfix/databases.ts';
import { collectDelivery, collectUnused } from './postfix/delivery.ts';
import { collectForeign } from './postfix/foreign.ts';
import { anywhereReads, configReads, findHomes, type Home, versionIn } from './postfix/found.ts';
import { type Instance, noteExpansions, readInstance, running } from './postfix/instance.ts';
import { exposureOfAll, heardOf, noteNames } from './postfix/listening.ts';
import { logsOf } from './postfix/logs.ts';
import { type MapUse, mapUses } from './postfix/maps.ts';
import { mapModules, typesIn } from './postfix/modules.ts';
import { collectPolicies } from './postfix/policies.ts';
import { programComponents } from './postfix/programs.ts';
import { reachOf } from './postfix/reach.ts';
import { collectCyrus, saslReads } from './postfix/sasl.ts';
import type { Entry } from './postfix/tables.ts';

const names = {
  programs: ['postfix'],
  packages: ['postfix', 'postfix3', 'postfix-lts'],
  units: ['postfix', 'postfix@-'],
  configuration: configReads,
};

/** Programs of master.cf as it ships, most of which no host has. */
const shippedNames =
  /(?:^|\/)(?:maildrop|uux|ifmail|bsmtp|scalemail-store|postfix-to-mailman\.py|cyrdeliver|deliver)$/;

interface Host {
  readonly files: FileView;
  readonly packages: PackageIndex;
  readonly daemon: Daemon;
}

type Identity = ReturnType<typeof identify>;

const identityOf = ({ files, packages, daemon }: Host): Identity => {
  const isOwned = daemon.binary !== undefined && packages.ownerOf(daemon.binary) !== undefined;
  const own = isOwned ? undefined : versionIn(files, daemon.binary);
  return identify(packages, {
    files: daemon.binary === undefined ? [] : [daemon.binary],
    names: names.packages,
    ...(own === undefined ? {} : { ownVersion: { value: own } }),
    otherwise: { origin: 'upstream', supplier: 'Postfix project' },
  });
};

const isThere =
  ({ files, packages }: Host) =>
  (program: string): boolean | null => {
    const isHere = programAt(files, program) !== undefined;
    if (isHere || packages.ownerOf(program) !== undefined) return true;
    const knows = tellsInstalled(packages);
    return knows || shippedNames.test(program) ? false : null;
  };

const mainComponent = (
  host: Host,
  home: Home,
  instance: Instance,
  identity: Identity,
  uses: readonly MapUse[],
  found: { readonly reach: Component['reach']; readonly headerChecks: readonly Entry[] },
): Component => {
  const owner = instance.params.get('mail_owner');
  const heard = heardOf(instance);
  const runs = host.daemon.startsAtBoot;
  return {
    id: componentId(instance.id),
    name: 'postfix',
    kind: 'mta',
    platform: 'postfix',
    enabled: home.isMain ? runs : home.enabled === true ? runs : home.enabled,
    ...identity,
    foundAt: [
      { path: instance.mainPath },
      ...heard
        .map(({ service }) => service.at)
        .filter((at, i, all) => all.findIndex(({ line }) => line === at.line) === i)
        .slice(0, 20),
    ],
    runsAs: { user: owner.text, because: owner.at },
    exposure:
      home.isMain || home.enabled === true
        ? exposureOfAll(instance, heard)
        : {
            internet: home.enabled === false ? 'no' : 'unknown',
            why:
              home.enabled === false
                ? 'it is switched off (multi_instance_enable)'
                : 'nothing says that it runs',
            because: { path: instance.mainPath },
          },
    reach: [...reachOf(instance, uses), ...found.reach].slice(0, 400),
    logs: logsOf(host.files, instance, identity.version, found.headerChecks),
  };
};

const readHome = (of: Host, home: Home): PlatformReading => {
  const host = home.daemon === undefined ? of : { ...of, daemon: home.daemon };
  const identity = identityOf(host);
  const { files, packages } = host;
  const version = 'value' in identity.version ? identity.version.value : '';
  const id = home.isMain ? 'postfix' : `postfix@${home.folder}`;
  const instance = readInstance(files, id, home.folder, version.replace(/^\d+:|-.*$/gs, ''));
  const plugs = newPlugs();
  const uses = mapUses(instance);
  collectCalls(files, instance, plugs);
  const cyrus = collectCyrus(files, packages, instance);
  const delivery = collectDelivery(files, instance, plugs, uses);
  const { entriesIn, entriesOf } = delivery;
  collectMilterMaps(files, instance, plugs, entriesOf('smtpd_milter_maps'));
  collectPolicies(files, instance, plugs, uses, entriesIn);
  collectAliases(files, instance, plugs, uses);
  collectForeign(files, instance, plugs);
  collectUnused(instance, plugs, uses, isThere(host));
  const main = mainComponent(host, home, instance, identity, uses, {
    reach: [...delivery.reach, ...cyrus.reach],
    headerChecks: entriesOf('header_checks'),
  });
  const databases = databaseLinks(files, instance, uses);
  const types = new Set([
    ...typesIn(uses),
    // Some tables stand behind others: what a memcache keeps copies of.
    ...databases.map(({ name }) => name.slice(0, name.indexOf(':'))),
  ]);
  const modules = home.isMain ? mapModules(files, packages, instance, types) : [];
  noteExpansions(files, instance);
  noteNames(files, instance);
  const spawned = new Set(running(instance, 'spawn'));
  const listeners: readonly Listener[] = heardOf(instance)
    .filter(({ service }) => !spawned.has(service))
    .map(({ endpoint, service }) => ({ component: main.id, endpoint, because: service.at }));
  const links: readonly Link[] = linksOf(instance, plugs.calls);
  const parts = [
    ...programComponents(files, packages, instance, plugs.programs),
    ...databases,
    ...cyrus.components,
  ];
  if (home.isMain || home.enabled === true) {
    return { components: [main, ...parts, ...modules], listeners, links };
  }
  if (links.length > 0) {
    files.note({
      what: home.folder,
      why: `is a configuration of Postfix that ${home.enabled === false ? 'is switched off (multi_instance_enable)' : home.daemon === undefined ? 'no multi_instance_directories names' : 'nothing is seen to start'}: filters and hosts that it would call are not listed`,
      how: `Name it in multi_instance_directories if it runs (\`postmulti -l\`), else remove it.`,
    });
  }
  // Nothing says that it runs: what belongs to it is not said to be switched on either.
  return {
    components: [
      main,
      ...parts
        .filter(part => part.platform === 'postfix')
        .map(part => ({ ...part, enabled: home.enabled })),
    ],
  };
};

/** Behind the id of its Postfix: `intake.py` of `postfix@/etc/postfix-out/intake.py`. */
const ownPart = ({ id, partOf }: Component): string | undefined =>
  partOf !== undefined && id.startsWith(`${partOf}/`) ? id.slice(partOf.length + 1) : undefined;

const isShared = (a: Component, b: Component): boolean =>
  a.foundAt.some(at => b.foundAt.some(({ path, line }) => path === at.path && line === at.line));

/**
 * What the same line gives to two instances (`/etc/aliases`, a file of credentials) is one part, of
 * the first of them.
 */
const withoutTwins = (instances: readonly (readonly Component[])[]): readonly Component[] => {
  const parts = new Map<string, Component>();
  const out = new Map<string, Component>();
  for (const component of instances.flat()) {
    const part = ownPart(component);
    const twin = part === undefined ? undefined : parts.get(part);
    if (twin === undefined || twin.partOf === component.partOf || !isShared(twin, component)) {
      if (part !== undefined && twin === undefined) parts.set(part, component);
      out.set(component.id, component);
      continue;
    }
    const joined: Component = {
      ...twin,
      enabled: twin.enabled === true || component.enabled === true ? true : twin.enabled,
      foundAt: distinctPlaces([...twin.foundAt, ...component.foundAt]),
      reach: distinctReach([...twin.reach, ...component.reach]),
    };
    parts.set(part ?? '', joined);
    out.set(twin.id, joined);
  }
  return [...out.values()];
};

/** Postfix: postconf(5), master(5), access(5), transport(5), aliases(5), DATABASE_README. */
export const postfix: Platform = {
  id: 'postfix',
  title: 'Postfix',
  reads: [
    ...configReads,
    ...anywhereReads,
    ...saslReads,
    '/etc/aliases',
    '/home/*/.forward',
    ...programPaths(names.programs),
  ],
  read: (files, packages) => {
    const found = findDaemon(files, packages, names);
    const homes = findHomes(files, found);
    const daemon = found ?? homes.find(({ isMain }) => isMain)?.daemon;
    if (daemon === undefined) return { components: [] };
    const [first] = homes;
    if (first === undefined && daemon.binary === undefined) return { components: [] };
    const host: Host = { files, packages, daemon };
    const all: readonly Home[] =
      first === undefined ? [{ folder: '/etc/postfix', isMain: true, enabled: null }] : homes;
    const readings = all.map(home => readHome(host, home));
    return {
      components: withoutTwins(readings.map(({ components }) => components)),
      listeners: readings.flatMap(({ listeners }) => listeners ?? []),
      links: readings.flatMap(({ links }) => links ?? []),
    };
  },
};
