import type { AccessLog, LogSink } from '../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import {
  type Daemon,
  exposureOfAll,
  findDaemon,
  optionOf,
  programPaths,
  rootReach,
} from '../daemons/daemon.ts';
import {
  amavisNames,
  askedUser,
  itemsOf,
  lastSet,
  placeOf,
  readSettings,
  type Settings,
  scalarOf,
  settingsReads,
} from '../filters/amavis-settings.ts';
import { identify } from '../identify.ts';
import { parseHostPort } from '../joining/endpoint.ts';
import type { Endpoint, Platform } from '../platform.ts';
import { insteadOf } from '../remedy.ts';
import { textsIn } from '../syntax/perl-config.ts';
import {
  gatewaysOf,
  keysOf,
  librariesOf,
  partReads,
  scannersOf,
  storesOf,
  unpackersOf,
} from './amavis/parts.ts';

const id = componentId('amavis');

interface Listening {
  readonly endpoint: Endpoint;
  readonly because: Place;
}

/** `$inet_socket_port` on `$inet_socket_bind` (loopback by default), `$unix_socketname`, `@listen_sockets`. */
const listeningOf = (settings: Settings): readonly Listening[] => {
  const out: Listening[] = [];
  const port = lastSet(settings, '$inet_socket_port');
  const bind = lastSet(settings, '$inet_socket_bind');
  if (port !== undefined) {
    const hosts =
      bind === undefined ? ['127.0.0.1'] : bind.value.is === 'undef' ? ['*'] : textsIn(bind.value);
    for (const host of hosts.slice(0, 20)) {
      for (const text of textsIn(port.value).slice(0, 20)) {
        const endpoint = parseHostPort(
          `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${text}`,
        );
        const because = placeOf(bind !== undefined && host !== '127.0.0.1' ? bind : port);
        if (endpoint !== undefined) out.push({ endpoint, because });
      }
    }
  }
  const unix = lastSet(settings, '$unix_socketname');
  if (unix?.value.is === 'text' && unix.value.text.startsWith('/')) {
    out.push({ endpoint: { net: 'unix', path: unix.value.text }, because: placeOf(unix) });
  }
  for (const { value, place } of itemsOf(settings, '@listen_sockets').slice(0, 50)) {
    for (const text of textsIn(value)) {
      const bare = text.replace(/^(?:inet6?|unix|local):/i, '');
      if (bare.startsWith('/')) out.push({ endpoint: { net: 'unix', path: bare }, because: place });
      else {
        const endpoint = parseHostPort(bare);
        if (endpoint !== undefined) out.push({ endpoint, because: place });
      }
    }
  }
  return out;
};

const isTrue = (text: string | undefined): boolean =>
  text !== undefined && text !== '' && text !== '0';

/** At level 0 Amavis writes a `Passed` or `Blocked` line for each message (`$log_templ`). */
const logsOf = (settings: Settings): readonly AccessLog[] => {
  const file = scalarOf(settings, '$logfile', '$LOGFILE');
  const toSyslog = isTrue(scalarOf(settings, '$do_syslog', '$DO_SYSLOG'));
  const sink: LogSink = toSyslog
    ? {
        to: 'syslog',
        facility: scalarOf(settings, '$syslog_facility', '$SYSLOG_LEVEL') ?? 'mail',
        program: scalarOf(settings, '$syslog_ident') ?? 'amavis',
      }
    : file?.startsWith('/') === true
      ? { to: 'file', path: file }
      : { to: 'journal', unit: 'amavis.service' };
  const level = lastSet(settings, '$log_level');
  const number = level?.value.is === 'text' ? Number(level.value.text) : 0;
  const template = lastSet(settings, '$log_templ');
  const silent =
    template !== undefined &&
    (template.value.is === 'undef' ||
      (template.value.is === 'text' && template.value.text.trim() === ''));
  const [first] = settings.paths;
  const because = level ?? template;
  const at =
    because === undefined
      ? first === undefined
        ? {}
        : { because: { path: first } }
      : { because: placeOf(because) };
  const culprit = silent ? template : number < 0 ? level : undefined;
  if (culprit !== undefined) {
    return [
      {
        question: 'what was changed',
        emitted: 'off',
        why: silent
          ? '$log_templ is empty: the line of each message is left out'
          : `$log_level ${number} leaves out the line of each message`,
        because: placeOf(culprit),
        remedy: silent
          ? `# In ${culprit.path}, line ${culprit.line}: remove what empties $log_templ.`
          : `${insteadOf(placeOf(culprit))}\n$log_level = 0;`,
      },
    ];
  }
  return [
    {
      question: 'what was changed',
      emitted: 'on',
      why: 'a line for each message: passed or blocked, why, sender, recipients, Message-ID, score',
      ...at,
      sink,
    },
  ];
};

