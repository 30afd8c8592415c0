import type { FileView } from '../../../core/files.ts';
import { joinPath } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { reaches } from '../../joining/endpoint.ts';
import type { Endpoint } from '../../platform.ts';
import { cut, unbrace } from '../../syntax/postfix-list.ts';
import { addCall, addProgram, type Plugs, serviceNames } from './calls.ts';
import { type Instance, type Item, running, type Service } from './instance.ts';
import { isTableServer, type MapUse } from './maps.ts';
import { restrictionLists } from './restrictions.ts';
import { parseSocket, portOf, serverOf } from './routes.ts';
import type { Entry } from './tables.ts';

const depthMax = 20;
/** Restrictions that are looked at for all services together. */
const itemsMax = 300_000;

interface Policy {
  readonly server: string;
  readonly at: Place;
}

/** Items of a `{ … }`, which all stand where it stood. */
const inner = (item: Item): readonly Item[] | undefined => {
  const group = unbrace({ text: item.text, offset: 0 });
  return group === undefined
    ? undefined
    : cut(group.text).map(({ text }) => ({ text, at: item.at }));
};

/** Classes may name each other: each is looked into once for each list. */
interface Search {
  readonly service: Service;
  readonly classes: ReadonlySet<string>;
  readonly seen: Set<string>;
  /** Of the whole configuration. */
  readonly budget: { itemsLeft: number };
}

/** Every `check_policy_service` of a list, through restriction classes and `{ … }`. */
const policiesIn = (search: Search, items: readonly Item[], depth = 0): readonly Policy[] => {
  const { service, classes, seen, budget } = search;
  const out: Policy[] = [];
  if (depth > depthMax) return out;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    budget.itemsLeft -= 1;
    if (item === undefined || budget.itemsLeft < 0) break;
    if (item.text.toLowerCase() === 'check_policy_service') {
      const next = items[i + 1];
      i += 1;
      if (next !== undefined) out.push({ server: serverOf(next.text), at: next.at });
      continue;
    }
    const group = inner(item);
    if (group !== undefined) {
      if (/^check_/i.test(group[0]?.text ?? '')) out.push(...policiesIn(search, group, depth + 1));
      continue;
    }
    if (classes.has(item.text) && !seen.has(item.text)) {
      seen.add(item.text);
      out.push(...policiesIn(search, service.params.get(item.text).items, depth + 1));
    }
  }
  return out;
};

const elsewhere = /^(?:proxy:)?(?:mysql|pgsql|ldap|sqlite|mongodb|memcache|tcp|socketmap):/;

/** Whether an access table lies in a database or another program, whose entries no file shows. */
const asksElsewhere = (items: readonly Item[], depth = 0): boolean =>
  depth <= depthMax &&
  items.some(({ text }, i) => {
    const item = items[i];
    const group = item === undefined ? undefined : inner(item);
    if (group !== undefined) return asksElsewhere(group, depth + 1);
    return elsewhere.test(text) && /^check_\w+_access$/i.test(items[i - 1]?.text ?? '');
  });

/** The socket that a `spawn` entry of master.cf listens on. */
const spawnSocket = (instance: Instance, service: Service): Endpoint | undefined => {
  if (service.type === 'unix') {
    const folder = service.private ? 'private' : 'public';
    return { net: 'unix', path: joinPath(instance.queue, folder, service.name) };
  }
  if (service.type !== 'inet') return undefined;
  const colon = service.name.lastIndexOf(':');
  const port = portOf(service.name.slice(colon + 1));
  const host = colon < 0 ? '*' : service.name.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return port === undefined ? undefined : { net: 'tcp', host, port };
};

