import { type Component, type ComponentId, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { startsAtBoot } from '../../core/formats/systemd.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import {
  type Daemon,
  exposureOfAll,
  findDaemon,
  programPaths,
  rootReach,
} from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import { isLoopback, parseHostPort } from '../joining/endpoint.ts';
import type { Endpoint, Link, Listener, Platform, PlatformReading } from '../platform.ts';
import { exposureOfServed, runsAsOf, servedAt } from '../syntax/web-server.ts';
import { ownNames } from '../webmail/own-names.ts';
import type { Other } from './other-software/other.ts';
import { others } from './other-software/table.ts';

interface Heard {
  readonly endpoint: Endpoint;
  readonly because: Place;
}

/** Installed; a configuration that a removed package left behind is nothing. */
interface Found {
  readonly daemon: Daemon;
  readonly mark?: string;
  readonly config?: string;
}

const isFile = (files: FileView, path: string): boolean => files.stat(path)?.kind === 'file';

const find = (files: FileView, packages: PackageIndex, other: Other): Found | undefined => {
  const mark = (other.marks ?? [])
    .flatMap(path => (path.includes('*') ? files.glob(path).slice(0, 1) : [path]))
    .find(path => isFile(files, path));
  const config = (other.configs ?? []).find(path => isFile(files, path));
  const found = findDaemon(files, packages, {
    programs: other.programs ?? [],
    packages: other.packages ?? [],
    units: other.units ?? [],
    configuration: other.configs ?? [],
  });
  // A folder that nobody may open shows nothing, its absence neither.
  const isShown =
    found?.binary !== undefined ||
    found?.unit !== undefined ||
    config !== undefined ||
    (other.packages ?? []).some(name => packages.named(name) !== undefined);
  const daemon =
    isShown && found !== undefined
      ? found
      : mark === undefined
        ? undefined
        : { words: [], startsAtBoot: startsAtBoot(files, other.units ?? []) };
  return daemon === undefined
    ? undefined
    : {
        daemon,
        ...(mark === undefined ? {} : { mark }),
        ...(config === undefined ? {} : { config }),
      };
};

const versionOf = (files: FileView, { version }: Other): string | undefined =>
  version?.paths
    .filter(path => isFile(files, path))
    .map(path => version.pattern.exec(files.text(path, { bytesMax: 1 << 18 }) ?? '')?.[1])
    .find(each => each !== undefined);

const sendmails = ['/usr/sbin/sendmail', '/usr/lib/sendmail', '/usr/bin/sendmail'];

/** Whether the host's `sendmail`, which every program hands its mail to, is this one. */
const isSendmail = (
  files: FileView,
  packages: PackageIndex,
  { packages: names = [] }: Other,
  { binary }: Daemon,
): boolean =>
  sendmails.some(path => {
    const real = files.real(path);
    if (real === undefined || !isFile(files, path)) return false;
    const owner = packages.ownerOf(path)?.name;
    return (
      (binary !== undefined && real === files.real(binary)) ||
      (owner !== undefined && names.includes(owner))
    );
  });

/** First lines of its files that match: the server that it hands mail to, and a password. */
const lineIn = (
  files: FileView,
  { configs = [] }: Other,
  pattern: RegExp,
): { readonly text: string; readonly because: Place } | undefined => {
  for (const path of configs.filter(each => isFile(files, each))) {
    const lines = (files.text(path, { bytesMax: 1 << 18 }) ?? '').split('\n');
    for (const [i, line] of lines.slice(0, 5_000).entries()) {
      const match = /^\s*#/.test(line) ? null : pattern.exec(line.slice(0, 2_000));
      if (match !== null) return { text: match[1] ?? '', because: { path, line: i + 1 } };
    }
  }
  return undefined;
};

