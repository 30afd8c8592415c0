import type { Component } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { switchedOn, unitNames } from '../../core/formats/systemd.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import { identify } from '../identify.ts';
import { type Assignment, assigned, readAssignments } from '../syntax/shell-defaults.ts';

export const supplier = 'Double Precision, Inc.';

/** Debian; the packages of courier-mta.org; their default prefixes; FreeBSD and builds by hand. */
const configFolders = [
  '/etc/courier',
  '/etc/courier-imap',
  '/usr/lib/courier/etc',
  '/usr/lib/courier-imap/etc',
  '/usr/local/etc/courier',
  '/usr/local/etc/courier-imap',
] as const;

const authFolders = [
  '/etc/courier',
  '/etc/authlib',
  '/etc/courier/authlib',
  '/usr/local/etc/authlib',
  '/usr/local/etc/courier',
] as const;

/** One program of the suite: how it shows itself, wherever it was built. */
export interface Program {
  readonly binaries: readonly string[];
  /** Names of its package, most likely first: Debian, courier-mta.org. */
  readonly packages: readonly string[];
}

type ProgramName =
  | 'mta'
  | 'imap'
  | 'pop'
  | 'auth'
  | 'webmail'
  | 'webadmin'
  | 'lists'
  | 'ldapAliases'
  | 'calendar'
  | 'fax';

export const programs: Readonly<Record<ProgramName, Program>> = {
  mta: {
    binaries: [
      '/usr/lib/courier/courier/courierd',
      '/usr/lib/courier/libexec/courier/courierd',
      '/usr/libexec/courier/courierd',
      '/usr/lib64/courier/courierd',
      '/usr/local/libexec/courier/courierd',
      '/usr/local/libexec/courier/courier/courierd',
    ],
    packages: ['courier-mta', 'courier'],
  },
  imap: {
    binaries: [
      '/usr/lib/courier/courier/imaplogin',
      '/usr/lib/courier/libexec/courier/imaplogin',
      '/usr/lib/courier-imap/bin/imapd',
      '/usr/lib/courier-imap/libexec/imapd.rc',
      '/usr/libexec/courier/courier/imaplogin',
      '/usr/local/libexec/courier-imap/imapd.rc',
      '/usr/local/libexec/courier/courier/imaplogin',
    ],
    packages: ['courier-imap', 'courier-imapd'],
  },
  pop: {
    binaries: [
      '/usr/lib/courier/courier/courierpop3d',
      '/usr/lib/courier/libexec/courier/courierpop3d',
      '/usr/lib/courier-imap/bin/pop3d',
      '/usr/lib/courier-imap/libexec/pop3d.rc',
      '/usr/libexec/courier/courier/courierpop3d',
      '/usr/local/libexec/courier-imap/pop3d.rc',
      '/usr/local/libexec/courier/courier/courierpop3d',
    ],
    packages: ['courier-pop', 'courier-pop3d'],
  },
  auth: {
    // Its start script: the program itself comes with the library, which others link against.
    binaries: [
      '/usr/sbin/authdaemond',
      '/usr/local/sbin/authdaemond',
      '/usr/lib/courier/sbin/authdaemond',
    ],
    packages: ['courier-authdaemon', 'courier-authlib'],
  },
  webmail: {
    binaries: [
      '/usr/lib/courier/courier/sqwebmaild',
      '/usr/lib/courier/libexec/courier/sqwebmaild',
      '/usr/libexec/courier/courier/sqwebmaild',
      '/usr/local/libexec/courier/courier/sqwebmaild',
      '/usr/local/libexec/sqwebmail/sqwebmaild',
      '/usr/local/share/sqwebmail/libexec/sqwebmaild',
    ],
    packages: ['sqwebmail', 'courier-webmail'],
  },
  webadmin: {
    binaries: [
      '/usr/lib/courier/courier/webmail/webadmin',
      '/usr/lib/courier/libexec/courier/webmail/webadmin',
      '/usr/libexec/courier/courier/webmail/webadmin',
      '/usr/local/libexec/courier/courier/webmail/webadmin',
    ],
    packages: ['courier-webadmin'],
  },
  lists: {
    binaries: [
      '/usr/bin/couriermlm',
      '/usr/lib/courier/bin/couriermlm',
      '/usr/local/bin/couriermlm',
    ],
    packages: ['courier-mlm'],
  },
  ldapAliases: {
    binaries: [
      '/usr/sbin/courierldapaliasd',
      '/usr/lib/courier/sbin/courierldapaliasd',
      '/usr/local/sbin/courierldapaliasd',
    ],
    packages: ['courier-ldap'],
  },
  calendar: {
    binaries: [
      '/usr/lib/courier/courier/pcpd',
      '/usr/lib/courier/libexec/courier/pcpd',
      '/usr/libexec/courier/courier/pcpd',
    ],
    packages: ['courier-pcp', 'courier-pcpd'],
  },
  fax: {
    binaries: [
      '/usr/lib/courier/courier/modules/fax/courierfax',
      '/usr/lib/courier/libexec/courier/modules/fax/courierfax',
      '/usr/libexec/courier/courier/modules/fax/courierfax',
    ],
    packages: ['courier-faxmail', 'courier-fax'],
  },
};

/** What is there of a program. */
export interface Found {
  readonly binary?: string;
  /** The configuration file asked for, if it exists. */
  readonly config?: string;
}

const isFile = (files: FileView, path: string): boolean => files.stat(path)?.kind === 'file';

