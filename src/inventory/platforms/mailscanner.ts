import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { baseOf, dirOf, resolveFrom } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { findDaemon, programPaths } from '../daemons/daemon.ts';
import { daemonComponent } from '../daemons/daemon-component.ts';
import { identify } from '../identify.ts';
import type { Endpoint, Link, Platform } from '../platform.ts';
import { setEach } from '../remedy.ts';

const configPath = '/etc/MailScanner/MailScanner.conf';
const names = {
  programs: ['MailScanner', 'mailscanner'],
  packages: ['mailscanner', 'MailScanner'],
  units: ['mailscanner', 'MailScanner'],
  configuration: [configPath],
};
const customFolders = [
  '/usr/share/MailScanner/perl/custom',
  '/usr/lib/MailScanner/MailScanner/CustomFunctions',
  '/opt/MailScanner/lib/MailScanner/CustomFunctions',
  '/etc/MailScanner/custom',
] as const;

interface Setting {
  /** Lower case, blanks left out: MailScanner compares names so. */
  readonly name: string;
  readonly value: string;
  readonly because: Place;
}

const limits = { depth: 8, files: 200 } as const;

/** `Name of Setting = value`, `%variable% = value`, `include pattern`. */
const readConfig = (files: FileView, path: string): readonly Setting[] => {
  const out: Setting[] = [];
  const variables = new Map<string, string>();
  let filesLeft: number = limits.files;
  const expand = (text: string): string =>
    text.replace(
      /%([\w-]{1,60})%/g,
      (whole, name: string) => variables.get(name.toLowerCase()) ?? whole,
    );
  const read = (from: string, depth: number): void => {
    filesLeft -= 1;
    if (depth > limits.depth || filesLeft < 0) {
      files.note({
        what: from,
        why: 'is included too deeply or too often',
        how: 'Look for an include that leads back to its own file.',
      });
      return;
    }
    let line = 0;
    for (const raw of (files.text(from) ?? '').split('\n')) {
      line += 1;
      const bare = raw.trim();
      if (bare === '' || bare.startsWith('#')) continue;
      const include = /^include\s+(\S+)$/i.exec(bare);
      if (include !== null) {
        const pattern = resolveFrom(dirOf(from), include[1] ?? '');
        for (const each of files.glob(pattern)) {
          if (files.stat(each)?.kind === 'file') read(each, depth + 1);
        }
        continue;
      }
      const equals = bare.indexOf('=');
      if (equals < 1) continue;
      const name = bare.slice(0, equals).trim();
      const value = expand(bare.slice(equals + 1).trim()).slice(0, 2_000);
      const variable = /^%([\w-]{1,60})%$/.exec(name);
      if (variable !== null) variables.set((variable[1] ?? '').toLowerCase(), value);
      else {
        out.push({
          name: name.replace(/[\s-]+/g, '').toLowerCase(),
          value,
          because: { path: from, line },
        });
      }
    }
  };
  read(path, 0);
  return out;
};

const settingOf = (settings: readonly Setting[], name: string): Setting | undefined =>
  settings.findLast(each => each.name === name);

const isYes = (setting: Setting | undefined, otherwise: boolean): boolean =>
  setting === undefined ? otherwise : /^(?:yes|1)/i.test(setting.value);

/** A line for each message needs Log Spam and Log Non Spam; viruses are always written. */
const logOf = (settings: readonly Setting[], place: Place): AccessLog => {
  const spam = settingOf(settings, 'logspam');
  const ham = settingOf(settings, 'lognonspam');
  const facility = settingOf(settings, 'syslogfacility')?.value ?? 'mail';
  const sink = { to: 'syslog', facility: facility.toLowerCase(), program: 'MailScanner' } as const;
  const both = isYes(spam, false) && isYes(ham, false);
  return both
    ? {
        question: 'what was changed',
        emitted: 'on',
        why: 'a line for each message, spam or not, and for each virus',
        because: ham?.because ?? place,
        sink,
      }
    : {
        question: 'what was changed',
        emitted: 'partial',
        why: isYes(spam, false)
          ? 'Log Non Spam is off: messages that passed leave no line of their own'
          : 'Log Spam is off: viruses and totals are written, what was judged spam is not',
        because: (isYes(spam, false) ? ham : spam)?.because ?? place,
        remedy: setEach(place.path, [
          ['Log Spam = yes', spam?.because],
          ['Log Non Spam = yes', ham?.because],
        ]),
        sink,
      };
};

const reachOf = (settings: readonly Setting[]): readonly Reach[] => {
  const incoming = settingOf(settings, 'incomingqueuedir');
  const quarantine = settingOf(settings, 'quarantinedir');
  const archive = settingOf(settings, 'archivemail');
  const extent = (setting: Setting): string => setting.value.slice(0, 300);
  return [
    ...(incoming === undefined
      ? []
      : [
          {
            resource: 'mail-in-transit' as const,
            mode: 'write' as const,
            extent: `every message in the queue ${extent(incoming)}`,
            because: incoming.because,
          },
        ]),
    ...(quarantine === undefined
      ? []
      : [
          {
            resource: 'stored-mail' as const,
            mode: 'write' as const,
            extent: `messages held in quarantine in ${extent(quarantine)}`,
            because: quarantine.because,
          },
        ]),
    ...(archive === undefined || archive.value === '' || /^no$/i.test(archive.value)
      ? []
      : [
          {
            resource: 'mail-in-transit' as const,
            mode: 'send' as const,
            extent: 'copies of messages, to where Archive Mail says',
            because: archive.because,
          },
        ]),
  ];
};

