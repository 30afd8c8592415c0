import type { Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { cronJobs } from '../../../core/formats/crontab.ts';
import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import { type DatabaseUrl, parseDatabaseUrl, showDatabase } from '../../syntax/database-url.ts';
import { type PlistValue, plistItems, plistText, plistYes } from '../../syntax/plist.ts';
import type { SogoScope } from './settings.ts';

/** Settings that name a table, with what lies in it (SOGo Installation Guide, database section). */
const tables: readonly (readonly [key: string, holds: string])[] = [
  ['SOGoProfileURL', 'preferences, mail filters and further accounts of every user'],
  ['OCSFolderInfoURL', 'whose calendars and address books there are'],
  ['OCSSessionsFolderURL', 'the sessions of everybody who is logged in'],
  ['OCSEMailAlarmsFolderURL', 'reminders that are sent by mail'],
  ['OCSStoreURL', 'every calendar entry and contact'],
  ['OCSAclURL', 'who may open whose calendar'],
  ['OCSCacheFolderURL', 'cached folders of synchronised devices'],
  ['OCSAdminURL', 'settings of the administrator'],
];

export interface SogoTable {
  readonly url: DatabaseUrl;
  readonly key: string;
  readonly holds: string;
  readonly because: Place;
}

/** The tables that SOGo keeps its own data in, each once. */
export const tablesOf = (scopes: readonly SogoScope[]): readonly SogoTable[] =>
  scopes.flatMap(({ path, values }) =>
    tables.flatMap(([key, holds]): readonly SogoTable[] => {
      const written = plistText(values, key);
      const url = written === undefined ? undefined : parseDatabaseUrl(written.text);
      if (written === undefined || url === undefined) return [];
      return [{ url, key, holds, because: { path, line: written.line } }];
    }),
  );

export interface UserSource {
  readonly type: 'ldap' | 'sql' | 'unknown';
  readonly id: string;
  readonly because: Place;
  readonly authenticates: boolean;
  readonly reach: readonly Reach[];
  readonly url?: DatabaseUrl;
}

const ldapReach = (source: PlistValue, path: string, authenticates: boolean): readonly Reach[] => {
  const base = plistText(source, 'baseDN');
  const host = plistText(source, 'hostname');
  const password = plistText(source, 'bindPassword');
  const line = base?.line ?? host?.line ?? source.line;
  const where = `${base?.text ?? 'the whole directory'} at ${(host?.text ?? 'the local directory').split(/\s+/)[0] ?? ''}`;
  return [
    {
      resource: 'directory',
      mode: 'read',
      extent: `every entry below ${where}`,
      because: { path, line },
    },
    ...(authenticates
      ? [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of everybody who logs in, checked against ${where}`,
            because: { path, line: plistText(source, 'canAuthenticate')?.line ?? line },
          } as const,
        ]
      : []),
    ...(password === undefined
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of its own directory account, in ${path}`,
            because: { path, line: password.line },
          } as const,
        ]),
  ];
};

const sqlReach = (
  source: PlistValue,
  path: string,
  authenticates: boolean,
  changes: boolean,
): { reach: readonly Reach[]; url?: DatabaseUrl } => {
  const view = plistText(source, 'viewURL');
  const url = view === undefined ? undefined : parseDatabaseUrl(view.text);
  if (view === undefined || url === undefined) return { reach: [] };
  const because = { path, line: view.line };
  const where = `table ${url.table ?? '(unnamed)'} of ${showDatabase(url)}`;
  return {
    url,
    reach: [
      { resource: 'customer-records', mode: 'read', extent: where, because },
      ...(authenticates
        ? [
            {
              resource: 'credentials',
              mode: changes ? 'write' : 'read',
              extent: `the password hash of every user, in ${where}`,
              because,
            } as const,
          ]
        : []),
      ...(url.hasPassword
        ? [
            {
              resource: 'credentials',
              mode: 'read',
              extent: `the password of its database account, in ${path}`,
              because,
            } as const,
          ]
        : []),
    ],
  };
};

