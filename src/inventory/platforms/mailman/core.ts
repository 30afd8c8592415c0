import type { AccessLog } from '../../../core/access-log.ts';
import type { Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { dirOf, resolveFrom } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import type { Endpoint } from '../../platform.ts';
import { after, atEnd, insteadOf } from '../../remedy.ts';
import { type DatabaseUrl, parseDatabaseUrl, showDatabase } from '../../syntax/database-url.ts';
import {
  type IniOption,
  type IniSection,
  iniOption,
  iniSection,
  readPythonIni,
} from '../../syntax/python-ini.ts';

export const coreConfigs = [
  '/etc/mailman3/mailman.cfg',
  '/etc/mailman.cfg',
  '/opt/mailman/mm/var/etc/mailman.cfg',
  '/opt/mailman/mm/mailman.cfg',
  '/opt/mailman/var/etc/mailman.cfg',
  '/opt/mailman/mailman.cfg',
  '/var/lib/mailman3/etc/mailman.cfg',
] as const;

/** mailman.cfg, read as lazr.config reads it over the defaults of schema.cfg. */
export interface CoreConfig {
  readonly path: string;
  readonly sections: readonly IniSection[];
}

export const readCore = (files: FileView): CoreConfig | undefined => {
  const path = coreConfigs.find(each => files.stat(each)?.kind === 'file');
  const text = path === undefined ? undefined : files.text(path);
  return path === undefined || text === undefined
    ? undefined
    : { path, sections: readPythonIni(text) };
};

const option = (
  core: CoreConfig | undefined,
  section: string,
  key: string,
): IniOption | undefined => iniOption(iniSection(core?.sections ?? [], section), key);

const placeOf = (core: CoreConfig | undefined, found: IniOption | undefined): Place => ({
  path: core?.path ?? coreConfigs[0],
  ...(found === undefined ? {} : { line: found.line }),
});

/** Defaults of `[paths.*]`: Debian's layout, the FHS one, and what is below `var_dir`. */
const layoutDefaults: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  debian: { var_dir: '/var/lib/mailman3', log_dir: '/var/log/mailman3' },
  fhs: { var_dir: '/var/lib/mailman', log_dir: '/var/log/mailman' },
};
const pathDefaults: Readonly<Record<string, string>> = {
  var_dir: '/var/tmp/mailman',
  log_dir: '$var_dir/logs',
  data_dir: '$var_dir/data',
  messages_dir: '$var_dir/messages',
};

/** A path with `$var_dir` and its like filled in; undefined where a variable stays open. */
const expandPath = (core: CoreConfig | undefined, text: string): string | undefined => {
  const layout = option(core, 'mailman', 'layout')?.value.trim() ?? 'dev';
  const lookup = (name: string): string | undefined =>
    option(core, `paths.${layout}`, name)?.value ??
    layoutDefaults[layout]?.[name] ??
    pathDefaults[name];
  let out = text;
  for (let round = 0; round < 10 && out.includes('$'); round++) {
    out = out.replace(/\$\{?([A-Za-z_]+)\}?/g, (whole, name: string) => {
      if (name === 'cfg_file') return core?.path ?? whole;
      return lookup(name.toLowerCase()) ?? whole;
    });
    if (out.length > 8_192) return undefined;
  }
  return out.includes('$') ? undefined : out;
};

const portOf = (found: IniOption | undefined, otherwise: number): number => {
  const port = Number(found?.value ?? otherwise);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : otherwise;
};

export interface CoreListener {
  readonly what: 'LMTP' | 'REST';
  readonly endpoint: Endpoint & { readonly net: 'tcp' };
  readonly because: Place;
}

/** LMTP from the mail server, and the REST interface that administers everything. */
export const coreListeners = (core: CoreConfig | undefined): readonly CoreListener[] => {
  const lmtp = option(core, 'mta', 'lmtp_host');
  const lmtpPort = option(core, 'mta', 'lmtp_port');
  const rest = option(core, 'webservice', 'hostname');
  const restPort = option(core, 'webservice', 'port');
  return [
    {
      what: 'LMTP',
      endpoint: { net: 'tcp', host: lmtp?.value ?? '127.0.0.1', port: portOf(lmtpPort, 8024) },
      because: placeOf(core, lmtpPort ?? lmtp),
    },
    {
      what: 'REST',
      endpoint: { net: 'tcp', host: rest?.value ?? 'localhost', port: portOf(restPort, 8001) },
      because: placeOf(core, restPort ?? rest),
    },
  ];
};

export interface NamedDatabase {
  readonly url: DatabaseUrl;
  readonly because: Place;
}

