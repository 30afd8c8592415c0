import type { AccessLog } from '../../core/access-log.ts';
import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';
import { type Daemon, findDaemon, optionOf, programPaths, type Word } from '../daemons/daemon.ts';
import { daemonComponent, type Listening } from '../daemons/daemon-component.ts';
import { parseHostPort } from '../joining/endpoint.ts';
import type { Platform } from '../platform.ts';
import { readAssignments, shellWords } from '../syntax/shell-defaults.ts';

const defaultsPaths = ['/etc/default/postgrey', '/etc/sysconfig/postgrey'] as const;
const names = {
  programs: ['postgrey'],
  packages: ['postgrey'],
  units: ['postgrey'],
  configuration: defaultsPaths,
};
const optionNames = new Set(['POSTGREY_OPTS', 'OPTIONS', 'POSTGREY_TYPE']);

/** The unit's words; where a System V script starts it, the options of the defaults file. */
const wordsOf = (files: FileView, daemon: Daemon): readonly Word[] =>
  daemon.unit !== undefined
    ? daemon.words
    : defaultsPaths
        .flatMap(path => readAssignments(files, path))
        .filter(({ name }) => optionNames.has(name))
        .flatMap(({ value, because }) => shellWords(value).map(text => ({ text, because })));

/** postgrey(8): `--inet=[HOST:]PORT`, loopback without a host, or `--unix=PATH`. */
const listeningOf = (words: readonly Word[]): readonly Listening[] => {
  const unix = optionOf(words, '--unix', '-u');
  if (unix !== undefined && unix.text.startsWith('/')) {
    return [{ endpoint: { net: 'unix', path: unix.text }, because: unix.because }];
  }
  const inet = optionOf(words, '--inet', '-i');
  if (inet === undefined) return [];
  const endpoint = parseHostPort(/^\d+$/.test(inet.text) ? `127.0.0.1:${inet.text}` : inet.text);
  return endpoint === undefined ? [] : [{ endpoint, because: inet.because }];
};

/** Every decision is one line: action, reason, client, sender, recipient (postgrey, `mylog_action`). */
const logOf = (words: readonly Word[], place: Place): AccessLog => {
  const quiet = words.find(({ text }) => text === '--quiet' || text === '-q');
  const facility = optionOf(words, '--syslog-facility', '--facility', '--syslogfacility');
  const sink = { to: 'syslog', facility: facility?.text ?? 'mail', program: 'postgrey' } as const;
  return quiet === undefined
    ? {
        question: 'what was changed',
        emitted: 'on',
        why: 'a line for each decision: action, reason, client, sender and recipient',
        because: facility?.because ?? place,
        sink,
      }
    : {
        question: 'what was changed',
        emitted: 'off',
        why: 'it is started with --quiet: only warnings are written',
        because: quiet.because,
        remedy: `# In ${quiet.because.path}: remove --quiet from the options of postgrey.`,
        sink,
      };
};

/** Postgrey: postgrey(8). */
export const postgrey: Platform = {
  id: 'postgrey',
  title: 'Postgrey',
  reads: [...defaultsPaths, '/etc/postgrey/*', ...programPaths(names.programs)],
  read: (files, packages) => {
    const defaults = defaultsPaths.find(path => files.stat(path) !== undefined);
    const daemon = findDaemon(files, packages, names);
    if (daemon === undefined) return { components: [] };
    if (defaults === undefined && daemon.binary === undefined) return { components: [] };
    const words = wordsOf(files, daemon);
    const place: Place = {
      path: daemon.unit?.path ?? defaults ?? daemon.binary ?? defaultsPaths[0],
    };
    const listening = listeningOf(words);
    const user = optionOf(words, '--user');
    const { component, listeners } = daemonComponent(packages, {
      id: 'postgrey',
      name: 'postgrey',
      platform: 'postgrey',
      kind: 'policy-service',
      daemon,
      packages: names.packages,
      supplier: 'Postgrey project',
      foundAt: [defaults === undefined ? place : { path: defaults }],
      listening,
      // It gives up root for the user postgrey unless told otherwise.
      user:
        user === undefined
          ? { user: 'postgrey', because: place }
          : { user: user.text, because: user.because },
      reach: [],
      logs: [logOf(words, place)],
    });
    return { components: [component], listeners };
  },
};
