import type { AccessLog, LogSink } from '../../../core/access-log.ts';
import type { Reach, Version } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { readXmlFile, xmlAll } from '../../../core/formats/xml.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { log4jRotation } from '../../syntax/log4j.ts';

export const localConfigPath = '/opt/zimbra/conf/localconfig.xml';
export const historyPath = '/opt/zimbra/.install_history';
export const log4jPaths = [
  '/opt/zimbra/conf/log4j.properties',
  '/opt/zimbra/conf/log4j.properties.in',
  '/opt/zimbra/conf/log4j2.properties',
] as const;

export interface LocalConfig {
  readonly path: string;
  /** Values of keys that hold no secret; of the others only the line. */
  readonly keys: ReadonlyMap<string, { readonly value: string; readonly line: number }>;
}

const secret = /passw(?:or)?d|secret|_key$/i;

/** localconfig.xml: `<key name="…"><value>…</value></key>`. Secrets are never kept. */
export const readLocalConfig = (files: FileView): LocalConfig | undefined => {
  if (files.stat(localConfigPath) === undefined) return undefined;
  const root = readXmlFile(
    files,
    localConfigPath,
    'Run zmlocalconfig as the user zimbra and mend the file.',
  );
  const keys = new Map<string, { value: string; line: number }>();
  for (const key of root === undefined ? [] : xmlAll(root, 'key')) {
    const name = key.attributes.get('name') ?? '';
    const value = key.children.find(child => child.name === 'value')?.text.trim() ?? '';
    if (name !== '')
      keys.set(name, {
        value: secret.test(name) ? (value === '' ? '' : '(secret)') : value,
        line: key.line,
      });
  }
  return { path: localConfigPath, keys };
};

const placeOf = (config: LocalConfig | undefined, key: string): Place => {
  const line = config?.keys.get(key)?.line;
  return { path: config?.path ?? '/opt/zimbra', ...(line === undefined ? {} : { line }) };
};

/** What a Zimbra server reaches by its local configuration. */
export const zimbraReach = (files: FileView, config: LocalConfig | undefined): readonly Reach[] => {
  const value = (key: string): string | undefined => config?.keys.get(key)?.value;
  const secrets = [...(config?.keys ?? [])].filter(
    ([name, each]) => secret.test(name) && each.value !== '',
  );
  const [first] = secrets;
  const mode = files.stat(localConfigPath)?.mode ?? 0;
  const open = (mode & 0o004) === 0 ? '' : ', which every user of this host may read';
  return [
    {
      resource: 'stored-mail',
      mode: 'write',
      extent: 'every mailbox of this server, in /opt/zimbra/store',
      because: placeOf(config, 'zimbra_home'),
    },
    {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: 'every message that enters or leaves this server',
      because: placeOf(config, 'zimbra_home'),
    },
    {
      resource: 'directory',
      mode: 'write',
      extent: `every account, with its password hash, at ${value('ldap_url') ?? 'its own LDAP directory'}`,
      because: placeOf(config, 'ldap_url'),
    },
    {
      resource: 'customer-records',
      mode: 'write',
      extent: `folders, subjects and contacts of every mailbox, in MariaDB at ${value('mysql_bind_address') ?? '127.0.0.1'}:${value('mysql_port') ?? '7306'}`,
      because: placeOf(config, 'mysql_port'),
    },
    ...(first === undefined || config === undefined
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `${secrets.length} passwords of LDAP, MariaDB and services, in clear in ${config.path}${open}`,
            because: { path: config.path, line: first[1].line },
          } as const,
        ]),
  ];
};

/** `8.8.15_P45` of packages `8.8.15.GA.4179.UBUNTU18.64` and `8.8.15.1698052414.p45-1.u18`. */
export const zimbraVersion = (
  files: FileView,
  packages: PackageIndex,
): { version: Version; because?: Place } => {
  const core = packages.named('zimbra-core')?.version ?? packages.named('zimbra-store')?.version;
  const patch = packages.named('zimbra-patch')?.version;
  const history = files.stat(historyPath) === undefined ? '' : (files.text(historyPath) ?? '');
  const lines = history.split('\n');
  const at = lines.findLastIndex(line => /(?:INSTALLED|UPGRADED)\s+zimbra-core/.test(line));
  const written = core ?? /zimbra-core[-_](\d\S*)/.exec(lines[at] ?? '')?.[1];
  const base = /^(?:\d+:)?(\d+\.\d+\.\d+)/.exec(written ?? '')?.[1];
  const because =
    core === undefined && at >= 0 ? { because: { path: historyPath, line: at + 1 } } : {};
  if (base === undefined) {
    return {
      version: { unknown: 'no package zimbra-core is installed and .install_history names none' },
    };
  }
  const level = /[._-]p(\d+)(?:[._-]|$)/i.exec(patch ?? '')?.[1];
  const patched = /^(?:\d+:)?(\d+\.\d+\.\d+)/.exec(patch ?? '')?.[1];
  if (level !== undefined)
    return { version: { value: `${patched ?? base}_P${level}` }, ...because };
  // From 10.0 on the patch package counts the third number up itself.
  return { version: { value: patched ?? base }, ...because };
};

