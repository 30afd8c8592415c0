import { type Component, componentId, type Reach } from '../../core/component.ts';
import { switchedOn } from '../../core/formats/systemd.ts';
import type { Place } from '../../core/place.ts';
import { exposureOfAll, rootReach } from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Platform, PlatformReading } from '../platform.ts';
import { dovecotSetting, effectiveDovecot } from '../syntax/dovecot-lookup.ts';
import { authOf } from './dovecot/auth.ts';
import { connectionsOf } from './dovecot/connections.ts';
import { dictsOf } from './dovecot/dicts.ts';
import { claimOf, findInstances, type Instance, instanceReads } from './dovecot/instance.ts';
import { heardOf } from './dovecot/listening.ts';
import { logsOf } from './dovecot/logs.ts';
import { pluginReads } from './dovecot/modules.ts';
import { joined } from './dovecot/outside.ts';
import { pluginsOf } from './dovecot/plugins.ts';
import { servicesOf } from './dovecot/services.ts';
import { type Given, sieveOf } from './dovecot/sieve.ts';

const problemsMax = 20;

/** The version installed and the one that the configuration is written for must go together. */
const refusalOf = ({
  config,
  hasConfig,
  version,
}: Instance): { readonly why: string; readonly how: string } | undefined => {
  if (!hasConfig || version === undefined) return undefined;
  const speaks24 = !/^2\.[0-3]\./.test(version);
  if (speaks24 && config.configVersion === undefined) {
    return {
      why: `lacks dovecot_config_version, without which Dovecot ${version} does not start; it was read in the syntax of 2.4`,
      how: 'Migrate the configuration: https://doc.dovecot.org/latest/installation/upgrade/2.3-to-2.4.html',
    };
  }
  if (!speaks24 && config.configVersion !== undefined) {
    return {
      why: `is written for Dovecot ${config.configVersion.slice(0, 20)}, but ${version} is installed, which does not start with it`,
      how: 'Install the version that the configuration is written for.',
    };
  }
  return undefined;
};

/** What Dovecot would stop at makes every answer doubtful: say so, line by line. */
const noteProblems = (instance: Instance): void => {
  const { config, files, hasConfig, id } = instance;
  for (const { place, why } of config.problems.slice(0, problemsMax)) {
    files.note({
      what: `${place.path}:${place.line ?? 1}`,
      why: `${why}; Dovecot reads it otherwise, or not at all`,
      how: `Mend the line, and check with: doveconf -n -c ${config.path}`,
    });
  }
  if (!hasConfig) {
    files.note({
      what: config.path,
      why: `is not there, though ${id} is installed: what is plugged into it is not known`,
      how: 'Collect its configuration too, or remove Dovecot.',
    });
    return;
  }
  const refusal = refusalOf(instance);
  if (refusal !== undefined) files.note({ what: config.path, ...refusal });
};

/** Where mail lies: `mail_location` in 2.3, `mail_driver` with `mail_path` in 2.4. */
const storedMail = ({ config }: Instance): Reach => {
  const location = effectiveDovecot(config, 'mail_location');
  const driver = effectiveDovecot(config, 'mail_driver');
  const path = effectiveDovecot(config, 'mail_path');
  const inNamespace = config.root.blocks
    .filter(({ key }) => key === 'namespace')
    .map(block => dovecotSetting(block, 'location') ?? dovecotSetting(block, 'mail_path'))
    .find(found => found !== undefined && found.value !== '');
  const setting = location ?? path ?? driver ?? inNamespace;
  const where =
    location?.value ??
    ([driver?.value, path?.value].filter(Boolean).join(':') || inNamespace?.value);
  return {
    resource: 'stored-mail',
    mode: 'admin',
    extent:
      where === undefined || where === ''
        ? "every mailbox: each user's own, found by looking for it"
        : `every mailbox: ${where.slice(0, 300)}`,
    because: setting?.place ?? { path: config.path },
  };
};

