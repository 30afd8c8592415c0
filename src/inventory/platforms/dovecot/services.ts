import { type Component, componentId, type Reach } from '../../../core/component.ts';
import { tellsInstalled } from '../../../core/packages.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { exposureOfAll } from '../../daemons/daemon.ts';
import type { Listener } from '../../platform.ts';
import type { DovecotBlock, DovecotSetting } from '../../syntax/dovecot.ts';
import { dovecotBlocks, dovecotSetting, effectiveDovecot } from '../../syntax/dovecot-lookup.ts';
import { shellWords } from '../../syntax/shell-defaults.ts';
import { checkedLogins } from './auth-logs.ts';
import { doveadmLogs } from './doveadm-logs.ts';
import { claimOf, type Found, type Instance, makePart, speaks } from './instance.ts';
import { type Heard, heardOf, isStarted, serviceBlock, serviceBlocks } from './listening.ts';
import { managesieveLogs } from './managesieve-logs.ts';

/** Programs of Dovecot that start others (script.c, script-login.c). */
const starters = new Set(['script', 'script-login']);

/** A program in the place of, or started by, one of Dovecot's own. */
interface Program {
  readonly service: string;
  readonly path: string;
  readonly setting: DovecotSetting;
  readonly atLogin: boolean;
}

const ownFolders =
  /^(?:\/usr(?:\/local)?\/lib(?:exec|64)?|\/opt\/dovecot\/libexec|\/usr\/lib\/[\w-]+)\/dovecot\/[\w-]+$/;

const interpreters =
  /^\/(?:usr\/(?:local\/)?)?bin\/(?:(?:ba|da|z|k)?sh|env|perl|php[\d.]*|python[\d.]*|ruby)$/;

const isOwn = (instance: Instance, path: string): boolean =>
  ownFolders.test(path) &&
  (instance.packages.ownerOf(path) !== undefined ||
    instance.files.stat(path) === undefined ||
    instance.byHand);

/** `script-login /usr/local/bin/a.sh`, `imap imap-postlogin`, `/usr/local/bin/x -a`. */
const programIn = (
  instance: Instance,
  service: string,
  setting: DovecotSetting,
): Program | undefined => {
  const words = shellWords(setting.value.slice(0, 4_096));
  const starter = starters.has(baseOf(words[0] ?? ''));
  const rest = starter ? words.slice(1) : words;
  const first = starter
    ? rest.findIndex((word, i) => !word.startsWith('-') && rest[i - 1] !== '-e')
    : 0;
  const script = interpreters.test(rest[first] ?? '')
    ? rest.slice(first + 1).find(word => word.startsWith('/'))
    : undefined;
  const path = script ?? rest[first];
  if (path === undefined || !path.startsWith('/') || isOwn(instance, path)) return undefined;
  return { service, path, setting, atLogin: baseOf(words[0] ?? '') === 'script-login' };
};

const programsOf = (instance: Instance): readonly Program[] =>
  serviceBlocks(instance)
    .filter(({ name }) => isStarted(instance, name))
    .flatMap(block => {
      const setting = dovecotSetting(block, 'service_executable');
      const program = setting === undefined ? undefined : programIn(instance, block.name, setting);
      return program === undefined ? [] : [program];
    })
    .slice(0, 200);

/** Dovecot's own services have users of their own; whatever else is started without one is root. */
const userOf = (block: DovecotBlock | undefined): Component['runsAs'] => {
  if (block === undefined) return undefined;
  const setting = dovecotSetting(block, 'service_user');
  if (setting !== undefined && /[%$]/.test(setting.value)) return undefined;
  if (setting !== undefined && setting.value !== '') {
    return { user: setting.value, because: setting.place };
  }
  return knownServices.has(block.name) ? undefined : { user: 'root', because: block.place };
};

const knownServices = new Set([
  'anvil',
  'auth',
  'auth-worker',
  'config',
  'dict',
  'dict-async',
  'dns-client',
  'doveadm',
  'imap',
  'imap-login',
  'imap-urlauth',
  'imap-urlauth-login',
  'imap-urlauth-worker',
  'indexer',
  'indexer-worker',
  'lmtp',
  'log',
  'managesieve',
  'managesieve-login',
  'pop3',
  'pop3-login',
  'stats',
  'submission',
  'submission-login',
]);

