import type { FileView } from '../../../core/files.ts';
import { type PackageIndex, tellsInstalled } from '../../../core/packages.ts';
import { dirOf } from '../../../core/paths.ts';
import { type Daemon, type DaemonNames, findDaemon, optionOf } from '../../daemons/daemon.ts';
import { readSendmailCf, type SendmailCf } from '../../syntax/sendmail-cf.ts';
import { type McCall, readSendmailMc } from '../../syntax/sendmail-mc.ts';

export const configs: readonly string[] = ['/etc/mail/sendmail.cf', '/etc/sendmail.cf'];

export const names: DaemonNames = {
  programs: ['sendmail.sendmail', 'sendmail-mta', 'sendmail'],
  packages: ['sendmail-bin', 'sendmail'],
  units: ['sendmail'],
  configuration: configs,
};

/** Where Sendmail's own program lies. The last ones are names that every mail server gives itself. */
export const programs: readonly string[] = [
  '/usr/libexec/sendmail/sendmail',
  '/usr/lib/sm.bin/sendmail',
  '/usr/sbin/sendmail.sendmail',
  '/usr/local/libexec/sendmail/sendmail',
  '/usr/sbin/sendmail',
  '/usr/lib/sendmail',
  '/usr/local/sbin/sendmail',
];

export const submitPath = '/etc/mail/submit.cf';

/** One Sendmail, with the configuration that it reads. */
export interface Sendmail {
  readonly binary?: string;
  /** As the program file states it; packages may know better. */
  readonly version?: string;
  readonly daemon?: Daemon;
  readonly path: string;
  readonly cf: SendmailCf;
  /** The file that sendmail.cf was made from, as far as can be told by its name. */
  readonly mcPath: string;
  readonly mc: readonly McCall[];
  readonly submit?: SendmailCf;
}

interface Told {
  readonly isSendmail: boolean;
  readonly version?: string;
}

/** An option's name that no other mail server's program holds, and the version. */
const programTells = (files: FileView, path: string): Told => {
  const decoder = new TextDecoder('latin1');
  const versions = new Set<string>();
  let isSendmail = false;
  let tail = '\0';
  for (const piece of files.chunks(path, 24 << 20)) {
    const text = tail + decoder.decode(piece);
    isSendmail ||= text.includes('InputMailFilters');
    for (const [version] of text.matchAll(/(?<=\0)8\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})?(?=\0)/g)) {
      versions.add(version);
    }
    tail = text.slice(-256);
  }
  const [version] = versions;
  return { isSendmail, ...(versions.size === 1 && version !== undefined ? { version } : {}) };
};

const findBinary = (
  files: FileView,
  packages: PackageIndex,
): ({ readonly path: string } & Told) | undefined => {
  for (const path of programs) {
    if (files.stat(path)?.kind !== 'file') continue;
    const owner = packages.ownerOf(path);
    if (owner !== undefined) {
      if (names.packages.includes(owner.name)) return { path, isSendmail: true };
      continue;
    }
    const told = programTells(files, path);
    if (told.isSendmail) return { path, ...told };
  }
  return undefined;
};

/** Nothing tells what is installed, and the configuration is all there is to see. */
const isConfigAlone = (files: FileView, packages: PackageIndex): boolean =>
  !tellsInstalled(packages) &&
  programs.every(path => files.stat(path) === undefined) &&
  configs.some(path => files.stat(path)?.kind === 'file');

const note = (files: FileView, what: string, why: string): void =>
  files.note({ what, why, how: 'Look where it is with: sendmail -d0.1 -bv root' });

/** Undefined when Sendmail itself is not installed: /usr/sbin/sendmail may be Postfix or Exim. */
export const findSendmail = (files: FileView, packages: PackageIndex): Sendmail | undefined => {
  const binary = findBinary(files, packages);
  const packaged = names.packages.some(name => packages.named(name) !== undefined);
  if (binary === undefined && !packaged && !isConfigAlone(files, packages)) return undefined;
  const daemon = findDaemon(files, packages, names);
  const asked = daemon === undefined ? undefined : optionOf(daemon.words, '-C')?.text;
  const path = [...(asked?.startsWith('/') === true ? [asked] : []), ...configs].find(
    each => files.stat(each)?.kind === 'file',
  );
  const text = path === undefined ? undefined : files.text(path);
  if (path === undefined || text === undefined) {
    note(files, configs[0] ?? '', 'is not there: what is plugged into Sendmail cannot be told');
  }
  const where = path ?? configs[0] ?? '';
  const mcPath = [where.replace(/\.cf$/, '.mc'), `${dirOf(where)}/sendmail.mc`].find(
    each => each.endsWith('.mc') && files.stat(each)?.kind === 'file',
  );
  const mcText = mcPath === undefined ? undefined : files.text(mcPath);
  const submit = files.stat(submitPath)?.kind === 'file' ? files.text(submitPath) : undefined;
  return {
    ...(binary === undefined ? {} : { binary: binary.path }),
    ...(binary?.version === undefined ? {} : { version: binary.version }),
    ...(daemon === undefined ? {} : { daemon }),
    path: where,
    cf: readSendmailCf(where, text ?? ''),
    mcPath: mcPath ?? `${dirOf(where)}/sendmail.mc`,
    mc: mcPath === undefined || mcText === undefined ? [] : readSendmailMc(mcPath, mcText),
    ...(submit === undefined ? {} : { submit: readSendmailCf(submitPath, submit) }),
  };
};
