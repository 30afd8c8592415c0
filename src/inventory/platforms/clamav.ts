import type { Component } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import { type Daemon, findDaemon, optionOf, programPaths } from '../daemons/daemon.ts';
import { daemonComponent } from '../daemons/daemon-component.ts';
import { parseHostPort, parseMilterSocket } from '../joining/endpoint.ts';
import type { Link, Platform } from '../platform.ts';
import { type MilterSetting, milterSetting, readMilterConfig } from '../syntax/milter-config.ts';
import { clamdReads, isSample, type Part, readClamd, supplier, userOf } from './clamav/clamd.ts';
import { milterLog } from './clamav/logs.ts';
import { signatureSources } from './clamav/signatures.ts';

const freshclamPaths = [
  '/etc/clamav/freshclam.conf',
  '/etc/freshclam.conf',
  '/usr/local/etc/freshclam.conf',
] as const;
const milterPaths = [
  '/etc/clamav/clamav-milter.conf',
  '/etc/mail/clamav-milter.conf',
  '/etc/clamav-milter.conf',
  '/usr/local/etc/clamav-milter.conf',
] as const;

const freshclamNames = {
  programs: ['freshclam'],
  packages: ['clamav-freshclam', 'clamav-update'],
  units: ['clamav-freshclam', 'freshclam'],
  configuration: freshclamPaths,
};
const milterNames = {
  programs: ['clamav-milter'],
  packages: ['clamav-milter', 'clamav-milter-systemd'],
  units: ['clamav-milter'],
  configuration: milterPaths,
};
const readAt = (
  files: FileView,
  daemon: Daemon,
  candidates: readonly string[],
): { readonly path: string; readonly settings: readonly MilterSetting[] } | undefined => {
  const asked = optionOf(daemon.words, '--config-file')?.text ?? optionOf(daemon.words, '-c')?.text;
  const path = [...(asked?.startsWith('/') === true ? [asked] : []), ...candidates].find(
    each => files.stat(each)?.kind === 'file',
  );
  return path === undefined ? undefined : { path, settings: readMilterConfig(files, path) };
};

/** clamscan alone: Amavis and scripts may run it, nothing listens. */
const readScanner = (files: FileView, packages: PackageIndex): Part | undefined => {
  const daemon = findDaemon(files, packages, {
    programs: ['clamscan'],
    packages: ['clamav'],
    units: [],
    configuration: [],
  });
  if (daemon?.binary === undefined) return undefined;
  const { component, listeners } = daemonComponent(packages, {
    id: 'clamav',
    name: 'clamav',
    platform: 'clamav',
    kind: 'antivirus',
    daemon,
    packages: ['clamav'],
    supplier,
    foundAt: [{ path: daemon.binary }],
    listening: [],
    reach: [],
    logs: [],
    enabled: null,
  });
  return { components: [component], listeners };
};

const readFreshclam = (
  files: FileView,
  packages: PackageIndex,
  partOf: string | undefined,
): readonly Component[] => {
  const daemon = findDaemon(files, packages, freshclamNames);
  if (daemon?.binary === undefined) return [];
  const config = readAt(files, daemon, freshclamPaths);
  const { path, settings } = config ?? { path: daemon.binary, settings: [] };
  const place: Place = { path };
  const { component } = daemonComponent(packages, {
    id: 'clamav/freshclam',
    name: 'freshclam',
    platform: 'clamav',
    kind: 'connector',
    ...(partOf === undefined ? {} : { partOf }),
    daemon,
    packages: freshclamNames.packages,
    supplier,
    foundAt: [place],
    listening: [],
    ...userOf(settings, 'DatabaseOwner'),
    reach: [
      {
        resource: 'mail-in-transit',
        mode: 'write',
        extent: 'the signatures that it fetches decide which messages count as infected',
        because: place,
      },
    ],
    logs: [],
  });
  return [component, ...signatureSources(settings)];
};

const readMilter = (
  files: FileView,
  packages: PackageIndex,
): (Part & { readonly links: readonly Link[] }) | undefined => {
  const daemon = findDaemon(files, packages, milterNames);
  if (daemon === undefined) return undefined;
  const config = readAt(files, daemon, milterPaths);
  if (config === undefined && daemon.binary === undefined) return undefined;
  const { path, settings } = config ?? { path: daemon.binary ?? milterPaths[0], settings: [] };
  const socket = milterSetting(settings, 'MilterSocket');
  const endpoint = socket === undefined ? undefined : parseMilterSocket(socket.value);
  const { component, listeners } = daemonComponent(packages, {
    id: 'clamav/clamav-milter',
    name: 'clamav-milter',
    platform: 'clamav',
    kind: 'milter',
    daemon,
    packages: milterNames.packages,
    supplier,
    foundAt: [{ path }],
    listening:
      socket === undefined || endpoint === undefined || isSample(settings)
        ? []
        : [{ endpoint, because: socket.because }],
    ...userOf(settings),
    ...(daemon.unit === undefined ? {} : { userOtherwise: 'root' }),
    reach: [],
    logs: [milterLog(path, settings)],
    ...(isSample(settings) ? { enabled: false } : {}),
  });
  const links = settings
    .filter(({ name }) => name.toLowerCase() === 'clamdsocket')
    .slice(0, 20)
    .flatMap(({ value, because }): readonly Link[] => {
      const to = /^tcp:/i.test(value)
        ? parseHostPort(value.slice(4))
        : parseMilterSocket(value.replace(/^tcp:/i, 'inet:'));
      return to === undefined
        ? []
        : [
            {
              from: component.id,
              to,
              as: 'antivirus',
              reach: [
                {
                  resource: 'mail-in-transit',
                  mode: 'read',
                  extent: 'every message that clamav-milter is handed',
                  because,
                },
              ],
              because,
            },
          ];
    });
  return { components: [component], listeners, links };
};

/** ClamAV: clamd.conf(5), freshclam.conf(5), clamav-milter.conf(5). */
export const clamav: Platform = {
  id: 'clamav',
  title: 'ClamAV',
  reads: [
    ...clamdReads,
    ...freshclamPaths,
    ...milterPaths,
    ...programPaths(['clamd', 'clamscan', 'freshclam', 'clamav-milter']),
  ],
  read: (files, packages) => {
    const clamds = readClamd(files, packages);
    const scanner = clamds.length > 0 ? undefined : readScanner(files, packages);
    const scanners = scanner === undefined ? clamds : [scanner];
    const milter = readMilter(files, packages);
    const fresh = readFreshclam(files, packages, scanners.length === 0 ? undefined : 'clamav');
    const parts = milter === undefined ? scanners : [...scanners, milter];
    return {
      components: [...parts.flatMap(({ components }) => components), ...fresh],
      listeners: parts.flatMap(({ listeners }) => listeners),
      links: milter?.links ?? [],
    };
  },
};
