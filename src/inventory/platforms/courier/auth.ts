import type { AccessLog } from '../../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { readUnit, unitValue } from '../../../core/formats/systemd.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import {
  authFile,
  findAuth,
  identityOf,
  isStartedBy,
  loggerOf,
  passwordsLogged,
  placeOf,
  programs,
  supplier,
} from '../../courier-suite/layout.ts';
import { rootReach } from '../../daemons/daemon.ts';
import { identify } from '../../identify.ts';
import { setIn } from '../../remedy.ts';
import { type Assignment, assigned, readAssignments } from '../../syntax/shell-defaults.ts';
import { storeOf } from './auth-databases.ts';
import { readModuleList } from './auth-file.ts';

const id = componentId('courier/authdaemon');

const moduleFolders = [
  '/usr/lib/courier-authlib',
  '/usr/lib64/courier-authlib',
  '/usr/lib/*/courier-authlib',
  '/usr/local/lib/courier-authlib',
] as const;

export const authReads: readonly string[] = moduleFolders.map(folder => `${folder}/libauth*.so`);

/** Names of the package that brings a module: Debian, courier-mta.org. */
const packagesOf = (module: string): readonly string[] => {
  const short = module.replace(/^auth/, '');
  if (short === 'pam' || short === 'custom') return ['courier-authlib'];
  return short === 'pgsql'
    ? ['courier-authlib-postgresql', 'courier-authlib-pgsql']
    : [`courier-authlib-${short}`];
};

const known = ['userdb', 'pam', 'pgsql', 'ldap', 'mysql', 'sqlite', 'custom', 'pipe'].map(
  short => `auth${short}`,
);

interface Module {
  readonly name: string;
  readonly library?: string;
}

/** Modules that are there: as a library, else by their package. */
const installedModules = (files: FileView, packages: PackageIndex): readonly Module[] => {
  const libraries = authReads.flatMap(pattern => files.glob(pattern));
  const byName = new Map<string, Module>();
  for (const library of libraries.slice(0, 100)) {
    const name = /\/lib(auth\w+)\.so$/.exec(library)?.[1];
    if (name !== undefined && !byName.has(name)) byName.set(name, { name, library });
  }
  if (libraries.length === 0) {
    for (const name of known) {
      if (packagesOf(name).some(each => packages.named(each) !== undefined)) {
        byName.set(name, { name });
      }
    }
  }
  return [...byName.values()];
};

/** What a module that needs no database looks its users up in. */
const ownReach = (files: FileView, name: string, because: Place): readonly Reach[] => {
  switch (name) {
    case 'authpam':
      return [
        {
          resource: 'credentials',
          mode: 'read',
          extent: 'the password of everybody who logs in, which it hands to PAM',
          because,
        },
      ];
    case 'authuserdb': {
      const path = authFile(files, 'userdb') ?? '/etc/courier/userdb';
      return [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `the password hash of every user in ${path}`,
          because,
        },
      ];
    }
    case 'authpipe':
    case 'authcustom':
      return [
        {
          resource: 'credentials',
          mode: 'read',
          extent:
            name === 'authpipe'
              ? 'the password of everybody who logs in, which it hands to a program of the administrator’s'
              : 'the password of everybody who logs in, which code of the administrator’s checks',
          because,
        },
      ];
    default:
      return [];
  }
};

