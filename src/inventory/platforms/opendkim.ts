import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId, type Place, type Reach } from '../../core/component.ts';
import { exposureOf, parseMilterSocket, showEndpoint } from '../endpoint.ts';
import { identify } from '../identify.ts';
import type { Endpoint, Listener, Platform } from '../platform.ts';
import { type Directive, lastDirective, readDirectives } from '../syntax/directives.ts';

const configPaths = ['/etc/opendkim.conf', '/etc/opendkim/opendkim.conf'] as const;
const defaultsPath = '/etc/default/opendkim';
const binaries = ['/usr/sbin/opendkim', '/usr/local/sbin/opendkim'] as const;
const id = componentId('opendkim');

const isYes = (directive: Directive | undefined, otherwise: boolean): boolean =>
  directive === undefined ? otherwise : /^(?:yes|true|1|on)$/i.test(directive.value);

const keyReaches = (path: string, directives: readonly Directive[]): readonly Reach[] =>
  ['KeyFile', 'KeyTable']
    .map(name => lastDirective(directives, name))
    .filter(directive => directive !== undefined)
    .map(directive => ({
      resource: 'credentials',
      mode: 'read',
      extent: `DKIM signing keys: ${directive.value}`,
      because: { path, line: directive.line },
    }));

/** OpenDKIM logs a line for each message only with SyslogSuccess (opendkim.conf(5)). */
const signingLog = (path: string, directives: readonly Directive[]): AccessLog => {
  const syslog = lastDirective(directives, 'Syslog');
  const success = lastDirective(directives, 'SyslogSuccess');
  const facility = lastDirective(directives, 'SyslogFacility')?.value ?? 'mail';
  const sink = { to: 'syslog', facility, program: 'opendkim' } as const;
  const place = (directive: Directive | undefined): { because: Place } => ({
    because: directive === undefined ? { path } : { path, line: directive.line },
  });
  if (!isYes(syslog, false)) {
    return {
      question: 'what was changed',
      emitted: 'off',
      why: 'Syslog is off: OpenDKIM writes nothing down',
      ...place(syslog),
      remedy: `# in ${path}:\nSyslog yes\nSyslogSuccess yes`,
    };
  }
  if (!isYes(success, false)) {
    return {
      question: 'what was changed',
      emitted: 'partial',
      why: 'SyslogSuccess is off: failures are logged, the messages it signed or passed are not',
      ...place(success ?? syslog),
      remedy: `# in ${path}:\nSyslogSuccess yes`,
      sink,
    };
  }
  return {
    question: 'what was changed',
    emitted: 'on',
    why: 'a line for each message that it signed or verified',
    ...place(success),
    sink,
  };
};

/** `SOCKET=…` of the init script's defaults overrides the file's `Socket` (Debian). */
const socketOf = (
  path: string,
  directives: readonly Directive[],
  defaults: readonly Directive[],
): { endpoint: Endpoint; because: Place } | undefined => {
  const configured = lastDirective(directives, 'Socket');
  const overriding = configured === undefined ? lastDirective(defaults, 'SOCKET') : undefined;
  const found = configured ?? overriding;
  const endpoint =
    found === undefined ? undefined : parseMilterSocket(found.value.replace(/^["']|["']$/g, ''));
  if (found === undefined || endpoint === undefined) return undefined;
  return { endpoint, because: { path: configured ? path : defaultsPath, line: found.line } };
};

/** OpenDKIM: opendkim.conf(5). */
export const opendkim: Platform = {
  id: 'opendkim',
  title: 'OpenDKIM',
  reads: [...configPaths, defaultsPath, ...binaries],
  read: (files, packages) => {
    const path = configPaths.find(candidate => files.stat(candidate) !== undefined);
    const binary = binaries.find(candidate => files.stat(candidate) !== undefined);
    if (path === undefined && binary === undefined) return { components: [] };
    const directives = readDirectives(path === undefined ? '' : (files.text(path) ?? ''));
    const defaults = readDirectives(files.text(defaultsPath) ?? '');
    const place: Place = { path: path ?? binary ?? configPaths[0] };
    const socket = socketOf(place.path, directives, defaults);
    const user = lastDirective(directives, 'UserID');
    const component: Component = {
      id,
      name: 'opendkim',
      kind: 'milter',
      platform: 'opendkim',
      enabled: null,
      ...identify(packages, {
        files: binary === undefined ? [] : [binary],
        names: ['opendkim'],
        otherwise: { origin: 'upstream', supplier: 'The Trusted Domain Project' },
      }),
      foundAt: [place],
      ...(user === undefined
        ? {}
        : {
            runsAs: {
              user: user.value.split(':')[0] ?? '',
              because: { path: place.path, line: user.line },
            },
          }),
      ...(socket === undefined
        ? {}
        : {
            exposure: {
              internet: exposureOf(socket.endpoint),
              why: `it listens on ${showEndpoint(socket.endpoint)}`,
              because: socket.because,
            },
          }),
      // What passes through it is granted by the mail server that calls it: see `Link`.
      reach: keyReaches(place.path, directives),
      logs: [signingLog(place.path, directives)],
    };
    const listeners: Listener[] =
      socket === undefined
        ? []
        : [{ component: id, endpoint: socket.endpoint, because: socket.because }];
    return { components: [component], listeners };
  },
};
