import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import { findDaemon, programPaths } from '../daemons/daemon.ts';
import { daemonComponent } from '../daemons/daemon-component.ts';
import { identify } from '../identify.ts';
import { parseMilterSocket } from '../joining/endpoint.ts';
import type { Platform, PlatformReading } from '../platform.ts';
import { setIn } from '../remedy.ts';
import { lastDirective, readDirectives } from '../syntax/directives.ts';

/** One implementation: Postfix starts it with `spawn` and speaks the policy protocol to it. */
interface Engine {
  readonly id: string;
  readonly name: string;
  readonly programs: readonly string[];
  readonly packages: readonly string[];
  readonly configs: readonly string[];
  readonly supplier: string;
  /** Its own tag in syslog. */
  readonly program: string;
}

const engines: readonly Engine[] = [
  {
    id: 'policyd-spf',
    name: 'policyd-spf',
    programs: [...programPaths(['policyd-spf']), '/usr/libexec/postfix/policyd-spf'],
    packages: ['postfix-policyd-spf-python', 'pypolicyd-spf', 'python3-policyd-spf'],
    configs: [
      '/etc/postfix-policyd-spf-python/policyd-spf.conf',
      '/etc/python-policyd-spf/policyd-spf.conf',
      '/usr/local/etc/python-policyd-spf/policyd-spf.conf',
    ],
    supplier: 'spf-engine project',
    program: 'policyd-spf',
  },
  {
    id: 'policyd-spf/postfix-policyd-spf-perl',
    name: 'postfix-policyd-spf-perl',
    programs: [
      ...programPaths(['postfix-policyd-spf-perl']),
      '/usr/libexec/postfix/policyd-spf-perl',
      '/usr/lib/postfix/policyd-spf-perl',
      '/usr/local/lib/policyd-spf-perl',
    ],
    packages: ['postfix-policyd-spf-perl', 'postfix-policyd-spf-fs'],
    configs: [],
    supplier: 'OpenSPF project',
    program: 'postfix/policy-spf',
  },
];

const milterConfig = '/etc/pyspf-milter/pyspf-milter.conf';
const milterNames = {
  programs: ['pyspf-milter'],
  packages: ['pyspf-milter'],
  units: ['pyspf-milter'],
  configuration: [milterConfig],
};

/** At debugLevel 1, the default, the Python engine writes the result of each check. */
const pythonLog = (path: string, text: string, program: string): AccessLog => {
  const level = lastDirective(readDirectives(text), 'debugLevel');
  const number = level === undefined ? 1 : Number.parseInt(level.value, 10);
  const because: Place = level === undefined ? { path } : { path, line: level.line };
  const sink = { to: 'syslog', facility: 'mail', program } as const;
  return number >= 1 || Number.isNaN(number)
    ? {
        question: 'what was changed',
        emitted: 'on',
        why: `debugLevel ${Number.isNaN(number) ? 1 : number} writes the result for each message: client, sender, recipient, action`,
        because,
        sink,
      }
    : {
        question: 'what was changed',
        emitted: number < 0 ? 'off' : 'partial',
        why:
          number < 0
            ? 'debugLevel is below 0: nothing is written'
            : 'debugLevel 0 writes errors and refusals only, not what it let pass',
        because,
        remedy: `${setIn(path, because)}\ndebugLevel = 1`,
        sink,
      };
};

/** The Perl engine writes each answer that it gives; it has no switch for that. */
const perlLog = (path: string, program: string): AccessLog => ({
  question: 'what was changed',
  emitted: 'on',
  why: 'each answer that it gives is written, with the reason',
  because: { path },
  sink: { to: 'syslog', facility: 'mail', program },
});

const engineComponent = (
  files: FileView,
  packages: PackageIndex,
  engine: Engine,
): Component | undefined => {
  const binary = engine.programs.find(path => files.stat(path)?.kind === 'file');
  const packaged = engine.packages.find(name => packages.named(name) !== undefined);
  const config = engine.configs.find(path => files.stat(path)?.kind === 'file');
  const unseenPackages = !tellsInstalled(packages);
  if (binary === undefined && packaged === undefined && !(unseenPackages && config !== undefined)) {
    return undefined;
  }
  const path = config ?? binary;
  return {
    id: componentId(engine.id),
    name: engine.name,
    kind: 'policy-service',
    platform: 'policyd-spf',
    // Postfix starts it when master.cf says so, which Postfix's own reading tells.
    enabled: null,
    ...identify(packages, {
      files: binary === undefined ? [] : [binary],
      names: engine.packages,
      otherwise: { origin: 'upstream', supplier: engine.supplier },
    }),
    foundAt: [
      ...(config === undefined ? [] : [{ path: config }]),
      ...(binary === undefined ? [] : [{ path: binary }]),
    ],
    reach: [],
    logs:
      path === undefined
        ? []
        : [
            engine.configs.length === 0
              ? perlLog(path, engine.program)
              : pythonLog(
                  path,
                  config === undefined ? '' : (files.text(config) ?? ''),
                  engine.program,
                ),
          ],
  };
};

/** The same engine as a milter, which listens by itself. */
const readMilter = (files: FileView, packages: PackageIndex): PlatformReading => {
  if (files.stat(milterConfig) === undefined) return { components: [] };
  const daemon = findDaemon(files, packages, milterNames);
  if (daemon === undefined) return { components: [] };
  const text = files.text(milterConfig) ?? '';
  const directives = readDirectives(text);
  const socket = lastDirective(directives, 'Socket');
  const endpoint = socket === undefined ? undefined : parseMilterSocket(socket.value);
  const user = lastDirective(directives, 'UserID');
  const { component, listeners } = daemonComponent(packages, {
    id: 'policyd-spf/pyspf-milter',
    name: 'pyspf-milter',
    platform: 'policyd-spf',
    kind: 'milter',
    daemon,
    packages: milterNames.packages,
    supplier: 'spf-engine project',
    foundAt: [{ path: milterConfig }],
    listening:
      socket === undefined || endpoint === undefined
        ? []
        : [{ endpoint, because: { path: milterConfig, line: socket.line } }],
    ...(user === undefined
      ? {}
      : {
          user: {
            user: user.value.split(':')[0] ?? '',
            because: { path: milterConfig, line: user.line },
          },
        }),
    reach: [],
    logs: [pythonLog(milterConfig, text, 'pyspf-milter')],
  });
  return { components: [component], listeners };
};

/** policyd-spf in Python and in Perl, and pyspf-milter: policyd-spf.conf(5). */
export const policydSpf: Platform = {
  id: 'policyd-spf',
  title: 'policyd-spf',
  reads: [
    ...engines.flatMap(({ programs, configs }) => [...programs, ...configs]),
    milterConfig,
    ...programPaths(milterNames.programs),
  ],
  read: (files, packages) => {
    const milter = readMilter(files, packages);
    const found = engines
      .map(engine => engineComponent(files, packages, engine))
      .filter(component => component !== undefined);
    return {
      components: [...found, ...milter.components],
      listeners: milter.listeners ?? [],
    };
  },
};
