import { type Component, componentId, type Reach, type Version } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { crontabReads } from '../../core/formats/crontab.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import { identify } from '../identify.ts';
import type { Platform } from '../platform.ts';
import { invocations } from '../programs/invocations.ts';
import { fetchmail } from './mail-readers/fetchmail.ts';
import { getmail } from './mail-readers/getmail.ts';
import { homesOf } from './mail-readers/homes.ts';
import { imapsync } from './mail-readers/imapsync.ts';
import { mbsync } from './mail-readers/mbsync.ts';
import { offlineimap } from './mail-readers/offlineimap.ts';
import type { Account, MailReader } from './mail-readers/reader.ts';
import { type FoundUse, usesOf } from './mail-readers/uses.ts';

const readers: readonly MailReader[] = [fetchmail, getmail, imapsync, mbsync, offlineimap];
const tools: ReadonlySet<string> = new Set(readers.map(({ tool }) => tool));

const many = (count: number, one: string): string =>
  count === 1 ? `one ${one}` : `${count} ${one}s`;

/** Accounts of one server together, in the order of their lines. */
const byHost = (accounts: readonly Account[]): readonly (readonly Account[])[] => [
  ...accounts
    .reduce(
      (known, account) =>
        known.set(`${account.protocol} ${account.host}`, [
          ...(known.get(`${account.protocol} ${account.host}`) ?? []),
          account,
        ]),
      new Map<string, readonly Account[]>(),
    )
    .values(),
];

const mailboxReach = (accounts: readonly Account[], path: string): readonly Reach[] => {
  const [first] = accounts;
  if (first === undefined) return [];
  const because = { path, line: first.line };
  const whose = `the mailbox of ${many(accounts.length, 'account')} at ${first.host} (${first.protocol})`;
  const changes = accounts.some(({ writes }) => writes)
    ? 'messages are written and removed there'
    : accounts.some(({ removes }) => removes)
      ? 'messages are removed there once fetched'
      : undefined;
  return [
    { resource: 'stored-mail', mode: 'read', extent: whose, because },
    ...(changes === undefined
      ? []
      : [
          {
            resource: 'stored-mail',
            mode: 'write',
            extent: `${whose}: ${changes}`,
            because,
          } as const,
        ]),
  ];
};

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

const secretReach = (
  files: FileView,
  accounts: readonly Account[],
  path: string,
): readonly Reach[] => {
  const secrets = accounts.filter(({ secretLine }) => secretLine !== undefined);
  const line = secrets[0]?.secretLine;
  if (line === undefined) return [];
  const mode = files.stat(path)?.mode ?? 0;
  const open =
    (mode & 0o004) === 0 ? '' : `, which every user of this host may read (mode ${octal(mode)})`;
  return [
    {
      resource: 'credentials',
      mode: 'read',
      extent: `the ${secrets.length === 1 ? 'password' : 'passwords'} of ${many(secrets.length, 'account')}, in clear in ${path}${open}`,
      because: { path, line },
    },
  ];
};

const rootReach = ({ user, enabled }: FoundUse): readonly Reach[] =>
  user?.name === 'root' && enabled === true
    ? [
        {
          resource: 'host',
          mode: 'admin',
          extent: 'it runs as root, and takes in what strangers send',
          because: user.because,
        },
      ]
    : [];

/** The version that a copy outside every package states itself. */
const statedVersion = (
  files: FileView,
  reader: MailReader,
  binary: string | undefined,
  packages: PackageIndex,
): Version | undefined => {
  const wheel = packages.all.find(
    ({ ecosystem, name }) => ecosystem === 'pypi' && reader.packages.includes(name),
  );
  if (binary === undefined || packages.ownerOf(binary) !== undefined) return undefined;
  if (wheel !== undefined) return { value: wheel.version };
  if (reader.tool !== 'imapsync') return undefined;
  const text = files.text(binary, { bytesMax: 4 << 20 }) ?? '';
  const value = /imapsync,v (\d+(?:\.\d+)+)/.exec(text)?.[1];
  return value === undefined ? undefined : { value };
};

