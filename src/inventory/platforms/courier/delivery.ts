import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf } from '../../../core/paths.ts';
import {
  type Delivery,
  defaultDeliveries,
  deliveredTo,
} from '../../courier-suite/default-delivery.ts';
import { configPath } from '../../courier-suite/layout.ts';
import { identify } from '../../identify.ts';
import type { Link } from '../../platform.ts';
import { readAliases } from '../../syntax/aliases.ts';

const mta = componentId('courier');

/** `support: "|/usr/local/bin/program"` in the files of `aliases` (makealiases(8)). */
const aliasDeliveries = (files: FileView): readonly Delivery[] => {
  const folder = configPath(files, 'aliases');
  if (folder === undefined) return [];
  return files
    .list(folder)
    .filter(({ name, kind }) => kind === 'file' && !/^\.|~$|\.(?:dpkg-\w+|bak|orig)$/.test(name))
    .slice(0, 100)
    .flatMap(({ name }) => readAliases(files, `${folder}/${name}`))
    .flatMap(({ targets }) => targets)
    .flatMap(({ to, text, because }): readonly Delivery[] => {
      const program = to === 'program' ? deliveredTo(text) : undefined;
      return program === undefined ? [] : [{ program, because }];
    })
    .slice(0, 500);
};

const deliveryComponent = (
  packages: PackageIndex,
  { program, because }: Delivery,
  reach: Reach,
): Component => ({
  id: componentId(`courier/${program.slice(0, 500)}`),
  name: baseOf(program),
  kind: 'content-filter',
  platform: 'courier',
  partOf: mta,
  enabled: true,
  ...identify(packages, { files: [program] }),
  foundAt: [because],
  reach: [reach],
  logs: [],
});

/** Programs that mail is handed to. maildrop is described by its own platform. */
export const deliveryPrograms = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const found = new Map<string, Component>();
  const add = (component: Component): void => {
    const known = found.get(component.id);
    found.set(
      component.id,
      known === undefined
        ? component
        : {
            ...known,
            foundAt: [...known.foundAt, ...component.foundAt],
            reach: [...known.reach, ...component.reach],
          },
    );
  };
  for (const delivery of defaultDeliveries(files)) {
    if (baseOf(delivery.program) === 'maildrop') continue;
    add(
      deliveryComponent(packages, delivery, {
        resource: 'mail-in-transit',
        mode: 'write',
        extent: 'every message that is delivered to a local mailbox',
        because: delivery.because,
      }),
    );
  }
  for (const delivery of aliasDeliveries(files)) {
    // A mailing list's aliases call Courier's own list manager.
    if (baseOf(delivery.program) === 'couriermlm') continue;
    add(
      deliveryComponent(packages, delivery, {
        resource: 'mail-in-transit',
        mode: 'read',
        extent: 'every message to the alias on this line',
        because: delivery.because,
      }),
    );
  }
  return [...found.values()];
};

/** `domain:relay,port /SECURITY=…` of `esmtproutes`: where mail leaves to, other than its own MX. */
export const relayLinks = (files: FileView): readonly Link[] => {
  const path = configPath(files, 'esmtproutes');
  if (path === undefined || files.stat(path)?.kind !== 'file') return [];
  return (files.text(path) ?? '')
    .split('\n')
    .slice(0, 5_000)
    .flatMap((line, i): readonly Link[] => {
      const match = /^([^:#\s]*):\s*(\[[^\]\s]+\]|[^,:\s/[\]]+)(?:,(\d{1,5}))?/.exec(line.trim());
      if (match === null) return [];
      const port = match[3] === undefined ? 25 : Number(match[3]);
      if (port < 1 || port > 65_535) return [];
      const because = { path, line: i + 1 };
      const domain = match[1] ?? '';
      return [
        {
          from: mta,
          to: { net: 'tcp', host: (match[2] ?? '').replace(/^\[|\]$/g, ''), port },
          as: 'gateway',
          reach: [
            {
              resource: 'mail-in-transit',
              mode: 'read',
              extent:
                domain === ''
                  ? 'every message that leaves for another host'
                  : `every message to ${domain.slice(0, 200)}`,
              because,
            },
          ],
          because,
        },
      ];
    })
    .slice(0, 500);
};