/** `SOGoUserSources` of the host and of each mail domain. */
export const sourcesOf = (scopes: readonly SogoScope[]): readonly UserSource[] =>
  scopes.flatMap(({ path, values }) =>
    plistItems(values, 'SOGoUserSources')
      .slice(0, 500)
      .map((source, i): UserSource => {
        const written = plistText(source, 'type')?.text.toLowerCase();
        const type = written === 'ldap' || written === 'sql' ? written : 'unknown';
        const authenticates = plistYes(source, 'canAuthenticate');
        const changes = plistYes(values, 'SOGoPasswordChangeEnabled');
        const sql = type === 'sql' ? sqlReach(source, path, authenticates, changes) : { reach: [] };
        return {
          type,
          id: plistText(source, 'id')?.text ?? String(i + 1),
          because: { path, line: source.line },
          authenticates,
          ...(type === 'ldap' ? { reach: ldapReach(source, path, authenticates) } : sql),
        };
      }),
  );

/** `imaps://host:143/?tls=YES`, `localhost` */
const hostOf = (text: string): string =>
  withoutAccounts(text)
    .replace(/^[a-z]+:\/\//i, '')
    .split(/[/?]/)[0] ?? text;

const mailReach = ({ path, values, domain }: SogoScope): readonly Reach[] => {
  const whose = domain === undefined ? 'everybody' : `everybody of ${domain}`;
  const imap = plistText(values, 'SOGoIMAPServer');
  const sieve = plistText(values, 'SOGoSieveServer');
  const smtp = plistText(values, 'SOGoSMTPServer');
  const sends = plistText(values, 'SOGoMailingMechanism');
  const imapBecause = { path, line: imap?.line ?? 1 };
  const isWhole = domain === undefined;
  return [
    ...(imap !== undefined || isWhole
      ? ([
          {
            resource: 'stored-mail',
            mode: 'write',
            extent: `the mailbox of ${whose} who logs in, by IMAP at ${imap === undefined ? 'localhost' : hostOf(imap.text)}`,
            because: imapBecause,
          },
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the mail password of ${whose} who logs in`,
            because: imapBecause,
          },
        ] as const)
      : []),
    ...(sieve === undefined
      ? []
      : [
          {
            resource: 'stored-mail',
            mode: 'write',
            extent: `the mail filters of ${whose} who logs in, by ManageSieve at ${hostOf(sieve.text)}`,
            because: { path, line: sieve.line },
          } as const,
        ]),
    ...(smtp === undefined && sends === undefined
      ? []
      : [
          {
            resource: 'mail-in-transit',
            mode: 'send',
            extent: `mail of ${whose} who logs in, by ${sends?.text === 'smtp' ? `SMTP at ${hostOf(smtp?.text ?? 'localhost')}` : 'sendmail'}`,
            because: { path, line: (smtp ?? sends)?.line ?? 1 },
          } as const,
        ]),
  ];
};

const adminReach = ({ path, values }: SogoScope): readonly Reach[] => {
  const count = plistItems(values, 'SOGoSuperUsernames').filter(
    item => item.is === 'text' && item.text !== '',
  ).length;
  const line =
    values.is === 'dictionary'
      ? values.entries.findLast(({ key }) => key === 'SOGoSuperUsernames')?.line
      : undefined;
  if (count === 0 || line === undefined) return [];
  return [
    {
      resource: 'customer-records',
      mode: 'admin',
      extent: `calendars, address books and preferences of everybody, for ${count === 1 ? 'one super user' : `${count} super users`}`,
      because: { path, line },
    },
  ];
};

/** Cron jobs that hand SOGo's tools the password of the Sieve or SMTP administrator. */
const toolReach = (files: FileView): readonly Reach[] =>
  cronJobs(files).flatMap(({ command, because }): readonly Reach[] => {
    const match =
      /\b(sogo-tool\s+update-autoreply|sogo-ealarms-notify)\b.{0,500}?\s-p\s{0,20}(\/\S+)/.exec(
        command,
      );
    if (match === null) return [];
    const sieve = (match[1] ?? '').startsWith('sogo-tool');
    return [
      {
        resource: 'credentials',
        mode: 'read',
        extent: sieve
          ? `the password of the Sieve administrator, who may change everybody's filters, in ${match[2] ?? ''}`
          : `the password for sending reminders, in ${match[2] ?? ''}`,
        because,
      },
    ];
  });

/** What SOGo itself can reach, beyond its databases and directories. */
export const sogoReach = (files: FileView, scopes: readonly SogoScope[]): readonly Reach[] => [
  ...scopes.flatMap(mailReach),
  ...scopes.flatMap(adminReach),
  ...toolReach(files),
];
