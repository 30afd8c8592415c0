import type { Component, Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import { isLoopback } from '../../joining/endpoint.ts';
import { type CyrusOption, cyrusOption } from '../../syntax/cyrus-imapd.ts';
import { type Instance, joinAll, makePart } from './instance.ts';
import { settingsOf } from './running.ts';

/** "tables users, domains": names behind FROM, JOIN, INTO and UPDATE. */
const tablesOf = (queries: readonly CyrusOption[]): readonly string[] => {
  const out = new Set<string>();
  const pattern = /\b(?:from|join|into|update)\s+[`"[]?([A-Za-z_][\w.$]{0,127})/gi;
  for (const { value } of queries) {
    for (const match of value.slice(0, 20_000).matchAll(pattern)) out.add(match[1] ?? '');
  }
  return [...out].slice(0, 50);
};

const showTables = (tables: readonly string[]): string =>
  tables.length === 0 ? '' : `${tables.length === 1 ? 'table' : 'tables'} ${tables.join(', ')} of `;

/** The password that a line of the configuration holds, never its value. */
const passwordIn = (what: string, option: CyrusOption | undefined): readonly Reach[] =>
  option === undefined
    ? []
    : [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `the password of ${what}, in ${option.place.path}`,
          because: option.place,
        },
      ];

interface SqlStore {
  readonly name: string;
  readonly where: string;
  readonly place: Place;
}

/** `sasl_sql_engine`, `…hostnames`, `…database` (options of libsasl), or `sql_…` of imapd.conf(5). */
const sqlStore = (
  instance: Instance,
  prefix: string,
  from: Place | undefined,
): SqlStore | undefined => {
  const find = (name: string): CyrusOption | undefined => settingsOf(instance, prefix + name)[0];
  const engine = find('engine');
  const hosts = find('hostnames');
  const database = find('database');
  const place = database?.place ?? hosts?.place ?? engine?.place ?? from;
  if (place === undefined) return undefined;
  // libsasl asks MySQL when nothing is said.
  const driver = (engine?.value ?? (prefix === 'sasl_sql_' ? 'mysql' : 'sql')).toLowerCase();
  const name = (database?.value ?? '').slice(0, 300);
  if (driver.startsWith('sqlite')) {
    return { name: `${driver}:${name}`, where: `database file ${name}`, place };
  }
  const at = (hosts?.value ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .slice(0, 20)
    .map(each => each.slice(0, 200));
  return {
    name: `${driver.slice(0, 40)}:${at[0] ?? 'local'}`,
    where: `database ${name === '' ? '(unnamed)' : name} at ${at.join(', ') || 'the local server'} (${driver.slice(0, 40)})`,
    place,
  };
};

/** The database that libsasl's plug-in `sql` looks passwords up in. */
export const databaseOf = (
  instance: Instance,
  prefix: 'sasl_sql_',
  from: Place | undefined,
): readonly Component[] => {
  const store = sqlStore(instance, prefix, from);
  if (store === undefined) return [];
  const select = settingsOf(instance, `${prefix}select`);
  const changes = ['insert', 'update'].flatMap(name => settingsOf(instance, prefix + name));
  const where = `${showTables(tablesOf(select))}${store.where}`;
  const because = select[0]?.place ?? store.place;
  const change = changes[0];
  return [
    makePart(instance, {
      part: store.name,
      name: store.name,
      kind: 'database-link',
      enabled: true,
      claim: { names: ['libsasl2-modules-sql', 'cyrus-sasl-sql'] },
      foundAt: [...(from === undefined ? [] : [from]), store.place, because],
      reach: [
        { resource: 'customer-records', mode: 'read', extent: where, because },
        {
          resource: 'credentials',
          mode: 'read',
          extent: `passwords of accounts, in ${where}`,
          because,
        },
        ...(change === undefined
          ? []
          : [
              {
                resource: 'credentials' as const,
                mode: 'write' as const,
                extent: `passwords of accounts, in ${showTables(tablesOf(changes))}${store.where}`,
                because: change.place,
              },
            ]),
        ...passwordIn(store.where, settingsOf(instance, `${prefix}passwd`)[0]),
      ],
    }),
  ];
};

const hostOf = (uri: string): string =>
  withoutAccounts(uri)
    .replace(/^ldap[is]?:\/\//i, '')
    .replace(/[/?].*$/s, '')
    .slice(0, 200);

/** A directory that is asked, by the options that say where it is. */
export const directoryOf = (
  instance: Instance,
  addresses: readonly string[],
  baseName: string | undefined,
  passwordName: string,
  from: Place | undefined,
  what: string,
): readonly Component[] => {
  const uri = addresses.flatMap(name => settingsOf(instance, name))[0];
  const base = baseName === undefined ? undefined : settingsOf(instance, baseName)[0];
  const place = uri?.place ?? base?.place ?? from;
  if (place === undefined) return [];
  const hosts = (uri?.value ?? '').split(/[\s,]+/).filter(Boolean);
  const shown = hosts
    .map(each => each.slice(0, 200))
    .slice(0, 20)
    .join(', ');
  const where = `${base === undefined ? 'the directory' : base.value.slice(0, 300)} on ${shown === '' ? 'the default server' : shown}`;
  const host = hostOf(hosts[0] ?? '');
  const name = `ldap:${host || 'default'}`;
  return [
    makePart(instance, {
      part: name,
      name,
      kind: 'database-link',
      enabled: true,
      claim: {
        unknown:
          host === '' || isLoopback(host.replace(/:\d+$/, ''))
            ? 'the configuration does not say which directory server it is'
            : `it runs on another host, ${host}`,
      },
      foundAt: [...(from === undefined ? [] : [from]), place],
      reach: [
        {
          resource: 'directory',
          mode: 'read',
          extent: `${what}${where}`,
          because: base?.place ?? place,
        },
        ...passwordIn(where, settingsOf(instance, passwordName)[0]),
      ],
    }),
  ];
};

/** Cyrus's own databases, where one of them is kept in SQL (`mboxlist_db: sql`). */
export const ownDatabases = (instance: Instance): readonly Component[] => {
  const { config } = instance;
  const kept = config.options.filter(
    ({ key, value }) => /^[a-z_]+_db$/.test(key) && value === 'sql',
  );
  const store = kept.length === 0 ? undefined : sqlStore(instance, 'sql_', kept[0]?.place);
  if (store === undefined) return [];
  return joinAll(
    kept.map(({ key, place }) =>
      makePart(instance, {
        part: store.name,
        name: store.name,
        kind: 'database-link',
        enabled: true,
        claim: { unknown: 'the database server states its version nowhere in the configuration' },
        foundAt: [place, store.place],
        reach: [
          {
            resource: 'customer-records',
            mode: 'write',
            extent: `what ${key.replace(/_db$/, '')} holds: ${store.where}`,
            because: place,
          },
          ...passwordIn(store.where, cyrusOption(config, 'sql_passwd')),
        ],
      }),
    ),
  );
};
