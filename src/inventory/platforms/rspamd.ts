import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { dirOf, joinPath } from '../../core/paths.ts';
import {
  type Daemon,
  exposureOfAll,
  findDaemon,
  optionOf,
  programPaths,
  rootReach,
} from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Listener, Platform, PlatformReading } from '../platform.ts';
import { type UclValue, uclGet } from '../syntax/ucl.ts';
import { connectorsOf } from './rspamd/connectors.ts';
import { logsOf } from './rspamd/logs.ts';
import { localRules, moduleComponent, readModules } from './rspamd/modules.ts';
import { type Layout, layouts, readSettings, type Settings } from './rspamd/settings.ts';
import { controllerSentence, readWorkers, type Worker } from './rspamd/workers.ts';

const names = {
  programs: ['rspamd'],
  packages: ['rspamd'],
  units: ['rspamd'],
  configuration: layouts.map(({ conf }) => `${conf}/rspamd.conf`),
};

/** Passwords that stand in the configuration: named by place, never by value. */
const secrets = (settings: Settings, workers: readonly Worker[]): readonly Reach[] => {
  const redis = settings.section('redis');
  const found: readonly (readonly [string, UclValue | undefined])[] = [
    ['the password of Redis', uclGet(redis, 'password')],
    ...workers
      .filter(({ type }) => type === 'controller')
      .flatMap(({ section }) => [
        ['the password of the controller, or its hash', uclGet(section, 'password')] as const,
        [
          'the enable password of the controller, or its hash',
          uclGet(section, 'enable_password'),
        ] as const,
      ]),
  ];
  return found.flatMap(([what, value]): readonly Reach[] =>
    value === undefined || value.text === 'q1'
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `${what}, in ${value.place.path}`,
            because: value.place,
          },
        ],
  );
};

const exposureOfWorkers = (workers: readonly Worker[]): Component['exposure'] => {
  const exposure = exposureOfAll(workers.flatMap(({ listening }) => listening));
  if (exposure === undefined) return undefined;
  const controller = workers.find(
    worker => worker.type === 'controller' && exposureOfAll(worker.listening)?.internet === 'yes',
  );
  return controller === undefined
    ? exposure
    : {
        ...exposure,
        ...exposureOfAll(controller.listening),
        why: `${exposureOfAll(controller.listening)?.why ?? ''}; ${controllerSentence(controller)}`,
      };
};

const runsAs = (daemon: Daemon | undefined): Component['runsAs'] => {
  if (daemon === undefined) return undefined;
  const asked = optionOf(daemon.words, '-u', '--user') ?? daemon.unitUser;
  return asked === undefined ? undefined : { user: asked.text, because: asked.because };
};

const readCopy = (
  files: FileView,
  packages: PackageIndex,
  layout: Layout,
  copy: { readonly id: string; readonly daemon: Daemon | undefined },
): PlatformReading => {
  const { daemon } = copy;
  const asked = daemon === undefined ? undefined : optionOf(daemon.words, '-c', '--config');
  const path = asked?.text.startsWith('/') === true ? asked.text : `${layout.conf}/rspamd.conf`;
  const id = componentId(copy.id);
  const settings = readSettings(files, layout, path);
  const modules = readModules(files, settings);
  const workers = readWorkers(settings);
  const binary = daemon?.binary ?? layout.binary;
  const user = runsAs(daemon);
  const exposure = exposureOfWorkers(workers);
  const isThere = files.stat(binary)?.kind === 'file';
  const main: Component = {
    id,
    name: 'rspamd',
    kind: 'spam-filter',
    platform: 'rspamd',
    enabled: daemon?.startsAtBoot ?? null,
    ...identify(packages, {
      files: isThere ? [binary] : [],
      names: ['rspamd'],
      otherwise: { origin: 'upstream', supplier: 'Rspamd project' },
    }),
    foundAt: [{ path: files.stat(path) === undefined ? binary : path }],
    ...(user === undefined ? {} : { runsAs: user }),
    ...(exposure === undefined ? {} : { exposure }),
    // What passes through it is granted by the mail server that calls it: see `Link`.
    reach: [...secrets(settings, workers), ...rootReach(user)],
    logs: logsOf(settings, workers),
  };
  const listeners = workers.flatMap(({ listening }) =>
    listening.map(({ endpoint, because }): Listener => ({ component: id, endpoint, because })),
  );
  const connectors = connectorsOf(id, modules, workers, settings);
  return {
    components: [
      main,
      ...modules.map(module => moduleComponent(packages, main, module, settings)),
      ...localRules(files, packages, id, settings),
      ...connectors.components,
    ],
    listeners,
    links: connectors.links,
  };
};

/** A build in a place that no distribution uses: its unit says where, and with which settings. */
const placeOfItsOwn = (
  files: FileView,
  packages: PackageIndex,
): { readonly layout: Layout; readonly daemon: Daemon } | undefined => {
  const daemon = findDaemon(files, packages, names);
  if (daemon?.binary === undefined || daemon.unit === undefined) return undefined;
  const prefix = dirOf(dirOf(daemon.binary));
  const asked = optionOf(daemon.words, '-c', '--config')?.text ?? '';
  const conf = asked.startsWith('/') ? dirOf(joinPath(asked)) : `${prefix}/etc/rspamd`;
  return files.stat(asked.startsWith('/') ? asked : `${conf}/rspamd.conf`)?.kind === 'file'
    ? { layout: { conf, share: `${prefix}/share/rspamd`, binary: daemon.binary }, daemon }
    : undefined;
};

/** Rspamd: its configuration (UCL), Lua plug-ins and workers. */
export const rspamd: Platform = {
  id: 'rspamd',
  title: 'Rspamd',
  reads: [
    ...layouts.flatMap(({ conf, share, binary }) => [
      `${conf}/rspamd.conf`,
      `${conf}/*.{conf,inc,lua}`,
      `${conf}/{modules,local,override,scores,plugins,lua.local}.d/*`,
      `${share}/plugins/*.lua`,
      `${share}/rules/rspamd.lua`,
      binary,
    ]),
    ...programPaths(names.programs),
  ],
  read: (files, packages) => {
    const [packaged, ...byHand] = layouts;
    const readings: PlatformReading[] = [];
    if (packaged !== undefined && files.stat(`${packaged.conf}/rspamd.conf`) !== undefined) {
      const daemon = findDaemon(files, packages, names);
      if (daemon !== undefined)
        readings.push(readCopy(files, packages, packaged, { id: 'rspamd', daemon }));
    }
    for (const layout of byHand) {
      if (files.stat(`${layout.conf}/rspamd.conf`) === undefined) continue;
      if (files.stat(layout.binary) === undefined) continue;
      const id = readings.length === 0 ? 'rspamd' : `rspamd@${layout.conf}`;
      const daemon = readings.length === 0 ? findDaemon(files, packages, names) : undefined;
      readings.push(readCopy(files, packages, layout, { id, daemon }));
    }
    const elsewhere = readings.length === 0 ? placeOfItsOwn(files, packages) : undefined;
    if (elsewhere !== undefined) {
      const { layout, daemon } = elsewhere;
      readings.push(readCopy(files, packages, layout, { id: 'rspamd', daemon }));
    }
    return {
      components: readings.flatMap(({ components }) => components),
      listeners: readings.flatMap(({ listeners }) => listeners ?? []),
      links: readings.flatMap(({ links }) => links ?? []),
    };
  },
};
