import type { AccessLog } from '../../../core/access-log.ts';
import { type Component, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { findDaemon, optionOf, programPaths, type Word } from '../../daemons/daemon.ts';
import { daemonComponent, type Listening } from '../../daemons/daemon-component.ts';
import { parseHostPort } from '../../joining/endpoint.ts';
import type { Endpoint, PlatformReading } from '../../platform.ts';
import {
  type Assignment,
  assigned,
  readAssignments,
  shellWords,
} from '../../syntax/shell-defaults.ts';

const defaultsPath = '/etc/default/spampd';
const names = {
  programs: ['spampd'],
  packages: ['spampd'],
  units: ['spampd'],
  configuration: [defaultsPath],
};

export const spampdReads: readonly string[] = [...programPaths(names.programs), defaultsPath];

/** What an option says; the start scripts of Debian make options of the defaults. */
const settled = (
  words: readonly Word[],
  defaults: readonly Assignment[],
  options: readonly string[],
  variable: string,
): Word | undefined => {
  const asked = optionOf(words, ...options);
  if (asked !== undefined) return asked;
  const set = assigned(defaults, variable);
  return set === undefined || set.value === ''
    ? undefined
    : { text: set.value, because: set.because };
};

const addressOf = (
  host: Word | undefined,
  port: Word | undefined,
  otherwise: string,
  place: Place,
): Listening | undefined => {
  const written = host?.text ?? '127.0.0.1';
  const own = /^(.+):(\d+)$/.exec(written);
  const endpoint: Endpoint | undefined = parseHostPort(
    own === null ? `${written}:${port?.text ?? otherwise}` : written,
  );
  return endpoint === undefined
    ? undefined
    : { endpoint, because: port?.because ?? host?.because ?? place };
};

/** spampd(1): each message is one line, "clean message" or "identified spam". */
const logOf = (place: Place): AccessLog => ({
  question: 'what was changed',
  emitted: 'on',
  why: 'a line for each message: id, verdict and score, sender, recipients and size',
  because: place,
  sink: { to: 'syslog', facility: 'mail', program: 'spampd' },
});

/** The mail server that it hands every message on to, where that is another host. */
const relayOf = (relay: Listening | undefined): readonly Component[] => {
  if (relay === undefined || relay.endpoint.net !== 'tcp') return [];
  const { host, port } = relay.endpoint;
  if (/^(?:127\.|::1$|localhost|0\.0\.0\.0|\*)/i.test(host)) return [];
  return [
    {
      id: componentId(`spampd/relay:${host}:${port}`),
      name: `${host}:${port}`,
      kind: 'mta',
      platform: 'spampd',
      partOf: componentId('spampd'),
      version: { unknown: `it runs on another host, ${host}:${port}` },
      origin: 'unknown',
      thirdParty: true,
      enabled: true,
      foundAt: [relay.because],
      reach: [
        {
          resource: 'mail-in-transit',
          mode: 'write',
          extent: 'every message that spampd has looked at',
          because: relay.because,
        },
      ],
      logs: [],
    },
  ];
};

/** spampd, an SMTP and LMTP proxy with SpamAssassin inside: spampd(1). */
export const readSpampd = (files: FileView, packages: PackageIndex): PlatformReading => {
  const daemon = findDaemon(files, packages, names);
  if (daemon === undefined || (daemon.binary ?? files.stat(defaultsPath)) === undefined) {
    return { components: [] };
  }
  const defaults = readAssignments(files, defaultsPath);
  const added = assigned(defaults, 'ADDOPTS');
  const words = [
    ...daemon.words,
    ...shellWords(added?.value ?? '').map(text => ({
      text,
      because: added?.because ?? { path: defaultsPath },
    })),
  ];
  const place: Place = {
    path:
      files.stat(defaultsPath) === undefined
        ? (daemon.unit?.path ?? daemon.binary ?? defaultsPath)
        : defaultsPath,
  };
  const value = (variable: string, ...options: readonly string[]): Word | undefined =>
    settled(words, defaults, options, variable);
  const socket = value('', '--socket');
  const listening: Listening | undefined = socket?.text.startsWith('/')
    ? { endpoint: { net: 'unix', path: socket.text }, because: socket.because }
    : addressOf(value('LISTENHOST', '--host'), value('LISTENPORT', '--port'), '10025', place);
  const relay = addressOf(
    value('DESTHOST', '--relayhost'),
    value('DESTPORT', '--relayport'),
    '25',
    place,
  );
  const user = value('USERID', '--user', '-u');
  const { component, listeners } = daemonComponent(packages, {
    id: 'spampd',
    name: 'spampd',
    platform: 'spampd',
    kind: 'content-filter',
    daemon,
    packages: names.packages,
    supplier: 'spampd project',
    foundAt: [place],
    listening: listening === undefined ? [] : [listening],
    // Without --user it becomes mail (spampd(1)).
    user:
      user === undefined
        ? { user: 'mail', because: place }
        : { user: user.text, because: user.because },
    reach: [],
    logs: [logOf(place)],
  });
  return { components: [component, ...relayOf(relay)], listeners };
};
