import type { AccessLog } from '../../core/access-log.ts';
import { type Component, type ComponentId, componentId } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import {
  type Daemon,
  exposureOfAll,
  findDaemon,
  optionOf,
  programPaths,
  rootReach,
  type Word,
} from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Endpoint, Platform } from '../platform.ts';
import { findModule, moduleVersion, perlFolders } from '../syntax/perl-modules.ts';
import { readAssignments, shellWords } from '../syntax/shell-defaults.ts';
import { type Caller, callersOf } from './spamassassin/callers.ts';
import { type Config, filesOfKind, readConfig, settingOf } from './spamassassin/config.ts';
import { pluginsOf } from './spamassassin/plugins.ts';
import {
  channelReads,
  channelsOf,
  programReads,
  programsOf,
  storesOf,
} from './spamassassin/services.ts';

const id = componentId('spamassassin');
const spamdId = componentId('spamassassin/spamd');

/** Mail::SpamAssassin's `site_rules_path`; on Debian the second is a link to the first. */
const siteFolders = [
  '/etc/spamassassin',
  '/etc/mail/spamassassin',
  '/usr/local/etc/mail/spamassassin',
  '/usr/local/etc/spamassassin',
] as const;

const names = {
  programs: ['spamassassin'],
  packages: ['spamassassin', 'perl-Mail-SpamAssassin'],
  units: ['spamassassin-maintenance'],
  configuration: siteFolders,
};

const spamdNames = {
  programs: ['spamd'],
  packages: ['spamd'],
  units: ['spamd', 'spamassassin'],
  configuration: [],
};

const defaultsPaths = [
  '/etc/default/spamd',
  '/etc/default/spamassassin',
  '/etc/sysconfig/spamassassin',
];

const configOf = (files: FileView, folder: string, version: number | undefined): Config =>
  readConfig(
    files,
    [
      ...files.glob('/var/lib/spamassassin/[0-9]*.[0-9]*/*.pre'),
      ...filesOfKind(files, folder, 'pre'),
      ...filesOfKind(files, folder, 'cf'),
    ],
    version,
  );

const versionOf = (files: FileView): number | undefined => {
  const path = findModule(files, 'Mail::SpamAssassin');
  const text = path === undefined ? undefined : files.text(path, { bytesMax: 1 << 20 });
  const version = text === undefined ? undefined : moduleVersion(text);
  return version === undefined ? undefined : Number.parseFloat(version);
};

/** The words that start spamd: its unit's, else the defaults file's options. */
const spamdWords = (files: FileView, daemon: Daemon): readonly Word[] => {
  if (daemon.unit !== undefined) return daemon.words;
  return defaultsPaths
    .flatMap(path => readAssignments(files, path))
    .filter(({ name }) => name === 'OPTIONS' || name === 'SPAMDOPTIONS')
    .flatMap(({ value, because }) => shellWords(value).map(text => ({ text, because })));
};

interface Listening {
  readonly endpoint: Endpoint;
  readonly because: Place;
}

/** spamd(1): port 783 of loopback unless `-i`, `-p` or `--socketpath` say otherwise. */
const listeningOf = (words: readonly Word[], place: Place): readonly Listening[] => {
  const socket = optionOf(words, '--socketpath');
  if (socket?.text.startsWith('/') === true) {
    return [{ endpoint: { net: 'unix', path: socket.text }, because: socket.because }];
  }
  const asked = optionOf(words, '-p', '--port');
  const port = Number(asked?.text ?? 783);
  if (!(port > 0 && port < 65_536)) return [];
  const listens = words.flatMap((word, i): readonly Word[] => {
    if (/^--listen(?:-ip)?=/.test(word.text)) {
      return [{ ...word, text: word.text.replace(/^[^=]*=/, '') }];
    }
    if (/^-i\S/.test(word.text)) return [{ ...word, text: word.text.slice(2) }];
    if (!/^(?:-i|--listen|--listen-ip)$/.test(word.text)) return [];
    const next = words[i + 1];
    // Without an address it listens on all of them.
    return next === undefined || next.text.startsWith('-') ? [{ ...word, text: '*' }] : [next];
  });
  if (listens.length === 0) {
    return [
      { endpoint: { net: 'tcp', host: '127.0.0.1', port }, because: asked?.because ?? place },
    ];
  }
  return listens.map(({ text, because }) => {
    if (text.startsWith('/')) return { endpoint: { net: 'unix', path: text }, because };
    const match = /^(?:ssl:)?(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text);
    const host = (match?.[1] ?? text).replace(/^\[|\]$/g, '');
    return {
      endpoint: { net: 'tcp', host: host === '' ? '*' : host, port: Number(match?.[2] ?? port) },
      because,
    };
  });
};

/** spamd writes a `result:` line for each message to syslog, facility mail (spamd(1), -s). */
const spamdLogs = (words: readonly Word[], place: Place): readonly AccessLog[] => {
  const asked = optionOf(words, '-s', '--syslog');
  const target = asked?.text ?? 'mail';
  const because = asked?.because ?? place;
  if (target === 'null') {
    return [
      {
        question: 'what was changed',
        emitted: 'off',
        why: 'it is started with --syslog=null',
        because,
        remedy: `# In ${because.path}: take --syslog=null out of the options of spamd.`,
      },
    ];
  }
  const sink = target.startsWith('/')
    ? ({ to: 'file', path: target } as const)
    : target === 'stderr'
      ? ({ to: 'journal', unit: 'spamd.service' } as const)
      : ({ to: 'syslog', facility: target, program: 'spamd' } as const);
  return [
    {
      question: 'what was changed',
      emitted: 'on',
      why: 'a line for each message: Message-ID, user, score and the rules that fired',
      because,
      sink,
    },
  ];
};

