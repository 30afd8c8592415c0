import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { baseOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { type Daemon, findDaemon, optionOf, programPaths, type Word } from '../daemons/daemon.ts';
import { daemonComponent, type Listening } from '../daemons/daemon-component.ts';
import { identify } from '../identify.ts';
import { parseHostPort } from '../joining/endpoint.ts';
import type { Platform } from '../platform.ts';
import { assigned, readAssignments, shellWords } from '../syntax/shell-defaults.ts';

const defaultsPath = '/etc/default/postfwd';
const names = {
  programs: ['postfwd', 'postfwd1', 'postfwd2', 'postfwd3'],
  packages: ['postfwd'],
  units: ['postfwd', 'postfwd3', 'postfwd2'],
  configuration: [defaultsPath],
};

/** The unit's words, or what the System V script makes of the defaults file. */
const wordsOf = (files: FileView, daemon: Daemon): readonly Word[] => {
  if (daemon.unit !== undefined) return daemon.words;
  const all = readAssignments(files, defaultsPath);
  const pair = (option: string, name: string): readonly Word[] => {
    const found = assigned(all, name);
    return found === undefined
      ? []
      : [
          { text: option, because: found.because },
          { text: found.value, because: found.because },
        ];
  };
  const rest = assigned(all, 'ARGS');
  return [
    ...pair('--file', 'CONF'),
    ...pair('--interface', 'INET'),
    ...pair('--port', 'PORT'),
    ...pair('--user', 'RUNAS'),
    ...(rest === undefined
      ? []
      : shellWords(rest.value).map(text => ({ text, because: rest.because }))),
  ];
};

/** postfwd(8): 127.0.0.1:10040 unless `--interface` and `--port`, or `--port PATH` with `--proto unix`. */
const listeningOf = (words: readonly Word[], place: Place): readonly Listening[] => {
  const port = optionOf(words, '--port', '-p');
  const host = optionOf(words, '--interface', '-i');
  if (port?.text.startsWith('/') === true) {
    return [{ endpoint: { net: 'unix', path: port.text }, because: port.because }];
  }
  const endpoint = parseHostPort(`${host?.text ?? '127.0.0.1'}:${port?.text ?? '10040'}`);
  return endpoint === undefined
    ? []
    : [{ endpoint, because: port?.because ?? host?.because ?? place }];
};

/** A line for each rule that fires, unless `--norulelog` (postfwd(8)). */
const logOf = (words: readonly Word[], place: Place): AccessLog => {
  const quiet = words.find(({ text }) => /^(?:--norulelog|--no-rulelog|--quiet|-q)$/.test(text));
  const facility = optionOf(words, '--facility', '-F');
  const sink = { to: 'syslog', facility: facility?.text ?? 'mail', program: 'postfwd' } as const;
  return quiet === undefined
    ? {
        question: 'what was changed',
        emitted: 'on',
        why: 'a line for each rule that decides: rule, client, sender, recipient and action',
        because: place,
        sink,
      }
    : {
        question: 'what was changed',
        emitted: 'off',
        why: 'it is told to: decisions leave no line',
        because: quiet.because,
        remedy: `# In ${quiet.because.path}: remove ${quiet.text} from the options of postfwd.`,
        sink,
      };
};

/** Perl code of one's own that postfwd loads (`--plugins FILE`). */
const pluginsOf = (packages: PackageIndex, words: readonly Word[]): readonly Component[] => {
  const plugin = optionOf(words, '--plugins');
  if (plugin === undefined || !plugin.text.startsWith('/')) return [];
  return [
    {
      id: componentId(`postfwd/${plugin.text}`),
      name: baseOf(plugin.text),
      kind: 'add-on',
      platform: 'postfwd',
      partOf: componentId('postfwd'),
      enabled: true,
      ...identify(packages, { files: [plugin.text] }),
      foundAt: [plugin.because, { path: plugin.text }],
      reach: [
        {
          resource: 'mail-in-transit',
          mode: 'read',
          extent: 'client, sender and recipient of every message that postfwd is asked about',
          because: plugin.because,
        },
      ],
      logs: [],
    },
  ];
};

/** postfwd: postfwd(8), Debian's /etc/default/postfwd. */
export const postfwd: Platform = {
  id: 'postfwd',
  title: 'postfwd',
  reads: [defaultsPath, '/etc/postfix/postfwd.cf', ...programPaths(names.programs)],
  read: (files, packages) => {
    const daemon = findDaemon(files, packages, names);
    const defaults = files.stat(defaultsPath) === undefined ? undefined : defaultsPath;
    if (daemon === undefined || (daemon.binary === undefined && defaults === undefined)) {
      return { components: [] };
    }
    const words = wordsOf(files, daemon);
    const place: Place = { path: defaults ?? daemon.unit?.path ?? daemon.binary ?? defaultsPath };
    const user = optionOf(words, '--user', '-u');
    const { component, listeners } = daemonComponent(packages, {
      id: 'postfwd',
      name: 'postfwd',
      platform: 'postfwd',
      kind: 'policy-service',
      daemon,
      packages: names.packages,
      supplier: 'postfwd project',
      foundAt: [place],
      listening: listeningOf(words, place),
      ...(user === undefined ? {} : { user: { user: user.text, because: user.because } }),
      reach: [],
      logs: [logOf(words, place)],
    });
    return { components: [component, ...pluginsOf(packages, words)], listeners };
  },
};
