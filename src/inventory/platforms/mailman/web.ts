import type { AccessLog } from '../../../core/access-log.ts';
import type { Component, Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import { atEnd, insteadOf } from '../../remedy.ts';
import { type DatabaseUrl, parseDatabaseUrl, showDatabase } from '../../syntax/database-url.ts';
import { readDirectives } from '../../syntax/directives.ts';
import {
  type PyAssignment,
  pyEntry,
  pySetting,
  pyText,
  pyTexts,
  readPythonSettings,
} from '../../syntax/python-literals.ts';
import { webLogRotation } from './rotation.ts';

/** Settings that apply on top of each other, the base first. */
const settingsFiles = [
  ['/usr/share/mailman3-web/settings.py', '/etc/mailman3/mailman-web.py'],
  ['/etc/mailman3/settings.py'],
  ['/opt/mailman/mm/settings.py'],
  ['/opt/mailman/web/settings.py', '/opt/mailman/web/settings_local.py'],
  [
    '/opt/mailman-suite/mailman-suite_project/settings.py',
    '/opt/mailman-suite/mailman-suite_project/settings_local.py',
  ],
  ['/etc/mailman-web/settings.py'],
  ['/usr/share/webapps/mailman-web/settings.py', '/etc/webapps/mailman-web/settings_local.py'],
] as const;

export const webReads: readonly string[] = settingsFiles.flat();

export interface WebSettings {
  /** The file that the administrator edits. */
  readonly path: string;
  readonly files: readonly {
    readonly path: string;
    readonly assignments: readonly PyAssignment[];
  }[];
  /** Line that takes over the settings of the mailman-web package, where one does. */
  readonly inherits?: Place;
  /** Line that has something called at each login; whether that is what the remedy pastes. */
  readonly onLogin?: { readonly because: Place; readonly toSyslog: boolean };
}

const handler: readonly string[] = [
  'import syslog',
  'from django.contrib.auth.signals import user_logged_in',
  "syslog.openlog('mailman-web', 0, syslog.LOG_AUTH)",
  'def log_login(sender, request, user, **kwargs):',
  '    meta = {} if request is None else request.META',
  "    seen = meta.get('REMOTE_ADDR'), meta.get('HTTP_X_FORWARDED_FOR', '-')",
  "    line = 'login %s from %s, forwarded for %s' % (user.get_username(), *seen)",
  '    syslog.syslog(syslog.LOG_INFO, line)',
  'user_logged_in.connect(log_login, weak=False)',
];

/** A handler of Django's signal; only the one that the remedy pastes is known to write a line. */
const onLoginOf = (path: string, lines: readonly string[]): Pick<WebSettings, 'onLogin'> => {
  const at = lines.findIndex(line => line.startsWith('user_logged_in.connect('));
  if (at < 0) return {};
  const bare = lines.map(line => line.trimEnd());
  const start = bare.lastIndexOf(handler[3] ?? '', at);
  const body = handler.slice(3);
  const toSyslog =
    start >= 0 &&
    body.every((line, i) => bare[start + i] === line) &&
    handler.slice(0, 3).every(line => bare.slice(0, start).includes(line));
  return { onLogin: { because: { path, line: at + 1 }, toSyslog } };
};

/** The Django settings of the web interface. */
export const readWeb = (files: FileView): WebSettings | undefined => {
  const present = settingsFiles
    .map(group => group.filter(path => files.stat(path)?.kind === 'file'))
    // The base alone is what the package ships: leftovers when nothing else is there.
    .find(group => group.length > 0);
  if (present === undefined) return undefined;
  const path = present.at(-1) ?? '';
  const lines = (files.text(path) ?? '').split('\n');
  const at = lines.findIndex(line => line.startsWith('from mailman_web.settings.base import *'));
  return {
    path,
    ...onLoginOf(path, lines),
    ...(at < 0 ? {} : { inherits: { path, line: at + 1 } }),
    files: present.map(path => ({ path, assignments: readPythonSettings(files.text(path) ?? '') })),
  };
};

import { mailmanUwsgiFiles } from '../../webmail/mailman-web.ts';

/** A setting with the file that decides it: the last that assigns it. */
const setting = (web: WebSettings | undefined, name: string) => {
  const file =
    web?.files.findLast(({ assignments }) =>
      assignments.some(each => each.name === name && each.operator === '='),
    ) ?? web?.files.findLast(({ assignments }) => assignments.some(each => each.name === name));
  const value = file === undefined ? undefined : pySetting(file.assignments, name);
  return file === undefined || value === undefined
    ? undefined
    : { value, path: file.path, line: value.line };
};

export interface App {
  readonly name: string;
  readonly because: Place;
}

/** `INSTALLED_APPS` after all files; undefined when no settings say. */
export const appsOf = (web: WebSettings | undefined): readonly App[] | undefined => {
  const all = (web?.files ?? []).flatMap(({ path, assignments }) =>
    assignments.filter(({ name }) => name === 'INSTALLED_APPS').map(each => ({ ...each, path })),
  );
  const from = all.findLastIndex(({ operator }) => operator === '=');
  const named = all
    .slice(Math.max(0, from))
    .flatMap(({ value, path }) =>
      pyTexts(value).map(({ text, line }): App => ({ name: text, because: { path, line } })),
    );
  if (from >= 0) return named;
  const because = web?.inherits;
  if (because === undefined) return undefined;
  return [{ name: 'hyperkitty', because }, { name: 'postorius', because }, ...named];
};

const engines: Readonly<Record<string, string>> = {
  sqlite3: 'sqlite',
  mysql: 'mysql',
  postgresql: 'postgresql',
  postgresql_psycopg2: 'postgresql',
  oracle: 'oracle',
};

/** `DATABASES['default']`, or the URL that dj-database-url is given. */
export const webDatabase = (
  web: WebSettings | undefined,
): { url: DatabaseUrl; because: Place } | undefined => {
  const databases = setting(web, 'DATABASES');
  const byDefault = pyEntry(databases?.value, 'default');
  if (databases === undefined || byDefault === undefined) return undefined;
  const because = { path: databases.path, line: byDefault.line };
  const text = (key: string): string => pyText(pyEntry(byDefault.value, key)?.value) ?? '';
  const engine = text('ENGINE').split('.').at(-1) ?? '';
  const written = pyText(byDefault.value);
  if (written !== undefined) {
    const url = parseDatabaseUrl(written);
    return url === undefined ? undefined : { url, because };
  }
  if (engine === '') return undefined;
  const port = text('PORT');
  return {
    because,
    url: {
      scheme: engines[engine] ?? engine,
      host: text('HOST') + (port === '' ? '' : `:${port}`),
      database: text('NAME'),
      hasPassword: text('PASSWORD') !== '',
    },
  };
};

const secretReach = (
  web: WebSettings | undefined,
  name: string,
  what: string,
): readonly Reach[] => {
  const found = setting(web, name);
  if (found === undefined || (found.value.is === 'text' && found.value.text === '')) return [];
  if (found.value.is === 'other') return [];
  return [
    {
      resource: 'credentials',
      mode: 'read',
      extent: `${what}, in ${found.path}`,
      because: { path: found.path, line: found.line },
    },
  ];
};

/** What the web interface reaches by its settings. */
export const webReach = (web: WebSettings | undefined): readonly Reach[] => {
  const database = webDatabase(web);
  const api = setting(web, 'MAILMAN_REST_API_URL');
  return [
    ...(database === undefined
      ? []
      : ([
          {
            resource: 'customer-records',
            mode: 'write',
            extent: `web accounts with addresses and password hashes, in ${showDatabase(database.url)}`,
            because: database.because,
          },
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
        ] as const)),
    ...(api === undefined
      ? []
      : [
          {
            resource: 'customer-records',
            mode: 'admin',
            extent: `all lists and subscribers, through Mailman's REST interface at ${withoutAccounts(pyText(api.value) ?? 'an address that the file computes')}`,
            because: { path: api.path, line: api.line },
          } as const,
        ]),
    ...secretReach(web, 'MAILMAN_REST_API_PASS', "the password of Mailman's REST interface"),
    ...secretReach(
      web,
      'SECRET_KEY',
      'the key that signs the sessions of everybody who is logged in',
    ),
  ];
};

/** Archives lie in the same database. */
export const archiveReach = (web: WebSettings | undefined): readonly Reach[] => {
  const database = webDatabase(web);
  return [
    {
      resource: 'stored-mail',
      mode: 'write',
      extent: `every archived message of every list${database === undefined ? '' : `, in ${showDatabase(database.url)}`}`,
      because: database?.because ?? { path: web?.path ?? '/etc/mailman3' },
    },
  ];
};

export const archiverKey = (web: WebSettings | undefined): readonly Reach[] =>
  secretReach(web, 'MAILMAN_ARCHIVER_KEY', 'the key with which messages are put into the archive');

/** Directories and other services that people may log in with. */
export const authOf = (
  web: WebSettings | undefined,
): readonly { name: string; because: Place; reach: readonly Reach[] }[] => {
  const social = (appsOf(web) ?? [])
    .filter(({ name }) => name.startsWith('allauth.socialaccount.providers.'))
    .map(({ name, because }) => ({
      name,
      because,
      reach: [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `logs people in to the web interface on the word of ${name.split('.').at(-1) ?? name}`,
          because,
        } as const,
      ],
    }));
  const backends = setting(web, 'AUTHENTICATION_BACKENDS');
  const ldap = pyTexts(backends?.value)
    .filter(({ text }) => !/^(?:django\.contrib\.auth\.|allauth\.)/.test(text))
    .map(({ text, line }) => {
      const uri = setting(web, 'AUTH_LDAP_SERVER_URI');
      const because = { path: backends?.path ?? '', line };
      const at =
        uri === undefined ? '' : ` at ${pyText(uri.value) ?? 'an address that the file computes'}`;
      return {
        name: text,
        because,
        reach: [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of everybody who logs in to the web interface${at}`,
            because,
          } as const,
        ],
      };
    });
  return [...social, ...ldap];
};

export const uwsgiReads: readonly string[] = mailmanUwsgiFiles;

export interface Uwsgi {
  readonly path: string;
  readonly user?: { readonly user: string; readonly because: Place };
  /** It listens on a Unix socket alone. */
  readonly local: boolean;
  readonly log: AccessLog;
}

/** uWSGI logs each request unless told not to; to its standard output, or to `logto`. */
export const readUwsgi = (files: FileView, web?: WebSettings): Uwsgi | undefined => {
  const path = mailmanUwsgiFiles.find(each => files.stat(each)?.kind === 'file');
  const text = path === undefined ? undefined : files.text(path);
  if (path === undefined || text === undefined) return undefined;
  const directives = readDirectives(text);
  const last = (name: string) => directives.findLast(each => each.name === name);
  const uid = last('uid');
  const off = last('disable-logging');
  const to = last('logto') ?? last('logto2') ?? last('daemonize') ?? last('req-logger');
  const file = to?.value.replace(/^file:/, '');
  const silent = off !== undefined && !/^(?:false|0|no)$/i.test(off.value);
  const base = {
    question: 'who read what',
    because: { path, line: (silent ? off : to)?.line ?? 1 },
  } as const;
  const sockets = directives.filter(({ name }) =>
    /^(?:(?:uwsgi|http|https|fastcgi|scgi)-)?socket$|^https?$/.test(name),
  );
  return {
    path,
    local: sockets.length > 0 && sockets.every(({ value }) => value.startsWith('/')),
    ...(uid === undefined ? {} : { user: { user: uid.value, because: { path, line: uid.line } } }),
    log: silent
      ? {
          ...base,
          emitted: 'off',
          why: 'disable-logging: uWSGI writes down no request',
          remedy: `${insteadOf({ path, line: off.line })}\ndisable-logging = false`,
          sink: { to: 'nowhere' },
        }
      : {
          ...base,
          emitted: 'partial',
          why: 'uWSGI logs each request with address and URL, which names list and message, but not the user',
          remedy: `# Django names no user in it: join the line with a log of logins by address and time`,
          ...(file?.startsWith('/')
            ? {
                sink: {
                  to: 'file',
                  path: file,
                  rotation: webLogRotation(directives, path, file, web),
                } as const,
              }
            : { sink: { to: 'journal', unit: 'mailman3-web.service' } as const }),
        },
  };
};

/** Django logs no login; the remedy makes it do so. */
export const loginLog = (web: WebSettings | undefined): AccessLog => {
  const path = web?.path ?? '/etc/mailman3/mailman-web.py';
  const question = 'who logged in';
  const handled = web?.onLogin;
  if (handled?.toSyslog === true) {
    return {
      question,
      emitted: 'on',
      why: 'a handler of user_logged_in writes a line with user and address for each login',
      because: handled.because,
      sink: { to: 'syslog', facility: 'auth', program: 'mailman-web' },
    };
  }
  if (handled !== undefined) {
    return {
      question,
      emitted: 'unknown',
      why: 'Django itself writes down no login; what the handler of user_logged_in does was not read',
      because: handled.because,
      remedy: '# See that the handler writes user and address of each login, and where.',
    };
  }
  return {
    question,
    emitted: 'off',
    why: 'neither Django nor allauth writes down who logged in',
    because: { path },
    sink: { to: 'nowhere' },
    remedy: [atEnd(path), ...handler].join('\n'),
  };
};

/** Whether an app is switched on: unknown without settings. */
export const isOn = (web: WebSettings | undefined, module: string): Component['enabled'] => {
  const apps = appsOf(web);
  if (apps === undefined) return null;
  return apps.some(({ name }) => name === module || name.startsWith(`${module}.`));
};