const readSpamd = (
  files: FileView,
  packages: PackageIndex,
): { readonly component: Component; readonly listening: readonly Listening[] } | undefined => {
  const daemon = findDaemon(files, packages, spamdNames);
  if (daemon?.binary === undefined) return undefined;
  const words = spamdWords(files, daemon);
  const place: Place = { path: daemon.unit?.path ?? daemon.binary };
  const listening = listeningOf(words, place);
  const asked = optionOf(words, '-u', '--username');
  const user = asked ?? daemon.unitUser;
  const runsAs = {
    user: user?.text ?? 'root',
    because: user?.because ?? place,
  };
  const exposure = exposureOfAll(listening);
  return {
    listening,
    component: {
      id: spamdId,
      name: 'spamd',
      kind: 'spam-filter',
      platform: 'spamassassin',
      partOf: id,
      enabled: daemon.startsAtBoot,
      ...identify(packages, {
        files: [daemon.binary],
        otherwise: { origin: 'upstream', supplier: 'Apache SpamAssassin' },
      }),
      foundAt: [place],
      runsAs,
      ...(exposure === undefined ? {} : { exposure }),
      reach: rootReach(runsAs),
      logs: spamdLogs(words, place),
    },
  };
};

/** Without spamd the library writes nothing: whoever calls it does. */
const libraryLog: AccessLog = {
  question: 'what was changed',
  emitted: 'unknown',
  why: 'SpamAssassin used as a library writes no line of its own; the program that calls it may',
  remedy:
    '# Look at the log of what calls it: Amavis names the rules that fired from $log_level = 2 on.',
};

/** What site-wide settings let users do. */
const userRules = (config: Config) => {
  const setting = settingOf(config, 'allow_user_rules');
  return setting?.value !== '1'
    ? []
    : [
        {
          resource: 'mail-in-transit' as const,
          mode: 'write' as const,
          extent:
            "rules from each user's own user_prefs run on that user's mail (allow_user_rules)",
          because: setting.place,
        },
      ];
};

/** On Debian one of them is a link to the other. */
const folderOf = (files: FileView): string | undefined => {
  const folder = siteFolders.find(each => files.stat(each)?.kind === 'folder');
  return folder === undefined ? undefined : (files.real(folder) ?? folder);
};

const mainComponent = (
  files: FileView,
  packages: PackageIndex,
  daemon: Daemon,
  parts: {
    readonly place: Place;
    readonly config: Config;
    readonly hasSpamd: boolean;
    readonly callers: readonly Caller[];
  },
  component: ComponentId,
): Component => ({
  id: component,
  name: 'spamassassin',
  kind: 'spam-filter',
  platform: 'spamassassin',
  ...(parts.callers[0] === undefined
    ? { enabled: parts.hasSpamd ? true : null }
    : { enabled: true, partOf: parts.callers[0].id }),
  ...identify(packages, {
    files: [daemon.binary, findModule(files, 'Mail::SpamAssassin')].filter(
      path => path !== undefined,
    ),
    names: names.packages,
    otherwise: { origin: 'upstream', supplier: 'Apache SpamAssassin' },
  }),
  foundAt: [parts.place],
  reach: [
    ...parts.callers.map(({ name, because }) => ({
      resource: 'mail-in-transit' as const,
      mode: 'read' as const,
      extent: `every message that ${name} checks for spam: it runs inside ${name}`,
      because,
    })),
    ...storesOf(component, parts.config).secrets,
    ...userRules(parts.config),
  ],
  logs: parts.hasSpamd || parts.callers.length > 0 ? [] : [libraryLog],
});

/** Apache SpamAssassin: Mail::SpamAssassin::Conf(3), spamd(1), sa-update(1). */
export const spamassassin: Platform = {
  id: 'spamassassin',
  title: 'SpamAssassin',
  reads: [
    ...siteFolders.flatMap(folder => [`${folder}/*.{pre,cf,pm}`]),
    ...perlFolders.map(folder => `${folder}/Mail/SpamAssassin/Plugin/*.pm`),
    ...channelReads,
    ...defaultsPaths,
    ...programPaths(['spamassassin', 'spamd']),
    ...programReads,
  ],
  read: (files, packages) => {
    const found = folderOf(files);
    if (found === undefined && packages.named('spamassassin') === undefined) {
      return { components: [] };
    }
    const folder = found ?? siteFolders[0];
    // cPanel's lies in a Perl of its own, where its unit alone leads.
    const spamdOnly = findDaemon(files, packages, spamdNames);
    const daemon =
      findDaemon(files, packages, names) ??
      (spamdOnly?.binary === undefined ? undefined : spamdOnly);
    if (daemon === undefined) return { components: [] };
    if (found === undefined) {
      files.note({
        what: folder,
        why: 'is not there, though SpamAssassin is installed: what is plugged into it is not known',
        how: 'Collect it too, or remove SpamAssassin.',
      });
    }
    const config = configOf(files, folder, versionOf(files));
    const spamd = readSpamd(files, packages);
    const main = mainComponent(
      files,
      packages,
      daemon,
      {
        place: { path: found ?? daemon.binary ?? folder },
        config,
        hasSpamd: spamd?.component.enabled === true,
        callers: callersOf(files, packages),
      },
      id,
    );
    const plugins = pluginsOf(files, packages, id, folder, config);
    return {
      components: [
        main,
        ...(spamd === undefined ? [] : [spamd.component]),
        ...plugins,
        ...programsOf(files, packages, plugins, config),
        ...channelsOf(files, id, folder),
        ...storesOf(id, config).components,
      ],
      listeners: (spamd?.listening ?? []).map(({ endpoint, because }) => ({
        component: spamdId,
        endpoint,
        because,
      })),
    };
  },
};
