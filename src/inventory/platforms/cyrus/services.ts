import {
  type Component,
  type ComponentKind,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { exposureOfAll } from '../../daemons/daemon.ts';
import type { Claim } from '../../identify.ts';
import type { Listener } from '../../platform.ts';
import { cyrusOption, cyrusWords } from '../../syntax/cyrus-imapd.ts';
import { claimOf, type Found, type Instance, joinAll, makePart, supplier } from './instance.ts';
import { sieveLogs } from './logs.ts';
import {
  cyrusUser,
  type Heard,
  heardOf,
  optionFor,
  partId,
  runningIn,
  servicesIn,
} from './running.ts';

/** A program of Cyrus that somebody talks to, and what that gives him. */
interface Service {
  readonly kind: ComponentKind;
  readonly reach: (because: Place) => readonly Reach[];
  /** Listed as switched off where it is installed and no entry starts it. */
  readonly listedWhenOff: boolean;
}

const one = (
  resource: Reach['resource'],
  mode: Reach['mode'],
  extent: string,
): ((because: Place) => readonly Reach[]) => {
  return because => [{ resource, mode, extent, because }];
};

const mailboxes = (because: Place): readonly Reach[] => [
  {
    resource: 'stored-mail',
    mode: 'write',
    extent: 'the mailbox of every user who logs in, and what others share with him',
    because,
  },
];

const credentials = (because: Place): Reach => ({
  resource: 'credentials',
  mode: 'read',
  extent: 'every password given at login',
  because,
});

const withLogin = (because: Place): readonly Reach[] => [
  ...mailboxes(because),
  credentials(because),
];

const delivery = (because: Place): readonly Reach[] => [
  {
    resource: 'mail-in-transit',
    mode: 'write',
    extent: 'every message that is delivered',
    because,
  },
  {
    resource: 'mail-in-transit',
    mode: 'send',
    extent: "what users' Sieve scripts forward, answer and reject",
    because,
  },
];

const listed = true;
const services: Readonly<Record<string, Service>> = {
  imapd: { kind: 'imap', reach: withLogin, listedWhenOff: listed },
  proxyd: { kind: 'imap', reach: withLogin, listedWhenOff: false },
  pop3d: { kind: 'imap', reach: withLogin, listedWhenOff: listed },
  kpop3d: { kind: 'imap', reach: withLogin, listedWhenOff: false },
  pop3proxyd: { kind: 'imap', reach: withLogin, listedWhenOff: false },
  lmtpd: { kind: 'mta', reach: delivery, listedWhenOff: listed },
  lmtpproxyd: { kind: 'mta', reach: delivery, listedWhenOff: false },
  timsieved: {
    kind: 'add-on',
    reach: one(
      'mail-in-transit',
      'admin',
      "users' Sieve scripts, which file, change and forward the mail they get",
    ),
    listedWhenOff: listed,
  },
  httpd: { kind: 'web-front', reach: because => [credentials(because)], listedWhenOff: listed },
  nntpd: {
    kind: 'gateway',
    reach: one('stored-mail', 'write', 'shared mailboxes, served as news groups'),
    listedWhenOff: listed,
  },
  sync_server: {
    kind: 'connector',
    reach: one(
      'stored-mail',
      'admin',
      'every mailbox: another Cyrus that logs in as an administrator writes them',
    ),
    listedWhenOff: listed,
  },
  backupd: {
    kind: 'connector',
    reach: one('stored-mail', 'read', 'every mailbox that another Cyrus sends here as a backup'),
    listedWhenOff: false,
  },
  mupdate: {
    kind: 'connector',
    reach: one('directory', 'write', 'the list of all mailboxes of the cluster, with who may what'),
    listedWhenOff: listed,
  },
  notifyd: {
    kind: 'connector',
    reach: one('customer-records', 'read', 'every notification: who gets which mail'),
    listedWhenOff: listed,
  },
  fud: {
    kind: 'connector',
    reach: one('directory', 'read', 'when every user read mail last'),
    listedWhenOff: false,
  },
  smmapd: {
    kind: 'policy-service',
    reach: one('directory', 'read', 'which mailboxes there are and whether they take mail'),
    listedWhenOff: false,
  },
  ptloader: {
    kind: 'auth-backend',
    reach: one('directory', 'read', 'the groups of every user who logs in'),
    listedWhenOff: false,
  },
  idled: { kind: 'add-on', reach: () => [], listedWhenOff: false },
  promstatsd: { kind: 'add-on', reach: () => [], listedWhenOff: false },
  calalarmd: { kind: 'add-on', reach: () => [], listedWhenOff: false },
};

const serviceOf = (program: string): Service | undefined =>
  Object.hasOwn(services, program) ? services[program] : undefined;

/** Old names of one program: proxies of 2.2 are links to it. */
const claimFor = (instance: Instance, path: string | undefined): Claim =>
  path === undefined || instance.files.stat(path) === undefined
    ? claimOf(instance)
    : {
        files: [instance.files.real(path) ?? path],
        ...(instance.byHand && instance.version !== undefined
          ? { ownVersion: { value: instance.version } }
          : {}),
        otherwise: instance.byHand ? { origin: 'upstream', supplier } : { origin: 'unknown' },
      };

const started = (instance: Instance, program: string, service: Service): Component | undefined => {
  const own = runningIn(instance).filter(
    each =>
      each.own &&
      each.program === program &&
      (each.entry.section === 'SERVICES'
        ? servicesIn(instance).includes(each)
        : each.entry.section !== 'EVENTS'),
  );
  const first = own[0];
  if (first === undefined) return undefined;
  const heard = heardOf(instance).filter(({ running }) => own.includes(running));
  const tcp = heard.filter(({ endpoint }) => endpoint.net === 'tcp');
  const exposure = exposureOfAll(tcp.length > 0 ? tcp : heard);
  return makePart(instance, {
    part: program,
    name: program,
    kind: service.kind,
    enabled: true,
    claim: claimFor(instance, first.path),
    foundAt: [
      ...own.map(({ entry }) => entry.place),
      ...(instance.files.stat(first.path) === undefined ? [] : [{ path: first.path }]),
    ],
    runsAs: cyrusUser(instance),
    ...(exposure === undefined ? {} : { exposure }),
    reach: service.reach(first.entry.place),
    ...(program === 'timsieved' ? { logs: sieveLogs(instance, first.entry.name) } : {}),
  });
};

const switchedOff = (instance: Instance, program: string): Component | undefined => {
  const path = instance.folders
    .map(folder => `${folder}/${program}`)
    .find(each => instance.files.stat(each)?.kind === 'file');
  if (path === undefined || !instance.hasMaster || instance.shares) return undefined;
  const commented = instance.master.entries.filter(
    ({ commented: off, args }) => off && (args.get('cmd') ?? '').split(/\s/)[0] === program,
  );
  const service = serviceOf(program);
  return makePart(instance, {
    part: program,
    name: program,
    kind: service?.kind ?? 'add-on',
    enabled: false,
    claim: claimFor(instance, path),
    foundAt: [{ path }, ...commented.map(({ place }) => place)],
  });
};

/** Modules of httpd, with what each opens (imapd.conf(5), httpmodules). */
const modules: Readonly<Record<string, (because: Place) => readonly Reach[]>> = {
  caldav: one('customer-records', 'write', "users' calendars and tasks"),
  carddav: one('customer-records', 'write', "users' address books"),
  freebusy: one('customer-records', 'read', 'when users are busy'),
  ischedule: one('customer-records', 'write', 'invitations from and to other servers'),
  webdav: one('customer-records', 'write', "users' files"),
  jmap: because => [
    ...mailboxes(because),
    { resource: 'mail-in-transit', mode: 'send', extent: 'mail in the name of its users', because },
  ],
  rss: one('stored-mail', 'read', 'shared mailboxes, as feeds'),
  cgi: one('host', 'read', 'scripts that it starts as the user of Cyrus'),
  admin: one('stored-mail', 'admin', 'state and settings of the server, for administrators'),
};

const httpModules = (instance: Instance): readonly Component[] => {
  const httpds = servicesIn(instance).filter(({ own, program }) => own && program === 'httpd');
  const settings = [
    ...httpds.map(each => ({ option: optionFor(each, 'httpmodules'), on: true })),
    ...(httpds.length > 0
      ? []
      : [{ option: cyrusOption(instance.config, 'httpmodules'), on: false }]),
  ];
  const installed = instance.folders.some(
    folder => instance.files.stat(`${folder}/httpd`)?.kind === 'file',
  );
  // Named and not installed is nothing: Debian names them in every imapd.conf.
  if (httpds.length === 0 && !installed) return [];
  return joinAll(
    settings.flatMap(({ option, on }) =>
      option === undefined
        ? []
        : cyrusWords(option)
            .slice(0, 50)
            .map(word => word.toLowerCase())
            .filter(word => /^[a-z0-9]{1,40}$/.test(word) && word !== 'none')
            .map(word =>
              makePart(instance, {
                part: `httpd/${word}`,
                name: word,
                kind: 'add-on',
                enabled: on,
                claim: claimFor(
                  instance,
                  httpds[0]?.path ?? instance.folders.map(folder => `${folder}/httpd`)[0],
                ),
                foundAt: [option.place],
                partOf: 'httpd',
                reach:
                  on && Object.hasOwn(modules, word) ? (modules[word]?.(option.place) ?? []) : [],
              }),
            ),
    ),
  );
};

/** Programs of somebody else that master starts with the rights of Cyrus. */
const foreign = (instance: Instance): readonly Component[] => {
  const all = runningIn(instance).filter(each => !each.own && each.path !== '');
  return joinAll(
    all.map(running => {
      const heard = heardOf(instance).filter(each => each.running === running);
      const exposure = exposureOfAll(heard);
      const { place } = running.entry;
      return makePart(instance, {
        part: running.path,
        name: running.program,
        kind: running.entry.section === 'SERVICES' ? 'connector' : 'add-on',
        enabled: running.entry.section !== 'SERVICES' || servicesIn(instance).includes(running),
        claim: { files: [running.path] },
        foundAt: [
          place,
          ...(instance.files.stat(running.path) === undefined ? [] : [{ path: running.path }]),
        ],
        runsAs: cyrusUser(instance),
        ...(exposure === undefined ? {} : { exposure }),
        reach: [
          {
            resource: 'stored-mail',
            mode: 'write',
            extent: 'every mailbox: it runs as the user who owns their files',
            because: place,
          },
        ],
      });
    }),
  );
};

const squatter = (instance: Instance): readonly Component[] => {
  const { config, files, folders } = instance;
  const engine = cyrusOption(config, 'search_engine');
  const runs = runningIn(instance).filter(({ own, program }) => own && program === 'squatter');
  const on = engine !== undefined && /^(?:xapian|squat)$/i.test(engine.value);
  // Before 3.0 squat was the only engine, and running squatter switched it on.
  const old = (instance.version ?? '').startsWith('2.') && runs.length > 0;
  const place = engine?.place ?? runs[0]?.entry.place;
  if (place === undefined || !(on || old)) return [];
  const path = folders
    .map(folder => `${folder}/squatter`)
    .find(each => files.stat(each)?.kind === 'file');
  return [
    makePart(instance, {
      part: 'squatter',
      name: 'squatter',
      kind: 'add-on',
      enabled: true,
      claim: claimFor(instance, path),
      foundAt: [place, ...runs.map(({ entry }) => entry.place), ...(path ? [{ path }] : [])],
      runsAs: cyrusUser(instance),
      reach: [
        {
          resource: 'stored-mail',
          mode: 'read',
          extent: `the text of every message, for its index (${on ? engine.value.toLowerCase() : 'squat'})`,
          because: place,
        },
      ],
    }),
  ];
};

/** Everything that master starts, and what it listens on. */
export const servicesOf = (instance: Instance): Found => {
  const own = Object.entries(services).flatMap(([program, service]) => {
    const on = started(instance, program, service);
    const off =
      on === undefined && service.listedWhenOff ? switchedOff(instance, program) : undefined;
    const found = on ?? off;
    return found === undefined ? [] : [found];
  });
  const components = [
    ...own,
    ...httpModules(instance),
    ...squatter(instance),
    ...foreign(instance),
  ];
  const ids = new Set<string>(components.map(({ id }) => id));
  const ownerOf = ({ running }: Heard): Listener['component'] => {
    const id = partId(instance, (running.own ? running.program : running.path).slice(0, 500));
    return ids.has(id) ? id : componentId(instance.id);
  };
  return {
    components,
    listeners: heardOf(instance).map(each => ({
      component: ownerOf(each),
      endpoint: each.endpoint,
      because: each.because,
    })),
  };
};