/** What a program started by a service sees, told by what calls it. */
const programReach = (program: Program, runsAs: Component['runsAs']): readonly Reach[] => {
  const because = program.setting.place;
  const out: Reach[] = [];
  if (program.atLogin) {
    out.push({
      resource: 'stored-mail',
      mode: 'write',
      extent: 'the mailbox of every user who logs in: it runs before each session',
      because,
    });
  }
  if (/decode/.test(program.service)) {
    out.push({
      resource: 'stored-mail',
      mode: 'read',
      extent: 'attachments of every message that is indexed',
      because,
    });
  }
  if (runsAs?.user === 'root') {
    out.push({
      resource: 'host',
      mode: 'admin',
      extent: 'everything on this host: it runs as root',
      ...(runsAs.because === undefined ? {} : { because: runsAs.because }),
    });
  }
  return out;
};

/** Service whose listener makes a Sieve extension call it: `sieve-pipe/learn`. */
const servesSieve = (heard: readonly Heard[], service: string): boolean =>
  heard.some(
    each => each.service === service && /^sieve-(?:pipe|filter|execute)\//.test(each.name),
  );

const programParts = (instance: Instance, heard: readonly Heard[]): readonly Component[] => {
  const all = programsOf(instance);
  return [...new Set(all.map(({ path }) => path))].map(path => {
    const programs = all.filter(each => each.path === path);
    const first = programs[0];
    const block = serviceBlock(instance, first?.service ?? '');
    const runsAs = userOf(block);
    const onMail = programs.some(
      ({ service }) => servesSieve(heard, service) || /decode|spam|learn|filter/.test(service),
    );
    const sieve: readonly Reach[] = programs
      .filter(({ service }) => servesSieve(heard, service))
      .map(({ setting }) => ({
        resource: 'mail-in-transit',
        mode: 'read',
        extent: 'every message that a Sieve script hands to it',
        because: setting.place,
      }));
    return makePart(instance, {
      part: path,
      name: baseOf(path),
      kind: onMail ? 'content-filter' : 'add-on',
      enabled: true,
      claim: { files: [path] },
      foundAt: [
        ...programs.map(({ setting }) => setting.place),
        ...(instance.files.stat(path) === undefined ? [] : [{ path }]),
      ],
      ...(runsAs === undefined ? {} : { runsAs }),
      reach: [...sieve, ...programs.flatMap(each => programReach(each, runsAs))],
    });
  });
};

/** Parts of Dovecot that open a door of their own. */
interface Door {
  readonly service: string;
  readonly name: string;
  readonly kind: Component['kind'];
  readonly reach: (because: Place) => readonly Reach[];
}

const adminReach = (because: Place): readonly Reach[] => [
  {
    resource: 'stored-mail',
    mode: 'admin',
    extent: 'every mailbox: whoever knows its password or key reads, changes and deletes mail',
    because,
  },
];

const doors: readonly Door[] = [
  { service: 'doveadm', name: 'doveadm', kind: 'connector', reach: adminReach },
  { service: 'quota-status', name: 'quota-status', kind: 'policy-service', reach: () => [] },
  { service: 'stats', name: 'openmetrics', kind: 'connector', reach: () => [] },
];

const secretsOf = (instance: Instance): readonly Reach[] =>
  ['doveadm_password', 'doveadm_api_key'].flatMap((key): readonly Reach[] => {
    const found = effectiveDovecot(instance.config, key);
    if (found === undefined || found.raw === '') return [];
    return [
      {
        resource: 'credentials',
        mode: 'read',
        extent: `${key} in ${found.file ?? found.place.path}`,
        because: found.place,
      },
    ];
  });

/** Metrics that OpenMetrics shows a row a user of: `group_by = user`. */
const countedByUser = (instance: Instance): readonly Reach[] =>
  dovecotBlocks(instance.config.root, 'metric').flatMap((block): readonly Reach[] => {
    const setting = dovecotSetting(block, 'metric_group_by');
    const inner = dovecotBlocks(block, 'metric_group_by').find(({ name }) => name === 'user');
    const named = setting?.value.split(/\s+/).some(word => /^user(?::|$)/.test(word)) === true;
    const because = named ? setting?.place : inner?.place;
    if (because === undefined) return [];
    const extent = `what each user does, counted: metric ${block.name.slice(0, 100)}`;
    return [{ resource: 'customer-records', mode: 'read', extent, because }];
  });

/** doveadm and stats speak HTTP on a listener of exactly that name (doveadm/main.c). */
const isHttp = ({ name }: Heard): boolean => name === 'http';

