import { type Component, type ComponentId, componentId } from '../../../core/component.ts';
import { baseOf, joinPath } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import type { Endpoint } from '../../platform.ts';
import { commandProgram } from '../../syntax/command-program.ts';
import { type CyrusOption, type CyrusOptions, cyrusOption } from '../../syntax/cyrus-imapd.ts';
import type { CyrusEntry } from '../../syntax/cyrus-master.ts';
import type { Instance } from './instance.ts';

/** Something that master starts: an entry of cyrus.conf with the program that its cmd names. */
export interface Running {
  readonly entry: CyrusEntry;
  /** `imapd`; of Debian's wrapper the tool behind it. */
  readonly program: string;
  /** Absolute, as far as it can be told. */
  readonly path: string;
  readonly args: readonly string[];
  /** One of Cyrus's own programs. */
  readonly own: boolean;
  /** imapd.conf, or what `-C` names. */
  readonly config: CyrusOptions;
}

/** Every program of Cyrus 2.4 to 3.12 that an entry may start. */
const ownPrograms = new Set(
  `imapd pop3d kpop3d proxyd pop3proxyd lmtpd lmtpproxyd timsieved httpd nntpd nntpproxyd sync_server
  sync_client notifyd mupdate mupdate-loadgen idled fud smmapd ptloader backupd promstatsd calalarmd
  squatter cyr_expire expire ctl_cyrusdb ctl_mboxlist ctl_deliver ctl_backups ctl_zoneinfo
  ctl_conversationsdb tls_prune ptexpire cyr_virusscan ipurge reconstruct quota chk_cyrus fetchnews
  dav_reconstruct cyr_sequence cyr_synclog cyr_backup relocate_by_id unexpunge cvt_cyrusdb arbitron
  cyr_df cyr_userseen cyr_deny cyr_dbtool masssievec sievec makedirs mbpath cyr_info cyr_ls
  cyr_cachemigrate cyr_withlock_run cyr_buildinfo deliver masshash rehash`.split(/\s+/),
);

const runningOf = (instance: Instance, entry: CyrusEntry): Running | undefined => {
  const command = commandProgram(entry.args.get('cmd') ?? '');
  if (command === undefined) return undefined;
  const { files, packages, folders } = instance;
  let { path: program, args } = command;
  // Debian's wrapper: `/usr/sbin/cyrus expire -E 3` runs cyr_expire or whatever is called so.
  if (program === '/usr/sbin/cyrus' && args[0] !== undefined) {
    program = args[0].replace(/^expire$/, 'cyr_expire');
    args = args.slice(1);
  }
  const path = program.startsWith('/')
    ? joinPath(program)
    : program.includes('/')
      ? ''
      : (folders
          .map(folder => `${folder}/${program}`)
          .find(each => files.stat(each) !== undefined) ?? `${folders[0] ?? ''}/${program}`);
  const name = baseOf(program);
  const owner = path.startsWith('/') ? packages.ownerOf(files.real(path) ?? path) : undefined;
  const inFolder = folders.some(folder => path.startsWith(`${folder}/`));
  const own =
    owner === undefined
      ? ownPrograms.has(name) && (!program.startsWith('/') || inFolder || folders.length === 0)
      : /cyrus/.test(owner.name);
  const alternative = args.findIndex(word => word === '-C');
  const other = alternative < 0 ? undefined : args[alternative + 1];
  return {
    entry,
    program: name,
    path,
    args,
    own,
    config: other?.startsWith('/') === true ? instance.configAt(other) : instance.config,
  };
};

const made = new WeakMap<Instance, readonly Running[]>();

/** All entries that are not commented out. */
export const runningIn = (instance: Instance): readonly Running[] => {
  const known =
    made.get(instance) ??
    instance.master.entries
      .filter(({ commented }) => !commented)
      .flatMap(entry => runningOf(instance, entry) ?? []);
  made.set(instance, known);
  return known;
};

/** Services that master may start a process for: `maxchild=0` forbids every one. */
export const servicesIn = (instance: Instance): readonly Running[] =>
  runningIn(instance).filter(
    ({ entry }) => entry.section === 'SERVICES' && !/^0+$/.test(entry.args.get('maxchild') ?? ''),
  );

/** An option as a running service sees it. */
export const optionFor = (running: Running, name: string): CyrusOption | undefined =>
  cyrusOption(running.config, name, running.entry.name);

