import type { AccessLog } from '../../../core/access-log.ts';
import type { Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { findDaemon, optionOf, programPaths } from '../../daemons/daemon.ts';
import { daemonComponent, type Listening } from '../../daemons/daemon-component.ts';
import { parseHostPort, parseMilterSocket } from '../../joining/endpoint.ts';
import type { PlatformReading } from '../../platform.ts';
import { type Assignment, assigned, readAssignments } from '../../syntax/shell-defaults.ts';

const defaultsPaths = ['/etc/default/postsrsd', '/etc/sysconfig/postsrsd'] as const;
/** Of postsrsd 2. */
const configs = ['/etc/postsrsd.conf', '/etc/postsrsd/postsrsd.conf'] as const;
const names = {
  programs: ['postsrsd'],
  packages: ['postsrsd'],
  units: ['postsrsd'],
  configuration: [...configs, ...defaultsPaths],
};

export const postsrsdReads: readonly string[] = [
  ...programPaths(names.programs),
  ...defaultsPaths,
  ...configs,
];

interface Facts {
  readonly place: Place;
  readonly listening: readonly Listening[];
  readonly user: { readonly user: string; readonly because: Place };
  readonly secret: { readonly path: string; readonly because: Place };
  readonly log: AccessLog;
}

const question = 'what was changed' as const;
const sink = { to: 'syslog', facility: 'mail', program: 'postsrsd' } as const;

/** postsrsd(8) of version 1: options, which its launcher makes of the defaults file. */
const ofOne = (
  defaults: readonly Assignment[],
  place: Place,
  asked: (option: string) => { readonly text: string; readonly because: Place } | undefined,
): Facts => {
  const value = (
    option: string,
    variable: string,
    otherwise: string,
  ): { readonly text: string; readonly because: Place } => {
    const set = assigned(defaults, variable);
    return (
      asked(option) ??
      (set === undefined
        ? { text: otherwise, because: place }
        : { text: set.value, because: set.because })
    );
  };
  const host = value('-l', 'SRS_LISTEN_ADDR', '127.0.0.1').text;
  const ports = [
    value('-f', 'SRS_FORWARD_PORT', '10001'),
    value('-r', 'SRS_REVERSE_PORT', '10002'),
  ];
  const user = value('-u', 'RUN_AS', 'postsrsd');
  const secret = value('-s', 'SRS_SECRET', '/etc/postsrsd.secret');
  return {
    place,
    listening: ports.flatMap(({ text, because }) => {
      const endpoint = parseHostPort(`${host.includes(':') ? `[${host}]` : host}:${text}`);
      return endpoint === undefined ? [] : [{ endpoint, because }];
    }),
    user: { user: user.text, because: user.because },
    secret: { path: secret.text, because: secret.because },
    log: {
      question,
      emitted: 'on',
      why: 'a line for each address that it rewrites, or does not, with both forms',
      because: place,
      sink,
    },
  };
};

interface Setting {
  readonly value: string;
  readonly because: Place;
}

/** `name = "value"`, one a line (postsrsd.conf of version 2, libConfuse). */
const settingsOf = (files: FileView, path: string): ReadonlyMap<string, Setting> => {
  const out = new Map<string, Setting>();
  let line = 0;
  for (const raw of (files.text(path) ?? '').split('\n')) {
    line += 1;
    const match = /^\s*([a-z-]{1,60})\s*=\s*(?:"([^"]*)"|([^\s#]+))/.exec(raw.slice(0, 2_000));
    if (match === null) continue;
    out.set(match[1] ?? '', { value: match[2] ?? match[3] ?? '', because: { path, line } });
  }
  return out;
};

const ofTwo = (files: FileView, path: string): Facts => {
  const settings = settingsOf(files, path);
  const place = { path };
  const socket = settings.get('socketmap') ?? {
    value: 'unix:/var/spool/postfix/srs',
    because: place,
  };
  const endpoint = socket.value.startsWith('inet:')
    ? parseHostPort(socket.value.slice('inet:'.length))
    : parseMilterSocket(socket.value);
  const user = settings.get('unprivileged-user');
  const secret = settings.get('secrets-file');
  const syslog = settings.get('syslog');
  return {
    place,
    listening: endpoint === undefined ? [] : [{ endpoint, because: socket.because }],
    user: { user: user?.value ?? 'nobody', because: user?.because ?? place },
    secret: { path: secret?.value ?? '/etc/postsrsd.secret', because: secret?.because ?? place },
    log: {
      question,
      emitted: 'unknown',
      why: 'what version 2 writes of each address was not settled: look into its log',
      because: syslog?.because ?? place,
      remedy: `# in ${path}:\nsyslog = on`,
    },
  };
};

/** postsrsd, which rewrites senders of forwarded mail (SRS) for Postfix. */
export const readPostsrsd = (files: FileView, packages: PackageIndex): PlatformReading => {
  const daemon = findDaemon(files, packages, names);
  const config = configs.find(path => files.stat(path)?.kind === 'file');
  const defaultsAt = defaultsPaths.find(path => files.stat(path)?.kind === 'file');
  if (daemon === undefined || (daemon.binary ?? config ?? defaultsAt) === undefined) {
    return { components: [] };
  }
  const place: Place = {
    path: defaultsAt ?? daemon.unit?.path ?? daemon.binary ?? defaultsPaths[0],
  };
  const facts =
    config === undefined
      ? ofOne(defaultsAt === undefined ? [] : readAssignments(files, defaultsAt), place, option =>
          optionOf(daemon.words, option),
        )
      : ofTwo(files, optionOf(daemon.words, '-C')?.text ?? config);
  const secret: Reach = {
    resource: 'credentials',
    mode: 'read',
    extent: `the secret that signs rewritten addresses, in ${facts.secret.path.slice(0, 300)}`,
    because: facts.secret.because,
  };
  const { component, listeners } = daemonComponent(packages, {
    id: 'postsrsd',
    name: 'postsrsd',
    platform: 'postsrsd',
    kind: 'policy-service',
    daemon,
    packages: names.packages,
    supplier: 'postsrsd project',
    foundAt: [facts.place],
    listening: facts.listening,
    user: facts.user,
    reach: [secret],
    logs: [facts.log],
  });
  return { components: [component], listeners };
};
