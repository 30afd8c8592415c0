import type { ComponentKind, Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { isLoopback } from '../../joining/endpoint.ts';
import { cut, tablesOf, unbrace } from '../../syntax/postfix-list.ts';
import { shellWords } from '../../syntax/shell-defaults.ts';
import { deliversLocally } from './aliases.ts';
import { addCall, addFilter, addProgram, type Plugs } from './calls.ts';
import { type Instance, type Item, running } from './instance.ts';
import { isRemoteMap, type MapUse } from './maps.ts';
import { type Destination, destinationsOf, parseHost, parseRoute, type Route } from './routes.ts';
import { type Entry, readTable } from './tables.ts';

/** Keys of entries that lead to one place, shortened. */
const keysOf = (keys: readonly string[]): string => {
  const unique = [...new Set(keys.map(key => key.slice(0, 80)))];
  const shown = unique.slice(0, 3).join(', ');
  return unique.length > 3 ? `${shown} and ${unique.length - 3} more` : shown;
};

const gateway = (
  plugs: Plugs,
  to: NonNullable<ReturnType<typeof parseHost>>,
  extent: string,
  at: Place,
): void =>
  addCall(plugs, {
    to: { net: 'tcp', host: to.host, port: to.port },
    as: 'gateway',
    resource: 'mail-in-transit',
    mode: 'read',
    extent: () => (to.byMx ? `${extent}, at the mail servers that DNS names for it` : extent),
    service: '',
    at,
  });

/** `relayhost` and `smtp_fallback_relay`: hosts that everything goes to which is not for this one. */
const relayHosts = (files: FileView, instance: Instance, plugs: Plugs): void => {
  const relays = [
    ['relayhost', 'every message to other hosts (relayhost)'],
    ['smtp_fallback_relay', 'messages that could not be delivered otherwise (smtp_fallback_relay)'],
  ] as const;
  // A next hop of default_transport overrules relayhost (postconf(5)).
  const overruled = parseRoute(instance.params.get('default_transport').text).nexthop !== '';
  for (const [name, extent] of relays) {
    if (name === 'relayhost' && overruled) continue;
    for (const { text, at } of instance.params.get(name).items.slice(0, 50)) {
      const to = parseHost(text, 25);
      if (to !== undefined) gateway(plugs, to, extent, at);
      else {
        files.note({
          what: `${at.path}, line ${at.line ?? 1}`,
          why: `${name} names a host in a form that is not understood`,
          how: 'Look up what it leads to.',
        });
      }
    }
  }
};

/** What the other end of a delivery is, as long as nobody says that he listens there. */
const kindOf = (end: Destination & { readonly is: 'socket' }, hint: string): ComponentKind => {
  if (/mailman|sympa/i.test(hint)) return 'list-manager';
  return end.lmtp ? 'imap' : 'gateway';
};

/** A transport that delivers: to a socket, a program, or Postfix's own agents. */
const deliver = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  route: Route,
  found: { readonly extent: string; readonly at: Place; readonly hint?: string },
): void => {
  if (route.transport !== '') plugs.transportsUsed.add(route.transport);
  for (const end of destinationsOf(files, instance, route)) {
    deliverAt(files, instance, plugs, route, end, found);
  }
};

const deliverAt = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  route: Route,
  end: Destination,
  found: { readonly extent: string; readonly at: Place; readonly hint?: string },
): void => {
  switch (end.is) {
    case 'socket': {
      const isOpen = end.to.net === 'tcp' && !isLoopback(end.to.host);
      addCall(plugs, {
        to: end.to,
        as: kindOf(end, found.hint ?? ''),
        resource: 'mail-in-transit',
        mode: 'read',
        extent: () =>
          end.byMx && isOpen
            ? `${found.extent}, at the mail servers that DNS names for it`
            : found.extent,
        service: '',
        at: found.at,
      });
      return;
    }
    case 'program':
      addProgram(instance, plugs, end.service, {
        kind: 'content-filter',
        enabled: true,
        at: found.at,
        reach: [
          {
            resource: 'mail-in-transit',
            mode: 'read',
            extent: found.extent,
            because: found.at,
          },
        ],
      });
      return;
    case 'missing':
      files.note({
        what: `${found.at.path}${found.at.line === undefined ? '' : `, line ${found.at.line}`}`,
        why: `names the transport "${route.transport.slice(0, 80)}", which ${instance.masterPath} does not have`,
        how: `Look for it with \`postconf -c ${instance.folder} -M\`.`,
      });
      return;
    case 'open':
    case 'own':
      return;
  }
};

const transports = [
  ['local_transport', 'every message for local users (local_transport)'],
  ['virtual_transport', 'every message for virtual mailboxes (virtual_transport)'],
  ['relay_transport', 'every message for relay_domains (relay_transport)'],
  ['default_transport', 'every message to other hosts (default_transport)'],
  ['mailbox_transport', 'every message for local users (mailbox_transport)'],
  ['fallback_transport', 'every message for unknown local users (fallback_transport)'],
] as const;

