import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { crontabReads } from '../../core/formats/crontab.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import { joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { programPaths } from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Platform } from '../platform.ts';
import { type Invocation, invocations } from '../programs/invocations.ts';
import { readYamlSettings, type YamlValue } from '../syntax/yaml-settings.ts';

/** A program that makes copies of folders. */
interface Tool {
  readonly name: string;
  readonly packages: readonly string[];
  readonly supplier: string;
  /** Its last path is where the copy goes. */
  readonly lastIsTarget?: true;
}

const tools: readonly Tool[] = [
  { name: 'borg', packages: ['borgbackup'], supplier: 'Borg Collective' },
  { name: 'borgmatic', packages: ['borgmatic'], supplier: 'borgmatic project' },
  { name: 'restic', packages: ['restic'], supplier: 'restic project' },
  { name: 'rsnapshot', packages: ['rsnapshot'], supplier: 'rsnapshot project' },
  { name: 'duplicity', packages: ['duplicity'], supplier: 'duplicity project', lastIsTarget: true },
  { name: 'duply', packages: ['duply'], supplier: 'duply project' },
  {
    name: 'rdiff-backup',
    packages: ['rdiff-backup'],
    supplier: 'rdiff-backup project',
    lastIsTarget: true,
  },
  { name: 'rclone', packages: ['rclone'], supplier: 'rclone project', lastIsTarget: true },
  { name: 'rsync', packages: ['rsync'], supplier: 'rsync project', lastIsTarget: true },
];

const rsnapshotConfig = '/etc/rsnapshot.conf';
const borgmaticConfigs = ['/etc/borgmatic/config.yaml', '/etc/borgmatic.d/*.yaml'];

/** Where mail lies by the habit of distributions and guides. */
const stores = [
  '/var/vmail',
  '/srv/vmail',
  '/home/vmail',
  '/srv/mail',
  '/var/mail',
  '/var/spool/mail',
  '/var/spool/imap',
  '/var/spool/cyrus',
  '/var/lib/cyrus',
  '/var/qmail/mailnames',
  '/opt/zimbra/store',
  '/var/lib/mailman3',
] as const;

const isMailName = /\/(?:v?mail|maildirs?|mailboxes|mailnames)(?:\/|$)/i;

const noMail = /^\/(?:etc|usr|root|tmp|run|boot|var\/(?:log|cache|tmp|backups))(?:\/|$)/;

/** The mail that lies in a folder, or that the folder lies in; undefined when none is known to. */
const mailIn = (files: FileView, path: string): string | undefined => {
  const folder = joinPath(path);
  const isStore = stores.some(store => folder === store || folder.startsWith(`${store}/`));
  if (isStore || (isMailName.test(folder) && !noMail.test(folder))) return folder;
  const below = stores.find(
    store =>
      store.startsWith(folder === '/' ? '/' : `${folder}/`) && files.stat(store)?.kind === 'folder',
  );
  return below === undefined ? undefined : `${folder}, with ${below} in it`;
};

interface Copied {
  readonly tool: Tool;
  readonly mail: string;
  readonly because: Place;
  readonly active: boolean;
  readonly user?: string;
  readonly program?: string;
}

/** Options whose value is a path that nothing is copied from. */
const otherPaths =
  /^--?(?:r|e|f|c|repo|repository|exclude|exclude-[\w-]+|iexclude|filter|password-[\w-]+|log-[\w-]+|config|cache-dir|tempdir|link-dest|compare-dest|rsh|files-from|rsync-path|archive-dir)$/i;