/** Policy services: who is asked, and what program `spawn` starts behind the socket. */
export const collectPolicies = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  uses: readonly MapUse[],
  entriesIn: (items: readonly Item[]) => readonly Entry[],
): void => {
  const spawns = running(instance, 'spawn');
  const used = new Set<Service>();
  const budget = { itemsLeft: itemsMax };
  for (const service of running(instance, 'smtpd')) {
    const { params } = service;
    const classes = new Set(params.get('smtpd_restriction_classes').items.map(({ text }) => text));
    const own = restrictionLists.map(name => [name, params.get(name).items] as const);
    // An entry of an access table may name a class, or a policy service itself.
    const fromTables = entriesIn(own.flatMap(([, items]) => items)).map(
      ({ value, at }) => [at.path, cut(value).map(({ text }) => ({ text, at }))] as const,
    );
    const tabled = new Set<readonly Item[]>(fromTables.map(([, items]) => items));
    const seenInLists = new Set<string>();
    // A table in another program may name any class that nothing else uses: that is what it is for.
    const left = asksElsewhere(own.flatMap(([, items]) => items)) ? [...classes] : [];
    const lists: readonly (readonly [string, readonly Item[], string?])[] = [
      ...own,
      ...fromTables,
      ...left.map(name => [name, params.get(name).items, name] as const),
    ];
    for (const [list, items, named] of lists) {
      if (named !== undefined && seenInLists.has(named)) continue;
      const search: Search = { service, classes, seen: new Set(), budget };
      for (const { server, at } of policiesIn(search, items)) {
        const to = parseSocket(files, instance, service.chrooted, server);
        if (to === undefined) {
          files.note({
            what: `${at.path}, line ${at.line ?? 1}`,
            why: `check_policy_service in ${list} names a server in a form that is not understood`,
            how: 'Look up what it leads to.',
          });
          continue;
        }
        const which =
          named !== undefined
            ? `each message that an access table in a database sends to the class ${named.slice(0, 80)}, of those that come`
            : tabled.has(items)
              ? `each message that an entry of ${list.slice(0, 300)} sends to it, of those that come`
              : 'every message that comes';
        const extent = (services: readonly string[]): string =>
          `sender, recipients, client and login name of ${which} in through ${serviceNames(services)}, not its text (check_policy_service)`;
        const spawn = spawns.find(each => {
          const socket = spawnSocket(instance, each);
          return socket !== undefined && reaches(to, socket);
        });
        if (spawn === undefined) {
          addCall(plugs, {
            to,
            as: 'policy-service',
            resource: 'mail-in-transit',
            mode: 'read',
            extent,
            service: service.label,
            at,
          });
          continue;
        }
        used.add(spawn);
        addProgram(instance, plugs, spawn, {
          kind: 'policy-service',
          enabled: true,
          at,
          reach: [
            {
              resource: 'mail-in-transit',
              mode: 'read',
              extent: extent([service.label]),
              because: at,
            },
          ],
        });
      }
      for (const name of search.seen) seenInLists.add(name);
    }
  }
  if (budget.itemsLeft < 0) {
    files.note({
      what: instance.mainPath,
      why: `holds more than ${itemsMax} restrictions; the rest was not looked through for policy services`,
      how: 'Check what the file is.',
    });
  }
  collectTableServers(files, instance, plugs, uses, used);
  for (const spawn of spawns) {
    if (used.has(spawn)) continue;
    addProgram(instance, plugs, spawn, {
      kind: 'policy-service',
      // What listens on the network may have callers that this host does not name.
      enabled: spawn.type === 'inet' ? null : false,
      reach: [],
    });
  }
};

/** `tcp:host:port`, `socketmap:inet:host:port:name`, `socketmap:unix:path:name`. */
const tableServer = (files: FileView, instance: Instance, use: MapUse): Endpoint | undefined => {
  if (use.type === 'tcp') return parseSocket(files, instance, false, use.name);
  const colon = use.name.lastIndexOf(':');
  return parseSocket(files, instance, false, colon < 0 ? use.name : use.name.slice(0, colon));
};

/** Programs that answer lookups: they see each address that is looked up, and decide what it becomes. */
const collectTableServers = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  uses: readonly MapUse[],
  used: Set<Service>,
): void => {
  for (const use of uses.filter(isTableServer)) {
    const to = tableServer(files, instance, use);
    if (to === undefined) {
      files.note({
        what: `${use.at.path}, line ${use.at.line ?? 1}`,
        why: `${use.parameter} names a table server in a form that is not understood`,
        how: 'Look up what it leads to.',
      });
      continue;
    }
    const extent = `each address or name that Postfix looks up (${use.parameter})`;
    const spawn = running(instance, 'spawn').find(each => {
      const socket = spawnSocket(instance, each);
      return socket !== undefined && reaches(to, socket);
    });
    if (spawn === undefined) {
      addCall(plugs, {
        to,
        as: 'database-link',
        resource: 'mail-in-transit',
        mode: 'read',
        extent: () => extent,
        service: '',
        at: use.at,
      });
      continue;
    }
    used.add(spawn);
    addProgram(instance, plugs, spawn, {
      kind: 'policy-service',
      enabled: true,
      at: use.at,
      reach: [{ resource: 'mail-in-transit', mode: 'read', extent, because: use.at }],
    });
  }
};