const tlsKeys = ({ config }: Instance): readonly Reach[] =>
  ['ssl_key', 'ssl_server_key_file'].flatMap((name): readonly Reach[] => {
    const setting = effectiveDovecot(config, name);
    const path = setting?.file ?? setting?.value ?? '';
    if (setting === undefined || !path.startsWith('/')) return [];
    return [
      {
        resource: 'credentials',
        mode: 'read',
        extent: `the private key of its TLS certificate: ${path.slice(0, 300)}`,
        because: setting.place,
      },
    ];
  });

const mainOf = (instance: Instance): Component => {
  const { id, daemon, config, hasConfig, packages, protocols, files } = instance;
  const heard = heardOf(instance).filter(({ endpoint }) => endpoint.net === 'tcp');
  const exposure = exposureOfAll(heard);
  // One that was upgraded halfway may still run as it was started: on or off, it cannot be told.
  const isRefused = refusalOf(instance) !== undefined;
  // The master process starts as root whatever its settings say (dovecot(1)).
  const runsAs = {
    user: 'root',
    ...(daemon.unit === undefined ? {} : { because: { path: daemon.unit.path } }),
  };
  const unit = daemon.unit?.name.replace(/\.service$/, '');
  const isOn =
    unit === undefined && id !== 'dovecot' ? null : switchedOn(files, [unit ?? 'dovecot']);
  const place: Place = { path: hasConfig ? config.path : (daemon.binary ?? config.path) };
  return {
    id: componentId(id),
    name: 'dovecot',
    kind: 'imap',
    platform: 'dovecot',
    enabled: isRefused ? isOn && null : isOn,
    ...identify(packages, claimOf(instance)),
    foundAt: [place, ...protocols.map(each => each.place).filter(each => each.line !== undefined)],
    runsAs,
    exposure: exposure ?? {
      internet: hasConfig && !isRefused ? 'no' : 'unknown',
      why: isRefused
        ? 'it does not start with the configuration that was read'
        : hasConfig
          ? 'no service of it listens on the network'
          : 'its configuration is not there',
      because: place,
    },
    reach: hasConfig
      ? [storedMail(instance), ...tlsKeys(instance), ...rootReach(runsAs)]
      : [...rootReach(runsAs)],
    logs: logsOf(instance),
  };
};

const withGiven = (component: Component, id: string, given: readonly Given[]): Component => {
  const own = given.filter(({ part }) => component.id === `${id}/${part}`);
  if (own.length === 0 || component.enabled === false) return component;
  return joined(component, {
    ...component,
    foundAt: own.flatMap(each => each.foundAt),
    reach: own.flatMap(each => each.reach),
  });
};

const readInstance = (instance: Instance): PlatformReading => {
  noteProblems(instance);
  const sieve = sieveOf(instance);
  const services = servicesOf(instance);
  const founds = [
    pluginsOf(instance),
    authOf(instance),
    dictsOf(instance),
    sieve,
    services,
    connectionsOf(instance),
  ];
  const byId = new Map<string, Component>();
  for (const component of [mainOf(instance), ...founds.flatMap(found => found.components)]) {
    const known = byId.get(component.id);
    byId.set(component.id, known === undefined ? component : joined(known, component));
  }
  return {
    components: [...byId.values()].map(each => withGiven(each, instance.id, sieve.given)),
    listeners: services.listeners ?? [],
    links: founds.flatMap(found => found.links ?? []),
  };
};

/** Dovecot 2.3 and 2.4 with Pigeonhole: doc.dovecot.org, doveconf(1). */
export const dovecot: Platform = {
  id: 'dovecot',
  title: 'Dovecot',
  reads: [...instanceReads, ...pluginReads],
  read: (files, packages) => {
    const readings = findInstances(files, packages).map(readInstance);
    return {
      components: readings.flatMap(({ components }) => components),
      listeners: readings.flatMap(({ listeners }) => listeners ?? []),
      links: readings.flatMap(({ links }) => links ?? []),
    };
  },
};
