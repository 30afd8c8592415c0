import { z } from 'zod';
import type { FileView } from '../../../core/files.ts';
import { type ContainerService, holdsSecret } from '../../syntax/compose.ts';

/** A container that Docker keeps, running or stopped. */
export interface RunningContainer extends ContainerService {
  readonly isRunning: boolean;
  /** The service and the folder of the Compose file that it was made from; empty without one. */
  readonly service: string;
  readonly folder: string;
}

const folder = '/var/lib/docker/containers';
export const runningReads: readonly string[] = [`${folder}/*/config.v2.json`];
const containersMax = 500;

const Text = z.string().max(4_000);
const Record = z.object({
  Name: Text,
  State: z.object({ Running: z.boolean() }),
  Config: z.object({
    Image: Text,
    Env: z.array(Text).nullish().catch([]),
    Labels: z.record(z.string(), z.unknown()).nullish().catch({}),
  }),
  MountPoints: z
    .record(
      z.string(),
      z.object({ Source: Text.optional(), Destination: Text, RW: z.boolean().optional() }),
    )
    .nullish()
    .catch({}),
  NetworkSettings: z
    .object({
      Networks: z.record(z.string(), z.unknown()).nullish().catch({}),
      Ports: z
        .record(z.string(), z.array(z.object({ HostIp: Text, HostPort: Text })).nullish())
        .nullish(),
    })
    .nullish()
    .catch(undefined),
});

const one = (files: FileView, path: string): RunningContainer | undefined => {
  const text = files.text(path, { bytesMax: 1 << 20 });
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = Record.safeParse(value);
  if (!parsed.success) {
    files.note({
      what: path,
      why: 'is not what Docker writes of a container: what runs in it cannot be told',
      how: 'Compare with: docker ps --all',
    });
    return undefined;
  }
  const { Name, State, Config, MountPoints, NetworkSettings } = parsed.data;
  const label = (name: string): string => {
    const found = Config.Labels?.[`com.docker.compose.${name}`];
    return typeof found === 'string' ? found : '';
  };
  const because = { path };
  const networks = Object.keys(NetworkSettings?.Networks ?? {});
  return {
    name: label('service') || Name.replace(/^\//, ''),
    image: Config.Image,
    because,
    isRunning: State.Running,
    service: label('service'),
    folder: label('project.working_dir'),
    mounts: Object.values(MountPoints ?? {})
      .slice(0, 100)
      .map(mount => ({
        source: mount.Source ?? '',
        target: mount.Destination,
        isReadOnly: mount.RW === false,
        because,
      })),
    ports: Object.values(NetworkSettings?.Ports ?? {})
      .flatMap(each => each ?? [])
      .slice(0, 100)
      .flatMap(({ HostIp, HostPort }) => {
        const port = Number(HostPort);
        return port > 0 && port < 65_536 ? [{ host: HostIp || '*', port, because }] : [];
      }),
    sharesNetwork: networks.includes('host'),
    secrets: (Config.Env ?? [])
      .filter(each => /=./.test(each) && holdsSecret(each.split('=')[0] ?? ''))
      .slice(0, 1)
      .map(() => because),
  };
};

/** Every container that Docker keeps; undefined where its records are not there to see. */
export const runningContainers = (files: FileView): readonly RunningContainer[] | undefined =>
  files.stat(folder)?.kind === 'folder'
    ? files
        .glob(`${folder}/*/config.v2.json`)
        .slice(0, containersMax)
        .flatMap(path => one(files, path) ?? [])
    : undefined;