const mainTransports = (files: FileView, instance: Instance, plugs: Plugs): void => {
  const isLocal = deliversLocally(instance);
  for (const [name, extent] of transports) {
    const value = instance.params.get(name);
    if (value.text === '') continue;
    const route = parseRoute(value.text);
    plugs.transportsUsed.add(route.transport);
    if (!value.isSet) continue;
    if (!isLocal && /^(?:mailbox|fallback)_/.test(name)) continue;
    deliver(files, instance, plugs, route, { extent, at: value.at });
  }
};

/** `mailbox_command`: a shell command for each message to a local user (local(8)). */
const mailboxCommands = (
  instance: Instance,
  plugs: Plugs,
  entriesOf: (parameter: string) => readonly Entry[],
): void => {
  if (!deliversLocally(instance)) return;
  const locals = running(instance, 'local');
  const values = (locals.length === 0 ? [instance] : locals).map(each =>
    each.params.get('mailbox_command'),
  );
  const commands = [
    ...values
      .filter(({ text }) => text !== '')
      .map(({ text, at }) => ({
        text,
        at,
        extent: 'every message for local users (mailbox_command)',
      })),
    ...entriesOf('mailbox_command_maps').map(({ key, value, at }) => ({
      text: value,
      at,
      extent: `messages for ${keysOf([key])} (mailbox_command_maps)`,
    })),
  ];
  const hasTransport = instance.params.get('mailbox_transport').text !== '';
  for (const { text, at, extent } of commands.slice(0, 500)) {
    const words = shellWords(text.slice(0, 2_000)).filter(word => !/^[A-Za-z_]\w*=/.test(word));
    plugs.programs.push({
      words,
      kind: 'content-filter',
      places: [at],
      // mailbox_transport comes before it (local(8), "DELIVERY METHOD CONTROLS").
      enabled: !hasTransport,
      reach: hasTransport
        ? []
        : [{ resource: 'mail-in-transit', mode: 'read', extent, because: at }],
    });
  }
};

/** Entries that lead to one route, joined. */
interface Group {
  readonly value: string;
  readonly keys: readonly string[];
  readonly at: Place;
}

const grouped = (entries: readonly Entry[]): readonly Group[] => {
  const groups = new Map<string, { value: string; keys: string[]; at: Place }>();
  for (const { key, value, at } of entries) {
    const id = `${at.path}\0${value}`;
    const known = groups.get(id);
    if (known === undefined) groups.set(id, { value, keys: [key], at });
    else if (known.keys.length < 1_000) known.keys.push(key);
  }
  return [...groups.values()].slice(0, 300);
};

/** Next hops of transport(5): a transport left out is the one that mail of its class has anyway. */
const mappedRoutes = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  entriesOf: (parameter: string) => readonly Entry[],
): void => {
  for (const parameter of [
    'transport_maps',
    'sender_dependent_default_transport_maps',
    'mailbox_transport_maps',
    'fallback_transport_maps',
  ]) {
    for (const { value, keys, at } of grouped(entriesOf(parameter))) {
      const route = parseRoute(value);
      const whom = keys.includes('*')
        ? 'every message that nothing else routes'
        : `mail ${parameter.startsWith('sender') ? 'from' : 'for'} ${keysOf(keys)}`;
      const transport = route.transport === '' ? 'smtp' : route.transport;
      if (route.transport === '' && route.nexthop === '') continue;
      deliver(
        files,
        instance,
        plugs,
        { ...route, transport },
        {
          extent: `${whom} (${parameter})`,
          at,
          hint: at.path,
        },
      );
    }
  }
  for (const { value, keys, at } of grouped(entriesOf('sender_dependent_relayhost_maps'))) {
    if (/^DUNNO$/i.test(value)) continue;
    for (const each of value.split(/[\s,]+/).slice(0, 20)) {
      const to = parseHost(each, 25);
      if (to === undefined) continue;
      gateway(plugs, to, `mail from ${keysOf(keys)} (sender_dependent_relayhost_maps)`, at);
    }
  }
};

const filterAction = /(?:^|\s)FILTER\s+([\w.-]{1,100}:\S{0,300})/i;
const copyAction = /^(?:REDIRECT|BCC)\s+\S/i;

