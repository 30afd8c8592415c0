import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { cronJobs, crontabReads } from '../../core/formats/crontab.ts';
import type { Place } from '../../core/place.ts';
import { type Daemon, findDaemon, optionOf, programPaths } from '../daemons/daemon.ts';
import { daemonComponent } from '../daemons/daemon-component.ts';
import { milterListening, milterUser } from '../daemons/milter-daemon.ts';
import type { Platform } from '../platform.ts';
import { setIn } from '../remedy.ts';
import {
  isOn,
  type MilterSetting,
  milterSetting,
  readMilterConfig,
} from '../syntax/milter-config.ts';
import { shellWords } from '../syntax/shell-defaults.ts';

const configPaths = [
  '/etc/opendmarc.conf',
  '/etc/opendmarc/opendmarc.conf',
  '/usr/local/etc/opendmarc.conf',
  '/usr/local/etc/mail/opendmarc.conf',
] as const;
const defaultsPaths = ['/etc/default/opendmarc', '/etc/sysconfig/opendmarc'] as const;
const names = {
  programs: ['opendmarc'],
  packages: ['opendmarc'],
  units: ['opendmarc'],
  configuration: [...configPaths, ...defaultsPaths],
};

const reachOf = (settings: readonly MilterSetting[]): readonly Reach[] => {
  const history = milterSetting(settings, 'HistoryFile');
  const reports = milterSetting(settings, 'FailureReports');
  const copies = milterSetting(settings, 'CopyFailuresTo');
  return [
    ...(history === undefined || history.value === ''
      ? []
      : [
          {
            resource: 'customer-records' as const,
            mode: 'write' as const,
            extent: `sender domain, IP address and result of each message, in ${history.value.slice(0, 300)}`,
            because: history.because,
          },
        ]),
    ...(isOn(reports, false) && reports !== undefined
      ? [
          {
            resource: 'mail-in-transit' as const,
            mode: 'send' as const,
            extent:
              'headers of messages that fail, sent to whoever the sender domain names (FailureReports)',
            because: reports.because,
          },
        ]
      : []),
    ...(copies === undefined || copies.value === ''
      ? []
      : [
          {
            resource: 'mail-in-transit' as const,
            mode: 'send' as const,
            extent: 'a copy of every message that fails, to the address of CopyFailuresTo',
            because: copies.because,
          },
        ]),
  ];
};

/** With Syslog, opendmarc writes the domain and the result of each message (opendmarc.conf(5)). */
const logOf = (path: string, settings: readonly MilterSetting[], daemon: Daemon): AccessLog => {
  const syslog = milterSetting(settings, 'Syslog');
  const forced = daemon.words.find(({ text }) => text === '-l');
  const because = syslog?.because ?? forced?.because ?? { path };
  if (!isOn(syslog, false) && forced === undefined) {
    return {
      question: 'what was changed',
      emitted: 'off',
      why: 'Syslog is off: OpenDMARC writes nothing down',
      because,
      remedy: `${setIn(path, syslog?.because)}\nSyslog true`,
    };
  }
  const facility = (milterSetting(settings, 'SyslogFacility')?.value ?? 'mail').toLowerCase();
  return {
    question: 'what was changed',
    emitted: 'on',
    why: 'a line for each message: queue id, sender domain and result; not for clients that it ignores (IgnoreHosts, by default this host)',
    because,
    sink: { to: 'syslog', facility, program: 'opendmarc' },
  };
};

/** Cron jobs that put the history into a database (opendmarc-import(8)). */
const importsOf = (files: FileView): readonly Component[] => {
  const jobs = cronJobs(files).filter(({ command }) =>
    /\bopendmarc-(?:import|reports)\b/.test(command),
  );
  const byPath = new Map<string, Component>();
  for (const { command, because } of jobs.slice(0, 50)) {
    const words = shellWords(command);
    const field = (option: string): string | undefined => {
      const at = words.findIndex(word => word === option || word.startsWith(`${option}=`));
      const word = words[at];
      return word === undefined
        ? undefined
        : word.includes('=')
          ? word.slice(word.indexOf('=') + 1)
          : words[at + 1];
    };
    const name = `mysql:${because.path}`;
    const known = byPath.get(name);
    const host = field('--dbhost') ?? 'localhost';
    const reach: readonly Reach[] = [
      {
        resource: 'customer-records',
        mode: 'write',
        extent: `sender domain, IP address and result of each message, in database ${(field('--dbname') ?? 'opendmarc').slice(0, 100)} on ${host.slice(0, 200)}`,
        because,
      },
      ...(field('--dbpasswd') === undefined
        ? []
        : [
            {
              resource: 'credentials' as const,
              mode: 'read' as const,
              extent: `a database password, in ${because.path}`,
              because,
            },
          ]),
    ];
    byPath.set(name, {
      id: componentId(`opendmarc/${name}`),
      name,
      kind: 'database-link',
      platform: 'opendmarc',
      partOf: componentId('opendmarc'),
      enabled: true,
      version: { unknown: 'it is a database that OpenDMARC reports into' },
      origin: 'unknown',
      thirdParty: true,
      foundAt: [...(known?.foundAt ?? []), because],
      reach: known?.reach ?? reach,
      logs: [],
    });
  }
  return [...byPath.values()];
};

/** OpenDMARC: opendmarc.conf(5), opendmarc(8), opendmarc-import(8). */
export const opendmarc: Platform = {
  id: 'opendmarc',
  title: 'OpenDMARC',
  reads: [...configPaths, ...defaultsPaths, ...programPaths(names.programs), ...crontabReads],
  read: (files, packages) => {
    const daemon = findDaemon(files, packages, names);
    if (daemon === undefined) return { components: [] };
    const asked = optionOf(daemon.words, '-c')?.text;
    const path = [...(asked === undefined ? [] : [asked]), ...configPaths].find(
      candidate => files.stat(candidate) !== undefined,
    );
    if (path === undefined && daemon.binary === undefined) return { components: [] };
    const settings = path === undefined ? [] : readMilterConfig(files, path);
    const place: Place = { path: path ?? daemon.binary ?? configPaths[0] };
    const user = milterUser(settings, daemon);
    const { component, listeners } = daemonComponent(packages, {
      id: 'opendmarc',
      name: 'opendmarc',
      platform: 'opendmarc',
      kind: 'milter',
      daemon,
      packages: names.packages,
      supplier: 'The Trusted Domain Project',
      foundAt: [place],
      listening: milterListening(files, settings, daemon, defaultsPaths),
      ...(user === undefined ? {} : { user }),
      ...(daemon.unit === undefined ? {} : { userOtherwise: 'root' }),
      // What passes through it is granted by the mail server that calls it: see `Link`.
      reach: reachOf(settings),
      logs: [logOf(place.path, settings, daemon)],
    });
    return { components: [component, ...importsOf(files)], listeners };
  },
};