const relayReach = (files: FileView, other: Other, place: Place): readonly Reach[] => {
  if (other.relay === undefined) return [];
  const secret = lineIn(files, other, other.relay.secret);
  return [
    {
      resource: 'mail-in-transit',
      mode: 'send',
      extent: 'mail that programs of this host hand to sendmail',
      because: place,
    },
    ...(secret === undefined
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of its account at another mail server, in ${secret.because.path}`,
            because: secret.because,
          } as const,
        ]),
  ];
};

const relayLinks = (files: FileView, id: ComponentId, other: Other): readonly Link[] => {
  const host = other.relay === undefined ? undefined : lineIn(files, other, other.relay.host);
  if (host === undefined || host.text === '' || other.relay === undefined) return [];
  const port = Number(lineIn(files, other, other.relay.port)?.text ?? 25);
  if (!(port > 0 && port < 65_536)) return [];
  return [
    {
      from: id,
      to: { net: 'tcp', host: host.text, port },
      as: 'gateway',
      reach: [
        {
          resource: 'mail-in-transit',
          mode: 'write',
          extent: 'mail that programs of this host hand to sendmail',
          because: host.because,
        },
      ],
      because: host.because,
    },
  ];
};

const proxyReach = ({ proxy }: Other, place: Place): readonly Reach[] =>
  proxy === undefined
    ? []
    : [
        {
          resource: 'credentials',
          mode: 'read',
          extent: 'the name and password of everybody who logs in through it',
          because: place,
        },
        {
          resource: 'stored-mail',
          mode: 'write',
          extent: 'the mailbox of everybody who logs in through it',
          because: place,
        },
      ];

/** The mail server behind a proxy: on another host it keeps the mailboxes there. */
const proxyLinks = (files: FileView, id: ComponentId, other: Other): readonly Link[] => {
  const { proxy } = other;
  const host = proxy === undefined ? undefined : lineIn(files, other, proxy.host);
  if (proxy === undefined || host === undefined) return [];
  const port = Number(lineIn(files, other, proxy.port)?.text ?? proxy.portOtherwise);
  if (!(port > 0 && port < 65_536)) return [];
  const isHere = isLoopback(host.text) || ownNames(files).has(host.text.toLowerCase());
  const reach: readonly Reach[] = isHere
    ? []
    : [
        {
          resource: 'stored-mail',
          mode: 'admin',
          extent: 'the mailbox of everybody who logs in through the proxy: it keeps them',
          because: host.because,
        },
      ];
  const to = { net: 'tcp', host: isHere ? 'localhost' : host.text, port } as const;
  return [{ from: id, to, as: 'imap', reach, because: host.because, isClient: true }];
};

/** Where a proxy listens, as its settings say; without a port of its own that is not known. */
const proxyDoor = (files: FileView, other: Other): readonly Heard[] => {
  const { proxy } = other;
  const port = proxy === undefined ? undefined : lineIn(files, other, proxy.ownPort);
  if (proxy === undefined || port === undefined) return [];
  const address = lineIn(files, other, proxy.address);
  const endpoint = parseHostPort(`${address?.text ?? '*'}:${port.text}`);
  return endpoint === undefined ? [] : [{ endpoint, because: (address ?? port).because }];
};

/** What every webmail is given by those who use it. */
const webmailReach = ({ kind }: Other, place: Place): readonly Reach[] =>
  kind !== 'webmail'
    ? []
    : [
        {
          resource: 'stored-mail',
          mode: 'write',
          extent: 'the mailbox of everybody who logs in',
          because: place,
        },
        {
          resource: 'credentials',
          mode: 'read',
          extent: 'the name and password of everybody who logs in',
          because: place,
        },
      ];

type Web = Pick<Component, 'enabled' | 'exposure' | 'runsAs'>;

/** Pages in PHP run where a web server serves their folder. */
const webOf = (
  files: FileView,
  packages: PackageIndex,
  { markDepth }: Other,
  { mark }: Found,
): Web | undefined => {
  if (mark === undefined || markDepth === undefined) return undefined;
  const folder = mark.split('/').slice(0, -markDepth).join('/');
  const routes = servedAt(files, packages, folder);
  const exposure = exposureOfServed(routes);
  const runsAs = runsAsOf(files, routes);
  const isServed = routes.some(({ listens }) => listens.length > 0);
  return {
    // Some bring a web server of their own, which is not looked for.
    enabled: isServed ? true : null,
    ...(exposure === undefined ? {} : { exposure }),
    ...(runsAs === undefined ? {} : { runsAs }),
  };
};

const noteUnread = (files: FileView, other: Other, { config }: Found, place: Place): void => {
  if (other.relay !== undefined || other.proxy !== undefined) return;
  files.note({
    what: config ?? place.path,
    why:
      other.inDatabase === undefined
        ? `belongs to ${other.name}, whose settings Postern does not read: what is plugged into it, reached and logged by it is not known`
        : `belongs to ${other.name}: ${other.inDatabase}`,
    how: 'Look through its settings by hand.',
  });
};

const read = (files: FileView, packages: PackageIndex, other: Other): PlatformReading => {
  const found = find(files, packages, other);
  if (found === undefined) return { components: [] };
  const { daemon, mark, config } = found;
  const place: Place = { path: config ?? daemon.binary ?? mark ?? daemon.unit?.path ?? other.id };
  const id = componentId(other.id);
  const stated = versionOf(files, other);
  const becomes = other.proxy === undefined ? undefined : lineIn(files, other, other.proxy.user);
  const user = becomes ?? daemon.unitUser;
  const runsAs =
    user !== undefined
      ? { user: user.text, because: user.because }
      : daemon.unit === undefined
        ? undefined
        : { user: 'root', because: { path: daemon.unit.path } };
  noteUnread(files, other, found, place);
  const web = webOf(files, packages, other, found);
  const isRelay = other.relay !== undefined;
  const doors = proxyDoor(files, other);
  const exposure = exposureOfAll(doors);
  const component: Component = {
    id,
    name: other.name,
    kind: other.kind,
    platform: 'other-software',
    enabled: isRelay && isSendmail(files, packages, other, daemon) ? true : daemon.startsAtBoot,
    ...identify(packages, {
      files: [daemon.binary, mark].filter(path => path !== undefined),
      names: other.packages ?? [],
      ...(stated === undefined ? {} : { ownVersion: { value: stated } }),
      otherwise: { origin: other.origin ?? 'upstream', supplier: other.supplier },
    }),
    foundAt: [place],
    ...(runsAs === undefined ? {} : { runsAs }),
    ...(exposure === undefined ? {} : { exposure }),
    ...web,
    reach: [
      ...webmailReach(other, place),
      ...proxyReach(other, place),
      ...relayReach(files, other, place),
      ...(user === undefined ? [] : rootReach(runsAs)),
    ],
    logs: [],
  };
  const endpoint = other.listens === undefined ? undefined : parseHostPort(other.listens);
  const listeners: readonly Listener[] = [
    ...doors.map(door => ({ component: id, ...door })),
    ...(endpoint === undefined ? [] : [{ component: id, endpoint, because: place }]),
  ];
  return {
    components: [component],
    listeners,
    links: [...relayLinks(files, id, other), ...proxyLinks(files, id, other)],
  };
};

/** Mail software that is listed, and of which nothing more is read. */
export const otherSoftware: Platform = {
  id: 'other-software',
  title: 'Other mail software',
  reads: others.flatMap(({ programs = [], marks = [], configs = [] }) => [
    ...programPaths(programs),
    ...marks,
    ...configs,
  ]),
  read: (files, packages) => {
    const readings = others.map(other => read(files, packages, other));
    return {
      components: readings.flatMap(({ components }) => components),
      listeners: readings.flatMap(({ listeners }) => listeners ?? []),
      links: readings.flatMap(({ links }) => links ?? []),
    };
  },
};
