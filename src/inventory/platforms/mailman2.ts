import type { AccessLog } from '../../core/access-log.ts';
import { type Component, type ComponentId, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { switchedOn } from '../../core/formats/systemd.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { baseOf, dirOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { identify } from '../identify.ts';
import type { Platform } from '../platform.ts';
import {
  type PyAssignment,
  pySetting,
  pyText,
  readPythonSettings,
} from '../syntax/python-literals.ts';
import { exposureOfServed } from '../syntax/web-server.ts';
import { mailRoutes } from '../webmail/mail-routes.ts';

const marker = 'Mailman/Version.py';
const folders = [
  '/usr/lib/mailman',
  '/usr/lib64/mailman',
  '/usr/local/mailman',
  '/home/mailman',
  '/opt/mailman2',
  '/usr/local/cpanel/3rdparty/mailman',
] as const;
const configNames = ['Mailman/mm_cfg.py'] as const;
const packagedConfig = '/etc/mailman/mm_cfg.py';

interface Copy {
  /** The folder that holds `bin`, `cgi-bin` and `Mailman`. */
  readonly folder: string;
  readonly config?: string;
  readonly assignments: readonly PyAssignment[];
}

const copiesOf = (files: FileView): readonly Copy[] => {
  const packaged = folders.filter(folder => files.stat(`${folder}/${marker}`) !== undefined);
  const walked = files.glob(`**/${marker}`).map(path => dirOf(dirOf(path)));
  const unique = [
    ...new Map(
      [...packaged, ...walked].map(folder => [files.real(folder) ?? folder, folder]),
    ).values(),
  ];
  return unique.map(folder => {
    const own = configNames.map(name => `${folder}/${name}`);
    const isSystem = folder === '/usr/lib/mailman' || folder === '/usr/lib64/mailman';
    const config = (isSystem ? [packagedConfig, ...own] : own).find(
      path => files.stat(path)?.kind === 'file',
    );
    return {
      folder,
      ...(config === undefined ? {} : { config }),
      assignments: config === undefined ? [] : readPythonSettings(files.text(config) ?? ''),
    };
  });
};

const get = (copy: Copy, name: string): { text: string; because: Place } | undefined => {
  const value = pySetting(copy.assignments, name);
  const text = pyText(value);
  return text === undefined || value === undefined
    ? undefined
    : { text, because: { path: copy.config ?? copy.folder, line: value.line } };
};

/** Debian and RHEL keep lists in /var/lib/mailman, a build by hand in its own folder. */
const varOf = (files: FileView, copy: Copy): { lists: string; archives: string; logs: string } => {
  const isSystem = copy.folder === '/usr/lib/mailman' || copy.folder === '/usr/lib64/mailman';
  const own = get(copy, 'VAR_PREFIX')?.text ?? (isSystem ? '/var/lib/mailman' : copy.folder);
  const logs = get(copy, 'LOG_DIR')?.text ?? (isSystem ? '/var/log/mailman' : `${own}/logs`);
  return {
    lists: `${own}/lists`,
    archives:
      files.stat(`${own}/archives`) === undefined
        ? `${own}/archives`
        : (files.real(`${own}/archives`) ?? `${own}/archives`),
    logs,
  };
};

const placeOf = (copy: Copy): Place => ({ path: copy.config ?? `${copy.folder}/${marker}` });

const reachOf = (files: FileView, copy: Copy): readonly Reach[] => {
  const { lists, archives } = varOf(files, copy);
  const smtp = get(copy, 'SMTPHOST');
  const because = placeOf(copy);
  return [
    {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: 'every message that is posted to a list',
      because,
    },
    {
      resource: 'mail-in-transit',
      mode: 'send',
      extent: `mail to the subscribers of every list, by SMTP at ${smtp?.text ?? 'localhost'}`,
      because: smtp?.because ?? because,
    },
    {
      resource: 'stored-mail',
      mode: 'write',
      extent: `every archived message of every list, below ${archives}`,
      because,
    },
    {
      resource: 'customer-records',
      mode: 'write',
      extent: `addresses, names and settings of every subscriber, in ${lists}/*/config.pck`,
      because,
    },
    // Mailman 2 mails members their password: it keeps them as they were typed.
    {
      resource: 'credentials',
      mode: 'read',
      extent: `the passwords of every subscriber, in clear, in ${lists}/*/config.pck`,
      because,
    },
  ];
};

const logsOf = (files: FileView, copy: Copy): readonly AccessLog[] => {
  const { logs } = varOf(files, copy);
  const because = placeOf(copy);
  const byWeb = '# Mailman 2 cannot: keep the access log of the web server before it';
  return [
    {
      question: 'who logged in',
      emitted: 'off',
      why: 'Mailman 2 writes down no login of members or administrators',
      because,
      sink: { to: 'nowhere' },
      remedy: byWeb,
    },
    {
      question: 'who read what',
      emitted: 'off',
      why: 'Mailman 2 writes down no page of an archive that is opened',
      because,
      sink: { to: 'nowhere' },
      remedy: byWeb,
    },
    {
      question: 'what was sent',
      emitted: 'on',
      why: 'each post is logged with list, sender, size and Message-ID',
      because,
      sink: { to: 'file', path: `${logs}/post` },
    },
    {
      question: 'what was changed',
      emitted: 'partial',
      why: 'joining and leaving a list is logged, a change of its settings is not',
      because,
      sink: { to: 'file', path: `${logs}/subscribe` },
      remedy: byWeb,
    },
  ];
};

const identityOf = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
): ReturnType<typeof identify> => {
  const source = `${copy.folder}/${marker}`;
  const version = /^VERSION\s*=\s*['"]([^'"\n]{1,60})['"]/m.exec(files.text(source) ?? '')?.[1];
  const isOwned = packages.ownerOf(source) !== undefined;
  return identify(packages, {
    files: [source],
    ...(version === undefined || isOwned ? {} : { ownVersion: { value: version } }),
    otherwise: { origin: 'upstream', supplier: 'GNU Mailman project' },
  });
};