/** Folders that a command line names as what it copies. */
const sourcesOf = (tool: Tool, { args }: Invocation): readonly string[] => {
  const paths = args
    .slice(0, 500)
    .filter((word, i) => !word.startsWith('-') && !otherPaths.test(args[i - 1] ?? ''));
  const named = tool.lastIsTarget === true ? paths.slice(0, -1) : paths;
  return named.filter(word => /^\/[^:$`]*$/.test(word));
};

const fromCommands = (files: FileView, started: readonly Invocation[]): readonly Copied[] =>
  started.flatMap((each): readonly Copied[] => {
    const tool = tools.find(({ name }) => name === each.tool);
    if (tool === undefined) return [];
    return sourcesOf(tool, each).flatMap(path => {
      const mail = mailIn(files, path);
      return mail === undefined
        ? []
        : [
            {
              tool,
              mail,
              because: each.because,
              active: each.active,
              program: each.program,
              ...(each.user === undefined ? {} : { user: each.user }),
            },
          ];
    });
  });

const toolNamed = (name: string): Tool | undefined => tools.find(each => each.name === name);

/** `backup /var/vmail/ localhost/`, fields apart by tabs (rsnapshot(1)). */
const fromRsnapshot = (files: FileView, started: readonly Invocation[]): readonly Copied[] => {
  const tool = toolNamed('rsnapshot');
  const run = started.find(each => each.tool === 'rsnapshot');
  if (tool === undefined || files.stat(rsnapshotConfig)?.kind !== 'file') return [];
  return (files.text(rsnapshotConfig) ?? '').split('\n').flatMap((line, i): readonly Copied[] => {
    const path = /^backup\s+(\/[^\s]{0,1000})/.exec(line)?.[1];
    const mail = path === undefined ? undefined : mailIn(files, path);
    const because = { path: rsnapshotConfig, line: i + 1 };
    return mail === undefined
      ? []
      : [
          {
            tool,
            mail,
            because,
            active: run?.active === true,
            ...(run?.user === undefined ? {} : { user: run.user }),
          },
        ];
  });
};

const listIn = (value: YamlValue | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];

const fieldOf = (value: YamlValue | undefined, key: string): YamlValue | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: YamlValue })[key]
    : undefined;

/** `source_directories`, at the top or below `location` (borgmatic before 1.8). */
const fromBorgmatic = (files: FileView, started: readonly Invocation[]): readonly Copied[] => {
  const tool = toolNamed('borgmatic');
  const run = started.find(each => each.tool === 'borgmatic');
  if (tool === undefined) return [];
  return borgmaticConfigs
    .flatMap(pattern => files.glob(pattern))
    .filter(path => files.stat(path)?.kind === 'file')
    .flatMap(path => {
      const settings = readYamlSettings(files, path);
      const top = settings.get('source_directories');
      const location = settings.get('location');
      const because = top?.because ?? location?.because ?? { path };
      return [
        ...listIn(top?.value),
        ...listIn(fieldOf(location?.value, 'source_directories')),
      ].flatMap((folder): readonly Copied[] => {
        const mail = folder.startsWith('/') ? mailIn(files, folder) : undefined;
        return mail === undefined
          ? []
          : [
              {
                tool,
                mail,
                because,
                active: run?.active === true,
                ...(run?.user === undefined ? {} : { user: run.user }),
              },
            ];
      });
    });
};

const componentOf = (
  files: FileView,
  packages: PackageIndex,
  copied: readonly Copied[],
): Component | undefined => {
  const [first] = copied;
  if (first === undefined) return undefined;
  const { tool } = first;
  const binary = [
    ...copied.flatMap(({ program }) => (program?.startsWith('/') === true ? [program] : [])),
    ...programPaths([tool.name]),
  ].find(path => files.stat(path)?.kind === 'file');
  const isThere =
    binary !== undefined || tool.packages.some(name => packages.named(name) !== undefined);
  // A line that a removed program left behind.
  if (!isThere && tellsInstalled(packages)) return undefined;
  const active = copied.filter(each => each.active);
  const user = active[0]?.user;
  const reach = copied.slice(0, 50).map(
    ({ mail, because }): Reach => ({
      resource: 'stored-mail',
      mode: 'read',
      extent: `what lies in ${mail.slice(0, 300)}: it makes copies of it`,
      because,
    }),
  );
  return {
    id: componentId(`backups/${tool.name}`),
    name: tool.name,
    kind: 'connector',
    platform: 'backups',
    enabled: active.length === 0 ? null : isThere ? true : null,
    ...identify(packages, {
      files: binary === undefined ? [] : [binary],
      names: tool.packages,
      otherwise: { origin: 'upstream', supplier: tool.supplier },
    }),
    foundAt: copied.slice(0, 50).map(({ because }) => because),
    ...(user === undefined || first.because === undefined
      ? {}
      : { runsAs: { user, because: first.because } }),
    reach,
    logs: [],
  };
};

/** Backups that read stored mail: cron jobs, units and scripts that name its folders. */
export const backups: Platform = {
  id: 'backups',
  title: 'Backups of stored mail',
  reads: [
    ...crontabReads,
    '/etc/systemd/system/*.service',
    rsnapshotConfig,
    ...borgmaticConfigs,
    ...programPaths(tools.map(({ name }) => name)),
  ],
  read: (files, packages) => {
    const started = invocations(files, new Set(tools.map(({ name }) => name)), []);
    const copied = [
      ...fromCommands(files, started),
      ...fromRsnapshot(files, started),
      ...fromBorgmatic(files, started),
    ];
    return {
      components: tools.flatMap(
        tool =>
          componentOf(
            files,
            packages,
            copied.filter(each => each.tool === tool),
          ) ?? [],
      ),
    };
  },
};