/** The database of lists, subscribers and their addresses. */
export const coreDatabase = (core: CoreConfig | undefined): NamedDatabase | undefined => {
  const found = option(core, 'database', 'url');
  const written = found?.value ?? 'sqlite:///$DATA_DIR/mailman.db';
  const url = parseDatabaseUrl(
    written.startsWith('sqlite:') ? (expandPath(core, written) ?? written) : written,
  );
  return url === undefined ? undefined : { url, because: placeOf(core, found) };
};

const restReach = (core: CoreConfig | undefined): Reach => {
  const listener = coreListeners(core).find(({ what }) => what === 'REST');
  const password = option(core, 'webservice', 'admin_pass');
  const known = password === undefined || password.value === 'restpass';
  const at = `${listener?.endpoint.host ?? 'localhost'}:${listener?.endpoint.port ?? 8001}`;
  return {
    resource: 'customer-records',
    mode: 'admin',
    extent: `all lists and subscribers, through the REST interface at ${at}${known ? ', whose password is the published default' : ''}`,
    because: placeOf(core, password ?? option(core, 'webservice', 'hostname')),
  };
};

/** What the core itself can reach. */
export const coreReach = (core: CoreConfig | undefined): readonly Reach[] => {
  const database = coreDatabase(core);
  const secrets = [
    option(core, 'webservice', 'admin_pass'),
    option(core, 'mta', 'smtp_pass'),
  ].filter(found => found !== undefined && found.value !== '');
  const smtp = option(core, 'mta', 'smtp_host');
  return [
    {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: 'every message that is posted to a list',
      because: placeOf(core, option(core, 'mta', 'lmtp_port')),
    },
    {
      resource: 'mail-in-transit',
      mode: 'send',
      extent: `mail to the subscribers of every list, by SMTP at ${smtp?.value ?? 'localhost'}`,
      because: placeOf(core, smtp),
    },
    ...(database === undefined
      ? []
      : [
          {
            resource: 'customer-records',
            mode: 'write',
            extent: `addresses, names, settings and memberships of every subscriber, in ${showDatabase(database.url)}`,
            because: database.because,
          } as const,
          ...(database.url.hasPassword
            ? [
                {
                  resource: 'credentials',
                  mode: 'read',
                  extent: `the password of its database account, in ${database.because.path}`,
                  because: database.because,
                } as const,
              ]
            : []),
        ]),
    restReach(core),
    ...secrets.map(
      (found): Reach => ({
        resource: 'credentials',
        mode: 'read',
        extent:
          found === option(core, 'mta', 'smtp_pass')
            ? `the password for the outgoing mail server, in ${core?.path ?? ''}`
            : `the password of the REST interface, in ${core?.path ?? ''}`,
        because: placeOf(core, found),
      }),
    ),
  ];
};

const levels: readonly string[] = ['debug', 'info', 'warning', 'warn', 'error', 'critical'];

/** Where `mailman.<name>` goes: `[logging.<name>]` over `[logging.template]`'s defaults. */
const loggerOf = (core: CoreConfig | undefined, name: string, file: string) => {
  const level = option(core, `logging.${name}`, 'level');
  const path = option(core, `logging.${name}`, 'path');
  const folder = expandPath(core, '$log_dir');
  const target = path?.value ?? file;
  const full = target.startsWith('/')
    ? target
    : folder === undefined
      ? undefined
      : resolveFrom(folder, target);
  const takesInfo = levels.indexOf((level?.value ?? 'info').trim().toLowerCase()) <= 1;
  return {
    takesInfo,
    because: placeOf(core, level ?? path),
    ...(full === undefined ? {} : { sink: { to: 'file', path: full } as const }),
  };
};

/** lazr.config refuses a section or a key that stands twice: lines go into the section there is. */
const loggingRemedy = (
  core: CoreConfig | undefined,
  path: string,
  name: string,
  lines: readonly string[],
): string => {
  const section = iniSection(core?.sections ?? [], `logging.${name}`);
  if (section === undefined) return [atEnd(path), `[logging.${name}]`, ...lines].join('\n');
  const placeOf = (line: string): Place | undefined => {
    const found = iniOption(section, line.slice(0, line.indexOf(':')));
    return found === undefined ? undefined : { path, line: found.line };
  };
  return lines
    .flatMap(line => {
      const place = placeOf(line);
      const where =
        place === undefined
          ? after({ path, line: section.line }, `within [logging.${name}]`)
          : insteadOf(place);
      return [where, line];
    })
    .join('\n');
};