const doorParts = (instance: Instance, heard: readonly Heard[]): readonly Component[] =>
  doors.flatMap(door => {
    const own = heard
      .filter(
        ({ service, endpoint }) =>
          service === door.service && (endpoint.net === 'tcp' || service === 'quota-status'),
      )
      .filter(each => door.service !== 'stats' || isHttp(each));
    const first = own[0];
    if (first === undefined) return [];
    const exposure = exposureOfAll(own);
    return [
      makePart(instance, {
        part: door.name,
        name: door.name,
        kind: door.kind,
        enabled: true,
        claim: claimOf(instance),
        foundAt: own.map(({ because }) => because),
        ...(exposure === undefined ? {} : { exposure }),
        reach: [
          ...door.reach(first.because),
          ...(door.service === 'doveadm' ? secretsOf(instance) : []),
          ...(door.service === 'stats' ? countedByUser(instance) : []),
        ],
        logs:
          door.service === 'doveadm' ? doveadmLogs(instance, own.some(isHttp), first.because) : [],
      }),
    ];
  });

const managesieveFiles = [
  '/usr/lib/dovecot/managesieve',
  '/usr/libexec/dovecot/managesieve',
  '/usr/local/libexec/dovecot/managesieve',
] as const;
const managesievePackages = [
  'dovecot-managesieved',
  'dovecot-pigeonhole',
  'dovecot-pigeonhole-plugin',
  'dovecot-sieve',
  'dovecot-ee-managesieved',
];

/** Debian's dovecot-sieve filters mail and brings no ManageSieve. */
const isGone = ({ packages }: Instance): boolean =>
  tellsInstalled(packages) &&
  managesievePackages.every(name => name === 'dovecot-sieve' || packages.named(name) === undefined);

/** The ManageSieve service: on with protocol `sieve`, otherwise installed only. */
const managesieve = (instance: Instance, heard: readonly Heard[]): readonly Component[] => {
  const on = speaks(instance, 'sieve');
  const file = managesieveFiles.find(path => instance.files.stat(path)?.kind === 'file');
  if (!on && file === undefined) return [];
  const own = heard.filter(({ service }) => service === 'managesieve-login');
  const exposure = exposureOfAll(own);
  const because = instance.protocols.find(({ name }) => name === 'sieve')?.place;
  if (file === undefined && isGone(instance)) {
    instance.files.note({
      what: `${because?.path ?? instance.id}, line ${because?.line ?? 1}`,
      why: 'protocols names sieve, and the program of ManageSieve is not on this host',
      how: 'Take sieve out of protocols, or install the package of ManageSieve.',
    });
    return [];
  }
  return [
    makePart(instance, {
      part: 'managesieve',
      name: 'managesieve',
      kind: 'add-on',
      enabled: on,
      claim: {
        files: file === undefined ? [] : [file],
        names: managesievePackages,
        otherwise: { origin: 'upstream', supplier: 'Dovecot (Open-Xchange)' },
      },
      foundAt: [
        ...(because === undefined ? [] : [because]),
        ...(file === undefined ? [] : [{ path: file }]),
      ],
      ...(on && exposure !== undefined ? { exposure } : {}),
      reach:
        on && because !== undefined
          ? [
              {
                resource: 'mail-in-transit',
                mode: 'admin',
                extent: "users' Sieve scripts, which file, change and forward the mail they get",
                because,
              },
            ]
          : [],
      logs: on && because !== undefined ? managesieveLogs(instance, because) : [],
    }),
  ];
};

/** Programs, doors and sockets of Dovecot's services. */
export const servicesOf = (instance: Instance): Found => {
  const heard = heardOf(instance);
  const programs = programParts(instance, heard);
  const components = [...programs, ...doorParts(instance, heard), ...managesieve(instance, heard)];
  const executables = programsOf(instance);
  const ownerOf = (service: string): string => {
    const program = executables.find(each => each.service === service && !each.atLogin);
    if (program !== undefined) return `${instance.id}/${program.path}`;
    const door = doors.find(each => each.service === service);
    const part = service === 'managesieve-login' ? 'managesieve' : door?.name;
    const id = `${instance.id}/${part ?? ''}`;
    return components.some(each => each.id === id) ? id : instance.id;
  };
  const checked = checkedLogins(instance);
  const listeners = heard.map(
    ({ service, endpoint, because }): Listener => ({
      component: componentId(ownerOf(service).slice(0, 600)),
      endpoint,
      because,
      ...(service === 'auth' ? { checkedLogins: checked } : {}),
    }),
  );
  return { components, listeners };
};