/** Actions of access(5) and header_checks(5): FILTER hands mail over, REDIRECT and BCC send it on. */
const actions = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  uses: readonly MapUse[],
  groups: (use: MapUse) => readonly Group[],
): readonly Reach[] => {
  const out = new Map<string, Reach>();
  for (const use of uses) {
    const { parameter } = use;
    // smtp(8) and lmtp(8) know fewer actions in their own checks.
    const decides = /_restrictions$|_checks$/.test(parameter) && !/^(?:smtp|lmtp)_/.test(parameter);
    if (!decides && !isClass(instance, parameter)) continue;
    for (const { value, at } of groups(use)) {
      if (copyAction.test(value) && out.size < 50) {
        const key = `${at.path}\0${parameter}`;
        if (out.has(key)) continue;
        out.set(key, {
          resource: 'mail-in-transit',
          mode: 'send',
          extent: `messages that entries of ${at.path} send to another address (REDIRECT or BCC, ${parameter})`,
          because: at,
        });
      }
      const match = filterAction.exec(value);
      if (match === null) continue;
      addFilter(files, instance, plugs, parseRoute(match[1] ?? ''), {
        extent: () => `messages that an entry of ${at.path} sends to it (FILTER, ${parameter})`,
        service: '',
        at,
      });
    }
  }
  return [...out.values()];
};

const isClass = (instance: Instance, name: string): boolean =>
  instance.params.get('smtpd_restriction_classes').items.some(({ text }) => text === name);

/** Tables that decide where mail goes or who sees it, and that lie where they cannot be read. */
const decisive =
  /^(?:transport_maps|sender_dependent_\w+_maps|mailbox_(?:transport|command)_maps|fallback_transport_maps|smtpd_milter_maps)$|_checks$/;

const noteRemote = (files: FileView, uses: readonly MapUse[]): void => {
  for (const use of uses) {
    if (!isRemoteMap(use) || !decisive.test(use.parameter)) continue;
    files.note({
      what: `${use.parameter} in ${use.type}:${use.name.slice(0, 300)}`,
      why: 'is looked up in another program: where its entries send mail cannot be seen in files',
      how: `Look through its entries for other hosts and filters: \`postmap -q KEY ${use.type}:${use.name.slice(0, 300)}\`.`,
    });
  }
};

/** Entries of a list's access tables: restrictions and their classes may stand in them (access(5)). */
const entriesIn = (
  items: readonly Item[],
  uses: readonly MapUse[],
  groups: (use: MapUse) => readonly Group[],
): readonly Entry[] => {
  const named = new Set(
    items.flatMap(({ text }) =>
      cut(unbrace({ text, offset: 0 })?.text ?? text).flatMap(token =>
        tablesOf(token).map(({ type, name }) => `${type}:${name}`),
      ),
    ),
  );
  return uses
    .filter(use => named.delete(`${use.type}:${use.name}`))
    .flatMap(groups)
    .map(({ value, keys, at }) => ({ key: keys[0] ?? '', value, at }));
};

/** Everything that mail goes out through, and everything that entries of tables lead to. */
export const collectDelivery = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  uses: readonly MapUse[],
): {
  readonly entriesIn: (items: readonly Item[]) => readonly Entry[];
  readonly entriesOf: (parameter: string) => readonly Entry[];
  readonly reach: readonly Reach[];
} => {
  const known = new Map<string, readonly Entry[]>();
  const entries = (use: MapUse): readonly Entry[] => {
    const key = `${use.type}:${use.name}`;
    const read = known.get(key) ?? readTable(files, use) ?? [];
    known.set(key, read);
    return read;
  };
  const knownGroups = new Map<string, readonly Group[]>();
  const groups = (use: MapUse): readonly Group[] => {
    const key = `${use.type}:${use.name}`;
    const made = knownGroups.get(key) ?? grouped(entries(use));
    knownGroups.set(key, made);
    return made;
  };
  const entriesOf = (parameter: string): readonly Entry[] =>
    uses.filter(use => use.parameter === parameter).flatMap(entries);
  relayHosts(files, instance, plugs);
  mainTransports(files, instance, plugs);
  mappedRoutes(files, instance, plugs, entriesOf);
  mailboxCommands(instance, plugs, entriesOf);
  const reach = actions(files, instance, plugs, uses, groups);
  noteRemote(files, uses);
  return { entriesIn: items => entriesIn(items, uses, groups), entriesOf, reach };
};

/** Transports of `pipe` that nothing uses as far as files tell: installed, perhaps not switched on. */
export const collectUnused = (
  instance: Instance,
  plugs: Plugs,
  uses: readonly MapUse[],
  isThere: (program: string) => boolean | null,
): void => {
  const mayBeRouted = uses.some(use => isRemoteMap(use) && decisive.test(use.parameter));
  for (const service of running(instance, 'pipe')) {
    if (plugs.transportsUsed.has(service.name)) continue;
    const argv = service.words.find(({ text }) => text.startsWith('argv='))?.text.slice(5) ?? '';
    // The master.cf that Postfix ships names programs that most hosts do not have.
    if (isThere(argv) === false) continue;
    addProgram(instance, plugs, service, {
      kind: 'content-filter',
      enabled: mayBeRouted ? null : false,
      reach: [],
    });
  }
};