const moduleComponents = (
  files: FileView,
  packages: PackageIndex,
  path: string | undefined,
  daemonIsOn: boolean | null,
): readonly Component[] => {
  const text = path === undefined ? undefined : files.text(path);
  const list = readModuleList(text ?? '', path ?? '');
  if (path !== undefined && list.badLine !== undefined) {
    files.note({
      what: `${path}:${list.badLine}`,
      why: 'is a line without "=": authdaemond refuses the file and does not start',
      how: 'Put each setting on one line, name=value.',
    });
  }
  const installed = installedModules(files, packages);
  const stated = text !== undefined && list.stated;
  const listed = list.names.map(name => installed.find(each => each.name === name) ?? { name });
  // What is listed and not there is passed over by authdaemond, as long as anything else is there.
  const absent = listed.filter(
    each => installed.length > 0 && !installed.some(({ name }) => name === each.name),
  );
  for (const { name } of absent) {
    files.note({
      what: `${list.because.path}:${list.because.line ?? 1}`,
      why: `switches on ${name.slice(0, 100)}, which is not installed: authdaemond passes it over`,
      how: 'Take it out of authmodulelist, or install it.',
    });
  }
  const all = [
    ...listed.filter(each => !absent.includes(each)),
    ...installed.filter(({ name }) => !list.names.includes(name)),
  ];
  return all
    .filter(({ name }, i) => all.findIndex(each => each.name === name) === i)
    .flatMap((module): readonly Component[] => {
      const isListed = list.names.includes(module.name);
      const enabled = stated ? isListed && daemonIsOn !== false : null;
      const because: Place = isListed ? list.because : { path: module.library ?? path ?? '/etc' };
      const identity = identify(packages, {
        files: module.library === undefined ? [] : [module.library],
        names: packagesOf(module.name),
        ...(known.includes(module.name)
          ? { otherwise: { origin: 'upstream', supplier } as const }
          : {}),
      });
      return [
        {
          id: componentId(`courier/${module.name}`),
          name: module.name,
          kind: 'auth-backend',
          platform: 'courier',
          partOf: id,
          enabled,
          ...identity,
          foundAt: [because],
          reach: enabled === false ? [] : ownReach(files, module.name, because),
          logs: [],
        },
        ...storeOf(files, module.name, enabled, identity),
      ];
    });
};

/** authdaemond itself is silent about who logs in unless DEBUG_LOGIN is set (authdaemonrc). */
const logOf = (settings: readonly Assignment[], path: string): AccessLog => {
  const debug = assigned(settings, 'DEBUG_LOGIN');
  const sink = loggerOf(assigned(settings, 'LOGGEROPTS'), 'authdaemond');
  const isOn = debug !== undefined && /^\s*[1-9]/.test(debug.value);
  return isOn
    ? {
        question: 'who logged in',
        emitted: 'on',
        why: `DEBUG_LOGIN=${debug.value.slice(0, 10)}: each account that is let in leaves a line at level info, without the client’s address; what is refused, and why, stands at level debug, which the system log must be set to keep`,
        because: debug.because,
        sink,
      }
    : {
        question: 'who logged in',
        emitted: 'off',
        why: 'DEBUG_LOGIN is 0: authdaemond writes no line for an account that it looks up; the servers that ask it log their logins themselves',
        because: debug?.because ?? { path },
        remedy: `# Never 2, which logs passwords:\n${setIn(path, debug?.because)}\nDEBUG_LOGIN=1`,
        sink,
      };
};

/** authdaemond and its modules: authlib(3), authdaemonrc. */
export const readAuth = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const found = findAuth(files, packages);
  if (found === undefined) return [];
  const place = placeOf(found, '/etc/courier/authdaemonrc');
  const settings = found.config === undefined ? [] : readAssignments(files, found.config);
  const enabled = isStartedBy(files, 'courier-authdaemon', ['courier-authlib', 'authdaemond']);
  const unit = ['courier-authdaemon', 'courier-authlib', 'authdaemond']
    .map(name => readUnit(files, `${name}.service`))
    .find(each => each !== undefined);
  const user = unit === undefined ? undefined : unitValue(unit, 'Service', 'User');
  const runsAs =
    user === undefined
      ? { user: 'root', because: unit === undefined ? place : { path: unit.path } }
      : { user: user.value, because: user.because };
  return [
    {
      id,
      name: 'courier-authdaemon',
      kind: 'auth-backend',
      platform: 'courier',
      enabled,
      ...identityOf(packages, found, programs.auth),
      foundAt: [place],
      runsAs,
      exposure: { internet: 'no', why: 'it listens on a Unix socket alone', because: place },
      reach: [
        {
          resource: 'credentials',
          mode: 'read',
          extent: 'the password of everybody who logs in to Courier’s servers',
          because: place,
        },
        ...passwordsLogged(settings),
        ...rootReach(runsAs),
      ],
      logs: [logOf(settings, place.path)],
    },
    ...moduleComponents(files, packages, found.config, enabled),
  ];
};