const identityOf = (
  files: FileView,
  reader: MailReader,
  packages: PackageIndex,
  program: string | undefined,
) => {
  const candidates = [...(program?.startsWith('/') ? [program] : []), ...reader.binaries];
  const binary = candidates.find(path => files.stat(path) !== undefined);
  const ownVersion = statedVersion(files, reader, binary, packages);
  return identify(packages, {
    files: binary === undefined ? [] : [binary],
    names: reader.packages,
    ...(ownVersion === undefined ? {} : { ownVersion }),
    otherwise: { origin: 'upstream', supplier: reader.supplier },
  });
};

const componentOf = (
  files: FileView,
  packages: PackageIndex,
  found: FoundUse,
  first: boolean,
): Component => {
  const { reader, use, path, places, started, enabled, user, program } = found;
  const line = reader.readArguments === undefined ? '' : `:${places[0]?.line ?? 1}`;
  return {
    id: componentId(first ? reader.tool : `${reader.tool}@${path}${line}`),
    name: reader.tool,
    kind: 'mail-reader',
    platform: 'mail-readers',
    enabled,
    ...identityOf(files, reader, packages, program),
    foundAt: places,
    ...(user === undefined ? {} : { runsAs: { user: user.name, because: user.because } }),
    exposure: { internet: 'no', why: 'it connects to mail servers and listens on nothing' },
    reach: [
      ...byHost(use.accounts).flatMap(accounts => mailboxReach(accounts, path)),
      ...secretReach(files, use.accounts, path),
      ...rootReach(found),
    ],
    logs: reader.logs(use, started, path),
  };
};

const unused = (files: FileView, packages: PackageIndex, reader: MailReader): Component => {
  const binary = reader.binaries.find(path => files.stat(path) !== undefined);
  return {
    id: componentId(reader.tool),
    name: reader.tool,
    kind: 'mail-reader',
    platform: 'mail-readers',
    enabled: false,
    ...identityOf(files, reader, packages, undefined),
    foundAt: [{ path: binary ?? reader.binaries[0] ?? '/usr/bin' }],
    exposure: { internet: 'no', why: 'it is installed, and nothing configures or starts it' },
    reach: [],
    logs: [],
  };
};

const isInstalled = (files: FileView, packages: PackageIndex, reader: MailReader): boolean =>
  reader.binaries.some(path => files.stat(path) !== undefined) ||
  reader.packages.some(name => packages.named(name) !== undefined) ||
  packages.all.some(
    ({ ecosystem, name }) => ecosystem === 'pypi' && reader.packages.includes(name),
  );

/** Without a whole package database, configuration is all that a collected tree can show. */
const mayBeThere = (packages: PackageIndex): boolean => !tellsInstalled(packages);

/** A job outlives the package of what it starts; a program by hand lies where the job says. */
const isProgramThere = (files: FileView, { reader, program, places }: FoundUse): boolean => {
  if (program === undefined) return false;
  if (program.startsWith('/')) return files.stat(program) !== undefined;
  files.note({
    what: `${places.at(-1)?.path ?? program}, line ${places.at(-1)?.line ?? 1}`,
    why: `starts ${reader.tool}, which lies in none of the usual folders: what it reads is not listed`,
    how: 'Write its whole path into the job, or remove the job.',
  });
  return false;
};

/** fetchmail, getmail, imapsync, mbsync and OfflineIMAP: whoever takes mail out of mailboxes by timer. */
export const mailReaders: Platform = {
  id: 'mail-readers',
  title: 'Mail readers (fetchmail, getmail, imapsync, mbsync, OfflineIMAP)',
  reads: [
    ...readers.flatMap(({ binaries, system }) => [...binaries, ...system]),
    ...readers.flatMap(({ home }) =>
      home.flatMap(pattern => [`/root/${pattern}`, `/home/*/${pattern}`]),
    ),
    ...crontabReads,
    '/etc/default/fetchmail',
    '/etc/init.d/fetchmail',
    '/etc/passwd',
    '/etc/systemd/system/*.service',
    '/home/*/.config/systemd/user/*.service',
  ],
  read: (files, packages) => {
    const homes = homesOf(files);
    const started = invocations(files, tools, homes);
    return {
      components: readers.flatMap(reader => {
        const installed = isInstalled(files, packages, reader);
        const may = installed || mayBeThere(packages);
        const uses = usesOf(files, reader, started, homes, may).filter(
          use => may || isProgramThere(files, use),
        );
        if (uses.length > 0)
          return uses.map((use, i) => componentOf(files, packages, use, i === 0));
        return installed ? [unused(files, packages, reader)] : [];
      }),
    };
  },
};