const quarantine = (settings: Settings): readonly Reach[] => {
  const folder = lastSet(settings, '$QUARANTINEDIR');
  return folder?.value.is === 'text' && folder.value.text.startsWith('/')
    ? [
        {
          resource: 'stored-mail',
          mode: 'write',
          extent: `messages held in quarantine in ${folder.value.text}`,
          because: placeOf(folder),
        },
      ]
    : [];
};

const runsAs = (settings: Settings, daemon: Daemon): Component['runsAs'] => {
  const set = lastSet(settings, '$daemon_user');
  if (set?.value.is === 'text') return { user: set.value.text, because: placeOf(set) };
  const asked = askedUser(daemon);
  return asked === undefined ? undefined : { user: asked.text, because: asked.because };
};

/** Code of one's own that Amavis calls for each message. */
const customHooks = (packages: PackageIndex, settings: Settings): readonly Component[] =>
  settings.custom.slice(0, 1).map(place => ({
    id: componentId('amavis/Amavis::Custom'),
    name: 'Amavis::Custom',
    kind: 'add-on',
    platform: 'amavis',
    partOf: id,
    enabled: true,
    ...identify(packages, { files: [place.path] }),
    foundAt: settings.custom,
    reach: [
      {
        resource: 'mail-in-transit',
        mode: 'write',
        extent: 'every message that Amavis handles: its Perl code runs inside Amavis',
        because: place,
      },
    ],
    logs: [],
  }));

const mainComponent = (packages: PackageIndex, daemon: Daemon, settings: Settings): Component => {
  const user = runsAs(settings, daemon);
  const exposure = exposureOfAll(listeningOf(settings));
  const own = settings.paths.find(path => path.startsWith('/etc/'));
  return {
    id,
    name: 'amavis',
    kind: 'content-filter',
    platform: 'amavis',
    enabled: daemon.startsAtBoot,
    ...identify(packages, {
      files: daemon.binary === undefined ? [] : [daemon.binary],
      names: amavisNames.packages,
      otherwise: { origin: 'upstream', supplier: 'Amavis project' },
    }),
    foundAt: [{ path: own ?? settings.paths[0] ?? daemon.binary ?? settings.localPath }],
    ...(user === undefined ? {} : { runsAs: user }),
    ...(exposure === undefined ? {} : { exposure }),
    reach: [
      ...quarantine(settings),
      ...keysOf(settings),
      ...storesOf(id, settings).secrets,
      ...rootReach(user),
    ],
    logs: logsOf(settings),
  };
};

/** Amavis (amavisd-new): its Perl configuration, scanners, unpackers and the modules under it. */
export const amavis: Platform = {
  id: 'amavis',
  title: 'Amavis',
  reads: [...settingsReads, ...programPaths(amavisNames.programs), ...partReads],
  read: (files, packages) => {
    const daemon = findDaemon(files, packages, amavisNames);
    if (daemon === undefined) return { components: [] };
    const hasConfig =
      optionOf(daemon.words, '-c') !== undefined ||
      settingsReads.some(pattern => files.glob(pattern).length > 0);
    if (!hasConfig) return { components: [] };
    const settings = readSettings(files, daemon);
    if (settings.paths.length === 0) return { components: [] };
    const scanners = scannersOf(files, packages, id, settings);
    return {
      components: [
        mainComponent(packages, daemon, settings),
        ...customHooks(packages, settings),
        ...scanners.components,
        ...librariesOf(files, packages, id),
        ...unpackersOf(files, packages, id, settings),
        ...storesOf(id, settings).components,
      ],
      listeners: listeningOf(settings).map(({ endpoint, because }) => ({
        component: id,
        endpoint,
        because,
      })),
      links: [...scanners.links, ...gatewaysOf(id, settings)],
    };
  },
};