const filterNames = ['PUBLIC_EXTERNAL_ARCHIVER', 'PRIVATE_EXTERNAL_ARCHIVER'] as const;

/** Programs that each archived message is piped to. */
const archivers = (
  packages: PackageIndex,
  copy: Copy,
  parent: ComponentId,
): readonly Component[] => {
  const seen = new Map<string, Component>();
  for (const name of filterNames) {
    const command = get(copy, name);
    const program = command?.text.trim().split(/\s+/)[0] ?? '';
    if (command === undefined || program === '') continue;
    const known = seen.get(program);
    seen.set(program, {
      id: componentId(`${parent}/${baseOf(program)}`),
      name: baseOf(program),
      kind: 'content-filter',
      platform: 'mailman2',
      partOf: parent,
      enabled: true,
      ...identify(packages, { files: program.startsWith('/') ? [program] : [] }),
      foundAt: [...(known?.foundAt ?? []), command.because],
      reach: [
        ...(known?.reach ?? []),
        {
          resource: 'mail-in-transit',
          mode: 'read',
          extent: `every message of every ${name.startsWith('PUBLIC') ? 'public' : 'private'} archive`,
          because: command.because,
        },
      ],
      logs: [],
    });
  }
  return [...seen.values()];
};

/** Handlers of the site's own: names in GLOBAL_PIPELINE that Mailman does not ship. */
const handlers = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
  parent: ComponentId,
): readonly Component[] => {
  const { config } = copy;
  if (config === undefined) return [];
  const lines = (files.text(config) ?? '').split('\n');
  return lines.flatMap((raw, i): readonly Component[] => {
    const name = /^\s*GLOBAL_PIPELINE\.(?:insert|append)\s*\([^'"#]*['"]([\w.]+)['"]/.exec(
      raw,
    )?.[1];
    if (name === undefined) return [];
    const source = `${copy.folder}/Mailman/Handlers/${name}.py`;
    return [
      {
        id: componentId(`${parent}/${name}`),
        name,
        kind: 'add-on',
        platform: 'mailman2',
        partOf: parent,
        enabled: true,
        ...identify(packages, { files: [source] }),
        foundAt: [
          { path: config, line: i + 1 },
          ...(files.stat(source) === undefined ? [] : [{ path: source }]),
        ],
        reach: [
          {
            resource: 'mail-in-transit',
            mode: 'write',
            extent: 'every message that is posted to a list: it runs inside of Mailman',
            because: { path: config, line: i + 1 },
          },
        ],
        logs: [],
      },
    ];
  });
};

const exposureOf = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
): NonNullable<Component['exposure']> => {
  const routes = mailRoutes(files, packages).filter(
    ({ software }) => software.name === 'Mailman 2',
  );
  const own = routes.filter(({ route }) => route.folder?.startsWith(copy.folder) === true);
  const isSystem = copy.folder.startsWith('/usr/lib');
  return (
    exposureOfServed((isSystem ? routes : own).map(({ route }) => route)) ?? {
      internet: 'no',
      why: 'no web server on this host serves its pages; it is started by the mail server',
    }
  );
};

/** GNU Mailman 2.1: Defaults.py and mm_cfg.py. */
export const mailman2: Platform = {
  id: 'mailman2',
  title: 'GNU Mailman 2',
  reads: [packagedConfig, ...folders.map(folder => `${folder}/${marker}`), `**/${marker}`],
  read: (files, packages) => ({
    components: copiesOf(files).flatMap((copy, i): readonly Component[] => {
      const id = componentId(i === 0 ? 'mailman2' : `mailman2@${copy.folder}`);
      return [
        {
          id,
          name: 'mailman',
          kind: 'list-manager',
          platform: 'mailman2',
          enabled: i === 0 ? switchedOn(files, ['mailman']) : null,
          ...identityOf(files, packages, copy),
          foundAt: [placeOf(copy)],
          exposure: exposureOf(files, packages, copy),
          reach: reachOf(files, copy),
          logs: logsOf(files, copy),
        },
        ...archivers(packages, copy, id),
        ...handlers(files, packages, copy, id),
      ];
    }),
  }),
};
