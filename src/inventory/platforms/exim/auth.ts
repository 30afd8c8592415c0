import type { Component, Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { saslauthd } from '../../daemons/saslauthd.ts';
import { identify } from '../../identify.ts';
import type { Link } from '../../platform.ts';
import type { Driver } from '../../syntax/exim.ts';
import { type Exim, isDynamic, partOf, valueOf } from './context.ts';

/** Drivers that check clients without any `server_…` option of their own. */
const alwaysServer = /^(?:cyrus_sasl|heimdal_gssapi|dovecot)$/;

/** Authenticators that clients may log in with (spec chapter 33). */
export const serverAuthenticators = (exim: Exim): readonly Driver[] =>
  exim.setup.config.authenticators.filter(
    driver =>
      alwaysServer.test(valueOf(driver, 'driver')?.value ?? '') ||
      driver.settings.some(
        ({ name }) =>
          name.startsWith('server_') && !/^server_(?:set_id|advertise|mail_auth)/.test(name),
      ),
  );

const passwords = (extent: string, because: Place): Reach => ({
  resource: 'credentials',
  mode: 'read',
  extent,
  because,
});

const everybody = 'user name and password of everybody who logs in to send mail';

export const authLinks = (exim: Exim): readonly Link[] =>
  exim.setup.config.authenticators.flatMap((driver): readonly Link[] => {
    const socket = valueOf(driver, 'server_socket');
    if (valueOf(driver, 'driver')?.value !== 'dovecot' || socket === undefined) return [];
    if (!socket.value.startsWith('/') || isDynamic(socket.value)) {
      exim.files.note({
        what: `${socket.at.path}:${socket.at.line ?? 1}`,
        why: 'names no socket by its path: who checks passwords cannot be told',
        how: 'Write the path in full.',
      });
      return [];
    }
    return [
      {
        from: exim.id,
        to: { net: 'unix', path: socket.value },
        as: 'auth-backend',
        reach: [passwords(everybody, socket.at)],
        because: socket.at,
      },
    ];
  });

/** Conditions that hand a password to something else (spec 11.7), and what distributions call it. */
const checkers: readonly (readonly [condition: string, packages: readonly string[]])[] = [
  ['pam', ['libpam0g', 'libpam0t64', 'pam', 'linux-pam']],
  ['radius', ['libfreeradius-client2', 'libradcli4', 'radcli', 'freeradius-client']],
  ['pwcheck', ['sasl2-bin', 'cyrus-sasl']],
];

const saslauthdOf = (exim: Exim, [first, ...others]: readonly Place[]): readonly Component[] =>
  first === undefined
    ? []
    : [
        saslauthd(exim.files, exim.packages, {
          id: exim.id,
          foundAt: [first, ...others.slice(0, 50)],
          given: [{ extent: everybody, because: first }],
        }),
      ];

/** Libraries and services that check the passwords of those who log in. */
export const authParts = (exim: Exim): readonly Component[] => {
  const found = new Map<string, Component>();
  const add = (name: string, packages: readonly string[], because: Place): void => {
    const known = found.get(name);
    found.set(
      name,
      known === undefined
        ? partOf(exim, 'auth-backend', name, {
            ...identify(exim.packages, { names: packages }),
            foundAt: [because],
            reach: [passwords(everybody, because)],
          })
        : { ...known, foundAt: [...known.foundAt, because].slice(0, 50) },
    );
  };
  for (const driver of exim.setup.config.authenticators) {
    const kind = valueOf(driver, 'driver');
    if (kind?.value === 'cyrus_sasl')
      add('cyrus_sasl', ['libsasl2-2', 'cyrus-sasl-lib', 'libsasl'], kind.at);
    if (kind?.value === 'gsasl') add('gsasl', ['libgsasl7', 'libgsasl18', 'libgsasl'], kind.at);
  }
  const asking: Place[] = [];
  for (const { setting, section } of exim.texts) {
    if (section !== 'authenticator' && section !== 'acl') continue;
    // The condition stands behind `if`, `and {` and their like, never as an item of its own.
    const asks = (condition: string): boolean =>
      new RegExp(`[{\\s!]${condition}\\s*\\{`).test(setting.value);
    for (const [condition, packages] of checkers) {
      if (asks(condition)) add(condition, packages, setting.at);
    }
    if (asks('saslauthd')) asking.push(setting.at);
  }
  return [...found.values(), ...saslauthdOf(exim, asking)];
};

const lsearchPaths = (text: string): readonly string[] =>
  [...text.matchAll(/(?:lsearch|dbm|cdb)\*?\s*\{\s*(\/[\w./-]{1,300})\s*\}/g)].map(
    match => match[1] ?? '',
  );

/** Passwords that Exim itself comes by: of those who log in, and its own at relays. */
export const authReach = (exim: Exim): readonly Reach[] => {
  const servers = serverAuthenticators(exim);
  const [first] = servers;
  const files = new Map<string, Reach>();
  for (const { section, owner, setting } of exim.texts) {
    if (section !== 'authenticator') continue;
    const isClient = setting.name.startsWith('client_');
    for (const path of lsearchPaths(setting.value)) {
      if (exim.files.stat(path)?.kind !== 'file' || files.has(path)) continue;
      // Debian installs the file with comments alone.
      const text = exim.files.text(path);
      if (text !== undefined && !/^[ \t]*[^#\s]/m.test(text)) continue;
      const what = isClient
        ? `its own accounts at other mail servers, with passwords, in ${path}`
        : `passwords or their hashes of users, in ${path} (authenticator ${owner})`;
      files.set(path, passwords(what, setting.at));
    }
    const literal =
      /^client_(?:send|secret)$/.test(setting.name) && !/\$\{|\$[a-z]/i.test(setting.value);
    if (literal) {
      files.set(
        `${owner}\0`,
        passwords(
          `its own account at another mail server, with password, in ${setting.at.path}`,
          setting.at,
        ),
      );
    }
  }
  return [
    ...(first === undefined ? [] : [passwords(everybody, first.at)]),
    ...[...files.values()].slice(0, 50),
  ];
};