/**
 * Finds a program. Configuration that a removed package left behind is nothing; where no package
 * database says what is installed, the configuration alone stands for the program.
 */
export const findProgram = (
  files: FileView,
  packages: PackageIndex,
  program: Program,
  configName: string | undefined,
  folders: readonly string[] = configFolders,
): Found | undefined => {
  const binary = program.binaries.find(path => isFile(files, path));
  const config =
    configName === undefined
      ? undefined
      : folders.map(folder => `${folder}/${configName}`).find(path => isFile(files, path));
  const packaged = program.packages.some(name => packages.named(name) !== undefined);
  const knowsPackages = tellsInstalled(packages);
  if (binary === undefined && !packaged && (knowsPackages || config === undefined)) {
    return undefined;
  }
  return {
    ...(binary === undefined ? {} : { binary }),
    ...(config === undefined ? {} : { config }),
  };
};

/** Debian splits the daemon from the library (`courier-authlib`); courier-mta.org does not. */
export const findAuth = (files: FileView, packages: PackageIndex): Found | undefined => {
  const isWhole = packages.named('courier-authlib')?.ecosystem === 'rpm';
  const program = isWhole ? programs.auth : { ...programs.auth, packages: ['courier-authdaemon'] };
  return findProgram(files, packages, program, 'authdaemonrc', authFolders);
};

/** The first of the folders for authentication that holds a file of that name. */
export const authFile = (files: FileView, name: string): string | undefined =>
  authFolders.map(folder => `${folder}/${name}`).find(path => isFile(files, path));

/** The first of the configuration folders that holds something of that name. */
export const configPath = (files: FileView, name: string): string | undefined =>
  configFolders.map(folder => `${folder}/${name}`).find(path => files.stat(path) !== undefined);

export const courierReads: readonly string[] = [
  ...Object.values(programs).flatMap(({ binaries }) => binaries),
  ...configFolders.flatMap(folder => [
    `${folder}/{imapd,imapd-ssl,pop3d,pop3d-ssl,courierd,esmtpd,esmtpd-ssl,esmtpd-msa}`,
    `${folder}/{enablefiltering,esmtproutes,esmtpauthclient,ldapaliasrc,ldapaddressbook}`,
    `${folder}/{sqwebmaild,webmlmrc,calendarmode,faxrc}`,
    `${folder}/aliases/*`,
    `${folder}/filters/*`,
    `${folder}/filters/active/*`,
  ]),
  ...authFolders.flatMap(folder => [
    `${folder}/{authdaemonrc,authmysqlrc,authpgsqlrc,authsqliterc,authldaprc,userdb}`,
  ]),
];

type Identity = ReturnType<typeof identify>;

export const identityOf = (packages: PackageIndex, found: Found, program: Program): Identity =>
  identify(packages, {
    files: found.binary === undefined ? [] : [found.binary],
    names: program.packages,
    otherwise: { origin: 'upstream', supplier },
  });

export const placeOf = (found: Found, otherwise: string): Place => ({
  path: found.config ?? found.binary ?? otherwise,
});

/** `imapd-ssl` is read beside `imapd`: settings of all the files that one start script sources. */
export const settingsOf = (
  files: FileView,
  paths: readonly (string | undefined)[],
): readonly Assignment[] =>
  paths.flatMap(path => (path === undefined ? [] : readAssignments(files, path)));

/** Whether there is a unit of that name, masked or not. */
export const hasUnit = (files: FileView, name: string): boolean =>
  unitNames(files, '.service').includes(`${name}.service`);

/** Whether a service is started: by its own unit if it has one, else by one that starts it too. */
export const isStartedBy = (
  files: FileView,
  own: string,
  others: readonly string[],
): boolean | null => switchedOn(files, hasUnit(files, own) ? [own] : [own, ...others]);

/**
 * Whether a daemon is switched on. A unit of its own starts it whatever the flag says; init scripts
 * and the units of courier-mta.org, which start everything, ask the flag (`IMAPDSTART`).
 */
export const isStarted = (
  files: FileView,
  own: string,
  whole: readonly string[],
  flag: Assignment | undefined,
): boolean | null => {
  if (hasUnit(files, own)) return switchedOn(files, [own]);
  if (flag !== undefined && !/^y/i.test(flag.value)) return false;
  return switchedOn(files, [own, ...whole]);
};

/** Options of courierlogger(1): `-name=imapd -facility=local1`. */
export const loggerOf = (
  options: Assignment | undefined,
  program: string,
): { readonly to: 'syslog'; readonly facility: string; readonly program: string } => {
  const value = options?.value ?? '';
  return {
    to: 'syslog',
    facility: /(?:^|\s)-facility=(\w+)/.exec(value)?.[1] ?? 'mail',
    program: /(?:^|\s)-name=([\w.-]+)/.exec(value)?.[1] ?? program,
  };
};

/** `DEBUG_LOGIN=2` writes passwords into the log (authdaemonrc). */
export const passwordsLogged = (settings: readonly Assignment[]): Component['reach'] => {
  const debug = assigned(settings, 'DEBUG_LOGIN');
  if (debug === undefined || Number(debug.value) < 2 || !/^\s*\d+/.test(debug.value)) return [];
  return [
    {
      resource: 'credentials',
      mode: 'read',
      extent:
        'the password of everybody who logs in: DEBUG_LOGIN=2 writes them into the system log, level debug',
      because: debug.because,
    },
  ];
};
