import { type Component, componentId, type Reach } from '../../core/component.ts';
import { switchedOn } from '../../core/formats/systemd.ts';
import type { Place } from '../../core/place.ts';
import { exposureOfAll } from '../daemons/daemon.ts';
import { saslauthdReads } from '../daemons/saslauthd.ts';
import { identify } from '../identify.ts';
import type { Platform, PlatformReading } from '../platform.ts';
import { cyrusWords } from '../syntax/cyrus-imapd.ts';
import { authOf, saslReads } from './cyrus/auth.ts';
import { connectionsOf } from './cyrus/connections.ts';
import { claimOf, findInstances, type Instance, instanceReads, joinAll } from './cyrus/instance.ts';
import { logsOf } from './cyrus/logs.ts';
import { cyrusUser, heardOf, servicesIn, settingsOf } from './cyrus/running.ts';
import { servicesOf } from './cyrus/services.ts';
import { ownDatabases } from './cyrus/stores.ts';

const units = ['cyrus-imapd', 'cyrus-imap', 'cyrus', 'cyrus-master'];

/** What Cyrus stops at makes every answer doubtful: say so, line by line. */
const noteProblems = (instance: Instance): void => {
  const { files, config, master, hasConfig, hasMaster, id } = instance;
  for (const [path, there, what] of [
    [config.path, hasConfig, 'who logs in and where mail lies'],
    [master.path, hasMaster, 'which services it offers'],
  ] as const) {
    if (there) continue;
    files.note({
      what: path,
      why: `is not there, though ${id} is installed: ${what} is not known`,
      how: 'Collect its configuration too, or remove Cyrus.',
    });
  }
  for (const { place, why } of [...config.problems, ...master.problems].slice(0, 40)) {
    files.note({
      what: `${place.path}:${place.line ?? 1}`,
      why: `${why}; Cyrus does not start with it, or reads it otherwise`,
      how: 'Mend the line, and check with: cyr_info conf-all',
    });
  }
};

/** Where mail lies: `partition-<name>`, and `archivepartition-<name>`. */
const storedMail = ({ config }: Instance): readonly Reach[] => {
  const partitions = config.options.filter(({ key }) =>
    /^(?:archive)?partition-[a-z0-9]/.test(key),
  );
  const first = partitions[0];
  const paths = partitions.map(({ value }) => value.slice(0, 300)).slice(0, 20);
  return [
    {
      resource: 'stored-mail',
      mode: 'admin',
      extent: `every mailbox${paths.length === 0 ? '' : `: ${paths.join(', ')}`}`,
      because: first?.place ?? { path: config.path },
    },
  ];
};

/** What an administrator of a service may, by its program; of all others: everything. */
const limits: Readonly<
  Record<string, Pick<Reach, 'resource' | 'mode'> & { readonly may: string }>
> = {
  lmtpd: {
    resource: 'mail-in-transit',
    mode: 'write',
    may: 'mail to everybody: % may deliver over the network',
  },
  timsieved: {
    resource: 'mail-in-transit',
    mode: 'admin',
    may: "everybody's Sieve scripts: % may log in as anyone",
  },
  mupdate: {
    resource: 'directory',
    mode: 'write',
    may: 'the list of all mailboxes: % may change it',
  },
};
const all = {
  resource: 'stored-mail',
  mode: 'admin',
  may: 'every mailbox: % may open and change all, and log in as anyone',
} as const;

/** Accounts that open everybody's mail: how many, not who. */
const masters = (instance: Instance): readonly Reach[] => {
  const services = servicesIn(instance);
  return (['admins', 'proxyservers'] as const).flatMap(name =>
    settingsOf(instance, name).map((option): Reach => {
      const count = cyrusWords(option).length;
      const accounts = `${count} ${count === 1 ? 'account' : 'accounts'} (${option.key})`;
      const program = services.find(
        each => option.key === `${each.entry.name.toLowerCase()}_${name}`,
      )?.program;
      const { resource, mode, may } =
        program !== undefined && Object.hasOwn(limits, program) ? (limits[program] ?? all) : all;
      const own = name === 'admins' ? may : may.replace('open and change all, and ', '');
      return { resource, mode, extent: own.replace('%', accounts), because: option.place };
    }),
  );
};

const tlsKeys = (instance: Instance): readonly Reach[] =>
  ['tls_server_key', 'tls_key_file']
    .flatMap(name => settingsOf(instance, name))
    .filter(({ value }) => value.startsWith('/'))
    .map(
      ({ value, place }): Reach => ({
        resource: 'credentials',
        mode: 'read',
        extent: `the private key of its TLS certificate: ${value.slice(0, 300)}`,
        because: place,
      }),
    );

const mainOf = (instance: Instance): Component => {
  const { id, unit, files, packages, config, master, hasConfig, hasMaster, binary } = instance;
  const heard = heardOf(instance);
  const tcp = heard.filter(({ endpoint }) => endpoint.net === 'tcp');
  const exposure = exposureOfAll(tcp.length > 0 ? tcp : heard);
  const places: readonly Place[] = [
    ...(hasMaster ? [{ path: master.path }] : []),
    ...(hasConfig ? [{ path: config.path }] : []),
  ];
  const at: Place = { path: binary ?? master.path };
  return {
    id: componentId(id),
    name: 'cyrus-imapd',
    kind: 'imap',
    platform: 'cyrus',
    // A program without its files does not start, and a copy without a unit is started by nobody seen.
    enabled:
      !hasMaster || (unit === undefined && id !== 'cyrus')
        ? null
        : switchedOn(files, unit ? [unit] : units),
    ...identify(packages, claimOf(instance)),
    foundAt: places.length > 0 ? places : [at],
    runsAs: cyrusUser(instance),
    exposure: exposure ?? {
      internet: hasMaster ? 'no' : 'unknown',
      why: hasMaster ? 'no service of it listens' : `${master.path} is not there`,
      because: at,
    },
    reach: hasConfig ? [...storedMail(instance), ...masters(instance), ...tlsKeys(instance)] : [],
    logs: logsOf(instance),
  };
};

const readInstance = (instance: Instance): PlatformReading => {
  const services = servicesOf(instance);
  const connections = connectionsOf(instance);
  // After everything that an alternative configuration was read for.
  noteProblems(instance);
  return {
    components: joinAll([
      mainOf(instance),
      ...services.components,
      ...authOf(instance).components,
      ...ownDatabases(instance),
      ...connections.components,
    ]),
    listeners: services.listeners ?? [],
    links: connections.links ?? [],
  };
};

/** Cyrus IMAP 2.4 to 3.12: cyrus.conf(5), imapd.conf(5), master(8). */
export const cyrus: Platform = {
  id: 'cyrus',
  title: 'Cyrus IMAP',
  reads: [...instanceReads, ...saslReads, ...saslauthdReads],
  read: (files, packages) => {
    const readings = findInstances(files, packages).map(readInstance);
    return {
      components: readings.flatMap(({ components }) => components),
      listeners: readings.flatMap(({ listeners }) => listeners ?? []),
      links: readings.flatMap(({ links }) => links ?? []),
    };
  },
};
