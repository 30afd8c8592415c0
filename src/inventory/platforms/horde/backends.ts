import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { parseHostPort } from '../../joining/endpoint.ts';
import { type PhpValue, phpAt } from '../../syntax/php-values.ts';
import type { MailServer } from '../../webmail/mail-servers.ts';
import type { Application } from './applications.ts';
import { readLayers } from './copies.ts';
import { type Backend, backendsOf, hostOf, schemeOf, showSql, textAt, truthAt } from './values.ts';

/** `backends.php`, which Horde 3 called otherwise in some of its applications. */
const layersOf = (
  files: FileView,
  application: Application,
  oldName: string,
  variable: string,
): PhpValue | undefined =>
  readLayers(files, application.config, 'backends', variable) ??
  readLayers(files, application.config, oldName, variable);

/** A backend that may be on, with words that say so where it is not certain. */
const inUse = (backends: readonly Backend[]): readonly Backend[] =>
  backends.filter(({ enabled }) => enabled !== false).slice(0, 100);

const placeOf = (backend: Backend, ...keys: readonly string[]): Place =>
  (keys.length === 0 ? undefined : phpAt(backend.value, ...keys)?.at) ?? backend.value.at;

const secret = (what: string, place: Place): Reach => ({
  resource: 'credentials',
  mode: 'read',
  extent: `${what}, in ${place.path}`,
  because: place,
});

interface Mail {
  readonly reach: readonly Reach[];
  /** Those that are certain. */
  readonly servers: readonly MailServer[];
  /** Where a debug file for a mail server is switched on. */
  readonly debug?: Place;
}

/** `$servers` of IMP. */
export const mailServers = (files: FileView, imp: Application): Mail => {
  const backends = inUse(backendsOf(layersOf(files, imp, 'servers', 'servers')));
  const debug = backends
    .map(({ value }) => textAt(value, 'debug'))
    .find(setting => setting !== undefined);
  return {
    reach: backends.flatMap((backend): readonly Reach[] => {
      const { value } = backend;
      const host = hostOf(value, 'hostspec', 'server');
      const protocol = (textAt(value, 'protocol')?.text ?? 'imap').toUpperCase().split('/')[0];
      const smtp = textAt(value, 'smtp', 'host');
      const admin = textAt(value, 'admin', 'user');
      const password = textAt(value, 'admin', 'password');
      return [
        {
          resource: 'stored-mail',
          mode: 'write',
          extent: `the mailbox of everybody who logs in, by ${protocol ?? 'IMAP'} at ${host}`,
          because: placeOf(backend, 'hostspec'),
        },
        {
          resource: 'credentials',
          mode: 'read',
          extent: `the mail password of everybody who logs in to ${host}`,
          because: placeOf(backend, 'hostspec'),
        },
        ...(smtp === undefined
          ? []
          : [
              {
                resource: 'mail-in-transit',
                mode: 'send',
                extent: `mail of everybody who logs in, by SMTP at ${hostOf(phpAt(value, 'smtp'), 'host')}`,
                because: smtp.because,
              } as const,
            ]),
        ...(admin === undefined
          ? []
          : [
              {
                resource: 'stored-mail',
                mode: 'admin',
                extent: `every mailbox at ${host}: it has the account of an administrator there`,
                because: admin.because,
              } as const,
            ]),
        ...(password === undefined
          ? []
          : [secret('the password of the mail server’s administrator', password.because)]),
      ];
    }),
    servers: backends.flatMap((backend): readonly MailServer[] => {
      const { value, enabled } = backend;
      const isNamed = ['hostspec', 'server'].some(name => textAt(value, name) !== undefined);
      if (enabled !== true || !isNamed) return [];
      const shown = hostOf(value, 'hostspec', 'server');
      const endpoint = parseHostPort(/:\d+$/.test(shown) ? shown : `${shown}:143`);
      return endpoint === undefined
        ? []
        : [{ shown, endpoint, because: placeOf(backend, 'hostspec') }];
    }),
    ...(debug === undefined ? {} : { debug: debug.because }),
  };
};

/** `$backends` of Ingo: where mail filters are written to. */
export const filterBackends = (files: FileView, ingo: Application): readonly Reach[] =>
  inUse(backendsOf(readLayers(files, ingo.config, 'backends', 'backends'))).flatMap(
    (backend): readonly Reach[] => {
      const transports = phpAt(backend.value, 'transport');
      const all =
        transports?.is === 'array' && textAt(transports, 'driver') === undefined
          ? [...transports.entries.values()].map(({ value }) => value)
          : transports === undefined
            ? []
            : [transports];
      return all.slice(0, 20).flatMap((transport): readonly Reach[] => {
        const driver = textAt(transport, 'driver');
        if (driver === undefined) return [];
        const params = phpAt(transport, 'params');
        const password = textAt(params, 'password');
        const where =
          driver.text === 'null'
            ? 'applied by Horde itself'
            : `kept by ${driver.text} at ${hostOf(params, 'hostspec', 'host')}`;
        return [
          {
            resource: 'stored-mail',
            mode: 'write',
            extent: `the mail filters of everybody who logs in, ${where}`,
            because: driver.because,
          },
          ...(password === undefined
            ? []
            : [secret('a password for changing mail filters', password.because)]),
        ];
      });
    },
  );

