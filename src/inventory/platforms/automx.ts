import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { readUnit, startsAtBoot, unitValue } from '../../core/formats/systemd.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import { commandOf, exposureOfAll, optionOf, programPaths } from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import { parseHostPort, reaches } from '../joining/endpoint.ts';
import type { Platform } from '../platform.ts';
import { parseDatabaseUrl, showDatabase } from '../syntax/database-url.ts';
import { iniOption, iniSection, readPythonIni } from '../syntax/python-ini.ts';
import { exposureOfServed, servedFolders } from '../syntax/web-server.ts';

const configs = ['/etc/automx2/automx2.conf', '/etc/automx2.conf'] as const;
const programs = programPaths(['automx2']);

/** What its database holds decides where mail programs log in: whoever changes it gets passwords. */
const databaseReach = (files: FileView, path: string): readonly Reach[] => {
  const section = iniSection(readPythonIni(files.text(path) ?? ''), 'automx2');
  const option = iniOption(section, 'db_uri');
  const database = option === undefined ? undefined : parseDatabaseUrl(option.value);
  if (option === undefined || database === undefined) return [];
  const because: Place = { path, line: option.line };
  return [
    {
      resource: 'directory',
      mode: 'read',
      extent: `mail domains and the servers that mail programs are told to log in to, in ${showDatabase(database).slice(0, 300)}`,
      because,
    },
    ...(database.hasPassword
      ? [
          {
            resource: 'credentials' as const,
            mode: 'read' as const,
            extent: `a database password, in ${path}`,
            because,
          },
        ]
      : []),
  ];
};

const read = (files: FileView, packages: PackageIndex): Component | undefined => {
  const wheel = packages.all.find(
    ({ ecosystem, name }) => ecosystem === 'pypi' && name === 'automx2',
  );
  const binary = programs.find(path => files.stat(path)?.kind === 'file');
  if (wheel === undefined && binary === undefined) return undefined;
  const path = configs.find(each => files.stat(each)?.kind === 'file');
  const unit = readUnit(files, 'automx2.service');
  if (path === undefined && unit === undefined) return undefined;
  const words = unit === undefined ? [] : commandOf(files, unit).slice(1);
  const port = optionOf(words, '--port', '-p');
  const host = optionOf(words, '--host', '-h')?.text ?? '127.0.0.1';
  const endpoint = port === undefined ? undefined : parseHostPort(`${host}:${port.text}`);
  const front =
    endpoint === undefined
      ? undefined
      : exposureOfServed(
          servedFolders(files, packages).filter(({ to }) =>
            to.some(pass => pass.endpoint !== undefined && reaches(pass.endpoint, endpoint)),
          ),
        );
  const exposure =
    front ??
    (endpoint === undefined || port === undefined
      ? undefined
      : exposureOfAll([{ endpoint, because: port.because }]));
  const user = unit === undefined ? undefined : unitValue(unit, 'Service', 'User');
  return {
    id: componentId('automx2'),
    name: 'automx2',
    kind: 'connector',
    platform: 'automx',
    enabled: startsAtBoot(files, ['automx2']),
    ...identify(packages, {
      files: binary === undefined ? [] : [binary],
      names: ['automx2'],
      ...(wheel === undefined ? {} : { ownVersion: { value: wheel.version } }),
      otherwise: { origin: 'upstream', supplier: 'sys4 AG', purl: 'pkg:pypi/automx2' },
    }),
    foundAt: [
      ...(path === undefined ? [] : [{ path }]),
      ...(unit === undefined ? [] : [{ path: unit.path }]),
    ],
    ...(user === undefined ? {} : { runsAs: { user: user.value, because: user.because } }),
    ...(exposure === undefined ? {} : { exposure }),
    reach: path === undefined ? [] : databaseReach(files, path),
    logs: [],
  };
};

/** automx2, which tells mail programs by address which servers to use. */
export const automx: Platform = {
  id: 'automx',
  title: 'automx2',
  reads: [...configs, ...programs],
  read: (files, packages) => {
    const component = read(files, packages);
    return { components: component === undefined ? [] : [component] };
  },
};