const levels: readonly string[] = ['all', 'trace', 'debug', 'info'];

interface Logger {
  readonly on: boolean;
  readonly file?: string;
  readonly because: Place;
}

/** `zimbra.security` and its file, in log4j 1 and log4j 2 properties; undefined when nothing names it. */
const auditLogger = (path: string, text: string): Logger | undefined => {
  const lines = text.split('\n');
  const find = (pattern: RegExp): { value: string; line: number } | undefined => {
    const at = lines.findLastIndex(line => pattern.test(line));
    const value = at < 0 ? undefined : pattern.exec(lines[at] ?? '')?.[1];
    return value === undefined ? undefined : { value: value.trim(), line: at + 1 };
  };
  const one = find(/^\s*log4j\.logger\.zimbra\.security\s*=(.*)$/s);
  if (one !== undefined) {
    const [level = '', appender = 'AUDIT'] = one.value.split(',').map(each => each.trim());
    const file = find(
      new RegExp(`^\\s*log4j\\.appender\\.${appender.replace(/\W/g, '')}\\.File\\s*=(.*)$`, 's'),
    );
    return {
      on: levels.includes(level.toLowerCase()),
      because: { path, line: one.line },
      ...(file === undefined ? {} : { file: file.value }),
    };
  }
  const name = find(/^\s*logger\.(\w+)\.name\s*=\s*zimbra\.security\s*$/);
  if (name === undefined) return undefined;
  const level =
    find(new RegExp(`^\\s*logger\\.${name.value}\\.level\\s*=(.*)$`, 's')) ??
    find(new RegExp(`^\\s*logger\\.${name.value}\\s*=(.*)$`, 's'));
  const file = find(/^\s*appender\.AUDIT\.fileName\s*=(.*)$/s);
  const stated = (level?.value.split(',')[0] ?? 'info').trim().toLowerCase();
  return {
    on: levels.includes(stated),
    because: { path, line: level?.line ?? name.line },
    ...(file === undefined ? {} : { file: file.value }),
  };
};

/** Zimbra's logs: audit.log for logins, mailbox.log for the rest. */
export const zimbraLogs = (files: FileView): readonly AccessLog[] => {
  const path = log4jPaths.find(each => files.stat(each) !== undefined);
  const text = path === undefined ? '' : (files.text(path) ?? '');
  const logger = path === undefined ? undefined : auditLogger(path, text);
  const sinkOf = (file: string): LogSink => {
    const rotation = path === undefined ? undefined : log4jRotation(text, path, file);
    return { to: 'file', path: file, ...(rotation === undefined ? {} : { rotation }) };
  };
  const mailbox = sinkOf('/opt/zimbra/log/mailbox.log');
  const because = { path: path ?? '/opt/zimbra' };
  const login: AccessLog =
    path !== undefined && logger === undefined
      ? {
          question: 'who logged in',
          emitted: 'partial',
          why: 'no logger zimbra.security is configured: logins are mixed into mailbox.log',
          because,
          sink: mailbox,
          remedy:
            '# in /opt/zimbra/conf/log4j.properties.in, at its end:\nlog4j.logger.zimbra.security=INFO,AUDIT',
        }
      : logger?.on === false
        ? {
            question: 'who logged in',
            emitted: 'off',
            why: 'the logger zimbra.security takes only warnings and worse',
            because: logger.because,
            sink: { to: 'nowhere' },
            remedy:
              '# in /opt/zimbra/conf/log4j.properties.in, at its end:\nlog4j.logger.zimbra.security=INFO,AUDIT',
          }
        : {
            question: 'who logged in',
            emitted: 'on',
            why: 'audit.log has each login with account, protocol and address, and each administrator who opens a mailbox (cmd=DelegateAuth)',
            because: logger?.because ?? because,
            sink: sinkOf(logger?.file ?? '/opt/zimbra/log/audit.log'),
          };
  return [
    login,
    {
      question: 'who read what',
      emitted: 'partial',
      why: 'mailbox.log has account, address and kind of each request (GetMsgRequest, FETCH), but not which message',
      because,
      sink: mailbox,
      remedy:
        '# Nothing short of DEBUG names messages. As the user zimbra, for an account under suspicion:\n#   zmprov addAccountLogger ACCOUNT zimbra.soap debug\n#   zmprov addAccountLogger ACCOUNT zimbra.imap debug',
    },
    {
      question: 'what was sent',
      emitted: 'on',
      why: 'mailbox.log has each message that is handed to the mail server, with its Message-ID',
      because,
      sink: mailbox,
    },
    {
      question: 'what was changed',
      emitted: 'on',
      why: 'mailbox.log has each moved and deleted message, audit.log each command of an administrator',
      because,
      sink: mailbox,
    },
  ];
};