/** `$backends` of Passwd: where passwords are changed. */
export const passwordBackends = (files: FileView, passwd: Application): readonly Reach[] =>
  inUse(backendsOf(readLayers(files, passwd.config, 'backends', 'backends'))).flatMap(
    (backend): readonly Reach[] => {
      const driver = textAt(backend.value, 'driver');
      const params = phpAt(backend.value, 'params');
      const isSql = driver?.text.toLowerCase() === 'sql';
      const table = textAt(params, 'table')?.text;
      const program = textAt(params, 'program')?.text;
      const where = isSql
        ? `in ${table === undefined ? '' : `table ${table} of `}${phpAt(params, 'phptype') === undefined ? 'Horde’s own database' : showSql(params)}`
        : program === undefined
          ? `at ${hostOf(params, 'host', 'hostspec')}`
          : `through ${program}`;
      const password = textAt(params, 'password') ?? textAt(params, 'admin_pw');
      const because = driver?.because ?? backend.value.at;
      return [
        {
          resource: 'credentials',
          mode: 'write',
          extent: `the password of everybody who changes it here, by ${driver?.text ?? 'an unnamed driver'} ${where}`,
          because,
        },
        ...(password === undefined
          ? []
          : [secret('the password of an account that may change passwords', password.because)]),
      ];
    },
  );

/** `$backends` of Gollem: file servers. */
export const fileBackends = (files: FileView, gollem: Application): readonly Reach[] =>
  inUse(backendsOf(readLayers(files, gollem.config, 'backends', 'backends'))).map(
    (backend): Reach => {
      const driver = textAt(backend.value, 'driver');
      return {
        resource: 'customer-records',
        mode: 'write',
        extent: `files of everybody who logs in, by ${driver?.text ?? 'an unnamed driver'} at ${hostOf(phpAt(backend.value, 'params'), 'hostspec', 'host')}`,
        because: driver?.because ?? backend.value.at,
      };
    },
  );

/** `$cfgSources` of Turba: address books in a directory or in a database of their own are parts. */
export const addressBooks = (
  files: FileView,
  turba: Application,
  parent: string,
  identity: Pick<Component, 'version' | 'origin' | 'thirdParty'>,
): { readonly reach: readonly Reach[]; readonly parts: readonly Component[] } => {
  const reach: Reach[] = [];
  const parts: Component[] = [];
  const add = (backend: Backend, name: string, own: readonly Reach[]): void => {
    parts.push({
      id: componentId(`${parent}/${name}`),
      name,
      kind: 'database-link',
      platform: 'horde',
      partOf: componentId(parent),
      enabled: backend.enabled === null ? null : turba.enabled,
      // The code that connects is Turba's own.
      ...identity,
      foundAt: [backend.value.at],
      reach: own,
      logs: [],
    });
  };
  for (const backend of inUse(backendsOf(layersOf(files, turba, 'sources', 'cfgSources')))) {
    const { value } = backend;
    const type = textAt(value, 'type')?.text.toLowerCase();
    const params = phpAt(value, 'params');
    if (type === 'ldap') {
      const server = textAt(params, 'server');
      const password = textAt(params, 'bind_password');
      add(backend, `ldap:${backend.name}`, [
        {
          resource: 'directory',
          mode: truthAt(value, 'readonly') === true ? 'read' : 'write',
          extent: `entries below ${textAt(params, 'root')?.text ?? 'the whole directory'} at ${hostOf(params, 'server')}`,
          because: server?.because ?? value.at,
        },
        ...(password === undefined
          ? []
          : [secret('the password of its directory account', password.because)]),
      ]);
    } else if (type === 'sql' && phpAt(params, 'sql') !== undefined) {
      const sql: PhpValue | undefined = phpAt(params, 'sql');
      const password = textAt(sql, 'password');
      add(backend, `${schemeOf(sql)}:${backend.name}`, [
        {
          resource: 'customer-records',
          mode: 'write',
          extent: `table ${textAt(params, 'table')?.text ?? '(unnamed)'} of ${showSql(sql)}: address books`,
          because: sql?.at ?? value.at,
        },
        ...(password === undefined
          ? []
          : [secret('the password of its database account', password.because)]),
      ]);
    } else {
      reach.push({
        resource: 'customer-records',
        mode: 'write',
        extent:
          type === 'sql'
            ? `address books, in table ${textAt(params, 'table')?.text ?? '(unnamed)'} of Horde’s own database`
            : `address book ${backend.name} (${type ?? 'of a kind that is not stated'})`,
        because: value.at,
      });
    }
  }
  return { reach, parts };
};
