import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { parseUnit, type UnitSetting } from '../../core/formats/systemd.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { baseOf, dirOf } from '../../core/paths.ts';
import { startedUnits } from '../daemons/daemon.ts';
import { exposureOf } from '../joining/endpoint.ts';
import type { Platform } from '../platform.ts';
import {
  type ContainerService,
  holdsSecret,
  mountOf,
  portOf,
  readCompose,
} from '../syntax/compose.ts';
import { imageOf, type KnownImage } from './containers/images.ts';
import { type RunningContainer, runningContainers, runningReads } from './containers/running.ts';

const composeFiles = ['yml', 'yaml'].flatMap(ending => [
  `**/docker-compose.${ending}`,
  `**/compose.${ending}`,
]);
const quadlets = ['/etc/containers/systemd/*.container', '/etc/containers/systemd/*/*.container'];
const engines = ['docker', 'dockerd', 'podman'].flatMap(name =>
  ['/usr/bin', '/usr/local/bin', '/snap/bin', '/usr/sbin'].map(folder => `${folder}/${name}`),
);
const enginePackages = ['docker-ce', 'docker.io', 'docker', 'moby-engine', 'podman'];
const projectsMax = 200;

interface Project {
  /** The file that describes it, or the folder of all that were found running. */
  readonly path: string;
  readonly services: readonly (ContainerService & { readonly enabled: boolean | null })[];
}

const isMailFolder = /(?:^|[/_-])(?:v?mail|maildir|mailboxes|mail-data|spool\/mail)(?:[/_-]|$)/i;

const reachOf = (
  { mounts, secrets, because }: ContainerService,
  image: KnownImage,
): readonly Reach[] => [
  ...mounts
    .filter(({ source }) => source.endsWith('/docker.sock'))
    .map(
      (mount): Reach => ({
        resource: 'host',
        mode: 'admin',
        extent: 'everything on this host: it may tell Docker what to start',
        because: mount.because,
      }),
    ),
  ...(image.isCompanion
    ? []
    : mounts
        .filter(({ source, target }) => isMailFolder.test(target) || isMailFolder.test(source))
        .map(
          ({ source, target, isReadOnly, because: at }): Reach => ({
            resource: 'stored-mail',
            mode: isReadOnly ? 'read' : 'write',
            extent: `what lies in ${source.slice(0, 200)} (${target.slice(0, 200)} inside of it)`,
            because: at,
          }),
        )),
  ...(secrets.length === 0
    ? []
    : [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `a password, key or token, in ${(secrets[0] ?? because).path}`,
          because: secrets[0] ?? because,
        } as const,
      ]),
];

/** Pages, which a web server of the host or another container may stand before. */
const hasPages = (kind: Component['kind']): boolean =>
  kind === 'webmail' || kind === 'web-front' || kind === 'list-manager' || kind === 'connector';

const exposureOfPorts = (
  { ports, because, sharesNetwork }: ContainerService,
  { kind }: KnownImage,
): NonNullable<Component['exposure']> => {
  if (sharesNetwork) {
    return { internet: 'unknown', why: 'it shares the network of this host', because };
  }
  const open = ports.find(({ host, port }) => exposureOf({ net: 'tcp', host, port }) === 'yes');
  const any = open ?? ports[0];
  if (any === undefined) {
    return {
      internet: 'unknown',
      why: 'no port of this host leads to it; another container may',
      because,
    };
  }
  return {
    internet: open !== undefined ? 'yes' : hasPages(kind) ? 'unknown' : 'no',
    why: `port ${any.port} of this host leads to it`,
    because: any.because,
  };
};

const componentOf = (
  service: ContainerService & { readonly enabled: boolean | null },
  image: KnownImage,
  id: string,
): Component => {
  const supplier = image.repository.includes('/')
    ? (image.repository.split('/')[0] ?? '')
    : 'Docker official images';
  return {
    id: componentId(id),
    name: image.repository,
    kind: image.kind,
    platform: 'containers',
    version:
      image.tag === undefined
        ? { unknown: `its image, ${service.image}, names no fixed version` }
        : { value: image.tag },
    supplier,
    origin: 'upstream',
    thirdParty: true,
    enabled: service.enabled,
    foundAt: [service.because],
    exposure: exposureOfPorts(service, image),
    reach: reachOf(service, image),
    logs: [],
  };
};

const noteInside = (files: FileView, path: string): void =>
  files.note({
    what: path,
    why: 'starts mail software in containers: what is set inside of them was not read',
    how: 'Run Postern inside of each, or with --root on its file system.',
  });

/** Mail software of one project, and what keeps its data; nothing where there is no mail software. */
const projectComponents = (
  files: FileView,
  { path, services }: Project,
  isFirst: boolean,
): readonly Component[] => {
  const known = services.flatMap(service => {
    const image = imageOf(service.image);
    return image === undefined ? [] : [{ service, image }];
  });
  if (known.every(({ image }) => image.isCompanion)) return [];
  noteInside(files, path);
  const main = isFirst ? 'containers' : `containers@${dirOf(path)}`;
  return known.map(({ service, image }) =>
    componentOf(service, image, `${main}/${service.name.slice(0, 200)}`),
  );
};

