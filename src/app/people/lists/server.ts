import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, UsageError } from '../../../core/errors.ts';
import type { SecretPlace } from '../../../core/exposure-policy.ts';

/** What is needed to talk to a database. */
export interface DatabaseServer {
  /** Without credentials, for messages. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Path of a socket, in place of host and port. */
  readonly socket?: string;
  readonly user: string;
  readonly database: string;
  readonly password?: string;
  /** `undefined`: not encrypted. */
  readonly tls?: { readonly ca?: string };
}

export interface ServerSettings {
  /** `mysql://user@host:3306/name`, `postgresql://user@%2Frun%2Fpostgresql/name`. */
  readonly url: string;
  readonly password?: SecretPlace;
  readonly certificates?: string;
  readonly tls?: boolean;
  /** Folder that paths are relative to. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws UsageError that names the place, never what stands there */
const readSecret = (
  place: SecretPlace,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string => {
  if ('variable' in place) {
    const value = environment[place.variable];
    if (value === undefined) {
      throw new UsageError(`${place.variable}: the environment variable is not set`);
    }
    return value;
  }
  const path = resolve(folder, place.file);
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (thrown) {
    throw new UsageError(`${path}: the password cannot be read: ${messageOf(thrown)}`);
  }
};

const isLocal = (host: string): boolean =>
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|\/.*)$/.test(host);

export const serverOf = (settings: ServerSettings, usualPort: number): DatabaseServer => {
  const { folder, environment, certificates, password } = settings;
  const url = new URL(settings.url);
  const host = decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '');
  const database = decodeURIComponent(url.pathname.slice(1));
  const usesTls = settings.tls ?? !isLocal(host);
  let ca: string | undefined;
  if (certificates !== undefined) {
    try {
      ca = readFileSync(resolve(folder, certificates), 'utf8');
    } catch (thrown) {
      throw new UsageError(`${certificates}: cannot be read: ${messageOf(thrown)}`);
    }
  }
  return {
    name: `${url.protocol}//${url.host}${url.pathname}`,
    host: host === '' ? 'localhost' : host,
    port: url.port === '' ? usualPort : Number(url.port),
    ...(host.startsWith('/') ? { socket: host } : {}),
    user: decodeURIComponent(url.username),
    database,
    ...(password === undefined ? {} : { password: readSecret(password, folder, environment) }),
    ...(usesTls ? { tls: ca === undefined ? {} : { ca } } : {}),
  };
};