/** What the core writes down (mailman/config/schema.cfg, [logging.*]). */
export const coreLogs = (core: CoreConfig | undefined): readonly AccessLog[] => {
  const config = core?.path ?? coreConfigs[0];
  const smtp = loggerOf(core, 'smtp', 'smtp.log');
  const every = option(core, 'logging.smtp', 'every');
  const success = option(core, 'logging.smtp', 'success');
  const isOff = (found: IniOption | undefined): boolean =>
    found?.value.trim().toLowerCase() === 'no';
  const { takesInfo: sends, ...smtpTrail } = smtp;
  const sent: AccessLog =
    sends && !(isOff(every) && isOff(success))
      ? {
          question: 'what was sent',
          emitted: 'on',
          why: 'each post is logged with Message-ID, list and number of recipients',
          ...smtpTrail,
        }
      : {
          question: 'what was sent',
          emitted: 'off',
          why: sends
            ? 'every and success of [logging.smtp] are switched off'
            : '[logging.smtp] takes only warnings and worse',
          ...smtpTrail,
          because: placeOf(core, every ?? option(core, 'logging.smtp', 'level')),
          remedy: loggingRemedy(core, config, 'smtp', [
            'level: info',
            'every: $msgid smtp to $listname for $recip recips, completed in $time seconds',
          ]),
        };
  const { takesInfo, ...changeTrail } = loggerOf(core, 'subscribe', 'mailman.log');
  return [
    sent,
    {
      question: 'what was changed',
      emitted: takesInfo ? 'partial' : 'off',
      why: takesInfo
        ? 'requests that wait for a moderator and calls of the REST interface are logged, but not which person joined, left or changed a list'
        : '[logging.subscribe] takes only warnings and worse',
      ...changeTrail,
      remedy: takesInfo
        ? `# Mailman logs no more than this: keep the access log of the web server before Postorius`
        : loggingRemedy(core, config, 'subscribe', ['level: info']),
    },
  ];
};

/** `[archiver.x]` and `[plugin.x]`: what is plugged into the core. */
export interface CorePlug {
  readonly kind: 'archiver' | 'plugin';
  readonly name: string;
  readonly module: string;
  readonly enabled: boolean;
  readonly because: Place;
  readonly configuration?: string;
}

const stockArchivers: Readonly<Record<string, string>> = {
  mhonarc: 'mailman.archiving.mhonarc.MHonArc',
  mail_archive: 'mailman.archiving.mailarchive.MailArchive',
  prototype: 'mailman.archiving.prototype.Prototype',
};

export const corePlugs = (core: CoreConfig | undefined): readonly CorePlug[] =>
  (core?.sections ?? []).flatMap((section): readonly CorePlug[] => {
    const match = /^(archiver|plugin)\.(.+)$/i.exec(section.name);
    const name = match?.[2] ?? '';
    if (core === undefined || match === null || name === 'master') return [];
    const kind = match[1]?.toLowerCase() === 'plugin' ? 'plugin' : 'archiver';
    const module = iniOption(section, 'class')?.value ?? stockArchivers[name] ?? '';
    const stated = iniOption(section, kind === 'plugin' ? 'enabled' : 'enable');
    const configuration = iniOption(section, 'configuration')?.value;
    return [
      {
        kind,
        name,
        module,
        enabled: /^(?:yes|true|on|1)$/i.test(stated?.value.trim() ?? ''),
        because: { path: core.path, line: stated?.line ?? section.line },
        ...(configuration === undefined ? {} : { configuration }),
      },
    ];
  });

export interface ArchiveTarget {
  readonly path: string;
  readonly url?: IniOption;
  readonly key?: IniOption;
}

/** mailman-hyperkitty.cfg: where messages are handed to, and the key that it takes. */
export const hyperkittyTarget = (
  files: FileView,
  core: CoreConfig | undefined,
): ArchiveTarget | undefined => {
  const stated = corePlugs(core).find(({ name }) => name === 'hyperkitty')?.configuration;
  const path =
    stated !== undefined && stated.startsWith('/')
      ? stated
      : [
          `${dirOf(core?.path ?? coreConfigs[0])}/mailman-hyperkitty.cfg`,
          '/etc/mailman3/mailman-hyperkitty.cfg',
        ].find(each => files.stat(each) !== undefined);
  const text = path === undefined || files.stat(path) === undefined ? undefined : files.text(path);
  if (path === undefined || text === undefined) return undefined;
  const general = iniSection(readPythonIni(text), 'general');
  const url = iniOption(general, 'base_url');
  const key = iniOption(general, 'api_key');
  return {
    path,
    ...(url === undefined ? {} : { url }),
    ...(key === undefined ? {} : { key }),
  };
};