/** What an option is, for all services: each different setting of it once. */
export const settingsOf = (instance: Instance, name: string): readonly CyrusOption[] => {
  const found = new Map<string, CyrusOption>();
  const add = (option: CyrusOption | undefined): void => {
    if (option !== undefined) {
      found.set(`${option.place.path}:${option.place.line ?? 0}:${option.key}`, option);
    }
  };
  const services = servicesIn(instance);
  for (const running of services) add(optionFor(running, name));
  if (services.length === 0 || found.size === 0) add(cyrusOption(instance.config, name));
  return [...found.values()];
};

const knownPorts: Readonly<Record<string, number>> = {
  imap: 143,
  imap2: 143,
  imaps: 993,
  pop3: 110,
  'pop-3': 110,
  pop3s: 995,
  kpop: 1109,
  nntp: 119,
  nntps: 563,
  lmtp: 24,
  sieve: 4190,
  csync: 2005,
  mupdate: 3905,
  fud: 4201,
  http: 80,
  https: 443,
  smtp: 25,
  submission: 587,
};

const ports = new WeakMap<Instance, ReadonlyMap<string, number>>();

/** services(5) of the host first: `lmtp` and `sieve` have moved over the years. */
const portCalled = (instance: Instance, name: string): number | undefined => {
  const known = ports.get(instance) ?? new Map<string, number>();
  if (!ports.has(instance)) {
    const path = '/etc/services';
    const text = instance.files.stat(path) === undefined ? '' : (instance.files.text(path) ?? '');
    const found = new Map<string, number>();
    for (const line of text.split('\n').slice(0, 30_000)) {
      const match = /^([\w.-]+)\s+(\d{1,5})\/tcp\b([^#]*)/.exec(line);
      if (match === null) continue;
      for (const each of [match[1] ?? '', ...(match[3] ?? '').trim().split(/\s+/)]) {
        if (each !== '' && !found.has(each)) found.set(each, Number(match[2]));
      }
    }
    ports.set(instance, found);
    return found.get(name) ?? knownPorts[name];
  }
  return known.get(name) ?? (Object.hasOwn(knownPorts, name) ? knownPorts[name] : undefined);
};

export const portOf = (instance: Instance, text: string): number | undefined => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : portCalled(instance, text);
  return port !== undefined && port > 0 && port < 65_536 ? port : undefined;
};

export interface Heard {
  readonly running: Running;
  readonly endpoint: Endpoint;
  readonly because: Place;
}

/** `listen="imap"`, `"localhost:sieve"`, `"[2001:db8::1]:143"`, `"/run/cyrus/socket/lmtp"`. */
const endpointOf = (instance: Instance, running: Running): Endpoint | undefined => {
  const { args, place, name } = running.entry;
  const text = args.get('listen') ?? '';
  if (text.startsWith('/')) return { net: 'unix', path: joinPath(text) };
  const match = /^(?:(\[[^\]]*\]|[^:[\]]*):)?([^:]+)$/.exec(text);
  const port = match === null ? undefined : portOf(instance, match[2] ?? '');
  if (port === undefined) {
    instance.files.note({
      what: `${place.path}:${place.line ?? 1}`,
      why: `${name.slice(0, 100)} listens on "${text.slice(0, 100)}", which is no port that is known`,
      how: 'Collect /etc/services too, or name the port by its number.',
    });
    return undefined;
  }
  const host = (match?.[1] ?? '').replace(/^\[(.*)\]$/, '$1');
  return { net: 'tcp', host: host === '' ? '*' : host.slice(0, 200), port };
};

const heard = new WeakMap<Instance, readonly Heard[]>();

export const heardOf = (instance: Instance): readonly Heard[] => {
  const known =
    heard.get(instance) ??
    servicesIn(instance).flatMap((running): readonly Heard[] => {
      const endpoint = endpointOf(instance, running);
      return endpoint === undefined ? [] : [{ running, endpoint, because: running.entry.place }];
    });
  heard.set(instance, known);
  return known;
};

export const partId = (instance: Instance, part: string): ComponentId =>
  componentId(`${instance.id}/${part}`);

/** The user that services change to: `cyrus_user`, else what it was built with. */
export const cyrusUser = ({ config }: Instance): NonNullable<Component['runsAs']> => {
  const set = cyrusOption(config, 'cyrus_user');
  return set === undefined
    ? { user: 'cyrus' }
    : { user: set.value.slice(0, 100), because: set.place };
};