const valuesOf = (all: readonly UnitSetting[], key: string): readonly UnitSetting[] =>
  all.filter(setting => setting.section === 'Container' && setting.key === key);

/** podman-systemd.unit(5). */
const quadletProject = (files: FileView, path: string): Project => {
  const all = parseUnit(files.text(path) ?? '', path);
  const image = valuesOf(all, 'Image').at(-1);
  const isWanted = all.some(({ section, key }) => section === 'Install' && key === 'WantedBy');
  return {
    path,
    services:
      image === undefined
        ? []
        : [
            {
              name: baseOf(path).replace(/\.container$/, ''),
              image: image.value,
              because: image.because,
              mounts: valuesOf(all, 'Volume').flatMap(
                ({ value, because }) => mountOf(value, because) ?? [],
              ),
              ports: valuesOf(all, 'PublishPort').flatMap(
                ({ value, because }) => portOf(value, because) ?? [],
              ),
              secrets: valuesOf(all, 'Environment')
                .filter(({ value }) => holdsSecret(value.split('=')[0] ?? ''))
                .map(({ because }) => because),
              sharesNetwork: valuesOf(all, 'Network').some(({ value }) => value === 'host'),
              enabled: isWanted ? true : null,
            },
          ],
  };
};

/** Units that start a container themselves: `docker run … image`. */
const unitProjects = (files: FileView): readonly Project[] =>
  startedUnits(files)
    .filter(({ words }) => /^(?:docker|podman)$/.test(baseOf(words[0]?.text ?? '')))
    .flatMap(({ unit, words }): readonly Project[] => {
      const image = words.slice(2).find(({ text }) => imageOf(text)?.isCompanion === false);
      if (image === undefined || !words.some(({ text }) => text === 'run')) return [];
      const after = (...names: readonly string[]) =>
        words.flatMap(({ text, because }, i) =>
          names.includes(words[i - 1]?.text ?? '') ? [{ text, because }] : [],
        );
      return [
        {
          path: unit.path,
          services: [
            {
              name: unit.name.replace(/\.service$/, ''),
              image: image.text,
              because: image.because,
              mounts: after('-v', '--volume').flatMap(
                each => mountOf(each.text, each.because) ?? [],
              ),
              ports: after('-p', '--publish').flatMap(
                each => portOf(each.text, each.because) ?? [],
              ),
              secrets: after('-e', '--env')
                .filter(({ text }) => /=./.test(text) && holdsSecret(text.split('=')[0] ?? ''))
                .map(({ because }) => because),
              sharesNetwork: words.some(({ text }, i) =>
                /^--net(?:work)?(?:=host)?$/.test(text)
                  ? text.endsWith('=host') || words[i + 1]?.text === 'host'
                  : false,
              ),
              enabled: null,
            },
          ],
        },
      ];
    });

const hasEngine = (files: FileView, packages: PackageIndex): boolean =>
  enginePackages.some(name => packages.named(name) !== undefined) ||
  engines.some(path => files.stat(path)?.kind === 'file');

/** Whether one of those that exist was made from the service; null where none could be seen. */
const stateOf = (
  running: readonly RunningContainer[] | undefined,
  folder: string,
  name: string,
): boolean | null => {
  if (running === undefined) return null;
  const own = running.filter(each => each.service === name && each.folder === folder);
  return own.some(({ isRunning }) => isRunning);
};

/** Mail software in containers: Compose files, Podman's quadlets, units, and Docker's own records. */
export const containers: Platform = {
  id: 'containers',
  title: 'Mail software in containers',
  reads: [...composeFiles, ...quadlets, ...engines, ...runningReads],
  read: (files, packages) => {
    if (!hasEngine(files, packages)) return { components: [] };
    const running = runningContainers(files);
    const composed = composeFiles
      .flatMap(pattern => files.glob(pattern))
      .slice(0, projectsMax)
      .map(path => ({
        path,
        services: readCompose(files, path).map(service => ({
          ...service,
          enabled: stateOf(running, dirOf(path), service.name),
        })),
      }));
    const described = new Set(
      composed.flatMap(({ path, services }) =>
        services.map(({ name }) => `${dirOf(path)}:${name}`),
      ),
    );
    const single = (running ?? []).filter(
      ({ folder, service }) => !described.has(`${folder}:${service}`),
    );
    const projects: readonly Project[] = [
      ...composed,
      ...quadlets
        .flatMap(pattern => files.glob(pattern))
        .slice(0, projectsMax)
        .map(path => quadletProject(files, path)),
      ...unitProjects(files),
      ...single.map(each => ({
        path: each.because.path,
        services: [{ ...each, enabled: each.isRunning }],
      })),
    ];
    const out = new Map<string, Component>();
    for (const project of projects) {
      const isFirst = [...out.keys()].every(id => !id.startsWith('containers/'));
      for (const component of projectComponents(files, project, isFirst)) {
        if (!out.has(component.id)) out.set(component.id, component);
      }
    }
    return { components: [...out.values()] };
  },
};