const part = (
  name: string,
  because: Place,
  rest: Pick<Component, 'kind' | 'reach'> & Partial<Component>,
): Component => ({
  id: componentId(`mailscanner/${name}`),
  name,
  platform: 'mailscanner',
  partOf: componentId('mailscanner'),
  enabled: true,
  version: { unknown: 'no package owns it and its files state no version' },
  origin: 'unknown',
  thirdParty: true,
  foundAt: [because],
  logs: [],
  ...rest,
});

/** Virus scanners by name; clamd is talked to over its socket. */
const scannersOf = (
  settings: readonly Setting[],
): { readonly components: readonly Component[]; readonly links: readonly Link[] } => {
  const setting = settingOf(settings, 'virusscanners');
  const scans = isYes(settingOf(settings, 'virusscanning'), true);
  if (setting === undefined || !scans) return { components: [], links: [] };
  const reach: Reach = {
    resource: 'mail-in-transit',
    mode: 'read',
    extent: 'every message that MailScanner checks for viruses',
    because: setting.because,
  };
  const components: Component[] = [];
  const links: Link[] = [];
  for (const name of setting.value.split(/\s+/).slice(0, 50)) {
    if (!/^[\w-]{2,40}$/.test(name) || /^(?:none|auto|generic)$/i.test(name)) continue;
    if (name.toLowerCase() === 'clamd') {
      const socket = settingOf(settings, 'clamdsocket');
      const port = Number(settingOf(settings, 'clamdport')?.value ?? 3_310);
      const value = socket?.value ?? '/tmp/clamd.socket';
      const to: Endpoint = value.startsWith('/')
        ? { net: 'unix', path: value }
        : { net: 'tcp', host: value, port };
      links.push({
        from: componentId('mailscanner'),
        to,
        as: 'antivirus',
        name: 'clamd',
        reach: [reach],
        because: socket?.because ?? setting.because,
      });
    } else components.push(part(name, setting.because, { kind: 'antivirus', reach: [reach] }));
  }
  return { components, links };
};

/** Perl functions that settings call (`Always Looked Up Last = &MailWatchLogging`). */
const functionsOf = (
  files: FileView,
  packages: PackageIndex,
  settings: readonly Setting[],
): readonly Component[] => {
  const called = new Map<string, Place>();
  for (const { value, because } of settings) {
    const name = /^&(\w{2,80})/.exec(value)?.[1];
    if (name !== undefined && !called.has(name)) called.set(name, because);
  }
  const sources = customFolders
    .flatMap(folder => files.glob(`${folder}/*.pm`))
    .slice(0, 200)
    .map(path => ({ path, text: files.text(path, { bytesMax: 1 << 20 }) ?? '' }));
  const found = new Map<string, Component>();
  for (const { path, text } of sources) {
    const uses = [...called].filter(([name]) =>
      new RegExp(`^[ \\t]*sub[ \\t]+${name}\\b`, 'm').test(text),
    );
    const name = baseOf(path).slice(0, -'.pm'.length);
    // MailScanner ships examples there that nothing calls.
    const packaged = packages.ownerOf(path) !== undefined;
    if (uses.length === 0 && packaged) continue;
    const [use] = uses;
    found.set(
      name,
      part(name, use?.[1] ?? { path }, {
        kind: 'add-on',
        enabled: uses.length > 0,
        ...identify(packages, { files: [path] }),
        foundAt: [...uses.map(([, place]) => place), { path }],
        reach:
          use === undefined
            ? []
            : [
                {
                  resource: 'mail-in-transit',
                  mode: 'write',
                  extent:
                    'every message that MailScanner handles: its Perl code runs inside MailScanner',
                  because: use[1],
                },
              ],
      }),
    );
  }
  return [...found.values()];
};

/** MailScanner: MailScanner.conf(5). */
export const mailscanner: Platform = {
  id: 'mailscanner',
  title: 'MailScanner',
  reads: [
    configPath,
    '/etc/MailScanner/conf.d/*',
    ...customFolders.map(folder => `${folder}/*.pm`),
    ...programPaths(names.programs),
  ],
  read: (files, packages) => {
    if (files.stat(configPath)?.kind !== 'file') return { components: [] };
    const daemon = findDaemon(files, packages, names);
    if (daemon === undefined) return { components: [] };
    const settings = readConfig(files, configPath);
    const user = settingOf(settings, 'runasuser');
    const scanners = scannersOf(settings);
    const place: Place = { path: configPath };
    const { component } = daemonComponent(packages, {
      id: 'mailscanner',
      name: 'mailscanner',
      platform: 'mailscanner',
      kind: 'content-filter',
      daemon,
      packages: names.packages,
      supplier: 'MailScanner project',
      foundAt: [place],
      listening: [],
      user:
        user === undefined || user.value === ''
          ? { user: 'root', because: user?.because ?? place }
          : { user: user.value, because: user.because },
      reach: reachOf(settings),
      logs: [logOf(settings, place)],
    });
    return {
      components: [component, ...scanners.components, ...functionsOf(files, packages, settings)],
      links: scanners.links,
    };
  },
};
